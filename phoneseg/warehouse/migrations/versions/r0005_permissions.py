"""Contacts have permissions, their profiles tell of them, and the sources of consent have sizes."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from phoneseg.warehouse.migrations.target import Target

revision: Final = "0005"
down_revision: Final = "0004"

_INSTANT: Final = sa.DateTime(timezone=True)
_COUNTS: Final = (
    "row_count",
    "matched_count",
    "unknown_contact_count",
    "unreadable_count",
    "shared_number_count",
    "undated_count",
    "unread_status_count",
)


def upgrade(target: Target) -> None:
    """Add two tables, and two columns to the profile."""
    permission = target.name("contact_permission")
    op.create_table(
        permission,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("contact_id", "source", "channel", "purpose")),
        sa.Column("is_contactable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", _INSTANT),
        *target.key("contact_id", "channel", "purpose"),
        schema=target.schema(),
    )
    if target.has_keys:
        columns = ["channel", "purpose"]
        op.create_index("_".join((permission, *columns, "idx")), permission, columns, schema=target.schema())
    op.create_table(
        target.name("permission_size"),
        sa.Column("as_of", _INSTANT, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("source_type", "permission_source")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTS),
        sa.Column("newest_decided_at", _INSTANT),
        *target.key("as_of", "source_type", "permission_source"),
        schema=target.schema(),
    )
    for column in (sa.Column("contactable", sa.Text()), sa.Column("has_objection", sa.Boolean())):
        op.add_column(target.name("contact_profile"), column, schema=target.schema())
