"""Whether the columns that a source maps hold what they should."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from phoneseg.errors import SourceError

MAPPED_VALUES: Final = {
    "direction": "inbound, outbound, in, out, incoming or outgoing",
    "duration_s": "a number of seconds",
    "is_answered": "true or false, yes or no, 1 or 0",
    "amount": "a number",
    "delivery_status": "a word that the settings list for it",
    "status_column": "a word that the settings list for it",
    "birth_date": "a date, such as 1990-12-31",
    "income": "a number",
}
"""What a value has to be, by the setting that names its column."""
_FEW_VALUES: Final = 10  # a source's one bad row is no wrong column
log = logging.getLogger(__name__)


@dataclass
class ColumnReadings:
    """How many values of each mapped column are filled, and how many of those could be read.

    Attributes:
        where: Where the settings describe the source, for errors.
        filled: Values that are neither null nor blank, by setting.
        read: Of those, the ones that could be read.
    """

    where: str
    filled: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)

    def count(self, setting: str, texts: pl.Series, values: pl.Series) -> None:
        """Count a batch: the column's values as texts without blanks, and what was read from them."""
        self.filled[setting] += texts.count()
        self.read[setting] += values.count()

    def check(self) -> None:
        """Check that of each column with values some could be read; a line in the log tells of the others.

        Raises:
            SourceError: None could: the settings name a wrong column, or its values are spelled otherwise.
        """
        for setting, filled in self.filled.items():
            unread, meaning = filled - self.read[setting], MAPPED_VALUES[setting]
            if unread == filled >= _FEW_VALUES:
                raise SourceError(
                    f"{self.where}.{setting}: none of the column's {filled:,} values is {meaning}; "
                    "name another column, or bring its values into that form in a query"
                )
            if unread:
                log.warning(
                    "%s.%s: %s of %s values are not %s", self.where, setting, f"{unread:,}", f"{filled:,}", meaning
                )
