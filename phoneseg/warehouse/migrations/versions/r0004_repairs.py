"""Phones and quarantined cells name what was repaired in them, runs count the numbers in their cells."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from phoneseg.warehouse.migrations.target import Target

revision: Final = "0004"
down_revision: Final = "0003"


def upgrade(target: Target) -> None:
    """Add a column to three tables; until now a cell held one number, so that earlier runs are known."""
    for table in ("contact_phone", "contact_quarantine"):
        op.add_column(target.name(table), sa.Column("repair", sa.Text()), schema=target.schema())
    op.add_column(target.name("pipeline_run"), sa.Column("number_count", sa.BigInteger()), schema=target.schema())
    run = ".".join(filter(None, (target.schema(), target.name("pipeline_run"))))
    target.row_changes.append(f"UPDATE {run} SET number_count = filled_cell_count")  # noqa: S608  # our own table
