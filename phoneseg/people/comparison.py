"""How two names compare: the same words, an initial, a slip of the pen, or other names."""

from typing import Final

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

SAME, INITIAL, TYPO, SHORT_TYPO, PART, OTHER = "same", "initial", "typo", "short_typo", "part", "other"
LEVELS: Final = pl.Enum([SAME, INITIAL, TYPO, SHORT_TYPO, PART, OTHER])
_SHORT: Final = 5
_SHORTEST: Final = 3
_RARE_SHARE: Final = 0.2
_FEW: Final = 2


def compare_names(pairs: pl.DataFrame, word_counts: pl.DataFrame) -> pl.Series:
    """Return how the names of pairs compare.

    Two words are a slip of the pen apart when a letter is wrong, missing or too much, or two have changed places (the
    distance of Damerau and Levenshtein, as optimal string alignment), but not at the end, where Maria and Mario
    differ, and where one spelling is rare beside the other: Marvin is no slip for Martin.

    Args:
        pairs: `words_a` and `words_b`: rows of `name_key`, null where there is no name.
        word_counts: `word` and `count`: how many contacts have it in their names.

    Returns:
        Values of LEVELS, null where a name is missing: the same words; initials for the others; one word a slip apart
        (short ones apart from long ones); the words of one among those of the other; other names.
    """
    numbered = pairs.select("words_a", "words_b").with_row_index("pair")
    same = pl.col("words_a") == pl.col("words_b")
    different = numbered.filter(~same).with_columns(
        a=pl.col("words_a").str.split(" "), b=pl.col("words_b").str.split(" ")
    )
    rest = different.select(
        "pair",
        common=pl.col("a").list.set_intersection("b").list.len(),
        a=pl.col("a").list.set_difference("b").list.sort(),
        b=pl.col("b").list.set_difference("a").list.sort(),
    )
    slips = _find_slips(rest, word_counts)
    told = rest.join(slips, on="pair", how="left", maintain_order="left").select("pair", level=_level())
    both = numbered.select("pair", same=same).join(told, on="pair", how="left", maintain_order="left")
    return both.select(pl.when("same").then(pl.lit(SAME)).otherwise("level").cast(LEVELS)).to_series().alias("level")


def _level() -> pl.Expr:
    """Return how names compare that are not the same, by what is left of each without the common words."""
    a, b = pl.col("a"), pl.col("b")
    first = [rest.list.eval(pl.element().str.head(1)).list.sort().list.join("") for rest in (a, b)]
    is_initials = [rest.list.eval(pl.element().str.len_chars() == 1).list.all() for rest in (a, b)]
    is_one_empty = (a.list.len() == 0) | (b.list.len() == 0)
    has_common = pl.col("common") > 0
    return (
        pl.when(has_common & is_one_empty & is_initials[0] & is_initials[1])
        .then(pl.lit(INITIAL))
        .when(has_common & is_one_empty)
        .then(pl.lit(PART))
        .when(has_common & ((first[0] == first[1]) & (is_initials[0] | is_initials[1]) | _is_one_initial(a, b)))
        .then(pl.lit(INITIAL))
        .when(has_common & (a.list.len() != b.list.len()) & (_joined(a) == _joined(b)))
        .then(pl.lit(TYPO))
        .when(has_common & pl.col("slip").is_not_null())
        .then("slip")
        .otherwise(pl.lit(OTHER))
    )


def _is_one_initial(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """Return whether one name has an initial where the other has several words, as M. has for Mary Grace."""
    found = [
        (one.list.len() == 1)
        & (one.list.first().str.len_chars() == 1)
        & other.list.eval(pl.element().str.head(1)).list.contains(one.list.first())
        for one, other in ((a, b), (b, a))
    ]
    return found[0] | found[1]


def _joined(rest: pl.Expr) -> pl.Expr:
    """Return the letters of words in alphabetical order: of names written in one word or two, they are the same."""
    return rest.list.join("").str.split("").list.sort().list.join("")


def _find_slips(rest: pl.DataFrame, word_counts: pl.DataFrame) -> pl.DataFrame:
    """Return `pair` and `slip` (TYPO or SHORT_TYPO) of those whose one other word is a slip of the pen apart."""
    single = rest.filter(pl.col("a").list.len() == 1, pl.col("b").list.len() == 1, pl.col("common") > 0)
    words = single.select("pair", a=pl.col("a").list.first(), b=pl.col("b").list.first())
    shorter, longer = (each("a", "b") for each in (_shorter, _longer))
    words = words.with_columns(length=shorter, longest=longer).filter(
        pl.col("length") >= _SHORTEST, pl.col("longest") - pl.col("length") <= 1
    )
    shared = pl.col("longest") - 1  # all but the last letter
    words = words.filter((pl.col("a").str.head(shared) != pl.col("b").str.head(shared)) | _is_doubled("a", "b"))
    distances = cpdist(words["a"].to_list(), words["b"].to_list(), scorer=OSA.distance, score_cutoff=1)
    near = words.filter(pl.Series(distances) <= 1)
    for name in ("a", "b"):
        counts = word_counts.select(pl.col("word").alias(name), pl.col("count").alias(f"count_{name}"))
        near = near.join(counts, on=name, how="left", maintain_order="left")
    rarer, commoner = (each("count_a", "count_b") for each in (pl.min_horizontal, pl.max_horizontal))
    is_slip = (rarer <= _FEW) | (rarer <= commoner * _RARE_SHARE)
    slip = pl.when(pl.col("length") < _SHORT).then(pl.lit(SHORT_TYPO)).otherwise(pl.lit(TYPO))
    return near.filter(is_slip).select("pair", slip=slip)


def _is_doubled(one: str, other: str) -> pl.Expr:
    """Return whether one word is the other with its last letter twice, as Hall is Hal."""
    a, b = pl.col(one), pl.col(other)
    return (a + a.str.tail(1) == b) | (b + b.str.tail(1) == a)


def _shorter(one: str, other: str) -> pl.Expr:
    return pl.min_horizontal(pl.col(one).str.len_chars(), pl.col(other).str.len_chars())


def _longer(one: str, other: str) -> pl.Expr:
    return pl.max_horizontal(pl.col(one).str.len_chars(), pl.col(other).str.len_chars())
