"""The tables of the release before there were revisions: nothing to do.

A warehouse that holds phoneseg's tables without a version is of this revision.
"""

from typing import Final

from phoneseg.warehouse.migrations.target import Target

revision: Final = "0001"
down_revision: Final = None


def upgrade(target: Target) -> None:
    """Leave the tables as they are."""
