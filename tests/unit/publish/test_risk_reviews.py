"""What is flagged is listed with its newest signals, and a label is written for one subject and no other."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.errors import StopError
from phoneseg.publish import Labelled, read_flagged, read_reviewed, write_label
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse
from tests.risk_rows import WEEK, make_tables, write_review, write_row, write_signal

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
# Tokens; the second and third begin alike.
ONE, TWO, THREE = (start + "0" * (32 - len(start)) for start in ("a1", "b12", "b13"))


@pytest.fixture(params=["duckdb", "postgresql"])
def flagged(request: pytest.FixtureRequest, make_settings: Callable[..., Settings]) -> Settings:
    """Settings of tables in which five subjects are flagged."""
    is_server = request.param == "postgresql"
    url = request.getfixturevalue("postgresql_url") if is_server else f"{request.param}:///warehouse.file"
    settings = make_settings(url=url)
    make_tables(settings)
    for subject in (ONE, TWO, THREE):
        write_review(settings, "sim_box", subject, AS_OF)
    write_review(settings, "ring", "crm:17", AS_OF - 9 * DAY, subject_kind="cluster")
    write_review(settings, "one_ring", ONE, AS_OF, "legitimate")
    write_signal(settings, "sim_box", [ONE], AS_OF, "high", reasons="fan_out")
    write_signal(settings, "sim_box", [ONE], AS_OF + DAY, reasons="night,fan_out")
    write_signal(settings, "sim_box", [TWO], AS_OF, reasons="night", activity_kind="call")
    told = {"subject": TWO, "subject_kind": "number", "risk_level": "high", "reasons": "device,night"}
    told |= {"as_of": AS_OF, "window_start": AS_OF - WEEK, "signal_kind": "sim_box", "activity_kind": "message"}
    write_row(settings, RISK_SIGNAL, **told)
    write_signal(settings, "one_ring", [ONE], AS_OF + DAY)
    return settings


def listed(settings: Settings, **chosen: Any) -> pl.DataFrame:
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        return read_flagged(warehouse, connection, **chosen)


def label(settings: Settings, kind: str, subject: str, said: str, note: str | None = None) -> Labelled:
    warehouse = open_warehouse(settings)
    told: dict[str, Any] = {"signal_kind": kind, "subject": subject, "label": said, "note": note, "labelled_at": AS_OF}
    with warehouse.transaction() as connection:
        return write_label(warehouse, connection, **told)


def test_what_is_flagged_is_listed_with_the_newest_level_and_reasons_and_can_be_labelled(flagged: Settings) -> None:
    rows = listed(flagged).select("signal_kind", "subject", "risk_level", "reasons", "last_as_of", "label").rows()
    assert rows == [
        ("sim_box", TWO, "high", "device,night", AS_OF, None),
        ("one_ring", ONE, "monitor", "any", AS_OF + DAY, "legitimate"),
        ("sim_box", ONE, "monitor", "fan_out,night", AS_OF + DAY, None),
        ("ring", "crm:17", None, None, None, None),
        ("sim_box", THREE, None, None, None, None),
    ]
    assert listed(flagged, signal_kind="sim_box", is_open=True)["subject"].to_list() == [TWO, ONE, THREE]

    assert label(flagged, "sim_box", "a", "fraud", "a call centre") == Labelled(ONE, None)
    assert label(flagged, "sim_box", ONE, "legitimate") == Labelled(ONE, "fraud")
    assert label(flagged, "ring", "crm:17", "fraud") == Labelled("crm:17", None)
    told = {(row["signal_kind"], row["subject"]): row for row in listed(flagged).iter_rows(named=True)}
    assert (told["sim_box", ONE]["label"], told["sim_box", ONE]["note"]) == ("legitimate", "a call centre")
    assert told["sim_box", ONE]["labelled_at"] == AS_OF
    assert [told["sim_box", each]["label"] for each in (TWO, THREE)] == [None, None]

    warehouse = open_warehouse(flagged)
    with warehouse.transaction() as connection:
        reviewed = read_reviewed(warehouse, connection)
    assert reviewed.days == 10
    assert set(reviewed.flagged.rows()) == {
        ("sim_box", "number", ONE, "legitimate"),
        *(("sim_box", "number", each, None) for each in (TWO, THREE)),
        ("one_ring", "number", ONE, "legitimate"),
        ("ring", "cluster", "crm:17", "fraud"),
    }


@pytest.fixture
def few(make_settings: Callable[..., Settings]) -> Settings:
    """Settings of tables in which two tokens that begin alike, and a contact, are flagged."""
    settings = make_settings(url="sqlite:///warehouse.file")
    make_tables(settings)
    for subject in (TWO, THREE, "crm:17"):
        write_review(settings, "sim_box", subject, AS_OF)
    return settings


@pytest.mark.parametrize(
    ("kind", "subject", "told"),
    [
        ("simbox", TWO, "no detector simbox has flagged anything; there is: sim_box"),
        ("sim_box", "b1", f"several subjects of sim_box begin so, give more of one: {TWO}, {THREE}$"),
        ("sim_box", "c", "sim_box has flagged no subject that is, or begins with, what was given"),
        ("sim_box", "crm:1", "sim_box has flagged no subject"),
        ("sim_box", "%", "sim_box has flagged no subject"),
        ("sim_box", "", "sim_box has flagged no subject"),
    ],
)
def test_who_is_not_flagged_or_could_be_several_is_not_labelled(
    few: Settings, kind: str, subject: str, told: str
) -> None:
    with pytest.raises(StopError, match=told):
        label(few, kind, subject, "fraud")
    assert listed(few)["label"].null_count() == 3


def test_without_anything_flagged_that_is_told(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(url="sqlite:///warehouse.file")
    for is_made in (False, True):
        if is_made:
            make_tables(settings)
        with pytest.raises(StopError, match="nothing is flagged yet"):
            listed(settings)
