"""The purchases of 23,570 customers of CDNOW, which models of customer value are compared on.

The fixture holds what `lifetimes.utils.summary_data_from_transaction_data` of lifetimes 0.11.3 makes of them, by day,
with 1998-06-30 as the end of the observation and the sum of the day as its value.
"""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from phoneseg.contracts import ACTIVITY, AMOUNT_SCALE
from phoneseg.profiles import build_profiles, score_purchases
from phoneseg.profiles.repeat_purchases import purchase_age_days
from phoneseg.profiles.rfm_scores import SCORES
from phoneseg.settings import ProfileSettings
from tests.unit.profiles.frames import contact_base

PURCHASES = Path(__file__).parents[4] / "shared" / "data" / "cdnow_master.txt.gz"
OF_LIFETIMES = Path(__file__).with_name("cdnow_by_lifetimes_0.11.3.parquet")
AS_OF = datetime(1998, 6, 30, 23, 59, tzinfo=UTC)  # on the last day, as lifetimes' T counts to it

pytestmark = pytest.mark.skipif(not PURCHASES.exists(), reason="the purchases are not beside the checkout")


@pytest.fixture(scope="module")
def profiles() -> pl.DataFrame:
    """Profiles of all customers."""
    rows = pl.read_csv(PURCHASES, has_header=False, skip_rows=1, new_columns=["line"])["line"]
    field = rows.str.strip_chars().str.replace_all(r"\s+", " ").str.split(" ")
    purchases = pl.LazyFrame(
        {
            "contact_id": field.list.get(0),
            "occurred_at": field.list.get(1).str.to_datetime("%Y%m%d", time_unit="us", time_zone="UTC"),
            "amount_e4": (field.list.get(3).cast(pl.Float64) * AMOUNT_SCALE).round().cast(pl.Int64),
        }
    ).with_columns(kind=pl.lit("purchase"), activity_source=pl.lit("cdnow"))
    absent = [pl.lit(None).alias(name) for name in ACTIVITY.column_names if name not in purchases.collect_schema()]
    base = contact_base(*({"contact_id": name} for name in field.list.get(0).unique(maintain_order=True)))
    activity = ACTIVITY.conform(purchases.with_columns(absent))
    return build_profiles(base, activity, AS_OF, ProfileSettings()).collect()


def test_repeat_purchases_are_those_of_lifetimes(profiles: pl.DataFrame) -> None:
    ours = profiles.select(
        customer_id=pl.col("contact_id").cast(pl.UInt16),
        frequency="repeat_purchase_days",
        recency="repeat_purchase_span_days",
        T=purchase_age_days(AS_OF),
        monetary_value=pl.col("repeat_purchase_amount_mean").fill_null(0.0),
    )
    theirs = pl.read_parquet(OF_LIFETIMES)
    assert theirs.height == 23_570
    both = theirs.join(ours, on="customer_id", suffix="_of_ours", how="full")
    assert both.height == 23_570
    for name in ("frequency", "recency", "T"):
        assert both.filter(pl.col(name).ne_missing(pl.col(f"{name}_of_ours"))).height == 0, name
    difference = (both["monetary_value"] - both["monetary_value_of_ours"]).abs()
    assert difference.null_count() == 0
    assert float(difference.max()) <= 5.1e-7  # ours are rounded to six decimals


def test_rfm_quintiles_are_as_even_as_equal_values_allow(profiles: pl.DataFrame) -> None:
    scores = score_purchases(profiles.lazy(), ProfileSettings()).collect()
    sizes = {name: scores[name].value_counts(sort=False).sort(name)["count"].to_list() for name in SCORES}
    # Frequency and money are parted among those who bought in the last year; the others score 1.
    assert profiles.filter(pl.col("purchase_count_365d") > 0).height == 8_332
    assert sizes == {
        "recency_score": [4735, 4712, 4702, 4720, 4701],
        "frequency_score": [18407, 1748, 1062, 1094, 1259],  # so many bought once
        "monetary_score": [16934, 1638, 1666, 1666, 1666],
    }
