"""Band of the contact's income."""

from itertools import pairwise

import polars as pl

from phoneseg.segments.bands import find_band
from phoneseg.segments.kind import KindParameters, SegmentKind, version_of


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind.

    Args:
        parameters: The settings with the bands.
    """
    starts = (0.0, *parameters.settings.income.bands_from)
    written = [_write(start) for start in starts]
    codes = (*(f"{low}-{high}" for low, high in pairwise(written)), f"{written[-1]}+")
    income = pl.col("income_amount")
    band = find_band(income, starts, codes)
    return SegmentKind(
        name="income_band",
        family="demographic",
        description="The contact's income, in the unit of its source.",
        definition=(
            f"income_amount; bands start at {', '.join(written)}, and end below the start of the next. unknown: no "
            "income_amount, or one below 0."
        ),
        definition_version=version_of("1", (parameters.settings, "income")),
        is_exclusive=True,
        inputs=("income_amount",),
        code=pl.when(income.is_finite() & (income >= 0)).then(band).otherwise(pl.lit("unknown")),
        label=pl.when(pl.col("segment_code") == "unknown")
        .then(pl.lit("Unknown income"))
        .otherwise(pl.lit("Income ") + pl.col("segment_code").str.replace("-", " to below ", literal=True)),
        codes=(*codes, "unknown"),
    )


def _write(bound: float) -> str:
    """Return a bound as money is written; parts of a cent show all their digits, so that no two bounds look alike."""
    return f"{bound:.2f}".removesuffix(".00") if bound == round(bound, 2) else f"{bound:.15g}"
