"""What the demo's contacts allow: the tables say what the truth says."""

from datetime import datetime

import polars as pl

MOMENTS = (datetime(2025, 1, 1), datetime(2026, 1, 1), datetime(2026, 7, 1))
WORDS = {"granted": True, "yes": True, "opt_in": True, "withdrawn": False, "no": False, "opt_out": False}


def _holding(truth: pl.DataFrame, at: datetime) -> pl.DataFrame:
    until = pl.col("until")
    return truth.filter(pl.col("since") < at, until.is_null() | (until >= at))


def test_the_newest_row_of_consent_is_what_holds(demo: dict[str, pl.DataFrame]) -> None:
    consent, key = demo["crm.consent"], ["customer_id", "channel", "purpose"]
    assert set(consent["status"].str.to_lowercase()) == set(WORDS)
    assert len(consent.unique(key)) < len(consent)
    for at in MOMENTS:
        newest = (
            consent.filter(pl.col("decided_at") < at).sort("decided_at", maintain_order=True).unique(key, keep="last")
        )
        told = newest.select(
            contact_id=pl.format("crm:{}", "customer_id"),
            is_granted=pl.col("status").str.to_lowercase().replace_strict(WORDS, return_dtype=pl.Boolean),
        )
        holding = _holding(demo["truth.consent"], at).select("contact_id", "is_granted")
        assert sorted(told.rows()) == sorted(holding.rows())
        assert 0.4 < (holding["is_granted"].mean() or 0) < 0.8


def test_some_customers_object_and_some_of_them_no_longer(demo: dict[str, pl.DataFrame]) -> None:
    truth, rows = demo["truth.objection"], demo["crm.objection"]
    lifted = truth.filter(pl.col("until").is_not_null())
    assert 0.004 < len(truth) / len(demo["crm.customer"]) < 0.03
    assert len(rows) == len(truth) + len(lifted)
    assert dict(rows.group_by("status").len().rows()) == {"objected": len(truth), "lifted": len(lifted)}


def test_the_list_holds_numbers_of_contacts_and_of_others(demo: dict[str, pl.DataFrame]) -> None:
    listed = demo["telephony.do_not_call"]["phone_number"]
    assert listed.is_duplicated().sum() == 0
    known = listed.is_in(demo["truth.phone_cell"]["phone_e164"].drop_nulls().implode())
    assert 0.6 < (known.mean() or 0) < 0.95


def test_nobody_says_anything_before_being_created(demo: dict[str, pl.DataFrame]) -> None:
    for table in ("crm.consent", "crm.objection"):
        said = demo[table].join(demo["crm.customer"], on="customer_id", validate="m:1")
        assert len(said) == len(demo[table]) > 0
        assert (said["decided_at"] >= said["created_at"]).all()
        assert demo[table]["decided_at"].is_sorted()
