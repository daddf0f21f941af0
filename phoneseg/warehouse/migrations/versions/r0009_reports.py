"""Reports have a schema of their own: counts of contacts, rounded, the small ones left out."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from phoneseg.contracts import Area
from phoneseg.warehouse.migrations.target import Target

revision: Final = "0009"
down_revision: Final = "0008"

_KEYS: Final = {
    "contact_report": ("contact_source", "measure"),
    "segment_report": ("segment_kind", "segment_code"),
    "overlap_report": ("segment_kind", "segment_code", "other_kind", "other_code"),
}


def upgrade(target: Target) -> None:
    """Add a schema and three tables."""
    _create_schema(target.schema(Area.REPORT))
    for name, cell in _KEYS.items():
        names = (sa.Column("segment_name", sa.Text(), nullable=False),) if name == "segment_report" else ()
        op.create_table(
            target.name(name, Area.REPORT),
            sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
            *(sa.Column(column, sa.Text(), nullable=False) for column in cell),
            *names,
            sa.Column("contact_count", sa.BigInteger(), nullable=False),
            *target.key("as_of", *cell),
            schema=target.schema(Area.REPORT),
        )


def _create_schema(name: str | None) -> None:
    """Create the schema, where there are schemas and it is missing.

    PostgreSQL's IF NOT EXISTS asks whether the role may create schemas before it looks whether there is one to create.
    """
    if name is None:
        return
    create = f"CREATE SCHEMA IF NOT EXISTS {name}"
    if op.get_context().dialect.name == "postgresql":
        is_missing = f"NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = '{name}')"
        create = f"DO $$ BEGIN IF {is_missing} THEN CREATE SCHEMA {name}; END IF; END $$"
    op.execute(create)
