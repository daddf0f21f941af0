"""Made-up contacts and their phone cells, in eleven countries."""

from typing import Final

import numpy as np
import polars as pl

from activity_figures.stage import AS_OF, fill
from phoneseg.contracts import RAW_CONTACT, RAW_PHONE

# Region, start of the number and city; seven digits follow. Mobiles of AU have no time zone, nor has the region.
_ORIGINS: Final = (
    ("DE", "+49302", "Berlin"),
    ("DE", "+491512", "Augsburg"),
    ("GB", "+44207", "London"),
    ("FR", "+3361", "Lyon"),
    ("US", "+1312", "Chicago"),
    ("US", "+1650", "Palo Alto"),
    ("IN", "+91982", "Mumbai"),
    ("BR", "+551198", "Campinas"),
    ("JP", "+81902", "Osaka"),
    ("NG", "+234803", "Lagos"),
    ("AU", "+6142", "Hobart"),
    ("MX", "+52552", "Puebla"),
    ("ES", "+3461", "Toledo"),
)
_N: Final = pl.col("n")


def contact_id() -> pl.Expr:
    """Return the id of the contact with the number `n`, from 0."""
    return (pl.lit("crm:") + _N.cast(pl.String)).alias("contact_id")


def make_contacts(first: int, count: int) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Make the contacts `first` and following.

    Returns:
        Rows of RAW_CONTACT, and of RAW_PHONE: one cell in twenty is missing, and one in thirty holds no number.
    """
    rng = np.random.default_rng([1, first])
    region, prefix, city = (pl.Series(values) for values in zip(*_ORIGINS, strict=True))
    origin = pl.Series(np.arange(first, first + count) % len(_ORIGINS))
    ages = pl.Series(rng.integers(0, 2_500 * 86_400, count) * 1_000_000).cast(pl.Duration("us"))
    made = pl.LazyFrame(
        {
            "n": np.arange(first, first + count),
            "region": region.gather(origin),
            "prefix": prefix.gather(origin),
            "place": city.gather(origin),
            "age": ages,
            "income_amount": rng.lognormal(10.5, 0.6, count).round(2),
            "u": rng.random(count),
        }
    ).with_columns(
        contact_id(),
        source=pl.lit("crm"),
        region_hint=pl.when(_N % 10 != 3).then("region"),
        contact_created_at=pl.when(_N % 10 != 4).then(pl.lit(AS_OF) - pl.col("age")),
        birth_date=pl.lit(AS_OF).dt.date() - pl.duration(days=18 * 365 + (pl.col("u") * 22_000).cast(pl.Int32)),
        gender=pl.when(_N % 3 == 0).then(pl.lit("f")).when(_N % 3 == 1).then(pl.lit("m")),
        city=pl.when(_N % 5 < 2).then("place"),
    )
    number = pl.col("prefix") + (2_000_000 + _N // len(_ORIGINS)).cast(pl.String)
    phones = made.filter(_N % 20 != 7).with_columns(
        phone_column=pl.lit("no_number"),
        position=1,
        phone_rank=1,
        phone_raw=pl.when(_N % 30 == 11).then(pl.lit("none")).otherwise(number),
        is_hint_unknown=False,
    )
    return fill(RAW_CONTACT, made), fill(RAW_PHONE, phones)
