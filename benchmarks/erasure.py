"""How long a thousand erasures take, and whether anything of them is left after a backfill.

    python benchmarks/erasure.py FOLDER [CONTACTS] [ERASURES] [BACKFILLS] [duckdb|postgresql]

Writes a demo into FOLDER, if there is none, publishes a day, erases (nine of ten by contact, one by number) through
`privacy_request`, backfills past days, runs the next one, and looks for the ids, numbers and tokens of the erased in
every column of every table and in all files that phoneseg keeps. It ends with 1 if it finds any.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import polars as pl
import sqlalchemy as sa

from phoneseg import pipeline
from phoneseg.contracts import CONTACT_PHONE, CONTACT_PROFILE, PHONE_NUMBER, PRIVACY_REQUEST, TABLES
from phoneseg.demo import demo_server, write_demo
from phoneseg.governance import erase, request_contact, serve_requests
from phoneseg.run import Run
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import open_warehouse

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)


def publish(settings: Settings, as_of: datetime) -> dict[str, int]:
    """Run all verbs; return their counts."""
    run, counts = Run.open(settings, as_of=as_of, accept_sizes=True), dict[str, int]()
    for verb in pipeline.VERBS:
        counts |= verb(run)
    return counts


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long the block takes."""
    began = perf_counter()
    yield
    print(f"{perf_counter() - began:9.1f} s  {what}", flush=True)


def draw(settings: Settings, count: int) -> tuple[list[str], list[str], set[str]]:
    """Return contacts and numbers to erase, and all words that stand for them alone: ids, numbers and tokens."""
    warehouse = open_warehouse(settings)
    profile, phone, number = (
        warehouse.naming.published(each) for each in (CONTACT_PROFILE, CONTACT_PHONE, PHONE_NUMBER)
    )
    with warehouse.transaction() as connection:
        ids = pl.concat(warehouse.read_batches(connection, sa.select(profile.c.contact_id)))["contact_id"]
        held = pl.concat(warehouse.read_batches(connection, sa.select(phone.c.contact_id, phone.c.phone_token)))
        clear = pl.concat(warehouse.read_batches(connection, sa.select(number.c.phone_token, number.c.phone_e164)))
    contacts = ids.sort().sample(count - count // 10, seed=7).to_list()
    numbers = clear["phone_e164"].sort().sample(count // 10, seed=7).to_list()
    is_theirs = pl.col("contact_id").is_in(contacts)
    alone = held.group_by("phone_token").agg(is_theirs.all().alias("is_alone")).filter("is_alone")
    gone = clear.filter(
        pl.col("phone_token").is_in(alone["phone_token"].implode()) | pl.col("phone_e164").is_in(numbers)
    )
    return contacts, numbers, {*contacts, *gone["phone_token"], *gone["phone_e164"]}


def ask(settings: Settings, contacts: Iterable[str], numbers: Iterable[str]) -> None:
    """Write requests."""
    rows = [{"request_kind": "erase_contact", "contact_id": each, "phone_e164": None} for each in contacts]
    rows += [{"request_kind": "erase_number", "contact_id": None, "phone_e164": each} for each in numbers]
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        table = warehouse.naming.published(PRIVACY_REQUEST)
        connection.execute(table.insert(), [{"request_id": f"T{n}", **row} for n, row in enumerate(rows)])


def count_traces(settings: Settings, words: set[str]) -> dict[str, int]:
    """Return how often a word stands in a column of a table, or in a file, without those where none does."""
    warehouse, traces, wanted = open_warehouse(settings), dict[str, int](), sorted(words)
    with warehouse.transaction() as connection:
        for table in TABLES:
            published = warehouse.naming.published(table)
            texts = [column.name for column in table.columns if column.dtype == pl.String]
            for batch in warehouse.read_batches(connection, sa.select(*(published.c[name] for name in texts))):
                for column in batch.cast(dict.fromkeys(batch.columns, pl.String)):
                    name = f"{table.name}.{column.name}"
                    traces[name] = traces.get(name, 0) + int(column.is_in(wanted).sum())
        naming = warehouse.naming
        traces["staging tables"] = len(sa.inspect(connection).get_table_names(schema=naming.staging_schema))
    stage = settings.resolve(settings.stage.folder)
    traces["stage folders"] = len(list(stage.glob("*"))) if stage.exists() else 0
    docs = settings.resolve(settings.quality.data_docs_folder)
    for file in docs.rglob("*.html"):
        text = pl.Series([file.read_text(encoding="utf-8")])
        traces["Data Docs"] = traces.get("Data Docs", 0) + int(text.str.contains_any(wanted).sum())
    return {name: count for name, count in traces.items() if count}


def main(folder: Path, contacts: int, erasures: int, backfills: int, kind: str) -> int:
    """Print the times and the traces; return the exit code."""
    if not (folder / "phoneseg.toml").exists():
        with timed(f"demo of {contacts:,} contacts"):
            write_demo(folder, contacts=contacts, server=demo_server(folder) if kind == "postgresql" else None)
    settings = load_settings(folder / "phoneseg.toml")
    with timed("first run"):
        publish(settings, AS_OF)
    some, numbers, words = draw(settings, erasures)
    print(f"{sum(count_traces(settings, words).values()):11,}  traces before")
    with timed("one erasure"):
        erase(settings, [request_contact(some[0])], dry_run=False)
    ask(settings, some[1:], numbers)
    with timed(f"{erasures - 1:,} erasures at once"):
        receipts, _ = serve_requests(settings, dry_run=False)
    print(f"{sum(each.row_count for each in receipts):11,}  rows erased")
    print(f"{sum(count_traces(settings, words).values()):11,}  traces after them")
    for days in range(1, backfills + 1):
        with timed(f"backfill of {days} days before"):
            publish(settings, AS_OF - timedelta(days=days))
    with timed("the next day, incremental"):
        counts = publish(settings, AS_OF + timedelta(days=1))
    assert counts["is_incremental"]
    traces = count_traces(settings, words)
    print(f"{sum(traces.values()):11,}  traces after {backfills} backfills and the next day: {traces or 'none'}")
    return 1 if traces else 0


if __name__ == "__main__":
    place, *given = sys.argv[1:]
    contacts, erasures, backfills, kind = (*given, *("1000000", "1000", "10", "duckdb")[len(given) :])
    sys.exit(main(Path(place), int(contacts), int(erasures), int(backfills), kind))
