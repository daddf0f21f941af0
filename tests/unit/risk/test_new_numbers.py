"""Which numbers are no news, and how many new ones a block usually gets."""

from datetime import timedelta

import polars as pl

from phoneseg.contracts.risk import NUMBER_HOLDER
from phoneseg.risk.evaluation.drawn_events import START, build_events
from phoneseg.risk.new_numbers import count_new_numbers, list_known_numbers
from phoneseg.risk.signal_rows import Window

WINDOW = Window(START + timedelta(days=6), START + timedelta(days=7))


def _events(*acts: tuple[str, float]) -> pl.LazyFrame:
    """Return events of numbers of one block, so many days after START."""
    columns = {
        "phone_token": pl.Series([token for token, _ in acts], dtype=pl.String),
        "number_block": "49301",
        "carrier": "DE:A",
        "occurred_at": pl.Series([START + timedelta(days=days) for _, days in acts]),
    }
    return build_events(columns, len(acts)).lazy()


def _holders(**created_days: float | None) -> pl.LazyFrame:
    rows = [
        (token, f"crm:{token}", None if days is None else START + timedelta(days=days))
        for token, days in created_days.items()
    ]
    return pl.LazyFrame(rows, NUMBER_HOLDER.schema, orient="row")


def test_known_is_who_acted_before_the_window_or_belongs_to_an_older_contact() -> None:
    events = _events(("acted", 5.9), ("new", 6.0), ("held", 6.5), ("fresh", 6.5), ("undated", 6.5))
    known = list_known_numbers(events, _holders(held=-100, fresh=6.2, undated=None), WINDOW)
    assert known.collect().sort("phone_token").to_series().to_list() == ["acted", "held", "undated"]


def test_a_block_has_as_many_new_numbers_as_were_first_seen_in_the_days_before_the_window() -> None:
    events = _events(("old", 1), ("old", 4), ("new", 4), ("newer", 5.5), ("today", 6.5))
    counted = count_new_numbers(events, WINDOW)
    assert counted.rows() == [("49301", "DE:A", 2)]


def test_a_block_without_new_numbers_is_known_with_none() -> None:
    assert count_new_numbers(_events(("old", 1), ("old", 4)), WINDOW).rows() == [("49301", "DE:A", 0)]
    assert count_new_numbers(_events(("today", 6.5)), WINDOW).is_empty()
