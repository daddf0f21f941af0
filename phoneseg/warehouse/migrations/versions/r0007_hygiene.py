"""Numbers have states, contacts have issues, sources have scores, and answers about reassigned numbers are kept."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from phoneseg.contracts import Area
from phoneseg.warehouse.migrations.target import Target

revision: Final = "0007"
down_revision: Final = "0006"

_INSTANT: Final = sa.DateTime(timezone=True)
_PARTS: Final = ("completeness", "validity", "consistency", "uniqueness", "freshness")


def _texts(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def upgrade(target: Target) -> None:
    """Add four tables, and a column to the profile."""
    op.create_table(
        target.name("number_state"),
        *_texts("contact_id", "source", "phone_token", "number_state"),
        *(sa.Column(f"{name}_at", _INSTANT) for name in ("state_since", "confirmed", "last_alive", "last_failed")),
        sa.Column("failure_count", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text()),
        sa.Column("state_confidence", sa.Double()),
        *target.key("contact_id", "phone_token"),
        schema=target.schema(),
    )
    issue = target.name("hygiene_issue")
    op.create_table(
        issue,
        *_texts("contact_id", "source", "issue_kind", "phone_column"),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        *_texts("severity"),
        sa.Column("evidence", sa.Text()),
        *_texts("suggested_fix"),
        *target.key("contact_id", "issue_kind", "phone_column", "position"),
        schema=target.schema(),
    )
    if target.has_keys:
        op.create_index(f"{issue}_issue_kind_idx", issue, ["issue_kind"], schema=target.schema())
    op.create_table(
        target.name("quality_score"),
        sa.Column("as_of", _INSTANT, nullable=False),
        *_texts("source"),
        sa.Column("contact_count", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Double()) for name in (*_PARTS, "quality_score")),
        *target.key("as_of", "source"),
        schema=target.schema(),
    )
    op.create_table(
        target.name("rnd_answer", Area.RESTRICTED),
        *_texts("phone_token", "token_key_id"),
        sa.Column("asked_at", _INSTANT, nullable=False),
        *_texts("answer"),
        sa.Column("answered_at", _INSTANT, nullable=False),
        *target.key("phone_token", "asked_at"),
        schema=target.schema(Area.RESTRICTED),
    )
    column = sa.Column("number_state", sa.Text())
    op.add_column(target.name("contact_profile"), column, schema=target.schema())
