"""A second pipeline has runs in the log."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from phoneseg.warehouse.migrations.target import Target

revision: Final = "0010"
down_revision: Final = "0009"


def upgrade(target: Target) -> None:
    """Add a column to the log of runs; until now there was one pipeline."""
    op.add_column(target.name("pipeline_run"), sa.Column("pipeline", sa.Text()), schema=target.schema())
    run = ".".join(filter(None, (target.schema(), target.name("pipeline_run"))))
    target.row_changes.append(f"UPDATE {run} SET pipeline = 'segment_contacts'")  # noqa: S608  # our own table
