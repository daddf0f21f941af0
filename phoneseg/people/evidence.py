"""How much speaks for two contacts being one person, in bits.

After Fellegi and Sunter (A Theory for Record Linkage, 1969): each field that agrees or differs multiplies the odds by
how much more often it does so for one person than for two; the logarithms of these factors, in bits, are added. Where
two contacts have the same name, the odds start from how many contacts have that name: what is common says little.
The factors are set by hand, not learned, so that they are the same every night.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import polars as pl

from phoneseg.people.comparison import INITIAL, OTHER, PART, SAME, SHORT_TYPO, TYPO, compare_names

_BATCH_PAIRS: Final = 1_000_000
_FEWEST_DATES: Final = 20_000
_FEWEST_EMAILS: Final = 1_000


@dataclass(frozen=True)
class Weights:
    """Bits of each finding; a negative number speaks against.

    Attributes:
        name: Names compare so.
        phone: The same number; less where many names share it.
        fixed_line: The same fixed line: a father and a son may have it, and one name.
        phone_differs: Both have a number, but none is the same.
        email: The same address.
        plain_email: The same address that says no more than a name: two of that name may have it in their heads when
            they fill in a form. To this comes how rare its domain is.
        most_of_domain: The most that a rare domain adds.
        email_differs: Other addresses.
        birth_date: The same date at the most; less for one that many have.
        birth_date_near: Day and month swapped, or one of day, month and year is another.
        birth_date_differs: Another date.
        postal_code: The same postal code.
        city: The same city, where a postal code is missing.
        moved_in_city: The same city, another postal code.
        city_differs: Another city.
        region_differs: Another country.
        employer: The same employer.
        same_source: In one source, which is meant to have each person once.
    """

    phone: float = 9.0
    fixed_line: float = 6.0
    phone_differs: float = -1.0
    email: float = 10.0
    plain_email: float = 3.0
    most_of_domain: float = 6.0
    email_differs: float = -4.0
    birth_date: float = 12.0
    birth_date_near: float = 1.0
    birth_date_differs: float = -9.0
    postal_code: float = 4.5
    city: float = 3.0
    moved_in_city: float = -1.0
    city_differs: float = -4.0
    region_differs: float = -4.0
    employer: float = 3.0
    same_source: float = -3.0


class _Sizes(NamedTuple):
    """How many contacts have a date of birth, and an address."""

    birth_dates: int
    emails: int


WEIGHTS: Final = Weights()
OF_NAMES: Final = {SAME: 0.0, INITIAL: -3.0, TYPO: -2.0, SHORT_TYPO: -8.0, PART: -4.0, OTHER: -60.0}
AGREEMENTS: Final = ("name", "phone", "email", "birth_date", "postal_code", "city", "employer")
"""What a rule may name, in its order."""

_COLUMNS: Final = (
    *("source", "words", "email", "is_plain_email", "birth_date", "region", "city", "postal_code", "employer"),
    *("name_count", "region_name_count", "rough_count", "date_count", "domain_count", "has_phone"),
)


def weigh_pairs(
    pairs: pl.DataFrame, people: pl.DataFrame, numbers: pl.DataFrame, word_counts: pl.DataFrame
) -> pl.DataFrame:
    """Weigh the evidence of pairs.

    Args:
        pairs: `a` and `b`, rows of people.
        people: Rows of `describe_people`.
        numbers: `row`, `number`, `name_count` (how many names share the number) and `is_fixed_line`, one row for each
            number of a row.
        word_counts: `word` and `count`: how many contacts have it in their names.

    Returns:
        `a`, `b`, `bits`, `is_against` (other names, or other dates of birth) and `agreement` (a bit for each of
        AGREEMENTS that holds), in the order of the pairs.
    """
    holders = people.select(*_COLUMNS[:-1], has_phone=pl.col("row").is_in(numbers["row"].unique().implode()))
    parts = [pairs.slice(start, _BATCH_PAIRS) for start in range(0, max(len(pairs), 1), _BATCH_PAIRS)]
    sizes = _Sizes(people["birth_date"].count(), people["email"].count())
    return pl.concat(_weigh(part, holders, numbers, word_counts, sizes) for part in parts)


def _weigh(
    pairs: pl.DataFrame, people: pl.DataFrame, numbers: pl.DataFrame, word_counts: pl.DataFrame, sizes: _Sizes
) -> pl.DataFrame:
    sides = [people[pairs[side]].select(pl.all().name.suffix(f"_{side}")) for side in ("a", "b")]
    both = pl.concat([pairs, *sides], how="horizontal")
    shared = _find_shared_numbers(pairs, numbers)
    both = both.join(shared, on=["a", "b"], how="left", maintain_order="left")
    both = both.with_columns(compare_names(both, word_counts))
    findings = _findings(sizes)
    agreement = pl.sum_horizontal(
        pl.when(findings[name] > 0).then(1 << place).otherwise(0)
        for place, name in enumerate(AGREEMENTS)
        if name != "name"
    )
    has_name = pl.col("level").is_in([SAME, INITIAL, TYPO, SHORT_TYPO, PART])
    return both.select(
        "a",
        "b",
        bits=pl.sum_horizontal(findings.values()).round(6),
        is_against=(findings["birth_date"] == WEIGHTS.birth_date_differs) | (pl.col("level") == OTHER).fill_null(True),
        agreement=(agreement + has_name.fill_null(False).cast(pl.Int32)).cast(pl.UInt16),
    )


def _find_shared_numbers(pairs: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Return of pairs with a common number how many names share the rarest one, and whether all are fixed lines.

    They are called `sharing_names` and `is_fixed_line`.
    """
    held = numbers.lazy().select("row", "number", "name_count", "is_fixed_line")
    shared = (
        pairs.lazy()
        .join(held, left_on="a", right_on="row")
        .join(held.select("row", "number"), left_on=["b", "number"], right_on=["row", "number"])
    )
    rarest = shared.group_by("a", "b").agg(pl.col("is_fixed_line").all(), sharing_names=pl.col("name_count").min())
    return rarest.collect()


def _findings(sizes: _Sizes) -> dict[str, pl.Expr]:
    """Return the bits of each comparison."""
    weights = WEIGHTS
    names = pl.col("level").replace_strict(OF_NAMES, default=OF_NAMES[OTHER], return_dtype=pl.Float64)
    return {
        "name": names - _bits(_coincidences()),
        "phone": pl.when(pl.col("sharing_names").is_not_null())
        .then(pl.max_horizontal(_of_number() - _bits(pl.col("sharing_names") / 2), pl.lit(0.5)))
        .otherwise(pl.when(pl.col("has_phone_a") & pl.col("has_phone_b")).then(weights.phone_differs).otherwise(0.0)),
        "email": pl.when(_is_same("email"))
        .then(pl.when("is_plain_email_a").then(_plain_email(sizes.emails)).otherwise(weights.email))
        .when(_is_known("email"))
        .then(weights.email_differs)
        .otherwise(0.0),
        "birth_date": _birth_dates(sizes.birth_dates),
        "postal_code": pl.when(_is_same("postal_code")).then(weights.postal_code).otherwise(0.0),
        "city": _cities(),
        "employer": pl.when(_is_same("employer")).then(weights.employer).otherwise(0.0),
        "region": pl.when(_is_known("region") & ~_is_same("region")).then(weights.region_differs).otherwise(0.0),
        "source": pl.when(pl.col("source_a") == pl.col("source_b")).then(weights.same_source).otherwise(0.0),
    }


def _plain_email(email_count: int) -> pl.Expr:
    rarity = _bits(max(email_count, _FEWEST_EMAILS) / pl.col("domain_count_a"))
    return WEIGHTS.plain_email + pl.min_horizontal(rarity, pl.lit(WEIGHTS.most_of_domain))


def _of_number() -> pl.Expr:
    return pl.when("is_fixed_line").then(WEIGHTS.fixed_line).otherwise(WEIGHTS.phone)


def _coincidences() -> pl.Expr:
    """Return how many other contacts have the name of a pair, or one that an initial may stand for; at least one."""
    in_region = pl.max_horizontal("region_name_count_a", "region_name_count_b")
    anywhere = pl.max_horizontal("name_count_a", "name_count_b")
    rough = pl.max_horizontal("rough_count_a", "rough_count_b")
    exact = pl.when(_is_same("region")).then(in_region).otherwise(anywhere)
    counted = pl.when(pl.col("level") == INITIAL).then(rough).otherwise(exact)
    return pl.max_horizontal(counted.cast(pl.Int64) - 1, pl.lit(1))


def _birth_dates(dated_count: int) -> pl.Expr:
    one, other = pl.col("birth_date_a"), pl.col("birth_date_b")
    parts = [(one.dt.year(), other.dt.year()), (one.dt.month(), other.dt.month()), (one.dt.day(), other.dt.day())]
    same_parts = pl.sum_horizontal((a == b).cast(pl.Int8) for a, b in parts)
    is_swapped = (parts[0][0] == parts[0][1]) & (parts[1][0] == parts[2][1]) & (parts[2][0] == parts[1][1])
    rarity = _bits(max(dated_count, _FEWEST_DATES) / pl.col("date_count_a"))
    return (
        pl.when(one.is_null() | other.is_null())
        .then(0.0)
        .when(one == other)
        .then(pl.min_horizontal(rarity, pl.lit(WEIGHTS.birth_date)))
        .when(is_swapped | (same_parts == 2))
        .then(WEIGHTS.birth_date_near)
        .otherwise(WEIGHTS.birth_date_differs)
    )


def _cities() -> pl.Expr:
    is_same_code, is_code_known = _is_same("postal_code"), _is_known("postal_code")
    in_city = pl.when(is_code_known).then(WEIGHTS.moved_in_city).otherwise(WEIGHTS.city)
    return (
        pl.when(is_same_code | ~_is_known("city"))
        .then(0.0)
        .when(_is_same("city"))
        .then(in_city)
        .otherwise(WEIGHTS.city_differs)
    )


def _is_known(name: str) -> pl.Expr:
    return pl.col(f"{name}_a").is_not_null() & pl.col(f"{name}_b").is_not_null()


def _is_same(name: str) -> pl.Expr:
    return (pl.col(f"{name}_a") == pl.col(f"{name}_b")).fill_null(False)


def _bits(times: pl.Expr) -> pl.Expr:
    return times.cast(pl.Float64).log(2)
