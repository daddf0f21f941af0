"""Whether the contact can still be reached by its primary phone."""

import polars as pl

from phoneseg.contracts import NUMBER_STATES
from phoneseg.segments.kind import KindParameters, SegmentKind, version_of
from phoneseg.segments.labels import sentence_case


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind.

    Args:
        parameters: The settings with the bounds of the states.
    """
    bounds = parameters.number_state
    return SegmentKind(
        name="number_state",
        family="reachability",
        description="Whether somebody has the number of the primary phone, and whether that is still the contact.",
        definition="number_state of the primary phone, as table number_state tells it; why is its evidence.",
        definition_version=version_of("1", *((bounds, key) for key in type(bounds).model_fields)),
        is_exclusive=True,
        inputs=("number_state",),
        code=pl.col("number_state"),
        label=sentence_case(pl.col("segment_code"), {"unknown": "Nothing seen of the number"}),
        codes=tuple(NUMBER_STATES),
        profile_settings=("hygiene.number_state",),
    )
