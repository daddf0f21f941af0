"""Money of a cluster is unusual against as many others, and not for one rich member or a common price."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.risk.cluster_amounts import find_unusual_amounts
from phoneseg.risk.evaluation.amount_scenarios import DAYS, draw_amount_scenario
from phoneseg.risk.evaluation.drawn_events import START
from phoneseg.risk.signal_rows import Window
from phoneseg.settings.risk_clusters import ClusterAmountSettings

WINDOW = Window(START, START + timedelta(days=DAYS))
SETTINGS = ClusterAmountSettings()
Payment = tuple[str, datetime, int | None]
MEMBERS = pl.DataFrame({"cluster": ["c"] * 10, "member": [f"m{each}" for each in range(10)]})


def _others() -> list[Payment]:
    """Two thousand others, each with three payments and none silent for long."""
    rng = np.random.default_rng(3)
    amounts = rng.integers(10_000, 900_000, 6000).tolist()
    return [
        (f"o{each // 3}", START + timedelta(days=each % 3 * 5, hours=each % 24), amounts[each]) for each in range(6000)
    ]


def _members(amounts: list[int], at: datetime = START + timedelta(days=2)) -> list[Payment]:
    return [(f"m{place}", at, amount) for place, amount in enumerate(amounts)]


def _find(payments: list[Payment], members: pl.DataFrame = MEMBERS) -> pl.DataFrame:
    schema = {"member": pl.String, "occurred_at": pl.Datetime("us", "UTC"), "amount_e4": pl.Int64}
    frame = pl.DataFrame(payments, schema, orient="row")
    return find_unusual_amounts(members, frame.lazy(), WINDOW, SETTINGS)


_ODD = [123_457 + 31_337 * each for each in range(10)]


def test_ordinary_amounts_give_no_signal() -> None:
    assert _find([*_others(), *_members(_ODD)]).is_empty()


def test_one_amount_that_several_members_pay_is_told() -> None:
    told = _find([*_others(), *_members([777_777] * 6 + _ODD[6:])])
    assert told.schema == RISK_SIGNAL.schema
    assert told.select("subject", "reasons", "risk_level", "observed").rows() == [
        ("c", "equal_amounts", "high", (777_777 * 6 + sum(_ODD[6:])) / 10_000)
    ]


def test_an_amount_that_one_member_pays_each_day_is_no_sign() -> None:
    daily = [("m0", START + timedelta(days=each), 777_777) for each in range(20)]
    assert _find([*_others(), *_members(_ODD), *daily]).is_empty()


def test_a_common_price_is_no_sign() -> None:
    price = [(f"o{each}", START + timedelta(days=1), 777_777) for each in range(200)]
    assert _find([*_others(), *price, *_members([777_777] * 6 + _ODD[6:])]).is_empty()


def test_great_sums_of_most_members_are_told_and_one_rich_member_is_not() -> None:
    assert _find([*_others(), *_members([50_000_000 + each for each in _ODD])])["reasons"].to_list() == ["great_sums"]
    assert _find([*_others(), *_members([10_000_000_000, *_ODD[1:]])]).is_empty()


def test_members_that_wake_together_are_told() -> None:
    asleep = _members(_ODD, START - timedelta(days=20))
    assert _find([*_others(), *asleep, *_members(_ODD)])["reasons"].to_list() == ["woke_together"]
    apart = [(member, START + timedelta(days=2.5 * place), amount) for place, (member, _, amount) in enumerate(asleep)]
    assert _find([*_others(), *asleep, *apart]).is_empty()


def test_of_few_members_money_says_nothing() -> None:
    payments = [*_others(), *_members([777_777] * 3)]
    assert _find(payments, MEMBERS.head(3)).is_empty()


def test_no_payment_and_no_cluster_give_no_signal() -> None:
    assert _find([]).is_empty()
    assert _find(_others(), MEMBERS.clear()).is_empty()


def test_chances_are_no_smaller_than_they_say_where_clusters_are_drawn_at_random() -> None:
    """Of three hundred honest clusters with their look-alikes, hardly any is told."""
    told = 0
    for seed in (11, 12):
        drawn = draw_amount_scenario(seed, "quiet")
        told += len(find_unusual_amounts(drawn.members, drawn.payments.lazy(), WINDOW, SETTINGS))
    assert told <= 1


@pytest.mark.parametrize("evasion", ["equal", "waking"])
def test_clusters_of_one_hand_are_found(evasion: str) -> None:
    drawn = draw_amount_scenario(11, evasion)
    told = find_unusual_amounts(drawn.members, drawn.payments.lazy(), WINDOW, SETTINGS)
    assert len(set(told["subject"]) & set(drawn.true_clusters)) >= 10
    assert len(set(told["subject"]) - set(drawn.true_clusters)) <= 1
