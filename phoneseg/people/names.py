"""Names and addresses in the form in which they are compared."""

from typing import Final

import polars as pl

_LETTERS: Final = {
    **{"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"},
    "\u0131": "i",  # the Turkish dotless i
}
"""Small letters that Unicode does not take apart."""

# Of Latin, Greek, Cyrillic, Hebrew and Arabic script; in those of India the marks are vowels.
_MARKS: Final = r"[\x{0300}-\x{036F}\x{0591}-\x{05C7}\x{064B}-\x{065F}\x{0670}]"
_APOSTROPHES: Final = r"['`\x{00B4}\x{2018}\x{2019}\x{02BB}\x{02BC}]"
_TITLES: Final = r"\b(?:mr|mrs|ms|miss|dr|prof|herr|frau|mme|mlle)\b"
_TAG: Final = r"\+[^@]*@"
_MAILBOX: Final = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


def normalize_name(name: pl.Expr) -> pl.Expr:
    """Write a name in small letters without accents, titles and punctuation; null where nothing is left.

    Args:
        name: As a source writes it.
    """
    plain = name.str.normalize("NFKD").str.replace_all(_MARKS, "").str.to_lowercase().str.replace_all(_MARKS, "")
    words = plain.str.replace_many(_LETTERS).str.replace_all(_APOSTROPHES, "").str.replace_all(r"[^\p{L}\p{M}]+", " ")
    kept = words.str.replace_all(_TITLES, " ").str.replace_all(" +", " ").str.strip_chars()
    return pl.when(kept.str.len_bytes() > 0).then(kept)


def name_key(name: pl.Expr) -> pl.Expr:
    """Return the words of a normalized name in alphabetical order, each once: sources differ in which comes first."""
    return name.str.split(" ").list.unique().list.sort().list.join(" ")


def rough_key(words: pl.Expr) -> pl.Expr:
    """Return the longest word of a name and the initials of the others, for how many names an initial may stand.

    Args:
        words: The words of `name_key`, as lists.
    """
    lengths = words.list.eval(pl.element().str.len_chars())
    longest = words.list.get(lengths.list.arg_max(), null_on_oob=True)
    initials = words.list.eval(pl.element().str.head(1)).list.sort().list.join("")
    return longest + " " + initials


def normalize_email(email: pl.Expr) -> pl.Expr:
    """Write an address in small letters, without the tag after a plus; null where it is none."""
    plain = email.str.strip_chars().str.to_lowercase().str.replace(_TAG, "@")
    return pl.when(plain.str.contains(_MAILBOX)).then(plain)


def normalize_place(text: pl.Expr) -> pl.Expr:
    """Write a city, a postal code or an employer in small letters without accents, blanks and punctuation."""
    plain = text.str.normalize("NFKD").str.replace_all(_MARKS, "").str.to_lowercase()
    kept = plain.str.replace_all(r"[^\p{L}\p{M}\p{N}]+", "")
    return pl.when(kept.str.len_bytes() > 0).then(kept)
