"""What is known already: causes of activity, listed prefixes and termination rates, out of tables and files."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts.activity import ACTIVITY_KINDS
from phoneseg.contracts.risk import PREFIX_LEVELS
from phoneseg.errors import SourceError
from phoneseg.extract.contacts import told_of_source
from phoneseg.extract.source_rows import SourceRows
from phoneseg.risk.calendar import KNOWN_CAUSE, list_holidays, read_causes
from phoneseg.risk.prefix_list_file import check_prefix_list, read_prefix_list
from phoneseg.risk.prefix_lists import PREFIX_LIST_SCHEMA
from phoneseg.risk.revenue import ANY, TERMINATION_RATE
from phoneseg.run import Run
from phoneseg.settings.risk_tables import RiskTable
from phoneseg.warehouse import Warehouse

CAUSES: Final = "known_cause"
LISTED: Final = "prefix_list"
RATES: Final = "termination_rate"

_RATE_SCHEMA: Final = pl.Schema({column.name: column.dtype for column in TERMINATION_RATE})
_REGION: Final = r"^(?:[A-Za-z]{2}|001)$"
_CAUSE_TEXTS: Final = ("cause", "prefix_level", "prefix", "activity_kind", "campaign", "region")
log = logging.getLogger(__name__)


def read_known_tables(warehouse: Warehouse, connection: sa.Connection, run: Run) -> None:
    """Read what is known already. Writes `known_cause`, `prefix_list` and `termination_rate`, empty where unset.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: A run with a stage folder.

    Raises:
        SourceError: A table, a column or the file is missing, or a row is wrong; the message names the column.
    """
    risk, stage = run.settings.risk, run.stage
    causes, rates = pl.DataFrame(schema=KNOWN_CAUSE), pl.DataFrame(schema=_RATE_SCHEMA)
    listed = [pl.DataFrame(schema=PREFIX_LIST_SCHEMA)]
    if risk.calendar is not None:
        causes = read_calendar(_read_table(warehouse, connection, run, "calendar", risk.calendar))
    if risk.prefix_list is not None:
        listed.append(read_listed(_read_table(warehouse, connection, run, "prefix_list", risk.prefix_list)))
    if risk.prefix_list_file is not None:
        listed.append(_read_file(run))
    if risk.rates is not None:
        rates = read_rates(_read_table(warehouse, connection, run, "rates", risk.rates))
    stage.write(CAUSES, pl.concat([causes, _list_holidays(run)]).lazy())
    stage.write(LISTED, pl.concat(listed).lazy())
    stage.write(RATES, rates.lazy())


def read_calendar(rows: SourceRows) -> pl.DataFrame:
    """Return rows of KNOWN_CAUSE of the columns of `risk.calendar`; those that may be missing are null.

    Raises:
        SourceError: A row is wrong; the message names the column.
    """
    causes = pl.DataFrame(
        {
            "starts_at": rows.instants("starts_at"),
            "ends_at": rows.instants("ends_at"),
            **{name: rows.filled_text(_if_there(rows, name)) for name in _CAUSE_TEXTS},
        }
    )
    _check(causes, rows.where, "starts_at", pl.col("starts_at").is_not_null(), "has to be filled")
    _check(causes, rows.where, "ends_at", pl.col("ends_at") > pl.col("starts_at"), "has to be after `starts_at`")
    _check(causes, rows.where, "cause", pl.col("cause").is_not_null(), "has to be filled")
    is_placed = pl.col("prefix").is_null() | pl.col("prefix_level").is_not_null()
    _check(causes, rows.where, "prefix_level", is_placed, "has to be filled where `prefix` is")
    _check_words(causes, rows.where, "prefix_level", PREFIX_LEVELS)
    _check_words(causes, rows.where, "activity_kind", ACTIVITY_KINDS)
    is_region = pl.col("region").is_null() | pl.col("region").str.contains(_REGION)
    _check(causes, rows.where, "region", is_region, "has to be empty or two letters of ISO 3166")
    return read_causes(causes.with_columns(pl.col("region").str.to_uppercase()))


def read_listed(rows: SourceRows) -> pl.DataFrame:
    """Return rows of PREFIX_LIST_SCHEMA of the columns of `risk.prefix_list`.

    Raises:
        SourceError: A row is wrong; the message names the column.
    """
    texts = pl.DataFrame({name: rows.filled_text(_if_there(rows, name)) for name in PREFIX_LIST_SCHEMA})
    valid_to = rows.instants(_if_there(rows, "valid_to"))
    return check_prefix_list(
        texts.with_columns(valid_from=rows.instants("valid_from"), valid_to=valid_to), texts, rows.where
    )


def read_rates(rows: SourceRows) -> pl.DataFrame:
    """Return rows of TERMINATION_RATE of the columns of `risk.rates`.

    Raises:
        SourceError: A row is wrong, or two are of the same countries; the message names the column.
    """
    texts = ("origin_country", "destination_country", "currency")
    rates = pl.DataFrame(
        {
            **{name: rows.filled_text(name).str.to_uppercase() for name in texts},
            "rate_per_min": rows.numbers("rate_per_min").cast(pl.Float64, strict=False),
        }
    )
    for name in texts:
        _check(rates, rows.where, name, pl.col(name).is_not_null(), "has to be filled")
    origin, destination = (pl.col(name).str.contains(_REGION) for name in texts[:2])
    is_any = pl.col("origin_country") == ANY
    _check(rates, rows.where, "origin_country", origin | is_any, f"has to be two letters of ISO 3166, or {ANY}")
    _check(rates, rows.where, "destination_country", destination, "has to be two letters of ISO 3166")
    rate, countries = pl.col("rate_per_min"), pl.struct("origin_country", "destination_country")
    _check(rates, rows.where, "rate_per_min", rate.is_finite() & (rate >= 0), "has to be a number from 0 on")
    what = "says again what another row says of the same origin and destination"
    _check(rates, rows.where, "destination_country", ~countries.is_duplicated(), what)
    return rates.select(pl.col(name).cast(dtype) for name, dtype in _RATE_SCHEMA.items())


def _read_table(warehouse: Warehouse, connection: sa.Connection, run: Run, name: str, table: RiskTable) -> SourceRows:
    """Return the rows of a table or query, with those of its optional columns that it has."""
    where = f"{run.settings.config_file.name}: {table.section}.{name}"
    existing = warehouse.source_columns(connection, name, table)
    columns = (*table.columns, *(column for column in table.optional if column in existing))
    if missing := [
        column for column in table.optional if column not in existing
    ]:  # or misspelt: a cause is of all then
        log.info("extract: %s has no column %s", where, ", ".join(missing))
    statement = warehouse.select_columns(name, table, existing, columns)
    batches = told_of_source(where, warehouse.read_batches(connection, statement))
    return SourceRows(pl.concat(batches, how="vertical_relaxed"), where)


def _read_file(run: Run) -> pl.DataFrame:
    file = run.settings.risk.prefix_list_file
    assert file is not None
    where = f"{run.settings.config_file.name}: risk.prefix_list_file: {file}"
    try:
        content = run.settings.resolve(file).read_bytes()
    except OSError as error:
        raise SourceError(f"{where}: {error.strerror}") from None
    return read_prefix_list(content, where)


def _list_holidays(run: Run) -> pl.DataFrame:
    """List the holidays of the interval, and of the history that it is compared with."""
    regions = run.settings.risk.holiday_regions
    if not regions:
        return pl.DataFrame(schema=KNOWN_CAUSE)
    first = run.data_interval_start - timedelta(weeks=run.settings.risk.spikes.history_weeks, days=1)
    return list_holidays(regions, first.year, run.as_of.year)


def _if_there(rows: SourceRows, column: str) -> str | None:
    return column if column in rows.rows.columns else None


def _check_words(rows: pl.DataFrame, where: str, column: str, words: Sequence[str]) -> None:
    is_known = pl.col(column).is_null() | pl.col(column).is_in(words)
    _check(rows, where, column, is_known, f"has to be empty or one of {', '.join(words)}")


def _check(rows: pl.DataFrame, where: str, column: str, is_right: pl.Expr, what: str) -> None:
    wrong_count = len(rows.filter(~is_right.fill_null(value=False)))
    if wrong_count:
        raise SourceError(f"{where}: column `{column}` {what}; {wrong_count:,} of {len(rows):,} rows are wrong")
