"""Reads source rows as the pipeline does, without a warehouse."""

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from phoneseg.extract import ContactBatch
from phoneseg.extract.contacts import SourceReader
from phoneseg.settings import Settings


@pytest.fixture
def read(make_settings: Callable[..., Settings]) -> Callable[..., ContactBatch]:
    """Read rows, given as columns, as of July 2026; the source's id is `id` and its phone column `mobile`."""

    def rows_of(columns: dict[str, object] | pl.DataFrame, more: str = "", phones: str = '["mobile"]') -> ContactBatch:
        settings = make_settings(f'table = "contact"\nid = "id"\nphones = {phones}\n{more}')
        return SourceReader.of(settings, "crm").read(pl.DataFrame(columns), datetime(2026, 7, 1, tzinfo=UTC))

    return rows_of
