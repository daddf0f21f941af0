"""How much the contact turns to us, and how fast it answers."""

import polars as pl

from phoneseg.segments.kind import KindParameters, SegmentKind, version_of
from phoneseg.segments.labels import sentence_case

_LEVELS = ("none", "low", "medium", "high")
_FROM_THE_CONTACT = ("call_in_count", "message_in_count", "purchase_count", "visit_count")


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind.

    Args:
        parameters: The settings with the window, and with the counts that part the levels.
    """
    bounds = parameters.settings.engagement
    suffix = f"{bounds.window_days}d"
    counts = tuple(f"{name}_{suffix}" for name in _FROM_THE_CONTACT)
    delay = f"response_delay_median_s_{suffix}"
    events = pl.sum_horizontal(counts)
    level = sum((events >= count).cast(pl.Int8) for count in (1, bounds.medium_from_count, bounds.high_from_count))
    # Somebody who answers has done something, so that nobody who has not is lifted.
    is_quick = (pl.col(delay) <= bounds.quick_response_hours * 3600).fill_null(False) & (events > 0)
    lifted = pl.min_horizontal(level + is_quick.cast(pl.Int8), len(_LEVELS) - 1)
    return SegmentKind(
        name="engagement",
        family="behavioral",
        description=f"How much the contact turned to us in {bounds.window_days} days, and how fast it answered.",
        definition=(
            f"By calls and messages from the contact, purchases and visits of {bounds.window_days} days: high from "
            f"{bounds.high_from_count} on, medium from {bounds.medium_from_count}, low from 1, else none. One level "
            f"higher where the median answer took at most {bounds.quick_response_hours:g} hours."
        ),
        definition_version=version_of(
            "1", (parameters.settings, "engagement"), (parameters.profile, "response_within_hours")
        ),
        is_exclusive=True,
        inputs=(*counts, delay),
        code=lifted.replace_strict(range(len(_LEVELS)), _LEVELS, return_dtype=pl.String),
        label=sentence_case(pl.col("segment_code")),
        codes=_LEVELS,
        profile_settings=("profile.response_within_hours",),
    )
