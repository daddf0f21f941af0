"""Which contacts are one person, and what the numbers are that several contacts have."""

from functools import partial
from typing import Final, NamedTuple

import polars as pl

from phoneseg.people.candidates import list_candidates
from phoneseg.people.clusters import cluster_pairs
from phoneseg.people.evidence import AGREEMENTS, weigh_pairs
from phoneseg.people.people import describe_people
from phoneseg.people.shared_numbers import describe_shared_numbers
from phoneseg.settings import PeopleSettings

_SCORE_DECIMALS: Final = 4


class Resolution(NamedTuple):
    """What is known of the people behind contacts.

    Attributes:
        canonical: Rows of CONTACT_CANONICAL, in the order of their ids.
        shared: Rows of SHARED_NUMBER, in the order of their tokens.
    """

    canonical: pl.DataFrame
    shared: pl.DataFrame


def resolve(persons: pl.LazyFrame, phones: pl.LazyFrame, settings: PeopleSettings) -> Resolution:
    """Find the contacts that are one person, and tell what shared numbers are.

    Args:
        persons: Rows of RAW_PERSON: all contacts, also those of which nothing but the id is known.
        phones: `contact_id`, `phone_token`, `is_valid` and `number_type` of their numbers.
        settings: Where the bounds are.
    """
    people = describe_people(persons)
    held = _hold(people, phones)
    numbers = held.select(
        "row", number=pl.col("phone_token").hash(seed=11), is_fixed_line=pl.col("number_type") == "FIXED_LINE"
    )
    numbers = _count_names(numbers, people)
    word_counts = _count_words(people)
    weigh = partial(weigh_pairs, people=people, numbers=numbers, word_counts=word_counts)
    weighed = weigh(list_candidates(people, numbers))
    members = cluster_pairs(weighed, len(people), settings.match_bits, weigh)
    people = people.join(members.rename({"first": "person"}), on="row", how="left", maintain_order="left")
    people = people.with_columns(pl.col("person").fill_null(pl.col("row")))
    canonical = _describe_members(people, weighed.filter(pl.col("bits") >= settings.match_bits))
    return Resolution(canonical, describe_shared_numbers(people, held, settings.max_persons_per_number))


def _hold(people: pl.DataFrame, phones: pl.LazyFrame) -> pl.DataFrame:
    """Return `row`, `phone_token`, `is_valid` and `number_type`, each number of a contact once."""
    told = phones.group_by("contact_id", "phone_token").agg(pl.col("is_valid").any(), pl.col("number_type").min())
    rows = people.lazy().select("row", "contact_id")
    return told.join(rows, on="contact_id").drop("contact_id").collect(engine="streaming").sort("row", "phone_token")


def _count_names(numbers: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    named = numbers.join(people.select("row", "name"), on="row", how="left")
    counts = named.group_by("number").agg(name_count=pl.col("name").n_unique())
    return numbers.join(counts, on="number", how="left").sort("row", "number")


def _count_words(people: pl.DataFrame) -> pl.DataFrame:
    words = people.lazy().select(word=pl.col("words").str.split(" ")).explode("word")
    return words.drop_nulls().group_by("word").agg(count=pl.len()).collect(engine="streaming")


def _describe_members(people: pl.DataFrame, joined: pl.DataFrame) -> pl.DataFrame:
    """Return rows of CONTACT_CANONICAL; of each member of a person, the strongest pair tells what joined it."""
    person = people["person"]
    within = joined.filter(person.gather(joined["a"]) == person.gather(joined["b"]), ~joined["is_against"])
    ends = pl.concat([within.select("bits", "agreement", row=side) for side in ("a", "b")])
    strongest = ends.sort(["row", "bits", "agreement"], descending=[False, True, True]).unique(
        "row", keep="first", maintain_order=True
    )
    names = [
        pl.when(pl.col("agreement") & (1 << place) > 0).then(pl.lit(name)) for place, name in enumerate(AGREEMENTS)
    ]
    rules = strongest.select(
        "row",
        match_rule=pl.concat_str(names, separator=",", ignore_nulls=True),
        score=(1 / (1 + (-pl.col("bits") * pl.lit(2.0).log()).exp())).round(_SCORE_DECIMALS),
    )
    ids = people["contact_id"]
    told = people.select(
        "row", "contact_id", "source", canonical_contact_id=ids.gather(person), member_count=pl.len().over("person")
    )
    return told.join(rules, on="row", how="left", maintain_order="left").drop("row")
