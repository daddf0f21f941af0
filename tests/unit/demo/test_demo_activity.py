"""Calls, messages and purchases: their number, their time and whose they are."""

from datetime import datetime

import numpy as np
import polars as pl

from phoneseg.demo.rhythm import DAYS, SHOPPING, draw_moments

MOMENTS = {"telephony.call": "started_at", "messaging.message": "sent_at", "webshop.purchase": "purchased_at"}


def test_activity_grows_with_the_contacts(demo: dict[str, pl.DataFrame]) -> None:
    total = sum(len(demo[name]) for name in MOMENTS)
    assert 8.33 <= total / 3000 <= 9


def test_activity_lies_in_the_thirteen_months_in_order(demo: dict[str, pl.DataFrame]) -> None:
    for name, column in MOMENTS.items():
        at = demo[name][column]
        assert at.is_sorted()
        assert at.min() >= datetime(2025, 6, 1)
        assert at.max() < datetime(2026, 7, 5)


def test_nobody_acts_before_being_created(demo: dict[str, pl.DataFrame]) -> None:
    messages = demo["messaging.message"].join(demo["crm.customer"], on="customer_id", validate="m:1")
    assert len(messages) == len(demo["messaging.message"])
    assert (messages["sent_at"] >= messages["created_at"]).all()
    purchases = demo["webshop.purchase"].join(demo["webshop.account"], on="account_id", validate="m:1")
    assert len(purchases) == len(demo["webshop.purchase"])
    assert (purchases["purchased_at"] >= purchases["registered_at"]).all()


def test_most_calls_are_with_numbers_of_contacts(demo: dict[str, pl.DataFrame]) -> None:
    called = demo["telephony.call"]["phone_number"].drop_nulls()
    in_e164 = called.filter(called.str.starts_with("+") & ~called.str.contains(" "))
    assert len(in_e164) > 0.75 * len(called)
    is_known = in_e164.is_in(demo["truth.phone_cell"]["phone_e164"].drop_nulls().implode())
    assert 0.9 < (is_known.mean() or 0) < 1


def test_unanswered_calls_last_no_time(demo: dict[str, pl.DataFrame]) -> None:
    calls = demo["telephony.call"]
    assert ((calls["duration_s"] == 0) == ~calls["is_answered"]).all()
    nobody = calls["agent"].is_null()
    assert (nobody == ((calls["direction"] == "inbound") & ~calls["is_answered"])).all()


def test_some_contacts_are_silent_and_a_few_are_very_busy(demo: dict[str, pl.DataFrame]) -> None:
    messages = demo["crm.customer"].join(
        demo["messaging.message"].group_by("customer_id").len(), on="customer_id", how="left"
    )["len"]
    assert messages.is_null().mean() > 0.12
    busiest = messages.drop_nulls().sort(descending=True)
    assert busiest.head(len(messages) // 100).sum() > 0.1 * messages.sum()


def test_wrong_numbers_fail_more_often(demo: dict[str, pl.DataFrame]) -> None:
    messages = demo["messaging.message"]
    failed = messages.group_by("channel").agg((pl.col("delivery_status") == "failed").mean())
    share = dict(failed.rows())
    assert share["sms"] > share["email"]
    assert messages["campaign"].is_null().mean() > 0.6


def test_purchases_peak_before_christmas(demo: dict[str, pl.DataFrame]) -> None:
    months = demo["webshop.purchase"]["purchased_at"].dt.strftime("%Y-%m").value_counts()
    counts = dict(months.rows())
    assert counts["2025-12"] > 1.2 * counts["2025-10"]


def test_prices_are_above_zero_in_the_currency_of_the_country(demo: dict[str, pl.DataFrame]) -> None:
    purchases = demo["webshop.purchase"]
    assert purchases["amount"].dtype == pl.Decimal(12, 2)
    assert (purchases["amount"] > 0).all()
    yen = purchases.filter(currency="JPY")["amount"]
    assert (yen % 10 == 0).all()


def test_the_day_is_the_contacts_own() -> None:
    size = 4000
    rng = np.random.default_rng(1)
    nine_hours = np.full(size, 9 * 3600.0)
    at = pl.Series(draw_moments(rng, SHOPPING, np.zeros(size, dtype=np.int64), nine_hours))
    hours = (at.dt.hour() + 9) % 24
    assert ((hours >= 18) & (hours <= 22)).mean() > 3 * ((hours >= 1) & (hours <= 5)).mean()


def test_new_contacts_act_after_their_first_day() -> None:
    first_day = np.arange(DAYS, dtype=np.int64)
    at = draw_moments(np.random.default_rng(1), SHOPPING, first_day, np.zeros(DAYS))
    days = (at - np.datetime64("2025-06-01")) / np.timedelta64(1, "D")
    assert (days >= first_day).all()
