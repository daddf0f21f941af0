"""Runs tell why they failed and what they changed, sources have watermarks and sizes, readers have indexes."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from phoneseg.contracts import Area
from phoneseg.warehouse.migrations.target import Target

revision: Final = "0002"
down_revision: Final = "0001"

_INSTANT: Final = sa.DateTime(timezone=True)
_RUN_COLUMNS: Final[dict[str, sa.types.TypeEngine[Any]]] = {
    "failure": sa.Text(),
    "published_at": _INSTANT,
    "lease_until": _INSTANT,
    "is_incremental": sa.Boolean(),
    "changed_contact_count": sa.BigInteger(),
    "deleted_rows": sa.BigInteger(),
    "inserted_rows": sa.BigInteger(),
    "source_updated_at": _INSTANT,
}
_INDEXES: Final = (
    ("contact_phone", Area.PUBLISHED, ["phone_token"]),
    ("phone_number", Area.RESTRICTED, ["phone_e164"]),
    ("segment_membership", Area.PUBLISHED, ["segment_kind", "segment_code"]),
    ("pipeline_run", Area.PUBLISHED, ["as_of"]),
)


def upgrade(target: Target) -> None:
    """Add columns to the log of runs, two tables of sources, and indexes."""
    for name, kind in _RUN_COLUMNS.items():
        op.add_column(target.name("pipeline_run"), sa.Column(name, kind), schema=target.schema())
    op.create_table(
        target.name("source_watermark"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_as_of", _INSTANT, nullable=False),
        sa.Column("watermark_at", _INSTANT),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        *target.key("source"),
        schema=target.schema(),
    )
    op.create_table(
        target.name("source_size"),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("contact_count", sa.BigInteger(), nullable=False),
        sa.Column("column_types", sa.Text(), nullable=False),
        *target.key("as_of", "source"),
        schema=target.schema(),
    )
    for table, area, columns in _INDEXES if target.has_keys else ():
        name = target.name(table, area)
        op.create_index("_".join((name, *columns, "idx")), name, columns, schema=target.schema(area))
