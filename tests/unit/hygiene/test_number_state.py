"""States of numbers out of what happened, a few rows at a time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from phoneseg.contracts import RAW_ACTIVITY, UTC_INSTANT
from phoneseg.hygiene.number_state.decide import decide_states
from phoneseg.hygiene.number_state.histories import find_confirmations, find_revivals, summarize_signals
from phoneseg.hygiene.number_state.signals import address_signals, list_signals
from phoneseg.settings import NumberStateSettings

JULY = datetime(2026, 7, 1, tzinfo=UTC)
SETTINGS = NumberStateSettings()
Row = dict[str, object]
State = Callable[..., tuple[str, str | None, float | None]]


def ago(days: float) -> datetime:
    return JULY - timedelta(days=days)


def message(days: float, delivery: str | None = None, **more: object) -> Row:
    return {"kind": "message", "occurred_at": ago(days), "is_inbound": False, "delivery": delivery, **more}


def call(days: float, *, answered: bool, **more: object) -> Row:
    return {"kind": "call", "occurred_at": ago(days), "is_inbound": False, "is_answered": answered, **more}


DEAD = "failed_permanently"
OFF = "failed_temporarily"


@pytest.fixture
def state() -> State:
    """Return state, evidence and confidence of a contact's one number after rows of activity, oldest or newest first.

    Rows name the number, but for those with `contact_id`. `confirmed`, `disconnected`, `reassigned` and `renewed` are
    days ago.
    """

    def decide(
        *rows: Row,
        confirmed: float | None = 400,
        disconnected: float | None = None,
        reassigned: float | None = None,
        renewed: float | None = None,
        settings: NumberStateSettings = SETTINGS,
    ) -> tuple[str, str | None, float | None]:
        named = [
            {"activity_source": "it", **({} if "contact_id" in row else {"phone_raw": "n"}), **row} for row in rows
        ]
        raw = pl.LazyFrame([{**dict.fromkeys(RAW_ACTIVITY.column_names), **row} for row in named], RAW_ACTIVITY.schema)
        numbers = pl.LazyFrame({"phone_raw": ["n"], "region_hint": [None], "phone_token": ["t"]}).cast(pl.String)
        addressed = pl.LazyFrame({"activity_source": ["it"], "contact_id": ["crm:1"], "phone_token": ["t"]})
        signals = address_signals(list_signals(raw, settings.phone_channels), numbers, addressed)
        days = {"disconnected_at": disconnected, "reassigned_at": reassigned, "renewed_at": renewed}
        instants = {name: None if since is None else ago(since) for name, since in days.items()}
        known_at = None if confirmed is None else ago(confirmed)
        phone = pl.LazyFrame(
            [{"contact_id": "crm:1", "phone_token": "t", "known_at": known_at, **instants}],
            {
                "contact_id": pl.String,
                "phone_token": pl.String,
                "known_at": UTC_INSTANT,
                **dict.fromkeys(days, UTC_INSTANT),
            },
        )
        known = (
            phone.join(summarize_signals(signals), on="phone_token", how="left")
            .join(find_revivals(signals, settings).lazy(), on="phone_token", how="left")
            .join(find_confirmations(signals), on=["contact_id", "phone_token"], how="left")
            .with_columns(confirmed_at=pl.max_horizontal("known_at", "engaged_by_id_at"))
        )
        decided = decide_states(known, JULY, settings).collect()
        since = decided["state_since_at"][0]
        assert since is None or since <= JULY, "a state holds since the past"
        return decided.select("number_state", "evidence", "state_confidence").row(0)

    return decide


def test_nothing_is_known_of_a_number_of_which_nothing_was_seen(state: State) -> None:
    assert state() == ("unknown", None, None)
    assert state(message(3), {**call(3, answered=False), "is_inbound": None}) == ("unknown", None, None)


@pytest.mark.parametrize(("days", "expected"), [(90, "active"), (91, "cooling"), (365, "cooling"), (366, "dormant")])
def test_the_last_sign_of_life_decides_however_it_came(state: State, days: int, expected: str) -> None:
    assert state(call(days, answered=True), message(500, "delivered"))[0] == expected
    assert state(message(days, "delivered"))[0] == expected
    assert state(message(days, is_inbound=True)) == (expected, "engaged", 0.9)
    assert state(message(days, is_inbound=True), message(days, "delivered")) == (expected, "engaged,reached", 0.97)


def test_failures_for_good_count_in_a_row_and_on_more_than_one_day(state: State) -> None:
    assert state(message(9, DEAD), message(5, DEAD)) == ("suspected_disconnected", "permanent_failures", 0.8)
    assert state(message(5, DEAD))[0] == "unknown"
    assert state(message(5, DEAD), message(4.9, DEAD))[0] == "unknown", "one campaign"
    assert state(message(9, DEAD), message(7, "delivered"), message(5, DEAD))[0] == "active", "one after life"
    strict = NumberStateSettings(permanent_failures=3)
    assert state(message(9, DEAD), message(5, DEAD), settings=strict)[0] == "unknown"


def test_failures_that_may_pass_need_more_and_longer(state: State) -> None:
    off = [message(days, OFF) for days in (60, 50, 40, 30, 20)]
    assert state(*off) == ("suspected_disconnected", "temporary_failures", 0.5)
    assert state(*off[:4])[0] == "unknown"
    assert state(*(message(days, OFF) for days in (20, 19, 18, 17, 16)))[0] == "unknown", "a fortnight's holiday"
    assert state(*off, message(10, "delivered"))[0] == "active"


def test_calls_that_nobody_picks_up_are_no_reason_by_themselves(state: State) -> None:
    silent = [call(days, answered=False) for days in (30, 20, 10)]
    assert state(*silent) == ("unknown", None, None)
    dead = [message(9, DEAD), message(5, DEAD)]
    assert state(*dead, *silent) == ("suspected_disconnected", "permanent_failures,unanswered", 0.84)


def test_what_was_before_the_contact_confirmed_the_number_speaks_against_nobody(state: State) -> None:
    dead = (message(30, DEAD), message(20, DEAD))
    assert state(*dead, confirmed=10)[0] == "unknown"
    assert state(*dead, confirmed=20)[0] == "suspected_disconnected", "on the same day"
    assert state(disconnected=30, confirmed=10)[0] == "unknown", "of the holder before"
    assert state(reassigned=30, confirmed=10)[0] == "unknown"
    assert state(disconnected=30, confirmed=None)[0] == "suspected_disconnected"


def test_a_number_that_rested_and_is_alive_again_is_somebody_elses(state: State) -> None:
    dead = (message(200, DEAD), message(190, DEAD))
    assert state(*dead, message(155, "delivered")) == ("suspected_reassigned", "revived", 0.7)
    assert state(*dead, message(156, "delivered"))[0] == "cooling", "a bill was paid after 44 days"
    assert state(*dead, call(10, answered=True))[0] == "suspected_reassigned"
    back = message(9, is_inbound=True, contact_id="crm:1", channel="sms")
    assert state(*dead, message(100, "delivered"), back)[0] == "active", "the contact itself wrote since"
    assert state(*dead, message(10, "delivered"), confirmed=100)[0] == "active", "the contact came while it was dead"
    stranger = message(9, is_inbound=True)
    assert state(*dead, message(100, "delivered"), stranger)[0] == "suspected_reassigned", "whoever has it now"


def test_lists_tell_of_numbers_nobody_called(state: State) -> None:
    assert state(disconnected=30) == ("suspected_disconnected", "listed_disconnected", 0.9)
    assert state(reassigned=30) == ("suspected_reassigned", "listed_reassigned", 0.95)
    alive = call(20, answered=True)
    assert state(alive, disconnected=30)[0] == "active", "nobody gets a number that soon: the list errs"
    assert state(alive, disconnected=65) == ("suspected_reassigned", "listed_disconnected,revived", 0.97)
    assert state(call(31, answered=True), disconnected=30)[0] == "suspected_disconnected"


def test_another_contact_with_the_number_says_something_only_after_it_died(state: State) -> None:
    dead = (message(200, DEAD), message(190, DEAD))
    assert state(*dead, renewed=100)[:2] == ("suspected_reassigned", "permanent_failures,new_holder")
    assert state(*dead, renewed=180)[0] == "suspected_disconnected", "a double row"
    assert state(call(200, answered=True), renewed=100)[0] == "cooling", "a family"
    assert state(disconnected=200, renewed=100)[0] == "suspected_reassigned"


def test_mail_and_purchases_say_nothing_of_a_number(state: State) -> None:
    of_contact = {"contact_id": "crm:1"}
    assert state(message(3, "delivered", channel="email", **of_contact))[0] == "unknown"
    assert state(message(3, "delivered", channel="SMS", **of_contact))[0] == "active"
    assert state({"kind": "purchase", "occurred_at": ago(3), "is_inbound": True, **of_contact})[0] == "unknown"
    assert state(message(3, "delivered", channel="email"))[0] == "active", "the row names the number"


def test_the_order_of_the_rows_does_not_matter(state: State) -> None:
    rows = [message(200, DEAD), message(190, DEAD), call(100, answered=True), message(50, OFF), call(9, answered=False)]
    assert state(*rows) == state(*reversed(rows))
