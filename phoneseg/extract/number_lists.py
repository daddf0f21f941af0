"""Lists of numbers out of the warehouse, and answers of the Reassigned Numbers Database that were imported."""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import RAW_NUMBER_LIST, RND_ANSWER
from phoneseg.extract.column_readings import ColumnReadings
from phoneseg.extract.contacts import told_of_source
from phoneseg.extract.source_rows import SourceRows, check_region
from phoneseg.privacy import load_token_key
from phoneseg.run import Run
from phoneseg.settings import NumberListSource
from phoneseg.warehouse import Warehouse

RND: Final = "rnd"
"""What answers of the Reassigned Numbers Database are called among the lists."""

log = logging.getLogger(__name__)


def read_number_lists(warehouse: Warehouse, connection: sa.Connection, run: Run) -> None:
    """Read all rows from before `as_of` of all lists of numbers, and all such answers. Writes `raw_number_list`.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: The run.

    Raises:
        SettingsError: No country goes by a list's fixed region, or there is no token key.
        SourceError: A table or a column is missing, a row cannot be read, or no status of a list can.
    """
    with run.stage.append(RAW_NUMBER_LIST) as append:
        for name, source in run.settings.number_list.items():
            row_count = 0
            for listed in _read_list(warehouse, connection, run, name, source):
                append(listed)
                row_count += len(listed)
            log.info("extract: %s read, %s rows of number_list", name, f"{row_count:,}")
        for answers in _read_answers(warehouse, connection, run):
            append(answers)


def _read_list(
    warehouse: Warehouse, connection: sa.Connection, run: Run, name: str, source: NumberListSource
) -> Iterator[pl.DataFrame]:
    where = f"{run.settings.config_file.name}: {source.section}.{name}"
    check_region(where, source.region)
    readings = ColumnReadings(where)
    statement = warehouse.select_columns(name, source, warehouse.source_columns(connection, name, source))
    for batch in told_of_source(where, warehouse.read_batches(connection, statement)):
        yield read_listed(SourceRows(batch, where), name, source, run.as_of, readings)
    readings.check()


def read_listed(
    rows: SourceRows, name: str, source: NumberListSource, as_of: datetime, readings: ColumnReadings
) -> pl.DataFrame:
    """Return what a batch of a list's rows says at `as_of`.

    Args:
        rows: The list's configured columns.
        name: Its name.
        source: Its settings.
        as_of: End of the data interval.
        readings: Is told how many of the statuses could be read.

    Returns:
        Rows of RAW_NUMBER_LIST: those with a number, a status that is known, and a time before `as_of`.

    Raises:
        SourceError: A column holds values of a kind that it should not hold.
    """
    listed = pl.LazyFrame(
        {
            "phone_raw": rows.filled_text(source.phone),
            "region_hint": rows.regions(source.region_column, source.region),
            "phone_token": rows.nothing(),
            "number_list": rows.constant(name, pl.String),
            "list_status": _statuses(rows, source, readings),
            "listed_at": rows.instants(source.at, source.time_zone),
        }
    )
    is_told = pl.all_horizontal(pl.col("phone_raw", "list_status", "listed_at").is_not_null())
    return RAW_NUMBER_LIST.conform(listed.filter(is_told, pl.col("listed_at") < as_of)).collect()


def _statuses(rows: SourceRows, source: NumberListSource, readings: ColumnReadings) -> pl.Series:
    if source.status_column is None:
        return rows.constant(source.status, pl.String)
    words = rows.filled_text(source.status_column).str.to_lowercase()
    meanings = {word: status for status in ("disconnected", "reassigned", "active") for word in getattr(source, status)}
    statuses = words.replace_strict(meanings, default=None, return_dtype=pl.String)
    readings.count("status_column", words, statuses)
    return statuses


def _read_answers(warehouse: Warehouse, connection: sa.Connection, run: Run) -> Iterator[pl.DataFrame]:
    """Yield answers as rows of a list: yes is a disconnection on the day that was asked about or later, no is a life.

    An answer of no data says nothing, and so does one whose token another key made.
    """
    answer = warehouse.naming.published(RND_ANSWER)
    columns = (answer.c.phone_token, answer.c.asked_at, answer.c.answered_at, answer.c.answer)
    known = sa.select(*columns).where(
        answer.c.answered_at < run.as_of,
        answer.c.answer.in_(["yes", "no"]),
        answer.c.token_key_id == load_token_key(run.settings).key_id,
    )
    for batch in warehouse.read_batches(connection, known):
        rows = batch.cast({column.name: RND_ANSWER.schema[column.name] for column in columns}).lazy()
        is_yes = pl.col("answer") == "yes"
        yield RAW_NUMBER_LIST.conform(
            rows.with_columns(
                phone_raw=pl.lit(None),
                region_hint=pl.lit(None),
                number_list=pl.lit(RND),
                list_status=pl.when(is_yes).then(pl.lit("disconnected")).otherwise(pl.lit("active")),
                listed_at=pl.when(is_yes).then("asked_at").otherwise("answered_at"),
            )
        ).collect()
