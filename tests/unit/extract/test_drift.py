"""When a source is not as it was."""

from datetime import UTC, datetime

import pytest

from phoneseg.errors import DriftError
from phoneseg.extract.drift import EarlierSource, check_column_types, check_contact_count

EARLIER = EarlierSource(datetime(2026, 6, 30, tzinfo=UTC), 1000, {"phone": "text", "born": "timestamp", "old": "text"})


def test_the_same_types_pass_and_so_do_new_unknown_and_dropped_ones() -> None:
    check_column_types("crm", EARLIER, {"phone": "text", "born": "", "new": "integer"})


def test_another_family_stops_with_both_families_the_day_and_what_to_do() -> None:
    with pytest.raises(
        DriftError, match=r"crm: column `phone` is integer now and was text .* 2026-06-30 .*--accept-drift"
    ):
        check_column_types("crm", EARLIER, {"phone": "integer"})


@pytest.mark.parametrize(("contacts", "allowed_pct"), [(500, 50), (1200, 0), (0, 100), (999, 0.1)])
def test_a_loss_up_to_the_share_passes(contacts: int, allowed_pct: float) -> None:
    check_contact_count("crm", EARLIER, contacts, allowed_pct)


@pytest.mark.parametrize(("contacts", "allowed_pct"), [(499, 50), (999, 0), (0, 99)])
def test_a_loss_beyond_the_share_stops(contacts: int, allowed_pct: float) -> None:
    with pytest.raises(DriftError, match=rf"crm: {contacts} contacts, .* fewer than the 1,000 .*max_shrink_pct"):
        check_contact_count("crm", EARLIER, contacts, allowed_pct)


def test_a_source_that_was_empty_cannot_shrink() -> None:
    check_contact_count("crm", EarlierSource(EARLIER.as_of, 0, {}), 0, 0)
