"""Reads cells as hygiene does."""

import polars as pl

from phoneseg.contracts import RAW_PHONE
from phoneseg.hygiene import CellReading, read_cells
from phoneseg.settings import HygieneSettings

Cell = tuple[str, str | None]


def read_all(cells: list[Cell], settings: HygieneSettings | None = None) -> CellReading:
    """Read cells with their regions, one per contact `crm:<number>`."""
    rows = [
        {
            "contact_id": f"crm:{number}",
            "source": "crm",
            "phone_column": "mobile",
            "position": 1,
            "phone_rank": 1,
            "phone_raw": raw,
            "region_hint": region,
            "is_hint_unknown": False,
        }
        for number, (raw, region) in enumerate(cells)
    ]
    return read_cells(pl.DataFrame(rows, RAW_PHONE.schema), settings or HygieneSettings())


def list_rows(read: CellReading) -> list[tuple[object, ...]]:
    """Return contact, position, repair, and number or reason of all that was read, in order."""
    columns = ("contact_id", "position", "repair")
    phones = read.phones.select(*columns, said="phone_e164")
    return sorted(pl.concat([phones, read.quarantined.select(*columns, said="quarantine_reason")]).rows())
