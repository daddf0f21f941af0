"""The command line."""

import sys
from typing import Final, NoReturn

INTERRUPTED: Final = 130
"""The exit code of what was interrupted."""


def main() -> NoReturn:
    """Run the command line; it can be interrupted as soon as it starts to load."""
    try:
        from phoneseg.cli.commands import main as run  # takes most of a second
    except KeyboardInterrupt:
        sys.stderr.write("phoneseg: interrupted; nothing was done\n")
        sys.exit(INTERRUPTED)
    run()


__all__ = ["main"]
