"""Band of the contact's age at as_of."""

from itertools import pairwise
from typing import Final

import polars as pl

from phoneseg.segments.bands import find_band
from phoneseg.segments.kind import KindParameters, SegmentKind, version_of

_MAX_YEARS: Final = 120
"""The oldest person known reached 122; a higher age is a mistake far more often than a person."""


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind as it is on the day (UTC) of as_of.

    Args:
        parameters: as_of, and the settings with the bands.
    """
    settings = parameters.settings.age
    starts = (0, *settings.bands_from_years)
    codes = (*(f"{low}-{high - 1}" for low, high in pairwise(starts)), f"{starts[-1]}+")
    age = _age(parameters)
    is_known = age.is_between(0, _MAX_YEARS) & ~pl.col("birth_date").is_in(settings.placeholder_birth_dates)
    band = find_band(age, starts, codes)
    placeholders = ", ".join(day.isoformat() for day in settings.placeholder_birth_dates) or "none"
    return SegmentKind(
        name="age_band",
        family="demographic",
        description="The contact's age in whole years.",
        definition=(
            f"Years from birth_date to the day (UTC) of as_of; bands start at {', '.join(map(str, starts))}. unknown: "
            f"no birth_date, an age below 0 or above {_MAX_YEARS}, or a date that stands for none: {placeholders}."
        ),
        definition_version=version_of("1", (parameters.settings, "age")),
        is_exclusive=True,
        inputs=("birth_date",),
        code=pl.when(is_known).then(band).otherwise(pl.lit("unknown")),
        label=pl.when(pl.col("segment_code") == "unknown")
        .then(pl.lit("Unknown age"))
        .otherwise(pl.col("segment_code").str.replace("-", " to ", literal=True) + pl.lit(" years")),
        codes=(*codes, "unknown"),
    )


def _age(parameters: KindParameters) -> pl.Expr:
    """Return the age in whole years; who was born on 29 February is a year older on 1 March of other years."""
    today, born = parameters.as_of.date(), pl.col("birth_date").dt
    is_before_birthday = born.month().cast(pl.Int32) * 100 + born.day() > today.month * 100 + today.day
    return today.year - born.year() - is_before_birthday.cast(pl.Int32)
