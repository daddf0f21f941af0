"""Signals of risk have tables, and contacts have a risk."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from phoneseg.warehouse.migrations.target import Target

revision: Final = "0011"
down_revision: Final = "0010"

_INSTANT: Final = sa.DateTime(timezone=True)
_INDEXED: Final = {"risk_signal": "subject", "risk_member": "member"}


def upgrade(target: Target) -> None:
    """Add six tables, and three columns to the profile."""
    _create_counts(target)
    _create_signals(target)
    _create_found(target)
    if target.has_keys:
        for name, column in _INDEXED.items():
            table = target.name(name)
            op.create_index(f"{table}_{column}_idx", table, [column], schema=target.schema())
    for name, of_type in (("risk_level", sa.Text()), ("risk_reasons", sa.Text()), ("risk_signal_count", sa.Integer())):
        op.add_column(target.name("contact_profile"), sa.Column(name, of_type), schema=target.schema())


def _create_counts(target: Target) -> None:
    _create(
        target,
        "prefix_activity",
        _instant("as_of"),
        sa.Column("window_h", sa.SmallInteger(), nullable=False),
        *(_text(name) for name in ("prefix_level", "prefix", "activity_kind")),
        *(_count(name) for name in ("event_count", "number_count", "answered_count", "total_duration_s")),
        key=("as_of", "window_h", "prefix_level", "prefix", "activity_kind"),
    )
    counted = ("row_count", "event_count", "unknown_contact_count", "unreadable_count", "erased_count")
    _create(
        target,
        "monitored_size",
        _instant("as_of"),
        _text("activity_source"),
        *(_count(name) for name in counted),
        key=("as_of", "activity_source"),
    )


def _create_signals(target: Target) -> None:
    _create(
        target,
        "risk_signal",
        *(_instant(name) for name in ("as_of", "window_start")),
        *(_text(name) for name in ("signal_kind", "subject_kind", "subject", "activity_kind")),
        sa.Column("observed", sa.Double(), nullable=False),
        sa.Column("expected", sa.Double()),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("p_value", sa.Double()),
        *(_text(name) for name in ("risk_level", "reasons")),
        sa.Column("evidence", sa.Text()),
        key=("as_of", "window_start", "signal_kind", "subject_kind", "subject", "activity_kind"),
    )
    _create(
        target,
        "risk_member",
        *(_instant(name) for name in ("as_of", "window_start")),
        *(_text(name) for name in ("signal_kind", "subject", "member_kind", "member")),
        key=("as_of", "window_start", "signal_kind", "subject", "member"),
    )


def _create_found(target: Target) -> None:
    _create(
        target,
        "sim_box_loss",
        _instant("as_of"),
        *(_text(name) for name in ("phone_token", "destination_country")),
        sa.Column("minutes", sa.Double(), nullable=False),
        *(sa.Column(name, sa.Double()) for name in ("international_rate_per_min", "local_rate_per_min", "lost_amount")),
        sa.Column("currency", sa.Text()),
        key=("as_of", "phone_token", "destination_country"),
    )
    _create(
        target,
        "risk_review",
        *(_text(name) for name in ("signal_kind", "subject_kind", "subject")),
        _instant("as_of"),
        sa.Column("label", sa.Text()),
        sa.Column("labelled_at", _INSTANT),
        sa.Column("note", sa.Text()),
        key=("signal_kind", "subject"),
    )


def _create(target: Target, name: str, *columns: sa.Column[object], key: tuple[str, ...]) -> None:
    op.create_table(target.name(name), *columns, *target.key(*key), schema=target.schema())


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, _INSTANT, nullable=False)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=False)


def _count(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
