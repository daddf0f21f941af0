"""One demo for the tests that look at its rows; big enough for shares, small enough to be quick."""

import duckdb
import polars as pl
import pytest

from phoneseg.demo import write_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Every table of a demo as read back from its files, by `schema.table`, the truth as `truth.<file>`."""
    summary = write_demo(tmp_path_factory.mktemp("demo"), contacts=3000, seed=11)
    with duckdb.connect(str(summary.warehouse), read_only=True) as connection:
        tables = {name: connection.table(name).pl() for name in summary.rows}
    return tables | {f"truth.{path.stem}": pl.read_parquet(path) for path in summary.truth}
