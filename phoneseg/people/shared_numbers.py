"""What a number is that several contacts have: one person's, a household's, a business line, or a placeholder."""

from typing import Final

import polars as pl

SAME_PERSON, HOUSEHOLD, BUSINESS_LINE, PLACEHOLDER, UNKNOWN = (
    "same_person",
    "household",
    "business_line",
    "placeholder",
    "unknown",
)
KINDS: Final = (SAME_PERSON, HOUSEHOLD, BUSINESS_LINE, PLACEHOLDER, UNKNOWN)
TOO_MANY_PERSONS: Final = "too_many_persons"
_LARGEST_HOUSEHOLD: Final = 10
_MOST: Final = 2 / 3
_STEM_LETTERS: Final = 4
_COMPANY_DOMAIN_TIMES: Final = 3  # a mail provider's addresses are elsewhere, too


def describe_shared_numbers(people: pl.DataFrame, held: pl.DataFrame, max_persons: int) -> pl.DataFrame:
    """Tell what each number is that several contacts have.

    The first that holds: one person has it; most of its persons share an address or, where no two addresses are known,
    a family name; strangers have it though it is no valid number; most have the same employer, or addresses of one
    company; more persons have it than a line may have; others have it in common at work, unless it is a mobile.

    Args:
        people: Rows of `describe_people` with `person`, a number that members of one person share.
        held: `row`, `phone_token`, `is_valid` and `number_type`, one row for each number of a contact.
        max_persons: More persons share no line unless they share an employer.

    Returns:
        `phone_token`, `kind` (of KINDS), `contact_count`, `person_count`, `evidence`: one row for each number that
        two contacts or more have.
    """
    counts = held.group_by("phone_token").agg(
        pl.col("is_valid").first(), pl.col("number_type").first(), contact_count=pl.col("row").n_unique()
    )
    shared = counts.filter(pl.col("contact_count") > 1)
    holders = (
        held.select("row", "phone_token").unique().join(shared.select("phone_token"), on="phone_token", how="semi")
    )
    columns = ("row", "person", "words", "postal_code", "city", "employer", "domain", "domain_count")
    members = holders.join(people.select(columns), on="row", how="left")
    persons = members.group_by("phone_token", "person").agg(
        pl.col("words").drop_nulls(), *(pl.col(name).drop_nulls().first() for name in columns[3:])
    )
    told = shared.join(
        persons.group_by("phone_token").agg(person_count=pl.len(), named_count=(pl.col("words").list.len() > 0).sum()),
        on="phone_token",
    )
    of_several = told.filter(pl.col("person_count") > 1).select("phone_token")
    persons, members = (rows.join(of_several, on="phone_token", how="semi") for rows in (persons, members))
    for name in ("postal_code", "city", "employer"):
        told = told.join(_share_of_most(persons, name), on="phone_token", how="left")
    told = told.join(_share_a_stem(persons), on="phone_token", how="left")
    told = told.join(_share_a_domain(members), on="phone_token", how="left")
    return told.select("phone_token", *_decide(max_persons), "contact_count", "person_count").sort("phone_token")


def _share_of_most(persons: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return for each number how many of its persons have a value (`<name>_known`) and the most common (`_most`)."""
    sizes = persons.filter(pl.col(name).is_not_null()).group_by("phone_token", name).agg(size=pl.len())
    return sizes.group_by("phone_token").agg(
        pl.col("size").sum().alias(f"{name}_known"), pl.col("size").max().alias(f"{name}_most")
    )


def _share_a_stem(persons: pl.DataFrame) -> pl.DataFrame:
    """Return how many persons of each number have the beginning of a word of their names in common, as `stem_most`.

    The end of a family name differs between men and women in some languages.
    """
    words = persons.select("phone_token", "person", word="words").explode("word", empty_as_null=False)
    stems = words.with_columns(stem=pl.col("word").str.split(" ")).explode("stem", empty_as_null=False)
    stems = stems.filter(pl.col("stem").str.len_chars() > 1).with_columns(pl.col("stem").str.head(_STEM_LETTERS))
    sizes = stems.group_by("phone_token", "stem").agg(size=pl.col("person").n_unique())
    return sizes.group_by("phone_token").agg(stem_most=pl.col("size").max())


def _share_a_domain(members: pl.DataFrame) -> pl.DataFrame:
    """Return how many contacts of each number have addresses of one company, as `domain_most`."""
    sizes = members.filter(pl.col("domain").is_not_null()).group_by("phone_token", "domain")
    sized = sizes.agg(size=pl.len(), everywhere=pl.col("domain_count").first())
    own = sized.filter(pl.col("everywhere") <= pl.col("size") * _COMPANY_DOMAIN_TIMES)
    return own.group_by("phone_token").agg(domain_most=pl.col("size").max())


def _decide(max_persons: int) -> tuple[pl.Expr, pl.Expr]:
    """Return `kind` and `evidence`."""
    persons, known = pl.col("person_count"), pl.col("postal_code_known").fill_null(0)
    is_family = (pl.col("stem_most") >= persons * _MOST).fill_null(False)
    is_small = persons <= _LARGEST_HOUSEHOLD
    is_same_address = (pl.col("postal_code_most") >= known * _MOST).fill_null(False) & (known > 1)
    is_same_city = ((pl.col("city_most") >= pl.col("city_known") * _MOST) | (pl.col("city_known") < 2)).fill_null(True)
    is_at_home = is_small & is_same_address
    is_kin = is_small & (known < 2) & is_family & is_same_city
    is_at_work = (pl.col("employer_most") * 2 >= persons).fill_null(False)
    is_of_company = (pl.col("domain_most") * 2 >= pl.col("contact_count")).fill_null(False)
    is_valid, is_mobile = pl.col("is_valid"), pl.col("number_type") == "MOBILE"
    rules = (
        (persons == 1, SAME_PERSON, "one_person"),
        (is_at_home, HOUSEHOLD, "same_address"),
        (is_kin, HOUSEHOLD, "same_family_name"),
        (~is_valid, PLACEHOLDER, "invalid_number"),
        (is_at_work, BUSINESS_LINE, "same_employer"),
        (is_of_company, BUSINESS_LINE, "company_addresses"),
        (persons > max_persons, PLACEHOLDER, TOO_MANY_PERSONS),
        (pl.col("named_count") < 2, UNKNOWN, "no_names"),
        (is_mobile, UNKNOWN, "mobile"),
    )
    kind, evidence = pl.lit(BUSINESS_LINE), pl.lit("several_persons")
    for condition, name, why in reversed(rules):
        kind = pl.when(condition).then(pl.lit(name)).otherwise(kind)
        evidence = pl.when(condition).then(pl.lit(why)).otherwise(evidence)
    return kind.alias("kind"), evidence.alias("evidence")
