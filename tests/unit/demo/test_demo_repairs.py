"""What cell repair makes of the demo's damaged cells is what the truth says of them."""

from typing import Final

import duckdb
import polars as pl
import pytest

from phoneseg.contracts import RAW_PHONE
from phoneseg.demo import write_demo
from phoneseg.hygiene import CellReading, read_cells
from phoneseg.numbers import read_phones
from phoneseg.settings import HygieneSettings
from tests.unit.demo.test_demo_truth import EMPTY, PHONE_COLUMNS
from tests.unit.demo.test_demo_truth import read_cells as read_demo_cells

CELL: Final = ["contact_id", "phone_column"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """The contact tables of a demo and their truth: big enough for each damage."""
    summary = write_demo(tmp_path_factory.mktemp("demo"), contacts=20_000, seed=23)
    with duckdb.connect(str(summary.warehouse), read_only=True) as connection:
        tables = {name: connection.table(name).pl() for name, *_ in PHONE_COLUMNS.values()}
    return tables | {f"truth.{path.stem}": pl.read_parquet(path) for path in summary.truth}


@pytest.fixture(scope="module")
def cells(demo: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The filled cells of the demo as rows of RAW_PHONE, with the true region, and their truth."""
    truth = demo["truth.phone_cell"].join(demo["truth.person"].select("contact_id", "region_code"), on="contact_id")
    return (
        read_demo_cells(demo)
        .join(truth, on=CELL, validate="1:1")
        .filter(~pl.col("damage").is_in(EMPTY))
        .rename({"cell": "phone_raw", "phone_e164": "true_e164", "region_code": "region_hint"})
        .with_columns(source=pl.lit("demo"), position=pl.lit(1), phone_rank=pl.lit(1), is_hint_unknown=pl.lit(False))
    )


@pytest.fixture(scope="module")
def repaired(cells: pl.DataFrame) -> CellReading:
    """The cells as hygiene reads them."""
    return read_cells(RAW_PHONE.conform(cells.lazy()).collect(), HygieneSettings())


def _found(phones: pl.DataFrame, cells: pl.DataFrame, damage: str, number: str = "true_e164") -> float:
    """Return the share of the cells with a damage whose true number is among the valid phones."""
    asked = cells.filter(pl.col("damage") == damage)
    valid = phones.filter("is_valid").select(*CELL, "phone_e164")
    assert len(asked) > 20
    return asked.join(valid, left_on=[*CELL, number], right_on=[*CELL, "phone_e164"], how="semi").height / len(asked)


def test_both_numbers_of_a_cell_are_found(cells: pl.DataFrame, repaired: CellReading) -> None:
    for number in ("true_e164", "second_phone_e164"):
        assert _found(repaired.phones, cells, "two_numbers", number) >= 0.98


@pytest.mark.parametrize(
    ("damage", "share"), [("float_damage", 0.8), ("float_damage_national", 0.8), ("letter_o", 0.75)]
)
def test_damaged_numbers_are_found_that_libphonenumber_does_not_find(
    cells: pl.DataFrame, repaired: CellReading, damage: str, share: float
) -> None:
    plain, _ = read_phones(RAW_PHONE.conform(cells.lazy()).collect())
    assert _found(plain, cells, damage) < 0.2
    assert _found(repaired.phones, cells, damage) >= share


def test_what_is_repaired_is_right(cells: pl.DataFrame, repaired: CellReading) -> None:
    mended = repaired.phones.filter(pl.col("repair").is_not_null() & pl.col("is_valid")).join(cells, on=CELL)
    is_right = (pl.col("phone_e164") == pl.col("true_e164")) | (
        pl.col("phone_e164") == pl.col("second_phone_e164")
    ).fill_null(False)
    assert len(mended) > 100
    assert mended.select(is_right.mean()).item() >= 0.98


def test_placeholders_and_powers_of_ten_are_told_from_numbers(cells: pl.DataFrame, repaired: CellReading) -> None:
    said = repaired.quarantined.join(cells, on=CELL)
    for reason, damage in (("PLACEHOLDER", "placeholder"), ("SPREADSHEET_NOTATION", "scientific")):
        assert set(said.filter(quarantine_reason=reason)["damage"]) == {damage}
        planted = cells.filter(pl.col("damage") == damage)
        assert len(said.filter(quarantine_reason=reason)) >= 0.98 * len(planted)
