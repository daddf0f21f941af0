"""Columns of the profile that another version of phonenumbers may fill otherwise."""

from typing import Final

from phoneseg.contracts.profile import PHONE_COLUMNS, PLACE_COLUMNS

_TOKEN: Final = "phone_token"  # noqa: S105  # a column; the same number has the same token in every version
_PLAIN: Final = frozenset(
    {
        *(column.name for column in PHONE_COLUMNS if column.name != _TOKEN),
        *(column.name for column in PLACE_COLUMNS),  # a fixed line's area is a place
        "time_zone",
        "purchase_seasons",  # a region has its seasons
    }
)
_OF_LOCAL_TIME: Final = ("night_share_", "busiest_hour_", "busiest_weekday_")  # for each window


def is_of_number(column: str) -> bool:
    """Return whether a column of the profile depends on what phonenumbers says of a number."""
    return column in _PLAIN or column.startswith(_OF_LOCAL_TIME)
