"""Reads a single cell."""

from collections.abc import Callable

import pytest

from phoneseg.settings import HygieneSettings
from tests.unit.hygiene.cells import list_rows, read_all


@pytest.fixture
def read_cell() -> Callable[..., list[tuple[object, ...]]]:
    """Return a function that reads a cell: position, repair, and number or reason of each row."""

    def read(raw: str, region: str | None = None, settings: HygieneSettings | None = None) -> list[tuple[object, ...]]:
        return [row[1:] for row in list_rows(read_all([(raw, region)], settings))]

    return read
