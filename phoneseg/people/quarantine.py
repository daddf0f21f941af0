"""Numbers that far too many contacts share go into quarantine, for all of them."""

import logging
from contextlib import ExitStack
from typing import Final

import polars as pl

from phoneseg.activity import KNOWN_PHONE, scan_unread
from phoneseg.contracts import (
    CHANGED_CONTACT,
    CONTACT_QUARANTINE,
    KEPT_PHONE,
    KEPT_SHARED_NUMBER,
    PARSED_PHONE,
    QUARANTINE_RAW,
    RAW_CONTACT,
    RAW_PHONE,
    SHARED_BY_TOO_MANY,
    SHARED_NUMBER,
    Table,
)
from phoneseg.extract import read_contacts_again
from phoneseg.hygiene import read_cells
from phoneseg.numbers import ReadCounts, normalize
from phoneseg.people.shared_numbers import TOO_MANY_PERSONS
from phoneseg.privacy import ErasedNumbers, TokenKey, add_tokens
from phoneseg.run import Run, Stage

_BATCH_CELLS: Final = 250_000
_MOVED: Final = "moved_phone"
_CELL: Final = ("contact_id", "phone_column")
_READ: Final = (RAW_PHONE, RAW_CONTACT, CHANGED_CONTACT)  # named last: see forget_half_read
_MADE: Final = (PARSED_PHONE, CONTACT_QUARANTINE, QUARANTINE_RAW)
log = logging.getLogger(__name__)


def scan_quarantined_phones(stage: Stage, key: TokenKey) -> pl.LazyFrame:
    """Return the shared numbers in quarantine of contacts that the run does not read, with KNOWN_PHONE.

    They count as much as before: else a number would come back as soon as it is gone.
    """
    kept = scan_unread(stage, KEPT_SHARED_NUMBER.name).collect()
    numbers = normalize(kept.unique("phone_e164"), "phone_e164", None, ("is_valid", "number_type"))
    told = kept.join(add_tokens(numbers, key).drop("contact_id"), on="phone_e164", how="left")
    return told.lazy().select(*KNOWN_PHONE)


def quarantine_shared(run: Run, key: TokenKey, counts: ReadCounts, erased: ErasedNumbers) -> int:
    """Move the numbers that too many persons share from `parsed_phone` to quarantine.

    Of a partial run, contacts that it has not read are read again where that makes their phones others: those that
    hold a number which is new among them, or is among them no longer. They join `raw_contact`, `raw_phone` and
    `changed_contact`.

    Args:
        run: A run whose phones are read and whose people are resolved.
        key: The key of the tokens.
        counts: Counts the cells that are read.
        erased: Leaves erased numbers out of them.

    Returns:
        How many numbers were read again.

    Raises:
        SourceError: A source cannot be read again.
    """
    stage = run.stage
    is_too_many = pl.col("evidence") == TOO_MANY_PERSONS
    is_asked_for = run.settings.hygiene.quarantine_shared
    too_many = stage.scan(SHARED_NUMBER.name).filter(is_too_many & is_asked_for).select("phone_token").collect()
    affected = _list_affected(stage, too_many, key)
    number_count = 0
    if len(affected):
        log.info("normalize: %s contacts are read again, as what too many share has changed", f"{len(affected):,}")
        number_count = _read_again(run, affected, key, counts, erased)
    if len(too_many):
        _move(stage, too_many.lazy())
    return number_count


def forget_half_read(stage: Stage) -> None:
    """Drop what an attempt that was killed has read again of contacts without naming them: their cells count once."""
    if not stage.path(_again(RAW_PHONE)).exists():
        return
    changed = stage.scan(CHANGED_CONTACT.name)
    for table in (RAW_PHONE, RAW_CONTACT):
        stage.write(table.name, stage.scan(table.name).join(changed, on="contact_id", how="semi"))


def _list_affected(stage: Stage, too_many: pl.DataFrame, key: TokenKey) -> pl.DataFrame:
    """Return the contacts that the run has not read, and whose phones are others now."""
    shown = scan_unread(stage, KEPT_PHONE.name).join(too_many.lazy(), on="phone_token", how="semi")
    hidden = scan_quarantined_phones(stage, key).join(too_many.lazy(), on="phone_token", how="anti")
    return pl.concat([rows.select("contact_id") for rows in (shown, hidden)]).unique().collect()


def _read_again(run: Run, affected: pl.DataFrame, key: TokenKey, counts: ReadCounts, erased: ErasedNumbers) -> int:
    """Read contacts and their phones into the stage, in the place of what is there of them."""
    stage, number_count = run.stage, 0
    with ExitStack() as stack:
        append = {table.name: stack.enter_context(stage.append(table, _again(table))) for table in (*_READ, *_MADE)}
        for batch in read_contacts_again(run, affected):
            append[CHANGED_CONTACT.name](batch.contacts.select("contact_id"))  # who is gone goes with the next run
            append[RAW_CONTACT.name](batch.contacts)
            append[RAW_PHONE.name](batch.phones)
            for cells in batch.phones.iter_slices(_BATCH_CELLS):
                read = read_cells(cells, run.settings.hygiene, counts)
                phones, quarantined = erased.leave_out(read.phones, read.quarantined)
                append[PARSED_PHONE.name](add_tokens(phones, key))
                append[CONTACT_QUARANTINE.name](quarantined)
                append[QUARANTINE_RAW.name](quarantined)
                number_count += read.number_count
    for table in (*_READ, *_MADE):
        rows = stage.scan(table.name).join(affected.lazy(), on="contact_id", how="anti")
        stage.write(table.name, pl.concat([rows, stage.scan(_again(table))]))
    return number_count


def _move(stage: Stage, too_many: pl.LazyFrame) -> None:
    """Move the phones with some tokens to quarantine; what stands there of them is the number."""
    hints = stage.scan(RAW_PHONE.name).select(*_CELL, "region_hint")
    moved = stage.scan(PARSED_PHONE.name).join(too_many, on="phone_token", how="semi")
    told = moved.join(hints, on=_CELL, how="left").with_columns(
        quarantine_reason=pl.lit(SHARED_BY_TOO_MANY),
        phone_raw="phone_e164",
        phone_length=pl.col("phone_e164").str.len_chars(),
    )
    stage.write(_MOVED, told)
    for table in (CONTACT_QUARANTINE, QUARANTINE_RAW):
        stage.write(table.name, pl.concat([stage.scan(table.name), table.conform(stage.scan(_MOVED))]))
    stage.write(PARSED_PHONE.name, stage.scan(PARSED_PHONE.name).join(too_many, on="phone_token", how="anti"))


def _again(table: Table) -> str:
    return f"{table.name}_again"
