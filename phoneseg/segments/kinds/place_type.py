"""Whether the contact lives in a city, in a town or in the country."""

import polars as pl

from phoneseg.segments.kind import KindParameters, SegmentKind, version_of
from phoneseg.segments.labels import sentence_case


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind.

    Args:
        parameters: The settings with how many people make a town and a city.
    """
    bounds = parameters.profile.place
    return SegmentKind(
        name="place_type",
        family="place",
        description="Whether the contact's place is a city, a town, or smaller; place_confidence says how sure.",
        definition=(
            f"place_type: urban from {bounds.urban_from_population:,} people on, town from "
            f"{bounds.town_from_population:,}, rural below; unknown where no place is known."
        ),
        definition_version=version_of("1", (parameters.profile, "place")),
        is_exclusive=True,
        inputs=("place_type",),
        code=pl.col("place_type").fill_null("unknown"),
        label=sentence_case(pl.col("segment_code")),
        codes=("urban", "town", "rural", "unknown"),
        profile_settings=("profile.place",),
    )
