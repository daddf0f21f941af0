"""Profiles hold persons, places and activity; segments have owners and a history."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from phoneseg.warehouse.migrations.target import Target

revision: Final = "0003"
down_revision: Final = "0002"

_INSTANT: Final = sa.DateTime(timezone=True)
_PROFILE_COLUMNS: Final[dict[str, sa.types.TypeEngine[Any]]] = {
    "birth_date": sa.Date(),
    "gender": sa.Text(),
    "income_amount": sa.Double(),
    "city": sa.Text(),
    "postal_code": sa.Text(),
    "place_type": sa.Text(),
    "place_source": sa.Text(),
    "place_confidence": sa.Double(),
    "time_zone": sa.Text(),
    "first_seen_at": _INSTANT,
    "last_call_at": _INSTANT,
    "last_message_at": _INSTANT,
    "last_purchase_at": _INSTANT,
    "last_visit_at": _INSTANT,
    "first_activity_at": _INSTANT,
    "last_activity_at": _INSTANT,
    "last_engagement_at": _INSTANT,
    "first_purchase_at": _INSTANT,
    "repeat_purchase_days": sa.Integer(),
    "repeat_purchase_span_days": sa.Integer(),
    "repeat_purchase_amount_mean": sa.Double(),
    "recency_score": sa.SmallInteger(),
    "frequency_score": sa.SmallInteger(),
    "monetary_score": sa.SmallInteger(),
    "preferred_channel": sa.Text(),
    "purchase_seasons": sa.Text(),
    "content_hash": sa.BigInteger(),
}
"""Those of the windows are added after the last revision: they are what the settings say."""

_RUN_COLUMNS: Final[dict[str, sa.types.TypeEngine[Any]]] = {
    "activity_count": sa.BigInteger(),
    "matched_activity_count": sa.BigInteger(),
    "definition_versions": sa.Text(),
}
_SIZES: Final = (
    "row_count",
    "matched_count",
    "unknown_contact_count",
    "unreadable_count",
    "shared_number_count",
    "undated_count",
    "unpriced_count",
)


def upgrade(target: Target) -> None:
    """Add columns to four tables, and tables of activity sources, of entries and exits, and of updates."""
    _add_columns(target, "contact_profile", _PROFILE_COLUMNS)
    _add_columns(target, "segment", {"owner": sa.Text()})
    _add_columns(target, "pipeline_run", _RUN_COLUMNS)
    op.create_table(
        target.name("activity_size"),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("activity_source", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SIZES),
        sa.Column("newest_occurred_at", _INSTANT),
        *target.key("as_of", "activity_source"),
        schema=target.schema(),
    )
    _create_history(target)
    target.row_changes.append(_remember_definitions(target))


def _add_columns(target: Target, table: str, columns: dict[str, sa.types.TypeEngine[Any]]) -> None:
    for name, kind in columns.items():
        op.add_column(target.name(table), sa.Column(name, kind), schema=target.schema())


def _create_history(target: Target) -> None:
    change = target.name("segment_change")
    op.create_table(
        change,
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("previous_as_of", _INSTANT, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("contact_id", "source", "segment_kind", "segment_code", "change", "cause")
        ),
        *target.key("as_of", "contact_id", "segment_kind", "segment_code"),
        schema=target.schema(),
    )
    op.create_table(
        target.name("contact_update"),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        *target.key("contact_id"),
        schema=target.schema(),
    )
    for columns in (["contact_id"], ["segment_kind", "segment_code"]) if target.has_keys else ():
        op.create_index("_".join((change, *columns, "idx")), change, columns, schema=target.schema())


def _remember_definitions(target: Target) -> str:
    """Return what makes the newest published run the first one of the history, with its versions of the kinds."""
    run, segment = (
        ".".join(filter(None, (target.schema(), target.name(name)))) for name in ("pipeline_run", "segment")
    )
    join = "group_concat" if op.get_context().dialect.name == "sqlite" else "string_agg"
    is_shown = "is_current AND state = 'published'"
    # Without parameters: a dry run could not print them.
    return (
        f"UPDATE {run} SET definition_versions = ("  # noqa: S608  # names of our own tables
        f"SELECT '{{' || {join}('\"' || segment_kind || '\": \"' || definition_version || '\"', ', ') || '}}' "
        f"FROM (SELECT DISTINCT segment_kind, definition_version FROM {segment}) AS kind) "
        f"WHERE {is_shown} AND as_of = (SELECT max(as_of) FROM {run} WHERE {is_shown})"
    )
