"""Which rules profile a person: who objects to that is no member by them."""

from typing import Final

import polars as pl

from phoneseg.contracts.profile import ACTIVITY_COLUMNS, RISK_COLUMNS, WINDOW_METRICS

FAMILIES: Final = frozenset({"behavioral", "demographic", "risk"})
"""Families of the kinds that do."""
_OF_THE_NUMBER: Final = "time_zone"
_OF_THE_PERSON: Final = frozenset(
    {"birth_date", "gender", "income_amount", "attributes", *(column.name for column in RISK_COLUMNS)}
)
_OF_ACTIVITY: Final = frozenset(column.name for column in ACTIVITY_COLUMNS) - {_OF_THE_NUMBER}
_OF_WINDOWS: Final = tuple(f"{metric.name}_" for metric in WINDOW_METRICS)


def is_of_person(column: str) -> bool:
    """Return whether a column of the profile says what a person does, or is."""
    return column in _OF_THE_PERSON | _OF_ACTIVITY or column.startswith(_OF_WINDOWS)


def without_objecting(profile: pl.DataFrame) -> pl.DataFrame:
    """Return the profiles of contacts that do not object to profiling.

    Args:
        profile: Rows of the contact profile; `has_objection` may be null, which is false.
    """
    return profile.filter(~pl.col("has_objection").fill_null(False))
