"""Matches activity in a stage folder, as `normalize` does, without a warehouse."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl
import pytest

from phoneseg.activity import match_activity
from phoneseg.contracts import (
    ACTIVITY,
    ACTIVITY_SIZE,
    CHANGED_CONTACT,
    KEPT_CONTACT,
    KEPT_PHONE,
    PARSED_PHONE,
    PHONE_NUMBER,
    RAW_ACTIVITY,
    RAW_CONTACT,
    Table,
)
from phoneseg.privacy import TokenKey
from phoneseg.run import Run
from phoneseg.settings import Settings

JULY = datetime(2026, 7, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = TokenKey(b"a key for tests alone")
SOURCES = """
[activity.calls]
kind = "call"
table = "call"
phone = "caller"
occurred_at = "began"

[activity.sales]
kind = "purchase"
table = "sale"
contact_id = "customer"
contacts = "crm"
occurred_at = "sold"
"""
Rows = list[dict[str, object]]


@dataclass
class Matched:
    """What was written."""

    counts: dict[str, int]
    activity: pl.DataFrame
    sizes: dict[str, dict[str, object]]
    part_count: int

    def size(self, source: str) -> dict[str, object]:
        """Return the counts of a source that are not 0, by the first part of their names."""
        return {
            name.removesuffix("_count"): count
            for name, count in self.sizes[source].items()
            if name.endswith("_count") and count
        }


@pytest.fixture
def match(make_settings: Callable[..., Settings]) -> Callable[..., Matched]:
    """Match rows of activity to contacts, given by the numbers that they hold; `kept` ones are not read by the run."""

    def match_rows(
        rows: Rows,
        contacts: dict[str, list[str]],
        kept: dict[str, list[str]] | None = None,
        changed: tuple[str, ...] = (),
        more: str = "",
    ) -> Matched:
        kept = kept or {}
        run = Run.open(make_settings(more=SOURCES + more), as_of=JULY)
        stage = run.stage
        stage.create()
        stage.write(RAW_CONTACT.name, _filled(RAW_CONTACT, [{"contact_id": each} for each in contacts]))
        stage.write(KEPT_CONTACT.name, _filled(KEPT_CONTACT, [{"contact_id": each} for each in kept]))
        stage.write(CHANGED_CONTACT.name, _filled(CHANGED_CONTACT, [{"contact_id": each} for each in changed]))
        stage.write(PARSED_PHONE.name, _filled(PARSED_PHONE, _phones(contacts)))
        stage.write(PHONE_NUMBER.name, _filled(PHONE_NUMBER, _phones(contacts)).unique("phone_token"))
        stage.write(KEPT_PHONE.name, _filled(KEPT_PHONE, _phones(kept)))
        stage.write(RAW_ACTIVITY.name, _filled(RAW_ACTIVITY, [_event(row) for row in rows]))
        counts = match_activity(run, KEY)
        parts = [part.collect() for part in stage.scan_parts(ACTIVITY.name)]
        sizes = stage.scan(ACTIVITY_SIZE.name).collect()
        assert sizes.schema == ACTIVITY_SIZE.schema
        assert all(part.schema == ACTIVITY.schema for part in parts)
        by_source = {str(row["activity_source"]): row for row in sizes.rows(named=True)}
        return Matched(counts, pl.concat(parts).sort("contact_id", "occurred_at"), by_source, len(parts))

    return match_rows


def _event(row: dict[str, object]) -> dict[str, object]:
    source = "calls" if "phone_raw" in row else "sales"
    return {"activity_source": source, "kind": "call", "occurred_at": JUNE, "is_unpriced": False, **row}


def _phones(contacts: dict[str, list[str]]) -> Rows:
    return [
        {"contact_id": contact, "phone_e164": number, "phone_token": KEY.token(number)}
        for contact, numbers in contacts.items()
        for number in numbers
    ]


def _filled(table: Table, rows: Rows) -> pl.LazyFrame:
    """Return rows of a table, null where they say nothing."""
    columns = {name: [row.get(name) for row in rows] for name in table.column_names}
    return pl.LazyFrame(columns, schema=table.schema)
