"""Contacts have persons, shared numbers have kinds, and runs remember how many persons there were."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from phoneseg.warehouse.migrations.target import Target

revision: Final = "0006"
down_revision: Final = "0005"

_INSTANT: Final = sa.DateTime(timezone=True)


def upgrade(target: Target) -> None:
    """Add three tables, and a column to the log of runs."""
    canonical, change = target.name("contact_canonical"), target.name("canonical_change")
    op.create_table(
        canonical,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("contact_id", "source", "canonical_contact_id")),
        sa.Column("member_count", sa.BigInteger(), nullable=False),
        sa.Column("match_rule", sa.Text()),
        sa.Column("score", sa.Double()),
        *target.key("contact_id"),
        schema=target.schema(),
    )
    op.create_table(
        target.name("shared_number"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("phone_token", "kind")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("contact_count", "person_count")),
        sa.Column("evidence", sa.Text(), nullable=False),
        *target.key("phone_token"),
        schema=target.schema(),
    )
    op.create_table(
        change,
        *(sa.Column(name, _INSTANT, nullable=False) for name in ("as_of", "previous_as_of")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("contact_id", "source")),
        *(sa.Column(name, sa.Text()) for name in ("from_contact_id", "to_contact_id")),
        sa.Column("change", sa.Text(), nullable=False),
        *target.key("as_of", "contact_id"),
        schema=target.schema(),
    )
    if target.has_keys:
        for table, column in ((canonical, "canonical_contact_id"), (change, "contact_id")):
            op.create_index(f"{table}_{column}_idx", table, [column], schema=target.schema())
    op.add_column(target.name("pipeline_run"), sa.Column("person_count", sa.BigInteger()), schema=target.schema())
