"""Losses out of minutes and rates."""

import polars as pl
import pytest

from phoneseg.risk.revenue import ANY, TERMINATION_RATE, estimate_losses
from tests.unit.risk.call_events import Row, event, frame

HOME = {"country": "GH", "counterparty_country": "GH", "is_answered": True}
Rate = tuple[str, str, float, str]
RATES: list[Rate] = [("GH", "GH", 0.01, "USD"), (ANY, "GH", 0.19, "USD")]


def _estimate(rows: list[Row], rates: list[Rate], origin: str = ANY, numbers: str = "a") -> list[dict[str, object]]:
    schema = {column.name: column.dtype for column in TERMINATION_RATE}
    table = pl.DataFrame(rates, schema, orient="row")
    boxes = pl.LazyFrame({"phone_token": list(numbers)})
    return estimate_losses(frame(rows).lazy(), boxes, table, origin).collect().rows(named=True)


def test_each_minute_costs_what_the_international_rate_is_above_the_local_one() -> None:
    rows = [event(duration_s=90, **HOME), event(duration_s=30, **HOME), event("b", duration_s=600, **HOME)]
    (row,) = _estimate(rows, RATES)
    assert row == {
        "phone_token": "a",
        "destination_country": "GH",
        "minutes": 2.0,
        "international_rate_per_min": 0.19,
        "local_rate_per_min": 0.01,
        "lost_amount_e4": 3_600,
        "currency": "USD",
    }


def test_only_answered_outgoing_calls_within_the_country_are_terminated() -> None:
    others = [{"is_answered": False}, {"is_answered": None}, {"is_outgoing": False}, {"counterparty_country": "NG"}]
    rows = [event(duration_s=60, **{**HOME, **other}) for other in others]
    assert _estimate([*rows, event(kind="message", duration_s=60, **HOME)], RATES) == []


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([("NG", "GH", 0.3, "USD"), ("NG", ANY, 0.4, "USD"), (ANY, ANY, 0.5, "USD")], 0.3),
        ([("NG", ANY, 0.4, "USD"), (ANY, "GH", 0.2, "USD"), (ANY, ANY, 0.5, "USD")], 0.2),
        ([("NG", ANY, 0.4, "USD"), (ANY, ANY, 0.5, "USD")], 0.4),
        ([(ANY, ANY, 0.5, "USD"), ("TG", "GH", 0.1, "USD")], 0.5),
        ([("TG", "GH", 0.1, "USD")], None),
    ],
)
def test_the_closest_rate_counts(rates: list[Rate], expected: float | None) -> None:
    (row,) = _estimate([event(duration_s=60, **HOME)], [*rates, ("GH", "GH", 0.01, "USD")], "NG")
    assert row["international_rate_per_min"] == expected
    assert row["lost_amount_e4"] == (None if expected is None else round((expected - 0.01) * 10_000))


def test_no_rate_or_another_currency_gives_no_loss_rather_than_a_wrong_one() -> None:
    calls = [event(duration_s=60, **HOME)]
    for rates in ([], [(ANY, "GH", 0.19, "USD")], [("GH", "GH", 0.01, "GHS"), (ANY, "GH", 0.19, "USD")]):
        (row,) = _estimate(calls, rates)
        assert (row["minutes"], row["lost_amount_e4"], row["currency"]) == (1.0, None, None)


def test_a_local_rate_above_the_international_one_is_no_gain() -> None:
    (row,) = _estimate([event(duration_s=60, **HOME)], [("GH", "GH", 0.2, "USD"), (ANY, "GH", 0.1, "USD")])
    assert row["lost_amount_e4"] == 0


def test_rates_that_contradict_each_other_are_told() -> None:
    with pytest.raises(ValueError, match="same origin and destination"):
        _estimate([], [*RATES, ("GH", "GH", 0.02, "USD")])
    with pytest.raises(ValueError, match="below 0"):
        _estimate([], [("GH", "GH", -0.01, "USD")])
