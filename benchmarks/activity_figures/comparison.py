"""Whether both made the same figures of every contact."""

from pathlib import Path
from typing import Final

import polars as pl

from activity_figures.rival import figures_folder
from activity_figures.stage import open_run
from phoneseg.contracts.profile import ACTIVITY_COLUMNS, window_columns
from phoneseg.profiles.rfm_scores import SCORES
from phoneseg.settings.profile import DEFAULT_WINDOWS_DAYS

_CLOSE: Final = 1e-6
_NOT_ASKED: Final = {*SCORES, "purchase_seasons"}


def count_differences(folder: Path) -> tuple[int, dict[str, int]]:
    """Compare what phoneseg and DuckDB wrote of each contact: floats up to a millionth, all else exactly.

    Returns:
        How many cells were compared, and how many of them differ by column, where any do.

    Raises:
        ValueError: They are not about the same contacts, or DuckDB lacks a figure.
    """
    ours = pl.scan_parquet(open_run(folder).stage.folder / "built_profile-*.parquet")
    theirs = pl.scan_parquet(figures_folder(folder) / "*.parquet")
    lacking = set(_list_figures()) - set(theirs.collect_schema())
    if lacking:
        raise ValueError(f"DuckDB lacks {', '.join(sorted(lacking))}")
    places = _line_up(ours, theirs)
    found, compared = {}, 0
    for name in _list_figures():
        left = ours.select(name).collect().to_series()
        right = theirs.select(name).collect().to_series().gather(places)
        compared += len(left)
        count = _count_different(left, right.cast(left.dtype))
        if count:
            found[name] = count
    return compared, found


def _list_figures() -> list[str]:
    """Return the columns of the profile that are made of activity and are asked of DuckDB."""
    columns = (*ACTIVITY_COLUMNS, *window_columns(DEFAULT_WINDOWS_DAYS))
    return [column.name for column in columns if column.name not in _NOT_ASKED]


def _line_up(ours: pl.LazyFrame, theirs: pl.LazyFrame) -> pl.Series:
    """Return the row of each of our contacts in the other table."""
    left, right = (rows.select("contact_id").collect() for rows in (ours, theirs))
    found = left.join(right.with_row_index("place"), on="contact_id", how="left", maintain_order="left")
    if not len(left) == len(right) == len(found) or found["place"].has_nulls():
        raise ValueError(f"phoneseg has {len(left):,} contacts, DuckDB {len(right):,}, and not the same")
    return found["place"]


def _count_different(left: pl.Series, right: pl.Series) -> int:
    ours, theirs = pl.lit(left), pl.lit(right)
    if left.dtype.is_float():
        is_close = ((ours - theirs).abs() <= _CLOSE).fill_null(False)
        same = is_close | (ours.is_null() & theirs.is_null())
    else:
        same = ours.eq_missing(theirs)
    return int(pl.select((~same).sum()).item())
