"""What a definition can read: columns of the profile, figures that change with time, and other memberships."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import polars as pl

from phoneseg.contracts import UTC_INSTANT, contact_profile
from phoneseg.segments.kind import SegmentKind

HIDDEN: Final = ("phone_token", "content_hash")
_INSTANT: Final = pl.Datetime("us")  # UTC without a zone, so that SQL's TIMESTAMP compares with it
AS_OF: Final = "as_of"
AGE: Final = "age_years"
_BIRTH_DATE: Final = "birth_date"


@dataclass(frozen=True)
class Input:
    """One column that a definition can read.

    Attributes:
        name: Its name.
        dtype: Its dtype.
        meaning: What it says.
        expression: How it comes out of a profile.
        reads: The columns of the profile that it comes from.
        kind: Name of the segment kind that it tells the membership in; null of the others.
    """

    name: str
    dtype: pl.DataType
    meaning: str
    expression: pl.Expr
    reads: tuple[str, ...]
    kind: str | None = None


def profile_inputs(windows_days: tuple[int, ...], as_of: datetime) -> dict[str, Input]:
    """Return the columns that come from the profile alone, by name.

    Whole numbers are as wide as they get, so that no product overflows; instants are UTC without a zone.

    Args:
        windows_days: Windows of the profile.
        as_of: The instant that ages and days are counted up to, UTC.
    """
    columns = [each for each in contact_profile(windows_days).columns if each.name not in HIDDEN]
    inputs = [_as_it_is(each.name, each.meaning, pl.Schema([(each.name, each.dtype)])[each.name]) for each in columns]
    instants = [each.name for each in columns if each.dtype == UTC_INSTANT]
    inputs += [_as_of(as_of), *(_days_since(name, as_of) for name in instants)]
    inputs.append(
        Input(
            AGE,
            pl.Int64(),
            "Completed years from birth_date to as_of (UTC).",
            age_years(pl.col(_BIRTH_DATE), as_of),
            (_BIRTH_DATE,),
        )
    )
    return {each.name: each for each in inputs}


def kind_inputs(kinds: Iterable[SegmentKind]) -> dict[str, Input]:
    """Return the columns that tell the membership in the segments of kinds, by name."""
    return {each.name: each for each in map(_kind_input, kinds)}


def group_column(group: str) -> str:
    """Return the name of the column that tells which segment of an exclusive kind or group a contact is in."""
    return f"{group}_segment"


def member_column(code: str) -> str:
    """Return the name of the column that tells whether a contact is a member by another definition."""
    return f"is_{code}"


def age_years(birth_date: pl.Expr, as_of: datetime) -> pl.Expr:
    """Return the completed years of a life at `as_of` (UTC); null for null, and for who is born later.

    Who is born on 29 February completes a year on 1 March where there is none.
    """
    today, born = as_of.astimezone(UTC), birth_date.dt
    day = pl.lit(today.year * 10_000 + today.month * 100 + today.day, pl.Int64)
    birthday = born.year().cast(pl.Int64) * 10_000 + born.month().cast(pl.Int64) * 100 + born.day().cast(pl.Int64)
    return pl.when(day >= birthday).then((day - birthday) // 10_000)


def sample_profiles(inputs: Mapping[str, Input]) -> pl.DataFrame:
    """Return three rows of the columns: nulls, ordinary values and values at the ends of their ranges.

    A rule that fails on one of them would end a run.
    """
    values: dict[type[pl.DataType], tuple[object, object]] = {
        pl.String: ("x", "\U0010ffff 9 " * 9),
        pl.Boolean: (True, False),
        pl.Int64: (1, -(2**40)),
        pl.Float64: (1.5, -1e300),
        pl.Date: (date(2000, 1, 31), date(1899, 12, 31)),
        pl.Datetime: (datetime(2000, 1, 31, 1), datetime(2100, 2, 28)),
        pl.List: (["x"], []),
    }
    return pl.DataFrame(
        {name: [None, *values[each.dtype.base_type()]] for name, each in inputs.items()},
        {name: each.dtype for name, each in inputs.items()},
    )


def _as_it_is(name: str, meaning: str, dtype: pl.DataType) -> Input:
    column = pl.col(name)
    if dtype.is_integer():
        return Input(name, pl.Int64(), meaning, column.cast(pl.Int64), (name,))
    if dtype == UTC_INSTANT:
        return Input(name, _INSTANT, meaning, column.dt.replace_time_zone(None), (name,))
    return Input(name, dtype, meaning, column, (name,))


def _as_of(as_of: datetime) -> Input:
    instant = pl.lit(as_of.astimezone(UTC).replace(tzinfo=None), _INSTANT)
    return Input(AS_OF, _INSTANT, "End of the run's interval (UTC).", instant, ())


def _days_since(instant: str, as_of: datetime) -> Input:
    name = f"days_since_{instant.removesuffix('_at')}"
    days = (pl.lit(as_of.astimezone(UTC), UTC_INSTANT) - pl.col(instant)).dt.total_days()
    return Input(name, pl.Int64(), f"Whole days from {instant} to as_of.", days, (instant,))


def _kind_input(kind: SegmentKind) -> Input:
    if kind.is_exclusive:
        name, dtype = group_column(kind.name), pl.String()
        return Input(name, dtype, f"Code of the segment of kind {kind.name}.", kind.code, kind.inputs, kind.name)
    codes = kind.code.fill_null([]).list.drop_nulls().list.unique()
    meaning = f"Codes of the segments of kind {kind.name}; empty without one."
    return Input(f"{kind.name}_segments", pl.List(pl.String()), meaning, codes, kind.inputs, kind.name)
