"""Persons can be erased: requests, receipts, and tombstones that keep them away."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from phoneseg.contracts import Area
from phoneseg.warehouse.migrations.target import Target

revision: Final = "0008"
down_revision: Final = "0007"

_INSTANT: Final = sa.DateTime(timezone=True)


def upgrade(target: Target) -> None:
    """Add three tables beside the numbers in clear, and two counts to the log of runs."""
    _create(
        target,
        "privacy_request",
        ("request_id",),
        _text("request_id"),
        _text("request_kind"),
        sa.Column("contact_id", sa.Text()),
        sa.Column("phone_e164", sa.Text()),
        sa.Column("requested_at", _INSTANT),
    )
    _create(
        target,
        "erasure_receipt",
        ("receipt_id",),
        _text("receipt_id"),
        sa.Column("request_id", sa.Text()),
        _text("request_kind"),
        sa.Column("requested_at", _INSTANT),
        sa.Column("served_at", _INSTANT, nullable=False),
        sa.Column("contact_count", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        _text("rows_by_table"),
    )
    _create(
        target,
        "tombstone",
        ("token_kind", "erasure_token", "token_key_id"),
        _text("token_kind"),
        _text("erasure_token"),
        _text("token_key_id"),
        sa.Column("erased_at", _INSTANT, nullable=False),
        _text("receipt_id"),
    )
    for name in ("erased_contact_count", "erased_number_count"):
        op.add_column(target.name("pipeline_run"), sa.Column(name, sa.BigInteger()), schema=target.schema())


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _create(target: Target, name: str, key: tuple[str, ...], *columns: sa.Column[Any]) -> None:
    area = Area.RESTRICTED
    op.create_table(target.name(name, area), *columns, *target.key(*key), schema=target.schema(area))
