"""Signals, lists and contacts of a run come together, those of contacts that it did not read included."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from phoneseg.activity import match_activity
from phoneseg.contracts import (
    CHANGED_CONTACT,
    CONTACT_PHONE,
    CONTACT_QUARANTINE,
    DECIDED_PERMISSION,
    EXAMINED_PHONE,
    EXAMINED_QUARANTINE,
    KEPT_CONTACT,
    KEPT_PHONE,
    KEPT_QUARANTINE,
    PARSED_PHONE,
    PHONE_NUMBER,
    RAW_ACTIVITY,
    RAW_CONTACT,
    RAW_NUMBER_LIST,
    Table,
)
from phoneseg.hygiene import match_number_states
from phoneseg.privacy import TokenKey
from phoneseg.run import Run
from phoneseg.settings import Settings

JULY = datetime(2026, 7, 1, tzinfo=UTC)
KEY = TokenKey(b"a key for tests alone")
ONE, TWO, THREE = "+16502530000", "+16502530001", "+16502530002"
SOURCES = """
[activity.sms]
kind = "message"
table = "sms"
contact_id = "who"
contacts = "crm"
occurred_at = "at"
[activity.calls]
kind = "call"
table = "call"
phone = "number"
occurred_at = "at"
"""
Row = dict[str, object]
States = dict[tuple[str, str], str]
Match = Callable[..., States]


def ago(days: float) -> datetime:
    return JULY - timedelta(days=days)


def dead(contact: str, *days: float) -> list[Row]:
    sent = {"activity_source": "sms", "kind": "message", "contact_id": contact, "delivery": "failed_permanently"}
    return [{**sent, "occurred_at": ago(each), "channel": "sms", "is_inbound": False} for each in days]


def answered(number: str, days: float) -> Row:
    call = {"activity_source": "calls", "kind": "call", "phone_raw": number, "is_answered": True, "is_inbound": False}
    return {**call, "occurred_at": ago(days)}


def listed(status: str, days: float, **number: str) -> Row:
    return {"number_list": "it", "list_status": status, "listed_at": ago(days), **number}


@pytest.fixture
def match(make_settings: Callable[..., Settings]) -> Match:
    """Match rows to contacts, given by their numbers in columns `mobile` and `home`; `kept` ones are not read.

    Returns the state of each contact's phone column.
    """

    def match_rows(
        activity: list[Row],
        contacts: dict[str, list[str]],
        kept: dict[str, list[str]] | None = None,
        lists: list[Row] | None = None,
        granted: dict[str, float] | None = None,
        created: dict[str, float] | None = None,
        more: str = "",
    ) -> States:
        kept, created = kept or {}, created or {}
        crm = 'table = "contact"\nid = "id"\nphones = ["mobile", "home"]'
        run = Run.open(
            make_settings(crm, more=SOURCES.replace('contacts = "crm"\n', 'contacts = "crm"\n' + more)), as_of=JULY
        )
        stage = run.stage
        stage.create()

        def write(table: Table, rows: list[Row], parts: int = 0) -> None:
            columns = {name: [row.get(name) for row in rows] for name in table.column_names}
            frame = pl.LazyFrame(columns, schema=table.schema)
            if parts:
                with stage.append_parts(table, parts) as append:
                    append(frame.collect())
            else:
                stage.write(table.name, frame.unique(table.key) if table is PHONE_NUMBER else frame)

        def created_at(some: dict[str, list[str]]) -> list[Row]:
            return [{"contact_id": each, "contact_created_at": ago(created.get(each, 700))} for each in some]

        def phones(some: dict[str, list[str]]) -> list[Row]:
            return [
                {
                    "contact_id": contact,
                    "source": "crm",
                    "phone_column": column,
                    "position": 1,
                    "phone_e164": number,
                    "phone_token": KEY.token(number),
                    "is_primary": column == "mobile",
                    "is_valid": True,
                }
                for contact, numbers in some.items()
                for column, number in zip(("mobile", "home"), numbers, strict=False)
            ]

        write(RAW_CONTACT, created_at(contacts))
        write(KEPT_CONTACT, created_at(kept))
        write(CHANGED_CONTACT, [{"contact_id": each} for each in contacts])
        for table in (PARSED_PHONE, CONTACT_PHONE, PHONE_NUMBER):
            write(table, phones(contacts))
        # one that was read again is published, too
        write(KEPT_PHONE, phones({**kept, **{key: [THREE] for key in contacts}}))
        write(CONTACT_QUARANTINE, [{"contact_id": each} for each in contacts])
        write(KEPT_QUARANTINE, [{"contact_id": each} for each in (*kept, *contacts)])
        write(RAW_ACTIVITY, [{"is_unpriced": False, **row} for row in activity])
        write(RAW_NUMBER_LIST, lists or [])
        match_activity(run, KEY)
        said = (granted or {}).items()
        write(
            DECIDED_PERMISSION, [{"contact_id": who, "is_granted": True, "granted_at": ago(at)} for who, at in said], 1
        )
        match_number_states(run, KEY)
        cells = pl.concat(stage.scan_parts(EXAMINED_QUARANTINE.name)).collect()
        assert sorted(cells["contact_id"]) == sorted((*contacts, *kept)), "each once"
        examined = pl.concat(stage.scan_parts(EXAMINED_PHONE.name)).collect()
        assert examined.unique(EXAMINED_PHONE.key).height == examined.height
        return {row[:2]: row[2] for row in examined.select("contact_id", "phone_column", "number_state").rows()}

    return match_rows


def test_what_is_seen_of_a_number_holds_for_each_contact_that_has_it_read_again_or_not(match: Match) -> None:
    states = match([answered("650-253-0000", 3), *dead("crm:1", 9, 5)], {"crm:1": [TWO, ONE]}, {"crm:2": [ONE, TWO]})
    assert states == {
        ("crm:1", "mobile"): "suspected_disconnected",
        ("crm:1", "home"): "unknown",
        ("crm:2", "mobile"): "unknown",
        ("crm:2", "home"): "suspected_disconnected",
    }, "a number without a country is none"
    states = match([answered(ONE, 3)], {"crm:1": [TWO, ONE]}, {"crm:2": [ONE]})
    assert states == {("crm:1", "mobile"): "unknown", ("crm:1", "home"): "active", ("crm:2", "mobile"): "active"}


def test_rows_by_id_go_to_the_column_that_the_settings_name_else_to_the_primary_phone(match: Match) -> None:
    rows, contacts = dead("crm:1", 9, 5), {"crm:1": [ONE, TWO]}
    assert match(rows, contacts)["crm:1", "mobile"] == "suspected_disconnected"
    states = match(rows, contacts, more='sent_to = "home"\n')
    assert states == {("crm:1", "mobile"): "unknown", ("crm:1", "home"): "suspected_disconnected"}
    assert match(rows, {"crm:1": [ONE]}, more='sent_to = "home"\n') == {("crm:1", "mobile"): "unknown"}


def test_lists_and_answers_are_matched_by_number_and_by_token(match: Match) -> None:
    contacts, kept = {"crm:1": [ONE]}, {"crm:2": [TWO]}
    lists = [
        listed("disconnected", 9, phone_raw="(650) 253-0000", region_hint="US"),
        listed("reassigned", 9, phone_token=KEY.token(TWO)),
        listed("reassigned", 9, phone_raw="+493012345"),
        listed("reassigned", 9, phone_raw="no number"),
    ]
    states = match([], contacts, kept, lists)
    assert states == {("crm:1", "mobile"): "suspected_disconnected", ("crm:2", "mobile"): "suspected_reassigned"}
    assert match([], contacts, kept, [listed("active", 9, phone_raw=TWO)])["crm:2", "mobile"] == "active"
    newer = [*lists, listed("active", 3, phone_raw=ONE)]
    assert match([], contacts, kept, newer)["crm:1", "mobile"] == "active", "the list errs"


def test_consent_and_a_young_row_confirm_a_number_for_their_contact_alone(match: Match) -> None:
    contacts, lists = {"crm:1": [ONE], "crm:2": [ONE]}, [listed("disconnected", 9, phone_raw=ONE)]
    both = {("crm:1", "mobile"): "suspected_disconnected", ("crm:2", "mobile"): "suspected_disconnected"}
    assert match([], contacts, lists=lists) == both
    assert match([], contacts, lists=lists, granted={"crm:1": 3}) == both | {("crm:1", "mobile"): "unknown"}
    assert match([], contacts, lists=lists, created={"crm:2": 3}) == both | {("crm:2", "mobile"): "unknown"}


def test_a_contact_that_comes_with_a_dead_number_long_after_has_it_now(match: Match) -> None:
    contacts, lists = {"crm:1": [ONE], "crm:2": [ONE]}, [listed("disconnected", 200, phone_raw=ONE)]
    states = match([], contacts, lists=lists, created={"crm:2": 100})
    assert states == {("crm:1", "mobile"): "suspected_reassigned", ("crm:2", "mobile"): "unknown"}


def test_without_activity_and_lists_nothing_is_known(match: Match) -> None:
    assert match([], {"crm:1": [ONE]}) == {("crm:1", "mobile"): "unknown"}
    assert match([], {}) == {}
