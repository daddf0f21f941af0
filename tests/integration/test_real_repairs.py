"""Cell repair on real lists that nobody of this project wrote; they are not part of it, and the tests skip without."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import yaml
from polars.testing import assert_frame_equal

from phoneseg.contracts import RAW_PHONE
from phoneseg.extract.region_hint import resolve_region
from phoneseg.hygiene import QUARANTINE_REASONS, CellReading, read_cells
from phoneseg.numbers import read_phones
from phoneseg.settings import HygieneSettings

DATA = Path(__file__).parents[3] / "shared" / "data"
KEY = ("contact_id", "position")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real lists are not beside the checkout")


def make_cells(cells: Iterator[tuple[str | None, str | None]]) -> pl.DataFrame:
    """Return rows of RAW_PHONE of the filled cells among some, with their regions."""
    filled = [(raw, region) for raw, region in cells if raw and raw.strip()]
    frame = pl.DataFrame(filled, {"phone_raw": pl.String, "region_hint": pl.String}, orient="row")
    rows = frame.with_columns(
        contact_id=pl.concat_str(pl.lit("list:"), pl.int_range(pl.len()).cast(pl.String)),
        source=pl.lit("list"),
        phone_column=pl.lit("phone"),
        position=pl.lit(1),
        phone_rank=pl.lit(1),
        is_hint_unknown=pl.lit(False),
    )
    return RAW_PHONE.conform(rows.lazy()).collect()


def read_algeria(name: str, column: str) -> pl.DataFrame:
    """Return the cells of a column of an Algerian list."""
    with (DATA / "algeria" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return make_cells((row[column], "DZ") for row in csv.DictReader(file, skipinitialspace=True))


def read_breweries() -> pl.DataFrame:
    """Return the cells of the breweries."""
    with gzip.open(DATA / "breweries.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return make_cells((row["phone"], resolve_region(row["country"])) for row in csv.DictReader(file))


def count_usable(phones: pl.DataFrame) -> int:
    """Count the cells that give a valid number."""
    return phones.filter("is_valid")["contact_id"].n_unique()


def repair(cells: pl.DataFrame) -> CellReading:
    """Read cells with all repairs."""
    return read_cells(cells, HygieneSettings())


@pytest.mark.parametrize(
    ("name", "column", "cell_count", "before", "after"),
    [
        ("accountants_physical", "tel", 1_389, 1_327, 1_378),
        ("accountants_physical", "fax", 994, 960, 994),
        ("impots", "tel", 819, 426, 819),
        ("notaries", "tel", 296, 138, 293),
        ("saa_branches", "tel", 441, 88, 438),
    ],
)
def test_a_cell_of_the_algerian_lists_gives_a_valid_number_or_a_reason(
    name: str, column: str, cell_count: int, before: int, after: int
) -> None:
    cells = read_algeria(name, column)
    plain, _ = read_phones(cells)
    read = repair(cells)
    assert (len(cells), count_usable(plain), count_usable(read.phones)) == (cell_count, before, after)
    valid, reasons = read.phones.filter("is_valid"), set(read.quarantined["quarantine_reason"])
    unexplained = cells.join(valid, on="contact_id", how="anti").join(read.quarantined, on="contact_id", how="anti")
    # What is left has a possible length, and libphonenumber says that no such number is in use.
    doubted = read.phones.join(unexplained, on="contact_id", how="semi")
    assert len(doubted) == len(unexplained) <= 2
    assert set(doubted["validation_result"]) <= {"IS_POSSIBLE"}
    assert reasons <= set(QUARANTINE_REASONS)


def test_the_57_floats_among_the_breweries_are_repaired_and_no_other_cell_is_changed() -> None:
    cells = read_breweries()
    is_float = pl.col("phone_raw").str.ends_with(".0")
    plain_phones, plain_quarantined = read_phones(cells)
    read = repair(cells)
    repaired = read.phones.filter(pl.col("repair").is_not_null()).join(cells, on="contact_id")
    assert len(repaired) == len(cells.filter(is_float)) == 57
    assert set(repaired["repair"]) == {"float"}
    assert repaired["is_valid"].all()
    digits = "+1" + repaired["phone_raw"].str.strip_suffix(".0")
    assert (repaired["phone_e164"] == digits).all(), "the digits before the point, without showing them"
    others = cells.filter(~is_float)
    for got, plain in ((read.phones, plain_phones), (read.quarantined, plain_quarantined)):
        columns = [name for name in plain.columns if name in got.columns]
        frames = [rows.join(others, on="contact_id", how="semi").select(columns).sort(KEY) for rows in (got, plain)]
        assert_frame_equal(*frames)


def test_no_real_number_is_taken_for_a_placeholder_or_repaired_without_need() -> None:
    with (DATA / "us_legislators_offices.yaml").open(encoding="utf-8") as file:
        offices = [office for each in yaml.safe_load(file) for office in each.get("offices", ())]
    offices_cells = make_cells((office.get(kind), "US") for office in offices for kind in ("phone", "fax"))
    subscribers = pl.read_csv(DATA / "telecom_eg" / "bronze_01_customers_raw.csv.gz", infer_schema=False)
    subscriber_cells = make_cells((phone, "EG") for phone in subscribers["phone_number"])
    for cells in (offices_cells, subscriber_cells, read_breweries()):
        assert len(cells) > 1_000
        plain, _ = read_phones(cells)
        read = repair(cells)
        kept = read.phones.join(plain.filter("is_valid"), on="contact_id", how="semi")
        assert len(kept) == count_usable(plain)
        assert kept["repair"].null_count() == len(kept)
        assert "PLACEHOLDER" not in set(read.quarantined["quarantine_reason"])
