"""Sources that are not as they were: other types, or far fewer contacts."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from phoneseg.contracts import SOURCE_SIZE
from phoneseg.errors import DriftError
from phoneseg.run import Run, as_utc
from phoneseg.warehouse import Warehouse

_ACCEPT: Final = "If that is right, run once with --accept-drift (Param accept_drift)"


@dataclass(frozen=True)
class EarlierSource:
    """A source as the nearest run that is not later saw it; the fields are those of SOURCE_SIZE."""

    as_of: datetime
    contact_count: int
    column_types: dict[str, str]


def read_earlier_source(warehouse: Warehouse, connection: sa.Connection, run: Run, name: str) -> EarlierSource | None:
    """Return the source as it was at the nearest published `as_of` up to the run's; null where there is none."""
    size = warehouse.naming.published(SOURCE_SIZE)
    earlier = sa.select(size).where(size.c.source == name, size.c.as_of <= run.as_of)
    row = connection.execute(earlier.order_by(size.c.as_of.desc()).limit(1)).first()
    if row is None:
        return None
    return EarlierSource(as_utc(row.as_of), int(row.contact_count), json.loads(row.column_types))


def check_column_types(where: str, earlier: EarlierSource, column_types: dict[str, str]) -> None:
    """Check that no column changed the family of its type.

    Raises:
        DriftError: One did.
    """
    for column, family in column_types.items():
        before = earlier.column_types.get(column) or family
        if family and family != before:
            raise DriftError(
                f"{where}: column `{column}` is {family} now and was {before} in the run as of "
                f"{earlier.as_of:%Y-%m-%d %H:%M}; nothing was published. {_ACCEPT}"
            )


def check_contact_count(where: str, earlier: EarlierSource, contact_count: int, max_shrink_pct: float) -> None:
    """Check that the source did not lose more than its share.

    Raises:
        DriftError: It did.
    """
    lost = earlier.contact_count - contact_count
    if 100 * lost > max_shrink_pct * earlier.contact_count:
        lost_pct = 100 * lost / earlier.contact_count
        raise DriftError(
            f"{where}: {contact_count:,} contacts, {lost_pct:.2g} % fewer than the {earlier.contact_count:,} as of "
            f"{earlier.as_of:%Y-%m-%d %H:%M}, and max_shrink_pct allows {max_shrink_pct:g} %; nothing was published. "
            f"{_ACCEPT}"
        )
