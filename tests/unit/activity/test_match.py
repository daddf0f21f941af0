"""Every row of activity goes to the contacts that it is of, or is counted with the reason."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from phoneseg.activity import match as matcher
from phoneseg.activity.outcomes import check_outcomes
from phoneseg.contracts import ACTIVITY_SIZE
from phoneseg.errors import ReconciliationError

Match = Callable[..., Any]
JUNE = datetime(2026, 6, 1, 12, tzinfo=UTC)
US, GB, DE = "+16502530000", "+442079460018", "+4930123456"


def test_a_row_with_an_id_is_of_the_contact_that_has_it(match: Match) -> None:
    matched = match([{"contact_id": "crm:1"}, {"contact_id": "crm:1"}, {"contact_id": "crm:9"}], {"crm:1": []})
    assert matched.activity["contact_id"].to_list() == ["crm:1", "crm:1"]
    assert matched.size("sales") == {"row": 3, "matched": 2, "unknown_contact": 1}
    assert matched.counts == {"activity_count": 3, "matched_activity_count": 2}


def test_a_row_with_a_number_is_of_the_contact_that_has_it_however_it_is_written(match: Match) -> None:
    written = [("+1 650-253-0000", None), ("(650) 253 0000", "US"), ("0016502530000", "DE"), ("tel:+16502530000", "GB")]
    rows = [{"phone_raw": text, "region_hint": region} for text, region in written]
    matched = match([*rows, {"phone_raw": GB}], {"crm:1": [US, DE], "crm:2": []})
    assert matched.activity["contact_id"].to_list() == ["crm:1"] * 4
    assert matched.size("calls") == {"row": 5, "matched": 4, "unknown_contact": 1}


def test_what_a_row_says_goes_to_the_contact_and_the_number_does_not(match: Match) -> None:
    told = {
        "kind": "call",
        "occurred_at": JUNE,
        "is_inbound": True,
        "channel": "sms",
        "counterparty": "agent",
        "duration_s": 5,
        "is_answered": False,
        "amount_e4": 10_000,
        "campaign": "summer",
    }
    matched = match([{"phone_raw": "650 253 0000", "region_hint": "US", **told}], {"crm:1": [US]})
    assert matched.activity.rows(named=True) == [{"contact_id": "crm:1", "activity_source": "calls", **told}]


def test_a_number_that_several_contacts_hold_counts_for_each_of_them_and_once_as_a_row(match: Match) -> None:
    rows = [{"phone_raw": US, "is_unpriced": True}, {"phone_raw": US}]
    matched = match(rows, {"crm:1": [US], "crm:2": [GB, US], "crm:3": [GB]})
    assert matched.activity["contact_id"].to_list() == ["crm:1", "crm:1", "crm:2", "crm:2"]
    assert matched.size("calls") == {"row": 2, "matched": 2, "unpriced": 1}


def test_what_became_of_each_sources_rows_is_told(match: Match, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="phoneseg.activity")
    match([{"phone_raw": US}, {"phone_raw": "650 253 0000"}], {"crm:1": [US]})
    told = {record.getMessage(): record.levelname for record in caplog.records if " rows, " in record.getMessage()}
    calls = (
        "normalize: activity.calls: 2 rows, of a contact 1, of no contact 0, unreadable 1, of a number that too many"
    )
    assert [level for message, level in told.items() if message.startswith(calls)] == ["INFO"]
    assert {level for message, level in told.items() if ": 0 rows, " in message} == {"WARNING"}


@pytest.mark.parametrize(("limit", "owners"), [(2, []), (3, ["crm:0", "crm:1", "crm:2"])])
def test_a_number_that_too_many_contacts_share_is_nobodys(match: Match, limit: int, owners: list[str]) -> None:
    contacts = {f"crm:{n}": [US] for n in range(3)}
    matched = match([{"phone_raw": US}], contacts, more=f"[profile]\nmax_contacts_per_number = {limit}")
    assert matched.activity["contact_id"].to_list() == owners
    assert matched.size("calls") == {"row": 1, "matched" if owners else "shared_number": 1}


def test_a_contact_that_has_a_number_in_two_cells_holds_it_once(match: Match) -> None:
    matched = match([{"phone_raw": US}], {"crm:1": [US, US]}, more="[profile]\nmax_contacts_per_number = 1")
    assert matched.activity["contact_id"].to_list() == ["crm:1"]


@pytest.mark.parametrize("text", [None, "anonymous", "12", "+1 650", "0" * 40, "650 253 0000"])
def test_a_row_whose_number_is_none_is_unreadable(match: Match, text: str | None) -> None:
    matched = match([{"phone_raw": text}, {"phone_raw": US}], {"crm:1": [US]})
    assert matched.size("calls") == {"row": 2, "matched": 1, "unreadable": 1}


def test_a_row_without_an_id_is_unreadable(match: Match) -> None:
    assert match([{"contact_id": None}], {"crm:1": []}).size("sales") == {"row": 1, "unreadable": 1}


def test_a_row_without_a_time_is_undated_whosoever_it_is(match: Match) -> None:
    undated = [{**key, "occurred_at": None} for key in ({"contact_id": "crm:1"}, {"phone_raw": US}, {"phone_raw": "x"})]
    matched = match(undated, {"crm:1": [US]})
    assert matched.activity.is_empty()
    assert matched.size("sales") == {"row": 1, "undated": 1}
    assert matched.size("calls") == {"row": 2, "undated": 2}
    assert matched.sizes["calls"]["newest_occurred_at"] is None


def test_only_matched_rows_count_as_unpriced(match: Match) -> None:
    rows = [{"contact_id": "crm:1", "is_unpriced": True}, {"contact_id": "crm:9", "is_unpriced": True}]
    assert match(rows, {"crm:1": []}).size("sales")["unpriced"] == 1


def test_a_published_contact_that_the_run_does_not_read_keeps_its_activity(match: Match) -> None:
    rows = [{"contact_id": "crm:1"}, {"phone_raw": US}, {"phone_raw": GB}]
    matched = match(rows, contacts={"crm:2": [GB]}, kept={"crm:1": [US, GB]}, changed=("crm:2",))
    assert matched.activity["contact_id"].to_list() == ["crm:1", "crm:1", "crm:1", "crm:2"]


def test_what_is_published_of_a_contact_that_the_run_reads_again_is_forgotten(match: Match) -> None:
    rows = [{"phone_raw": US}, {"phone_raw": GB}]
    matched = match(rows, contacts={"crm:1": [GB]}, kept={"crm:1": [US]}, changed=("crm:1",))
    assert matched.activity["contact_id"].to_list() == ["crm:1"]
    assert matched.size("calls") == {"row": 2, "matched": 1, "unknown_contact": 1}


def test_the_activity_of_a_contact_that_is_gone_is_of_nobody(match: Match) -> None:
    rows = [{"contact_id": "crm:1"}, {"phone_raw": US}]
    matched = match(rows, contacts={}, kept={"crm:1": [US]}, changed=("crm:1",))
    assert matched.size("sales") == {"row": 1, "unknown_contact": 1}
    assert matched.size("calls") == {"row": 1, "unknown_contact": 1}


def test_every_source_has_a_size_with_its_newest_row(match: Match) -> None:
    times = [JUNE, JUNE + timedelta(days=1)]
    matched = match([{"contact_id": "crm:9", "occurred_at": time} for time in times], {"crm:1": []})
    assert matched.sizes["sales"]["newest_occurred_at"] == times[1]
    assert matched.size("calls") == {}
    assert set(matched.sizes) == {"sales", "calls"}


def test_without_activity_there_is_one_empty_part(match: Match) -> None:
    matched = match([], {})
    assert (matched.part_count, len(matched.activity)) == (1, 0)
    assert matched.counts == {"activity_count": 0, "matched_activity_count": 0}


@pytest.mark.parametrize(
    ("limits", "part_count"),
    [({"_PART_EVENTS": 10}, 5), ({"_PART_EVENTS": 49}, 2), ({"_PART_CONTACTS": 4}, 3), ({"_PART_CONTACTS": 10}, 1)],
)
def test_parts_hold_no_more_than_they_should_and_all_of_a_contact(
    match: Match, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], part_count: int
) -> None:
    """Forty events of a number that two contacts share, of which there are ten, and ten of an id."""
    for name, limit in limits.items():
        monkeypatch.setattr(matcher, name, limit)
    contacts = {f"crm:{n}": [US] if n < 2 else [] for n in range(10)}
    rows = [{"phone_raw": US}] * 20 + [{"contact_id": "crm:5"}] * 10
    matched = match(rows, contacts)
    assert matched.part_count == part_count
    assert matched.activity["contact_id"].value_counts().sort("contact_id").rows() == [
        ("crm:0", 20),
        ("crm:1", 20),
        ("crm:5", 10),
    ]


def test_batches_and_the_order_of_rows_do_not_matter(match: Match, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {("phone_raw" if n % 2 else "contact_id"): (US, "crm:2")[n % 2 == 0], "occurred_at": JUNE + timedelta(n)}
        for n in range(50)
    ]
    contacts = {"crm:1": [US], "crm:2": [US], "crm:3": [GB]}
    once = match(rows, contacts)
    monkeypatch.setattr(matcher, "_BATCH_ROWS", 3)
    again = match(rows[::-1], contacts)
    assert once.activity.equals(again.activity.sort("contact_id", "occurred_at"))
    assert once.sizes == again.sizes


def test_a_row_that_came_to_no_outcome_stops_the_run() -> None:
    sizes = ACTIVITY_SIZE.schema.to_frame()
    row = pl.DataFrame(
        {
            "activity_source": ["calls"],
            "row_count": [3],
            "matched_count": [1],
            "unknown_contact_count": [0],
            "unreadable_count": [0],
            "shared_number_count": [0],
            "undated_count": [1],
        }
    )
    check_outcomes(pl.concat([sizes, row.with_columns(row_count=pl.lit(2, pl.Int64))], how="diagonal"))
    with pytest.raises(ReconciliationError, match=r"3 rows of activity\.calls came in, but 2 were matched or counted"):
        check_outcomes(pl.concat([sizes, row], how="diagonal"))


def test_sizes_are_of_the_sources_that_the_run_reads(match: Match) -> None:
    network = '[activity.network]\nkind = "call"\ntable = "record"\nphone = "n"\noccurred_at = "at"\n'
    more = network + 'pipelines = ["monitor_activity"]\n'
    assert set(match([{"phone_raw": US}], {"crm:1": [US]}, more=more).sizes) == {"calls", "sales"}
    assert set(match([{"phone_raw": US}], {"crm:1": [US]}, more=network).sizes) == {"calls", "sales", "network"}
