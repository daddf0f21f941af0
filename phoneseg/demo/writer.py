"""Builds the demo and writes its folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import polars as pl

from phoneseg.demo.activity import build_calls, build_messages, build_purchases
from phoneseg.demo.contact_rows import draw_contact_rows
from phoneseg.demo.contact_sources import build_contact_sources
from phoneseg.demo.folder import (
    SETTINGS_FILE,
    TOKEN_KEY_FILE,
    TRUTH_FOLDER,
    WAREHOUSE_FILE,
    check_folder,
    keep_or_write_settings,
    keep_or_write_token_key,
    replace_when_done,
)
from phoneseg.demo.handwriting import write_phone_cells
from phoneseg.demo.network import build_network
from phoneseg.demo.number_fates import build_number_list, build_state_truth, draw_number_fates
from phoneseg.demo.permissions import build_permissions
from phoneseg.demo.person_numbers import draw_number_book
from phoneseg.demo.population import draw_population
from phoneseg.demo.postgresql import PostgreSQLServer
from phoneseg.demo.segment_files import SEGMENTS_FOLDER, keep_or_write_segments
from phoneseg.demo.spelling import spell_names, write_emails
from phoneseg.demo.truth import build_truth
from phoneseg.demo.warehouse_database import DATABASE, write_postgresql
from phoneseg.demo.warehouse_file import write_duckdb


@dataclass(frozen=True)
class DemoSummary:
    """What `write_demo` wrote.

    Attributes:
        warehouse: The DuckDB file, or the folder of the PostgreSQL server.
        settings: `phoneseg.toml`.
        token_key: The key of the phone tokens.
        truth: The truth files, for tests.
        rows: Rows per source table, by `schema.table`.
        kept: Files and folders that were there before and stay as they were.
    """

    warehouse: Path
    settings: Path
    token_key: Path
    truth: tuple[Path, ...]
    rows: Mapping[str, int]
    kept: tuple[Path, ...]


@dataclass(frozen=True)
class Demo:
    """The demo in memory: source tables by `schema.table`, and truth tables by file name without its ending."""

    tables: Mapping[str, pl.DataFrame]
    truth: Mapping[str, pl.DataFrame]


def write_demo(
    folder: Path,
    contacts: int = 120_000,
    seed: int = 20260701,
    on_progress: Callable[[str], None] | None = None,
    server: PostgreSQLServer | None = None,
) -> DemoSummary:
    """Write a synthetic warehouse with its settings, a token key and the truth about its contacts.

    The same seed and number of contacts give the same rows in the same order, on any day; only the token key is
    random. (Another version of `phonenumbers` may know other numbering plans and so give other numbers.) An existing
    warehouse is replaced when the new one is complete; existing settings, keys and definitions are kept.

    Args:
        folder: Where to write; created if missing.
        contacts: Contact rows over the three sources; activity grows with them, about a million rows at the default,
            and so do the call records of the network, a quarter of a million.
        seed: Anything from zero.
        on_progress: Called with a line for a person before each step.
        server: Where to write the source tables, into its database `phoneseg_demo`, instead of a DuckDB file; it is
            started.

    Returns:
        The files and their row counts.

    Raises:
        ValueError: `contacts` is below one or `seed` below zero.
        StopError: The folder holds a warehouse that is no demo, or a demo on the other kind of warehouse; or the server
            does not start.
    """
    report = on_progress or _stay_silent
    check_folder(folder, "postgresql" if server else "duckdb")
    if server:
        server.start()  # before all the work, as it may not start
    demo = build_demo(contacts, seed, report)
    folder.mkdir(parents=True, exist_ok=True)
    report("Writing the tables")
    truth = _write_truth(folder / TRUTH_FOLDER, demo.truth)
    settings, token_key, file = (folder / name for name in (SETTINGS_FILE, TOKEN_KEY_FILE, WAREHOUSE_FILE))
    if server:
        write_postgresql(server, demo.tables)
        url = server.url(DATABASE)
    else:
        write_duckdb(file, demo.tables)
        url = f"duckdb:///{WAREHOUSE_FILE}"
    # The settings come last: where they are, all is there.
    is_written = {
        token_key: keep_or_write_token_key(folder),
        folder / SEGMENTS_FOLDER: keep_or_write_segments(folder),
        settings: keep_or_write_settings(folder, url),
    }
    return DemoSummary(
        warehouse=server.folder if server else file,
        settings=settings,
        token_key=token_key,
        truth=truth,
        rows=MappingProxyType({name: len(table) for name, table in demo.tables.items()}),
        kept=tuple(path for path, written in is_written.items() if not written),
    )


def is_demo_complete(folder: Path, server: PostgreSQLServer | None = None) -> bool:
    """Return whether the folder holds a demo, and its warehouse is there too.

    Args:
        folder: The demo's folder.
        server: The server whose database `phoneseg_demo` is the warehouse, instead of a DuckDB file; it is started.

    Raises:
        StopError: The server does not start.
    """
    if not (folder / SETTINGS_FILE).exists():
        return False
    if server is None:
        return (folder / WAREHOUSE_FILE).exists()
    check_folder(folder, "postgresql")
    server.start()
    return server.has_database(DATABASE)


def build_demo(contacts: int, seed: int, report: Callable[[str], None]) -> Demo:
    """Build the demo's tables in memory.

    Args:
        contacts: Contact rows over the three sources.
        seed: Anything from zero.
        report: Called with a line for a person before each step.

    Returns:
        The source tables and the truth.

    Raises:
        ValueError: `contacts` is below one or `seed` below zero.
    """
    if contacts < 1:
        raise ValueError("a demo has at least one contact")
    if seed < 0:
        raise ValueError("a seed is not negative")
    report("Drawing people")
    rows = draw_contact_rows(contacts, seed)
    population = draw_population(int(rows["person"].max()) + 1, seed)  # type: ignore[arg-type]  # an integer column
    people = population.persons.with_columns(email=write_emails(population.persons, seed))
    rows = spell_names(pl.concat([rows, people[rows["person"]]], how="horizontal"), seed)
    report("Drawing phone numbers")
    book = draw_number_book(population, seed)
    report("Writing numbers down, as people do")
    cells = write_phone_cells(rows, book, seed)
    report("Drawing calls, messages and purchases")
    fates = draw_number_fates(rows, cells, book, seed)
    permissions, permission_truth = build_permissions(rows, cells, book, seed)
    report("Drawing the call records of a network")
    network, network_truth = build_network(rows, cells, book, fates, seed)
    tables = {
        **build_contact_sources(rows, cells, seed),
        "telephony.call": build_calls(rows, cells, book, fates, seed),
        "messaging.message": build_messages(rows, cells, fates, seed),
        "webshop.purchase": build_purchases(rows, seed),
        **permissions,
        "telephony.number_status": build_number_list(rows, cells, book, fates, seed),
        **network,
    }
    states = build_state_truth(cells, fates)
    truth = {**build_truth(rows, cells), **permission_truth, "number_state": states, **network_truth}
    return Demo(tables=tables, truth=truth)


def _write_truth(folder: Path, truth: Mapping[str, pl.DataFrame]) -> tuple[Path, ...]:
    folder.mkdir(exist_ok=True)
    paths = tuple(folder / f"{name}.parquet" for name in truth)
    for path, table in zip(paths, truth.values(), strict=True):
        with replace_when_done(path) as temporary:
            table.write_parquet(temporary)
    return paths


def _stay_silent(line: str) -> None:
    """Report nothing."""
