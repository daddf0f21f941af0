"""What became of a message, out of a status and a reason as providers write them."""

from collections.abc import Callable

import polars as pl
import pytest

from phoneseg.errors import SourceError
from phoneseg.extract.column_readings import ColumnReadings
from phoneseg.extract.deliveries import read_deliveries
from phoneseg.extract.source_rows import SourceRows
from phoneseg.settings import Settings

SOURCE = '[activity.sms]\nkind = "message"\ntable = "sms"\nphone = "to"\noccurred_at = "at"\n'
BOTH = 'delivery_status = "status"\nfailure_reason = "reason"\n'
DELIVERED, OFF, DEAD = "delivered", "failed_temporarily", "failed_permanently"
Read = Callable[..., list[str | None]]


@pytest.fixture
def read(make_settings: Callable[..., Settings]) -> Read:
    """Read statuses and reasons by the lines of a section of the settings."""

    def read_rows(status: list[object], reason: list[object] | None = None, more: str = BOTH) -> list[str | None]:
        source = make_settings(more=SOURCE + more).activity["sms"]
        rows = pl.DataFrame({"status": status, "reason": reason or [None] * len(status)})
        readings = ColumnReadings("sms")
        deliveries = read_deliveries(SourceRows(rows, "sms"), source, readings)
        readings.check()
        assert deliveries.dtype == pl.String
        return deliveries.to_list()

    return read_rows


def test_a_reason_tells_a_number_that_nobody_has_from_a_phone_that_is_off(read: Read) -> None:
    reasons = ["Unknown subscriber", "UNKNOWN_SUBSCRIBER", "absent subscriber", None, "EC-Unknown-Subscriber", "30005"]
    assert read(["failed"] * 6, reasons) == [DEAD, DEAD, OFF, OFF, DEAD, DEAD]


def test_a_message_that_arrived_did_whatever_its_reason_says(read: Read) -> None:
    assert read([" Delivered ", "READ"], ["unknown subscriber", None]) == [DELIVERED, DELIVERED]


def test_a_status_may_say_all_of_it(read: Read) -> None:
    assert read(["not_in_service", "undelivered", "delivrd"], more='delivery_status = "status"') == [
        DEAD,
        OFF,
        DELIVERED,
    ]


def test_without_a_status_a_reason_is_a_failure(read: Read) -> None:
    assert read([None] * 3, ["absent", None, "disconnected"], 'failure_reason = "reason"') == [OFF, None, DEAD]


def test_of_what_is_under_way_or_unknown_nobody_knows(read: Read) -> None:
    assert read(["queued", None, "", "as it may be"], ["x", "x", "x", None]) == [None] * 4
    assert read(["delivered"], more="") == [None]


def test_words_of_the_settings_take_the_place_of_the_shipped_ones(read: Read) -> None:
    own = BOTH + 'delivered = ["ok"]\nfailed = ["ko"]\npermanent_failures = ["no_such_number"]'
    assert read(["OK", "ko", "ko", "delivered"], [None, "No such number", "?", None], own) == [
        DELIVERED,
        DEAD,
        OFF,
        None,
    ]


def test_a_column_without_a_single_known_status_is_the_wrong_one(read: Read) -> None:
    with pytest.raises(SourceError, match=r"sms\.delivery_status: none of the column's 12 values is a word"):
        read([f"text {number}" for number in range(12)])
