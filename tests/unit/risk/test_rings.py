"""Accounts of one hand are a ring; families, public devices and strangers with a friend in common are none."""

import random
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.risk.account_links import COUNTERPARTY, DEVICE, NUMBER, link_accounts
from phoneseg.risk.components import connect
from phoneseg.risk.evaluation.drawn_events import START, build_events
from phoneseg.risk.rings import Rings, find_rings
from phoneseg.risk.signal_rows import Window
from phoneseg.settings.risk_clusters import RingSettings

WINDOW = Window(START - timedelta(days=28), START)
_SCHEMA = {"contact_id": pl.String, "link_kind": pl.String, "link": pl.UInt64}
Link = tuple[str, str, int]


def _links(rows: list[Link]) -> pl.DataFrame:
    return pl.DataFrame(rows, _SCHEMA, orient="row")


def _find(rows: list[Link], accounts: pl.LazyFrame | None = None, **bounds: float) -> Rings:
    return find_rings(_links(rows).lazy(), accounts, WINDOW, RingSettings(**bounds))


def _ring(size: int = 8, kind: str = DEVICE, other: str = NUMBER, first: int = 0) -> list[Link]:
    names = [f"a{first + each:03d}" for each in range(size)]
    return [(name, kind, first + place % 2) for place, name in enumerate(names)] + [
        (name, other, first + place // 4) for place, name in enumerate(names)
    ]


def test_accounts_that_share_devices_and_numbers_crosswise_are_a_ring_of_high_risk_if_made_together() -> None:
    accounts = pl.LazyFrame({"contact_id": [f"a{each:03d}" for each in range(8)], "created_at": [START] * 8})
    found = _find(_ring(), accounts.with_columns(pl.col("created_at").cast(pl.Datetime("us", "UTC"))))
    signal = found.signals.row(0, named=True)
    assert found.signals.schema == RISK_SIGNAL.schema
    assert (signal["subject"], signal["observed"], signal["risk_level"]) == ("a000", 8.0, "high")
    assert signal["reasons"] == "shared_device,shared_number,spare_links,created_together"
    assert signal["score"] == (16 - (8 + 4) + 1) / 8  # links, less the nodes, plus one, by account
    assert found.members["contact_id"].to_list() == [f"a{each:03d}" for each in range(8)]


def test_the_same_ring_is_watched_where_nobody_knows_when_its_accounts_were_made() -> None:
    assert _find(_ring()).signals["risk_level"].to_list() == ["monitor"]


def test_a_family_with_one_device_is_no_ring() -> None:
    family = [(f"a{each}", DEVICE, 1) for each in range(5)]
    assert _find(family).signals.is_empty()


def test_a_chain_of_second_hand_phones_is_no_ring_until_it_is_very_long() -> None:
    chain = [(f"a{each:03d}", DEVICE, each + step) for each in range(30) for step in (0, 1)]
    assert _find(chain[:20]).signals.is_empty()
    assert _find(chain).signals["reasons"].to_list() == ["shared_device,many_accounts"]


def test_a_public_device_is_taken_out_and_reported() -> None:
    public = [(f"a{each:03d}", DEVICE, 1) for each in range(40)]
    found = _find([*public, *_ring(first=100)])
    assert found.hubs.rows() == [(DEVICE, 1, 40)]
    assert found.signals["subject"].to_list() == ["a100"]


def test_a_device_of_too_many_accounts_that_were_made_together_is_a_farm_and_not_public() -> None:
    names = [f"a{each:03d}" for each in range(40)]
    rows = [(name, DEVICE, 1) for name in names]
    for step_h, count in ((0.1, 1), (24, 0)):
        made = [START - timedelta(hours=step_h * each) for each in range(40)]
        accounts = pl.LazyFrame(
            {"contact_id": names, "created_at": made}, {"contact_id": pl.String, "created_at": pl.Datetime("us", "UTC")}
        )
        found = _find(rows, accounts)
        assert (len(found.signals), len(found.hubs)) == (count, 1 - count)


def test_one_counterparty_in_common_joins_nobody_and_three_do() -> None:
    def drops(count: int) -> list[Link]:
        return [(f"a{each}", COUNTERPARTY, drop) for each in range(8) for drop in range(count)]

    assert _find(drops(1)).members.is_empty()
    assert _find(drops(3)).signals["reasons"].to_list() == ["shared_counterparty,spare_links,crowd"]


def test_two_groups_that_one_counterparty_knows_stay_two() -> None:
    def drops(first: int) -> list[Link]:
        return [(f"a{first + each:03d}", COUNTERPARTY, first + drop) for each in range(8) for drop in range(3)]

    bridge = [(name, COUNTERPARTY, 999) for name in ("a000", "a001", "a100", "a101")]
    assert _find([*drops(0), *drops(100), *bridge]).signals["subject"].to_list() == ["a000", "a100"]


def test_a_component_that_is_too_large_is_taken_apart_by_lower_bounds() -> None:
    rings = [link for each in range(6) for link in _ring(first=100 * (each + 1))]
    glue = [(f"a{100 * (each + 1):03d}", DEVICE, 9_999) for each in range(6)]
    found = _find([*rings, *glue], max_accounts=20)
    assert found.signals["observed"].to_list() == [8.0] * 6
    assert found.unresolved.is_empty()


def test_a_component_that_stays_too_large_is_reported() -> None:
    chain = [(f"a{each:03d}", DEVICE, each + step) for each in range(30) for step in (0, 1)]
    found = _find(chain, max_accounts=10)
    assert found.signals.is_empty()
    assert found.unresolved.rows() == [("a000", 30)]


def test_no_links_give_no_ring() -> None:
    found = _find([])
    assert found.signals.is_empty()
    assert found.members.is_empty()


_EDGES = st.lists(
    st.tuples(st.integers(0, 15).map("a{:02d}".format), st.sampled_from((DEVICE, NUMBER)), st.integers(0, 12)),
    min_size=1,
    max_size=40,
    unique=True,
)


@given(_EDGES, st.randoms())
@settings(max_examples=60, deadline=None)
def test_components_are_those_of_a_union_by_hand_in_any_order(edges: list[Link], order: random.Random) -> None:
    group: dict[object, set[object]] = {}
    for account, kind, link in edges:
        merged = group.get(account, {account}) | group.get((kind, link), {(kind, link)})
        group |= dict.fromkeys(merged, merged)
    shuffled = order.sample(edges, len(edges))
    for account, ring in connect(_links(shuffled)).select("contact_id", "ring").iter_rows():
        assert ring == min(each for each in group[account] if isinstance(each, str))


@given(st.randoms())
@settings(max_examples=10, deadline=None)
def test_rings_do_not_depend_on_the_order_of_rows(order: random.Random) -> None:
    rows = [*_ring(), *_ring(first=100), *[(f"a{each}", COUNTERPARTY, drop) for each in range(8) for drop in range(3)]]
    first, again = _find(rows), _find(order.sample(rows, len(rows)))
    assert_frame_equal(first.signals, again.signals)
    assert_frame_equal(first.members, again.members)


def test_links_of_accounts_are_those_of_their_numbers() -> None:
    tokens = ["0" * 31 + "1", "f" * 32]
    holders = pl.LazyFrame({"contact_id": ["crm:1", "crm:2", "crm:2"], "phone_token": [tokens[0], *tokens]})
    columns = {
        "phone_token": pl.Series([tokens[0], tokens[1], "0" * 32]),
        "device": pl.Series([7, 8, 9], dtype=pl.UInt64),
    }
    events = build_events({**columns, "occurred_at": pl.Series([START] * 3)}, 3)
    links = link_accounts(holders, [events.lazy()]).collect()
    devices = links.filter(pl.col("link_kind") == DEVICE).select("contact_id", "link").sort(pl.all())
    assert devices.rows() == [("crm:1", 7), ("crm:2", 7), ("crm:2", 8)]
    assert len(links.filter(pl.col("link_kind") == NUMBER)) == 3
    assert links.schema == pl.Schema(_SCHEMA)


@pytest.mark.parametrize("kind", [DEVICE, NUMBER, COUNTERPARTY])
def test_each_kind_of_link_has_a_bound_of_its_own(kind: str) -> None:
    rows = [(f"a{each}", kind, 5) for each in range(6)]
    assert _find(rows, **{f"max_accounts_per_{kind}": 5}).hubs["account_count"].to_list() == [6]
    assert _find(rows, **{f"max_accounts_per_{kind}": 6}).hubs.is_empty()
