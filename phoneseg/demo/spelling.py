"""How a source spells a person: small differences of name, and the email address."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.draws import draw_chance, draw_index, open_generator
from phoneseg.demo.names import FAMILY_NAME_FIRST, list_cultures

_VARIANTS: Final = {"exact": 80, "initial": 4, "upper": 4, "lower": 4, "no_accents": 4, "swapped": 1, "typo": 2}
"""How a name is written, with the share in percent (or nearly)."""

_DOMAINS: Final = ("example.com", "example.org", "example.net")
"""Reserved by RFC 2606: nobody gets a mail from the demo."""

_LETTERS_WITHOUT_DECOMPOSITION: Final = {
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "\u0131": "i",  # the Turkish dotless i
    "æ": "ae",
    "Æ": "Ae",
}


def spell_names(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Spell each contact's name as its source has it.

    Args:
        rows: One row per contact: first_name, last_name, culture, duplicate_within_source; other columns are kept.
        seed: The demo's seed.

    Returns:
        The same rows with first_name and last_name respelled, and full_name; a duplicate is never spelled exactly.
    """
    rng = open_generator(seed, "names")
    names, weights = list(_VARIANTS), np.array(list(_VARIANTS.values()), dtype=np.float64)
    drawn = draw_index(rng, len(rows), weights)
    other = draw_index(rng, len(rows), weights[1:]) + 1
    variant = np.where(rows["duplicate_within_source"].to_numpy() & (drawn == 0), other, drawn)
    family_first = [list_cultures().index(culture) for culture in FAMILY_NAME_FIRST]
    is_family_first = pl.col("culture").is_in(family_first) & pl.Series(draw_chance(rng, len(rows), 0.5))
    with_comma = pl.Series(draw_chance(rng, len(rows), 0.02))
    return (
        rows.with_columns(variant=pl.Series(names).gather(variant))
        .with_columns(first_name=_respell("first_name", "last_name"), last_name=_respell("last_name", "first_name"))
        .with_columns(
            full_name=pl.when(with_comma)
            .then(pl.concat_str("last_name", pl.lit(", "), "first_name"))
            .when(is_family_first)
            .then(pl.concat_str("last_name", pl.lit(" "), "first_name"))
            .otherwise(pl.concat_str("first_name", pl.lit(" "), "last_name"))
        )
        .drop("variant")
    )


def write_emails(persons: pl.DataFrame, seed: int) -> pl.Series:
    """Write each person's address.

    Args:
        persons: first_name, last_name, birth_date of each person.
        seed: The demo's seed.

    Returns:
        One address per person, never null; two persons of one name may share an address, as in life.
    """
    rng = open_generator(seed, "emails")
    style = pl.Series(draw_index(rng, len(persons), (34, 22, 16, 14, 14)))
    domain = pl.Series(_DOMAINS).gather(draw_index(rng, len(persons), (60, 25, 15)))
    number = pl.Series(rng.integers(1, 999, len(persons))).cast(pl.String)
    first, last = _to_ascii_word("first_name"), _to_ascii_word("last_name")
    year = pl.col("birth_date").dt.year().cast(pl.String)
    local = (
        pl.when(style == 0)
        .then(pl.concat_str(first, pl.lit("."), last, number))
        .when(style == 1)
        .then(pl.concat_str(first, pl.lit("."), last))
        .when(style == 2)
        .then(pl.concat_str(first.str.head(1), last, number))
        .when(style == 3)
        .then(pl.concat_str(first, pl.lit("_"), year))
        .otherwise(pl.concat_str(last, pl.lit("."), first.str.head(1), year.str.tail(2)))
    )
    return persons.select(pl.concat_str(local, pl.lit("@"), domain).alias("email"))["email"]


def vary_emails(emails: pl.Series, seed: int, source: str, missing_share: float) -> pl.Series:
    """Write the persons' addresses as one source has them: some missing, some with capitals, some with a plus tag.

    Args:
        emails: The address of each row.
        seed: The demo's seed.
        source: The source, so that each differs in its own way.
        missing_share: Share of nulls.

    Returns:
        The addresses as written, null where missing.
    """
    rng = open_generator(seed, f"emails of {source}")
    variant = pl.Series(draw_index(rng, len(emails), (92, 4, 2, 2)))
    is_missing = pl.Series(draw_chance(rng, len(emails), missing_share))
    email = pl.lit(emails)
    written = (
        pl.when(variant == 1)
        .then(email.str.head(1).str.to_uppercase() + email.str.slice(1))
        .when(variant == 2)
        .then(email.str.to_uppercase())
        .when(variant == 3)
        .then(email.str.replace("@", f"+{source}@", literal=True))
        .otherwise(email)
    )
    return pl.select(pl.when(~is_missing).then(written).alias("email"))["email"]


def remove_accents(text: pl.Expr) -> pl.Expr:
    """Write a name with the plain letters of a keyboard."""
    plain = text.str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    return plain.str.replace_many(_LETTERS_WITHOUT_DECOMPOSITION)


def _to_ascii_word(column: str) -> pl.Expr:
    return remove_accents(pl.col(column)).str.to_lowercase().str.replace_all(r"[^a-z]", "")


def _respell(column: str, other: str) -> pl.Expr:
    """Apply the row's variant to one part of the name; `other` is the part it may be swapped with."""
    name, variant = pl.col(column), pl.col("variant")
    is_first = column == "first_name"
    shortened = name.str.head(1) + "." if is_first else name
    dropped_letter = name if is_first else name.str.head(2) + name.str.slice(3)
    return (
        pl.when(variant == "initial")
        .then(shortened)
        .when(variant == "upper")
        .then(name.str.to_uppercase())
        .when(variant == "lower")
        .then(name.str.to_lowercase())
        .when(variant == "no_accents")
        .then(remove_accents(name))
        .when(variant == "swapped")
        .then(pl.col(other))
        .when(variant == "typo")
        .then(dropped_letter)
        .otherwise(name)
    )
