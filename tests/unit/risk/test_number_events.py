"""Rows that name a number or a contact become events of numbers, and none goes missing."""

from datetime import UTC, datetime
from typing import Final

import polars as pl
import pytest

from phoneseg.contracts.risk import MONITORED_ROW, STAGED_EVENT
from phoneseg.errors import ReconciliationError
from phoneseg.privacy import CONTACT, NOBODY, NUMBER, TokenKey, Tombstones
from phoneseg.risk.monitored_sizes import count_outcomes, count_rows, describe_sizes
from phoneseg.risk.number_events import build_events, match_rows, read_contacts, read_counterparties, read_numbers

KEY: Final = TokenKey(b"a key for tests alone")
SEED: Final = 7
START: Final = datetime(2026, 7, 1, 14, tzinfo=UTC)
END: Final = datetime(2026, 7, 1, 15, tzinfo=UTC)
NEW_YORK, BERLIN, GHANA = "+12125550123", "+493012345678", "+233241234567"
NOTHING: Final = pl.DataFrame(schema=dict.fromkeys(("contact_id", "phone_token", "phone_e164"), pl.String))


def rows_of(*rows: dict[str, object]) -> pl.LazyFrame:
    """Return rows of MONITORED_ROW: calls of the interval, with what is told of each."""
    usual = {"activity_source": "calls", "kind": "call", "occurred_at": START}
    return pl.DataFrame([usual | row for row in rows], MONITORED_ROW.schema, orient="row").lazy()


def match(rows: pl.LazyFrame, phones: pl.DataFrame = NOTHING, tombstones: Tombstones = NOBODY) -> pl.DataFrame:
    ids = rows.select(pl.col("contact_id").drop_nulls().unique()).collect().to_series()
    return match_rows(rows, read_numbers(rows, KEY, tombstones), read_contacts(ids, phones, tombstones)).collect()


def events_of(*rows: dict[str, object]) -> pl.DataFrame:
    events = build_events(match(rows_of(*rows)), SEED)
    assert events.schema == STAGED_EVENT.schema
    return events


def phones_of(numbers: dict[str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "contact_id": list(numbers),
            "phone_token": [KEY.token(number) for number in numbers.values()],
            "phone_e164": list(numbers.values()),
        }
    )


def test_an_event_says_where_its_number_belongs() -> None:
    (event,) = events_of({"phone_raw": "(212) 555-0123", "region_hint": "US"}).rows(named=True)
    assert event["phone_token"] == KEY.token(NEW_YORK)
    placed = ("country", "area_code", "number_block", "line_number", "carrier", "number_type")
    expected = ("US", "1-212", "1212555", 123, None, "FIXED_LINE_OR_MOBILE")
    assert tuple(event[name] for name in placed) == expected


@pytest.mark.parametrize(
    ("number", "area_code", "carrier", "number_type"),
    [
        (GHANA, None, "GH:MTN", "MOBILE"),
        ("+493012345678", "49-30", None, "FIXED_LINE"),
        ("+80012345678", None, None, "TOLL_FREE"),
        ("+15555550000", None, None, "UNKNOWN"),  # possible, and of no range
    ],
)
def test_only_geographic_numbers_have_an_area_code(
    number: str, area_code: str | None, carrier: str | None, number_type: str
) -> None:
    (event,) = events_of({"phone_raw": number}).rows(named=True)
    assert (event["area_code"], event["carrier"], event["number_type"]) == (area_code, carrier, number_type)


def test_block_and_line_make_the_number() -> None:
    events = events_of(*({"phone_raw": number} for number in (NEW_YORK, BERLIN, GHANA, "+2902123")))
    whole = events["number_block"] + events["line_number"].cast(pl.String).str.zfill(4)
    assert sorted("+" + whole) == sorted((NEW_YORK, BERLIN, GHANA, "+2902123"))


def test_an_event_of_a_contact_is_that_of_its_phone() -> None:
    rows = rows_of({"contact_id": "crm:1"}, {"phone_raw": BERLIN})
    by_id, by_number = build_events(match(rows, phones_of({"crm:1": BERLIN})), SEED).rows()
    assert by_id == by_number


def test_what_is_measured_of_a_row_is_measured_of_its_event() -> None:
    measured = {"duration_s": 61, "is_answered": True, "amount_e4": 15, "campaign": "summer", "cell": 5, "device": 6}
    (event,) = events_of({"phone_raw": BERLIN, "is_inbound": True, **measured}).rows(named=True)
    assert {name: event[name] for name in measured} == measured
    assert (event["activity_source"], event["activity_kind"], event["occurred_at"]) == ("calls", "call", START)


@pytest.mark.parametrize("is_inbound", [True, False, None])
def test_what_comes_in_from_a_contact_goes_out_from_its_number(is_inbound: bool | None) -> None:
    assert events_of({"phone_raw": BERLIN, "is_inbound": is_inbound})["is_outgoing"].to_list() == [is_inbound]


def test_a_counterparty_is_one_however_it_is_written() -> None:
    written = ("+49 30 12345678", "030 12345678", "0049 (0)30/12345678")
    events = events_of(*({"phone_raw": GHANA, "region_hint": "DE", "counterparty": each} for each in written))
    assert events["counterparty"].n_unique() == 1
    assert set(events.select("counterparty_country", "counterparty_area_code").rows()) == {("DE", "49-30")}


def test_a_counterparty_with_a_plus_is_a_number_though_nobody_has_such_numbers() -> None:
    events = events_of(*({"phone_raw": GHANA, "counterparty": each} for each in ("+1 555 555 0000", "+15555550000")))
    assert events["counterparty"].n_unique() == 1


@pytest.mark.parametrize("counterparty", ["agent 7", "1234567", "030 12345678", "12345"])
def test_a_counterparty_that_is_no_number_where_it_stands_is_hashed_as_it_is(counterparty: str) -> None:
    region = "US" if counterparty == "1234567" else None  # an agent's id, with as many digits as a local number
    rows = [{"phone_raw": GHANA, "region_hint": region, "counterparty": each} for each in (counterparty, "shop", None)]
    events = events_of(*rows)
    assert events["counterparty"].n_unique() == 3
    assert events["counterparty"].null_count() == 1
    assert events.select("counterparty_country", "counterparty_area_code").null_count().row(0) == (3, 3)


def test_another_key_gives_other_hashes() -> None:
    rows = rows_of({"phone_raw": GHANA, "counterparty": BERLIN})
    one, other = (read_counterparties(rows, seed)["counterparty_hash"].item() for seed in (1, 2))
    assert one != other


def test_every_row_is_an_event_or_counted_for_what_it_is() -> None:
    tombstones = Tombstones(
        (
            (KEY, CONTACT, frozenset(KEY.erasure_tokens(CONTACT, ["crm:3"]))),
            (KEY, NUMBER, frozenset(KEY.erasure_tokens(NUMBER, [NEW_YORK]))),
        )
    )
    rows = rows_of(
        {"contact_id": "crm:1", "cell": 1},
        {"contact_id": "crm:2", "cell": 2},
        {"contact_id": "crm:3", "cell": 3},
        {"contact_id": "crm:4", "cell": 4},
        {"phone_raw": GHANA, "cell": 5},
        {"phone_raw": "nobody", "cell": 6},
        {"phone_raw": "030 12345678", "cell": 7},
        {"phone_raw": "212 555 0123", "region_hint": "US", "cell": 8},
        {"cell": 9},
    )
    phones = phones_of({"crm:1": BERLIN, "crm:3": BERLIN, "crm:4": NEW_YORK})
    matched = match(rows, phones, tombstones)
    assert dict(matched.select("cell", "outcome").rows()) == {
        1: "event",
        2: "unknown_contact",
        3: "erased",
        4: "erased",
        5: "event",
        6: "unreadable",
        7: "unreadable",
        8: "erased",
        9: "unreadable",
    }
    no_events = matched.filter(pl.col("outcome") != "event")
    assert no_events["phone_token", "number_block", "line_number"].null_count().row(0) == (7, 7, 7)
    assert build_events(matched, SEED)["cell"].sort().to_list() == [1, 5]

    sizes = describe_sizes(["calls", "idle"], count_rows(rows.collect(), START), count_outcomes(matched, START), END)
    assert sizes.drop("as_of").rows() == [("calls", 9, 2, 1, 3, 3), ("idle", 0, 0, 0, 0, 0)]


def test_what_is_read_from_before_the_interval_is_not_counted() -> None:
    earlier = {"phone_raw": BERLIN, "occurred_at": datetime(2026, 7, 1, 13, 59, 59, tzinfo=UTC)}
    rows = rows_of(earlier, {"phone_raw": BERLIN})
    matched = match(rows)
    assert len(matched) == 2
    sizes = describe_sizes(["calls"], count_rows(rows.collect(), START), count_outcomes(matched, START), END)
    assert sizes["row_count", "event_count"].row(0) == (1, 1)


def test_a_row_that_goes_missing_stops_the_run() -> None:
    rows = rows_of({"phone_raw": BERLIN}, {"phone_raw": GHANA})
    outcomes = count_outcomes(match(rows).head(1), START)
    with pytest.raises(ReconciliationError, match=r"activity\.calls, 2 rows came in, but 1 became events"):
        describe_sizes(["calls"], count_rows(rows.collect(), START), outcomes, END)
