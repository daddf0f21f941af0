"""What cell repair costs beside reading alone, and how many cells of a list it makes usable.

    python benchmarks/cell_repair.py [--rows N] [FILE COLUMN REGION]

Without a file, made-up cells are read: all valid, and with shares of damaged ones. With a CSV file, its filled cells of
a column are counted that give a valid number, before and after repair. No number is shown.
"""

import argparse
import csv
import resource
from pathlib import Path
from time import process_time

import numpy as np
import polars as pl

from phoneseg.contracts import RAW_PHONE
from phoneseg.hygiene import read_cells
from phoneseg.numbers import read_phones
from phoneseg.settings import HygieneSettings

BATCH_CELLS = 250_000
PLAIN = ("+1650253{}", "(650) 253-{}", "650-253-{}", "+44 20 7946 {}", "011 44 20 7946 {}", "650.253.{} ext. 12")
DAMAGED = ("650253{}.0", "650-253-{0} / 650-253-{0}", "65O-253-{}", "650-253-0000 or 253-{}", "253{}", "no phone {}")


def make_cells(count: int, damaged_pct: float) -> pl.DataFrame:
    """Return made-up rows of RAW_PHONE, the same whoever asks."""
    rng = np.random.default_rng(7)
    number = pl.Series(rng.integers(0, 10_000, count)).cast(pl.String).str.zfill(4)
    is_damaged = rng.random(count) * 100 < damaged_pct
    way = pl.Series(
        np.where(is_damaged, len(PLAIN) + rng.integers(0, len(DAMAGED), count), rng.integers(0, len(PLAIN), count))
    )
    written = pl.lit(None, pl.String)
    for place, text in enumerate((*PLAIN, *DAMAGED)):
        parts = text.replace("{0}", "{}").split("{}")
        pieces = [piece for part in parts for piece in (pl.lit(part), pl.lit(number))][:-1]
        written = pl.when(pl.lit(way) == place).then(pl.concat_str(pieces)).otherwise(written)
    return shape(pl.select(phone_raw=written, region_hint=pl.lit("US")))


def shape(cells: pl.DataFrame) -> pl.DataFrame:
    """Return texts with their regions as rows of RAW_PHONE."""
    rows = cells.with_columns(
        contact_id=pl.concat_str(pl.lit("list:"), pl.int_range(pl.len()).cast(pl.String)),
        source=pl.lit("list"),
        phone_column=pl.lit("phone"),
        position=pl.lit(1),
        phone_rank=pl.lit(1),
        is_hint_unknown=pl.lit(False),
    )
    return RAW_PHONE.conform(rows.lazy()).collect()


def measure(cells: pl.DataFrame) -> tuple[float, float]:
    """Return the CPU seconds of reading alone and of reading with repair: the best of three, in turns."""
    settings, seconds = HygieneSettings(), ([], [])
    for _ in range(3):
        for place, read in enumerate((read_phones, lambda batch: read_cells(batch, settings))):
            began = process_time()
            for batch in cells.iter_slices(BATCH_CELLS):
                read(batch)
            seconds[place].append(process_time() - began)
    return min(seconds[0]), min(seconds[1])


def print_costs(count: int) -> None:
    """Print a line for each share of damaged cells."""
    print(f"{count:,} cells in batches of {BATCH_CELLS:,}; CPU seconds of all threads")
    print(f"{'damaged':>8} {'read alone':>12} {'with repair':>12} {'ratio':>7}")
    for pct in (0, 1, 5, 20, 100):
        alone, repaired = measure(make_cells(count, pct))
        print(f"{pct:>7}% {alone:>10.2f} s {repaired:>10.2f} s {repaired / alone:>7.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


def print_shares(file: Path, column: str, region: str) -> None:
    """Print how many filled cells of a column give a valid number, before and after repair."""
    with file.open(encoding="utf-8", newline="") as lines:
        raws = [row[column] for row in csv.DictReader(lines, skipinitialspace=True)]
    filled = [raw for raw in raws if raw and raw.strip()]
    cells = shape(
        pl.DataFrame({"phone_raw": filled}, {"phone_raw": pl.String}).with_columns(region_hint=pl.lit(region))
    )
    plain, _ = read_phones(cells)
    read = read_cells(cells, HygieneSettings())
    before, after = (phones.filter("is_valid")["contact_id"].n_unique() for phones in (plain, read.phones))
    print(f"{file.name}, {column}: {len(cells):,} filled cells, {read.number_count:,} numbers")
    print(f"usable before repair {before / len(cells):.1%}, after {after / len(cells):.1%}")
    for name, rows in read.phones["repair"].drop_nulls().value_counts(sort=True).rows():
        print(f"{rows:>8,}  {name}")
    for name, rows in read.quarantined["quarantine_reason"].value_counts(sort=True).rows():
        print(f"{rows:>8,}  quarantined: {name}")


def main() -> None:
    """Read the command line, measure, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="made-up cells; a million")
    parser.add_argument("list", nargs="*", metavar="FILE COLUMN REGION", help="a CSV file to count instead")
    asked = parser.parse_args()
    read_phones(make_cells(1, 0))  # loads the tables
    if asked.list:
        file, column, region = asked.list
        print_shares(Path(file), column, region)
    else:
        print_costs(asked.rows)


if __name__ == "__main__":
    main()
