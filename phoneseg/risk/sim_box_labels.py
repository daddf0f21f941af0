"""Labels of people for the model: which are trusted, and which numbers must not be told apart by a split."""

from datetime import datetime
from typing import Final

import polars as pl

from phoneseg.contracts.model import UTC_INSTANT

FRAUD, LEGITIMATE = "fraud", "legitimate"
LABELS: Final = (FRAUD, LEGITIMATE)


def choose_labels(reviews: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Choose the label of each number: the newest of those known at `as_of`.

    Args:
        reviews: `phone_token`, `label` (fraud or legitimate) and `labelled_at` (UTC), any number of rows per number.
        as_of: Labels from after it are not known yet (UTC).

    Returns:
        `phone_token` and `is_fraud`, one row per number, in the order of the tokens. Numbers whose newest labels
        contradict each other at the same instant stay out.

    Raises:
        ValueError: A label is neither.
    """
    if not reviews["label"].is_in(LABELS).all():
        raise ValueError(f"a label has to be {FRAUD} or {LEGITIMATE}")
    known = reviews.filter(pl.col("labelled_at") <= pl.lit(as_of, UTC_INSTANT))
    newest = known.filter(pl.col("labelled_at") == pl.col("labelled_at").max().over("phone_token"))
    is_fraud = (pl.col("label") == FRAUD).alias("is_fraud")
    chosen = newest.select("phone_token", is_fraud).unique()
    return chosen.filter(pl.len().over("phone_token") == 1).sort("phone_token")


def add_background(labels: pl.DataFrame, patterns: pl.DataFrame, count: int) -> pl.DataFrame:
    """Take numbers that nobody has looked at for legitimate.

    Reviews are of numbers that were flagged, and a model of them alone has never seen ordinary ones. About as many of
    the added labels are wrong as there are SIM boxes among the numbers that nobody looked at.

    Args:
        labels: Of `choose_labels`.
        patterns: Rows with a `phone_token`.
        count: How many numbers are added, at the most: those with the smallest tokens. Tokens are HMACs, so that is by
            chance, and the same every time.

    Returns:
        The labels and the added ones, in the order of the tokens.
    """
    others = patterns.select("phone_token").unique().join(labels, on="phone_token", how="anti")
    added = others.sort("phone_token").head(count).with_columns(is_fraud=pl.lit(False))
    return pl.concat([labels, added]).sort("phone_token")


def group_numbers(links: pl.DataFrame) -> pl.DataFrame:
    """Group numbers that share a device, directly or through others: one box must not be on both sides of a split.

    Args:
        links: `phone_token` and `device`, one row for each device of a number, such as the devices of CallCounts; any
            other column that ties numbers together may be called device, too.

    Returns:
        `phone_token` and `group` (Int64), one row per number, in the order of the tokens.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = links.select("phone_token", "device").unique().sort("phone_token", "device")
    ranks = pairs.select(pl.all().rank("dense").cast(pl.Int64) - 1)
    number, device = ranks["phone_token"].to_numpy(), ranks["device"].to_numpy()
    numbers, devices = ranks["phone_token"].n_unique(), ranks["device"].n_unique()
    ones = pl.repeat(1, len(pairs), dtype=pl.Int8, eager=True).to_numpy()
    size = numbers + devices
    _, components = connected_components(coo_array((ones, (number, device + numbers)), shape=(size, size)), False)
    tokens = pairs.select("phone_token").unique(maintain_order=True)
    return tokens.with_columns(group=pl.Series(components[:numbers], dtype=pl.Int64))
