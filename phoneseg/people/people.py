"""What is compared of each contact, in numbers where only equality counts."""

from typing import Final

import polars as pl

from phoneseg.people.names import name_key, normalize_email, normalize_name, normalize_place, rough_key

_FEWEST_OF_DEFAULT_DATE: Final = 20
_DEFAULT_DATE_TIMES: Final = 20  # more often than a day of a century is expected
_DAYS: Final = 25_000
_COUNTED: Final = {
    "name_count": ["name"],
    "region_name_count": ["name", "region"],
    "rough_count": ["rough"],
    "domain_count": ["domain"],
}
_HASHED: Final = ("name", "rough", "email", "domain", "region", "city", "postal_code", "employer")


def describe_people(persons: pl.LazyFrame) -> pl.DataFrame:
    """Return what is compared of contacts, in the order of their ids.

    Args:
        persons: Rows of RAW_PERSON.

    Returns:
        One row per contact: `row` (its place), `contact_id`, `source`, `words` (its `name_key`), `birth_date` (null
        where it is a default, such as 1900-01-01), numbers `name`, `rough`, `email`, `domain`, `region`, `city`,
        `postal_code` and `employer` that are equal where the texts are, `is_plain_email` (its address says no more
        than a name), and how many contacts have the same: `name_count`, `region_name_count` (in its region),
        `rough_count`, `date_count` and `domain_count`. All but the first three may be null.
    """
    given = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
    full = pl.coalesce(pl.when(given.str.len_bytes() > 0).then(given), "full_name")
    named = persons.select(
        "contact_id",
        "source",
        "birth_date",
        words=name_key(normalize_name(full)),
        email=normalize_email(pl.col("email")),
        region="region_hint",
        city=normalize_place(pl.col("city")),
        postal_code=normalize_place(pl.col("postal_code")),
        employer=normalize_place(pl.col("employer")),
    )
    domain, local = (pl.col("email").str.extract(pattern) for pattern in (r"@(.+)$", r"^([^@]+)@"))
    numbered = named.with_columns(
        is_plain_email=~local.str.contains(r"\d"),
        domain=domain,
        name="words",
        rough=rough_key(pl.col("words").str.split(" ")),
    ).with_columns(_hashes())
    rows = numbered.collect(engine="streaming").sort("contact_id").with_row_index("row")
    return _count(_forget_default_dates(rows))


def _hashes() -> list[pl.Expr]:
    """Return a number in the place of each text; at ten million contacts two texts get the same once in 100,000."""
    return [pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash(seed=11)).alias(name) for name in _HASHED]


def _forget_default_dates(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out dates of birth that forms fill in: those that far more contacts have than a day can have."""
    expected = rows["birth_date"].count() / _DAYS
    most = max(_FEWEST_OF_DEFAULT_DATE, expected * _DEFAULT_DATE_TIMES)
    counted = rows.with_columns(_count_same(["birth_date"]).alias("date_count"))
    is_default = pl.col("date_count") > most
    return counted.with_columns(pl.when(~is_default).then(pl.col("birth_date", "date_count")))


def _count(rows: pl.DataFrame) -> pl.DataFrame:
    for name, keys in _COUNTED.items():  # one after the other, as each takes memory
        rows = rows.with_columns(_count_same(keys).alias(name))
    return rows


def _count_same(keys: list[str]) -> pl.Expr:
    """Return how many contacts have the same; null where the first key is."""
    return pl.when(pl.col(keys[0]).is_not_null()).then(pl.len().over(keys))
