"""`python -m phoneseg` is `phoneseg`."""

from phoneseg.cli import main

main()
