"""The first verb of `monitor_activity`: what numbers did, and what it is compared with."""

import logging
from typing import Final

import polars as pl

from phoneseg import publish
from phoneseg.contracts.risk import MONITORED_SIZE, NUMBER_HOLDER, STAGED_EVENT
from phoneseg.extract import read_tombstones
from phoneseg.failure_hook import check_failure_hook
from phoneseg.monitor.known_tables import read_known_tables
from phoneseg.monitor.published import PRIMARY_PHONE, read_history, read_holders, read_primary_phones
from phoneseg.monitor.rows import plan_monitored, read_rows, remove_rows, split_rows
from phoneseg.privacy import TokenKey, Tombstones, load_token_key
from phoneseg.risk.monitored_sizes import OUTCOME_COUNTS, count_outcomes, describe_sizes
from phoneseg.risk.number_events import build_events, match_rows, read_contacts, read_numbers
from phoneseg.risk.read_times import ends_day, is_judged
from phoneseg.run import Run
from phoneseg.verb import Counts, verb
from phoneseg.warehouse import Warehouse, open_warehouse

_BATCH_ROWS: Final = 250_000
_HASH: Final = "counterparties, cells and devices"
_COUNTS: Final = ("row_count", "event_count", "unknown_contact_count", "unreadable_count", "erased_count")
log = logging.getLogger(__name__)


@verb
def extract(run: Run) -> Counts:
    """Begin the run, and read what numbers did in its interval, and what detectors compare that with.

    Writes `staged_event`, `monitored_size`, `number_holder`, `prefix_history`, `known_cause`, `prefix_list`,
    `termination_rate` and `tombstone` (who was erased is left out). At the end of a day, events reach as far back as
    `list_starts` says; the counts are those of the interval.

    Raises:
        SettingsError: There is no token key, or the settings are wrong otherwise.
        SourceError: A source, or a table of `risk`, is not as the settings describe it.
        IntervalBusyError: Another run holds the interval.
        ReconciliationError: Rows in are not events plus rows counted.
    """
    key = load_token_key(run.settings)  # a missing key should not show after an hour
    check_failure_hook(run.settings)
    warehouse, stage, seed = open_warehouse(run.settings), run.stage, key.draw(_HASH)
    publish.take_interval(warehouse, run)
    stage.create()
    with warehouse.snapshot() as connection:
        tombstones = read_tombstones(warehouse, connection, run)
        plans = plan_monitored(warehouse, connection, run)
        read_known_tables(warehouse, connection, run)
        read_history(warehouse, connection, run)
        rows = read_rows(warehouse, connection, run, plans, seed)
    outcomes = _write_events(warehouse, run, key, tombstones)
    sizes = describe_sizes(list(run.settings.activity_of(run.pipeline)), rows, outcomes, run.as_of)
    stage.write(MONITORED_SIZE.name, sizes.lazy())
    _tell(sizes)
    _write_holders(warehouse, run)
    counts = {name: int(sizes[name].sum()) for name in _COUNTS}
    stage.write_counts("extract", {**counts, "is_partial": False})
    publish.keep_interval(warehouse, run)
    return counts


def _write_events(warehouse: Warehouse, run: Run, key: TokenKey, tombstones: Tombstones) -> pl.DataFrame:
    """Write `staged_event` of the rows of `monitored_row`; return what `count_outcomes` says of all batches."""
    seed, counts = key.draw(_HASH), [OUTCOME_COUNTS.to_frame()]
    with run.stage.append(STAGED_EVENT) as append:
        for rows in split_rows(run.stage):
            contacts = _list_distinct(rows, "contact_id")
            phones = read_primary_phones(warehouse, run, contacts.lazy()) if len(contacts) else PRIMARY_PHONE.to_frame()
            known = read_contacts(contacts["contact_id"], phones, tombstones)
            matched = match_rows(rows, read_numbers(rows, key, tombstones), known)
            for batch in matched.collect_batches(chunk_size=_BATCH_ROWS):
                append(build_events(batch, seed))
                counts.append(count_outcomes(batch, run.data_interval_start))
    remove_rows(run.stage)
    return pl.concat(counts)


def _write_holders(warehouse: Warehouse, run: Run) -> None:
    """Write `number_holder`: rings of accounts are looked for at the end of a day alone."""
    if not ends_day(run.as_of):
        run.stage.write(NUMBER_HOLDER.name, NUMBER_HOLDER.schema.to_frame().lazy())
        return
    judged = run.stage.scan(STAGED_EVENT.name).filter(is_judged(run.as_of, run.settings.risk))
    read_holders(warehouse, run, _list_distinct(judged, "phone_token").lazy())


def _list_distinct(rows: pl.LazyFrame, column: str) -> pl.DataFrame:
    return rows.select(pl.col(column).drop_nulls().unique()).collect(engine="streaming").sort(column)


def _tell(sizes: pl.DataFrame) -> None:
    """Tell what became of each source's rows: what counts nowhere should not go unnoticed."""
    for size in sizes.iter_rows(named=True):
        log.log(
            logging.INFO if size["row_count"] else logging.WARNING,
            "extract: activity.%s: %s rows, events %s, of no contact with a phone %s, unreadable %s, erased %s",
            size["activity_source"],
            *(f"{size[name]:,}" for name in _COUNTS),
        )
