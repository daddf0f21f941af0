"""DuckDB makes the figures out of the same files."""

import shutil
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

import duckdb
import polars as pl
import pytz

from activity_figures import sql
from activity_figures.stage import AS_OF, open_run
from activity_figures.steps import Cost
from phoneseg.contracts import ACTIVITY, CONTACT_BASE

_SETTINGS: Final = "SET memory_limit = '8GB'; SET preserve_insertion_order = false; SET TimeZone = 'UTC'"


def run_duckdb(folder: Path, threads: int) -> Cost:
    """Write the figures of each part of the contacts; see `write_figures`."""
    stage = open_run(folder).stage
    files = [sorted(map(str, stage.folder.glob(f"{table.name}-*.parquet"))) for table in (CONTACT_BASE, ACTIVITY)]
    return write_figures(folder, threads, [([contacts], [activity]) for contacts, activity in zip(*files, strict=True)])


def write_figures(folder: Path, threads: int, parts: list[tuple[list[str], list[str]]]) -> Cost:
    """Write a file of figures for each of `parts`: Parquet files of CONTACT_BASE, and of the ACTIVITY of those."""
    output = figures_folder(folder)
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    began, began_cpu = perf_counter(), process_time()
    with duckdb.connect() as connection:
        connection.execute(f"{_SETTINGS}; SET threads = {threads}; SET temp_directory = '{folder / 'spilled'}'")
        _register_zones(connection)
        connection.execute(f"SET VARIABLE as_of_us = {int(AS_OF.timestamp()) * 1_000_000}")
        for number, (contacts, activity) in enumerate(parts):
            connection.execute(f"SET VARIABLE contacts = {contacts}; SET VARIABLE activity = {activity}")
            for statement in (sql.CONTACT, sql.ZONE_HOUR, sql.EVENT):
                connection.execute(statement)
            file = output / f"{number:03}.parquet"
            connection.execute(f"COPY ({sql.FIGURES}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
    return Cost.since(began, began_cpu)


def figures_folder(folder: Path) -> Path:
    """Return where the figures are written."""
    return folder / "duckdb"


def _register_zones(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of all time zones, and of the regions that have one alone."""
    known = pl.DataFrame({"zone": pytz.all_timezones})
    sole = {region: zones[0] for region, zones in pytz.country_timezones.items() if len(zones) == 1}
    sole_zone = pl.DataFrame(list(sole.items()), ("region", "zone"), orient="row")
    for name, rows in (("known_zone", known), ("sole_zone", sole_zone)):
        connection.register("rows", rows.to_arrow())
        connection.execute(f"CREATE TEMP TABLE {name} AS FROM rows")
