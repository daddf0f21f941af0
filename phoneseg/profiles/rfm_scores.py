"""RFM: how recently, how often and for how much a contact buys, against all others that buy."""

from typing import Final

import polars as pl

from phoneseg.settings import ProfileSettings

QUINTILES: Final = 5
SCORES: Final = ("recency_score", "frequency_score", "monetary_score")


def find_quintile_bounds(profiles: pl.LazyFrame, settings: ProfileSettings) -> pl.DataFrame:
    """Find what parts the contacts that purchased into five parts of one size, for each of the three scores.

    The quintiles of Hughes (1994, "Strategic Database Marketing"), each score by itself. A bound is the highest value
    of the quintiles up to it by nearest rank: of n sorted values, that of rank `ceil(quintile * n / 5)`. Those of
    recency are drawn over all contacts with a purchase. Those of frequency and money are drawn over the contacts with a
    purchase in the window alone: where most did not buy for a year, quintiles over all would put every buyer of the
    year into the highest, and the score would say no more than that.

    Args:
        profiles: Rows of the contact profile of all contacts, with or without scores.
        settings: Which window frequency and money are of.

    Returns:
        Four rows: `quintile` (1 to 4), `recency_score` (an instant), `frequency_score` (purchases), `monetary_score`
        (units of the currency): the highest value that is within that score. Null where nobody has a value.
    """
    values = profiles.select(_values(settings)).collect()
    quintiles = pl.Series("quintile", range(1, QUINTILES), pl.Int16)
    bounds = [quintiles]
    for value in values:
        known = value.drop_nulls().sort()
        rank = (quintiles.cast(pl.Int64) * len(known) + QUINTILES - 1) // QUINTILES
        bounds.append(known.gather(rank - 1) if len(known) else value.clear(len(quintiles)))
    return pl.DataFrame(bounds)


def score_purchases(profiles: pl.LazyFrame, settings: ProfileSettings) -> pl.LazyFrame:
    """Score all contacts that have purchased, 1 to 5 (the most recent, the most often, the most money).

    A score is one more than the number of bounds of `find_quintile_bounds` that the value is above. Equal values get
    equal scores, that of the lowest of them; so where many are equal, the parts are not of one size. A contact that
    purchased, but not in the window, gets 1 for frequency and money: it bought less than all that did.

    Args:
        profiles: Rows of the contact profile of all contacts.
        settings: Which window frequency and money are of.

    Returns:
        One row per contact with a purchase: `contact_id`, `recency_score`, `frequency_score`, `monetary_score` (Int16;
        the last is null where no amount in the window is known).
    """
    bounds = find_quintile_bounds(profiles, settings)
    is_inactive = pl.col(f"purchase_count_{settings.rfm_window_days}d") == 0
    scores = [
        pl.when(value.is_not_null()).then(
            1 + pl.sum_horizontal(value > pl.lit(bound, bounds[name].dtype) for bound in bounds[name])
        )
        for name, value in zip(SCORES, _values(settings), strict=True)
    ]
    recency, *others = scores
    return profiles.filter(pl.col("last_purchase_at").is_not_null()).select(
        "contact_id",
        recency.cast(pl.Int16).alias(SCORES[0]),
        *(
            pl.when(is_inactive).then(1).otherwise(score).cast(pl.Int16).alias(name)
            for name, score in zip(SCORES[1:], others, strict=True)
        ),
    )


def _values(settings: ProfileSettings) -> tuple[pl.Expr, ...]:
    """Return what is scored, under the names of the scores; null where the quintiles are not drawn over it."""
    suffix = f"{settings.rfm_window_days}d"
    count = pl.col(f"purchase_count_{suffix}")
    return (
        pl.col("last_purchase_at").alias(SCORES[0]),
        pl.when(count > 0).then(count).alias(SCORES[1]),
        pl.col(f"amount_sum_{suffix}").alias(SCORES[2]),
    )
