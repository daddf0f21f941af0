"""What the figures of activity cost: the verbs `profile` and `segment`, and DuckDB with the same figures in SQL.

    python benchmarks/profiles.py FOLDER [ROWS]...

Rows of activity over a tenth as many contacts; 5 and 50 million rows. FOLDER takes the stages, 5 GB in all, and keeps
what `extract` and `normalize` leave, so that another call only measures. Each step has a process of its own, one after
the other, as the tasks of a DAG have; peak memory is that of its process. Rates depend on the machine; the ratios are
what to keep.

DuckDB reads the Parquet files that `profile` makes the figures of and writes Parquet, on all cores and within 8 GB, one
part of the contacts after the other as phoneseg does: all at once, 5 million rows take it no less time and twice the
memory. It is spared the places, seasons, scores and the columns of source and phone, and finds the contacts in parts;
phoneseg's time holds all that. Every figure of every contact is compared, and the script fails where one differs.
"""

import sys
from pathlib import Path

_HERE = str(Path(__file__).resolve().parent)
sys.path.remove(_HERE)
sys.path.append(_HERE)  # behind the standard library, whose `numbers` a file of this folder would hide


def main(folder: Path, sizes: list[int]) -> None:
    """Measure each size and print it; exit with 1 where figures differ."""
    from activity_figures.measure import measure
    from activity_figures.table import print_costs, print_differences

    is_same = True
    for row_count in sizes:
        measured = measure(folder / str(row_count), row_count, row_count // 10)
        print_costs(measured)
        is_same &= print_differences(measured)
    sys.exit(0 if is_same else 1)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), [int(text) for text in sys.argv[2:]] or [5_000_000, 50_000_000])
