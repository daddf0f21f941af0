"""Which labels count, and which numbers belong together."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoneseg.contracts.model import UTC_INSTANT
from phoneseg.risk.sim_box_labels import add_background, choose_labels, group_numbers
from tests.unit.risk.call_events import MONDAY


def _choose(*reviews: tuple[str, str, int]) -> dict[str, bool]:
    rows = [(number, label, MONDAY + timedelta(days=day)) for number, label, day in reviews]
    schema = {"phone_token": pl.String, "label": pl.String, "labelled_at": UTC_INSTANT}
    frame = pl.DataFrame(rows, schema, orient="row")
    return dict(choose_labels(frame, MONDAY + timedelta(days=9)).rows())


def test_the_newest_label_known_by_then_counts() -> None:
    reviews = [("a", "fraud", 1), ("a", "legitimate", 2), ("b", "fraud", 9), ("b", "legitimate", 10)]
    assert _choose(*reviews, ("c", "fraud", 10)) == {"a": False, "b": True}


def test_labels_that_contradict_each_other_at_once_say_nothing() -> None:
    assert _choose(("a", "fraud", 1), ("a", "legitimate", 1), ("b", "fraud", 2), ("b", "fraud", 2)) == {"b": True}


def test_a_label_that_is_neither_is_told_without_the_number() -> None:
    with pytest.raises(ValueError, match="has to be fraud or legitimate") as told:
        _choose(("secret", "perhaps", 1))
    assert "secret" not in str(told.value)


def test_background_is_of_numbers_without_a_label_and_the_same_every_time() -> None:
    patterns = pl.DataFrame({"phone_token": [f"n{number}" for number in range(50)] * 2})
    labels = pl.DataFrame({"phone_token": ["n1", "n2"], "is_fraud": [True, False]})
    added = add_background(labels, patterns, 20)
    assert added.equals(add_background(labels, patterns.reverse(), 20))
    assert (len(added), added["phone_token"].n_unique(), added["is_fraud"].sum()) == (22, 22, 1)
    assert add_background(labels, patterns, 0).equals(labels)
    assert len(add_background(labels, patterns, 1_000)) == 50


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=20))
def test_numbers_are_together_if_devices_lead_from_one_to_the_other(pairs: list[tuple[int, int]]) -> None:
    links = pl.DataFrame({"phone_token": [f"n{a}" for a, _ in pairs], "device": [b for _, b in pairs]})
    found = dict(group_numbers(links).rows())
    assert set(found) == {f"n{a}" for a, _ in pairs}
    reached = {f"n{a}": {f"n{a}"} for a, _ in pairs}
    for _ in pairs:  # the longest way has fewer steps
        for a, device in pairs:
            for b, other in pairs:
                if device == other:
                    reached[f"n{a}"] = reached[f"n{b}"] = reached[f"n{a}"] | reached[f"n{b}"]
    for one, group in found.items():
        assert {number for number, other in found.items() if other == group} == _close(one, reached)


def _close(number: str, reached: dict[str, set[str]]) -> set[str]:
    """Return all that is reached from what is reached."""
    known = {number}
    while (more := set().union(*(reached[one] for one in known))) - known:
        known |= more
    return known
