"""A phone cell is filled or empty, and text whatever type its column has."""

from collections.abc import Callable
from decimal import Decimal

import polars as pl
import pytest

from phoneseg.extract import ContactBatch

US = "+1 650-253-0000"
Read = Callable[..., ContactBatch]


def _cells(batch: ContactBatch) -> list[str]:
    return batch.phones.get_column("phone_raw").to_list()


@pytest.mark.parametrize("empty", [None, "", " ", "\t\n", "\u00a0", "\u00a0 \u2003\u3000"])
def test_a_null_or_blank_cell_is_empty_and_counted(read: Read, empty: str | None) -> None:
    batch = read({"id": [1, 2], "mobile": [empty, US]})
    assert _cells(batch) == [US]
    assert batch.empty_cell_count == 1
    assert len(batch.contacts) == 2


@pytest.mark.parametrize("cell", ["x", "0", " 0 ", "-", "n/a", "null", "\u200b"])
def test_a_cell_with_anything_in_it_is_filled_and_kept_as_it_is(read: Read, cell: str) -> None:
    assert _cells(read({"id": [1], "mobile": [cell]})) == [cell]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (pl.Series([6502530000.0]), "6502530000"),
        (pl.Series([16502530000]), "16502530000"),
        (pl.Series([6502530000], dtype=pl.UInt64), "6502530000"),
        (pl.Series([Decimal("6502530000")]), "6502530000"),
        (pl.Series([0.5]), "0.5"),
        (pl.Series([1e17]), "1e+17"),
        (pl.Series([b"+1 650-253-0000"]), US),
        (pl.Series([US], dtype=pl.Categorical), US),
        (pl.Series([True]), "true"),
    ],
    ids=lambda value: str(value.dtype) if isinstance(value, pl.Series) else value,
)
def test_a_cell_is_text_whatever_type_its_column_has(read: Read, values: pl.Series, text: str) -> None:
    rows = pl.DataFrame({"id": [1, 2], "mobile": pl.concat([values, values.clear(1)])})
    batch = read(rows)
    assert _cells(batch) == [text]
    assert batch.empty_cell_count == 1


def test_a_batch_whose_columns_are_all_null_but_the_id_has_contacts_without_cells(read: Read) -> None:
    rows = {"id": [1, 2], "mobile": [None, None], "land": [None, None], "made": [None, None]}
    batch = read(rows, 'region_column = "land"\ncreated_at = "made"')
    assert batch.contacts.get_column("region_hint").to_list() == [None, None]
    assert len(batch.phones) == 0
    assert batch.empty_cell_count == 2


def test_a_whole_decimal_has_no_decimals(read: Read) -> None:
    assert _cells(read({"id": [1], "mobile": [Decimal("6502530000.00")]})) == ["6502530000"]


def test_not_a_number_in_a_float_column_is_an_empty_cell(read: Read) -> None:
    batch = read({"id": [1, 2], "mobile": [float("nan"), 6502530000.0]})
    assert _cells(batch) == ["6502530000"]


def test_bytes_that_are_no_text_stop_no_run(read: Read) -> None:
    batch = read({"id": [1, 2], "mobile": [b"\xff\xfe", b"6502530000"]})
    assert len(batch.phones) == 2
