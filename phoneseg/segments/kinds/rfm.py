"""Named RFM segments: how lately, how often and for how much the contact purchases."""

from typing import Final

import polars as pl

from phoneseg.segments.kind import KindParameters, SegmentKind, version_of
from phoneseg.segments.labels import sentence_case
from phoneseg.settings.kinds import RfmSegments

NO_PURCHASE: Final = "no_purchase"
OTHER: Final = "other"
# The score of money is missing where no amount has a rate; frequency then stands for both.
_FREQUENCY_MONETARY: Final = (pl.col("frequency_score") + pl.coalesce("monetary_score", "frequency_score") + 1) // 2


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind: scores from 1 to 5 after Hughes, *Strategic Database Marketing* (1994), under names.

    Args:
        parameters: The settings with the names, and with the scores that each stands for.
    """
    segments = parameters.settings.rfm
    return SegmentKind(
        name="rfm",
        family="behavioral",
        description="What the contact's purchases say of it: how lately, how often and for how much.",
        definition=_define(segments),
        definition_version=version_of("1", (parameters.settings, "rfm"), (parameters.profile, "rfm_window_days")),
        is_exclusive=True,
        inputs=("recency_score", "frequency_score", "monetary_score"),
        code=_choose(segments),
        label=sentence_case(pl.col("segment_code"), {"cant_lose": "Can't lose"}),
        codes=tuple(dict.fromkeys((*segments, OTHER, NO_PURCHASE))),
        profile_settings=("profile.rfm_window_days",),
    )


def _choose(segments: RfmSegments) -> pl.Expr:
    """Return the code of the first segment that fits: `coalesce` takes the first that is not null."""
    named = [
        pl.when(
            pl.col("recency_score").is_between(*segment.recency)
            & _FREQUENCY_MONETARY.is_between(*segment.frequency_monetary)
        ).then(pl.lit(name))
        for name, segment in segments.items()
    ]
    has_purchased = pl.col("recency_score").is_not_null() & pl.col("frequency_score").is_not_null()
    return pl.coalesce(*named, pl.when(has_purchased).then(pl.lit(OTHER)), pl.lit(NO_PURCHASE))


def _define(segments: RfmSegments) -> str:
    rules = "; ".join(
        f"{name} {_range(segment.recency)} and {_range(segment.frequency_monetary)}"
        for name, segment in segments.items()
    )
    return (
        "The first that fits, by recency_score and the mean of frequency_score and monetary_score, a half rounded up: "
        f"{rules}; else {OTHER}. {NO_PURCHASE} has no scores."
    )


def _range(scores: tuple[int, int]) -> str:
    return str(scores[0]) if scores[0] == scores[1] else f"{scores[0]} to {scores[1]}"
