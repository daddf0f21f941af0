"""Peak seasons that the contact buys in."""

from typing import Final

import polars as pl

from phoneseg.segments.kind import KindParameters, SegmentKind, version_of
from phoneseg.segments.labels import sentence_case

_NAMES: Final = {
    "black_friday": "Black Friday",
    "lunar_new_year": "Lunar New Year",
    "mothering_sunday": "Mothering Sunday",
    "mothers_day": "Mother's Day",
    "ramadan_eid": "Ramadan and Eid",
    "singles_day": "Singles' Day",
    "valentines": "Valentine's Day",
}


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind.

    Args:
        parameters: The settings with the seasons.
    """
    settings = parameters.profile.seasons
    return SegmentKind(
        name="peak_season",
        family="season",
        description="Peak season of the contact's region that the contact buys in.",
        definition=(
            f"Each of purchase_seasons: at least {settings.min_purchases} purchases in the season, of at least "
            f"{settings.min_years} different years, in the {settings.look_back_years} years before as_of."
        ),
        definition_version=version_of("1", (parameters.profile, "seasons")),
        is_exclusive=False,
        inputs=("purchase_seasons",),
        code=pl.col("purchase_seasons").str.split(","),
        label=sentence_case(pl.col("segment_code"), _NAMES),
        codes=tuple(settings.by_name),
        profile_settings=("profile.seasons",),
    )
