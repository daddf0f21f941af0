"""The commands `phoneseg rnd ...`: questions to the Reassigned Numbers Database of the FCC, and its answers."""

from phoneseg.cli.rnd.commands import app

__all__ = ["app"]
