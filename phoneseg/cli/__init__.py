"""The command line."""

from phoneseg.cli.commands import main

__all__ = ["main"]
