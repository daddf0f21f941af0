"""Phone cells become phones of contacts, or are quarantined with a reason; every cell is in one place."""

import logging
from collections.abc import Mapping
from time import perf_counter
from typing import Final

import polars as pl

from phoneseg.contracts import (
    CONTACT_PHONE,
    CONTACT_QUARANTINE,
    PARSED_PHONE,
    PHONE_NUMBER,
    QUARANTINE_RAW,
    RAW_PHONE,
)
from phoneseg.errors import ReconciliationError
from phoneseg.extract import list_erased_numbers
from phoneseg.hygiene import read_cells
from phoneseg.numbers import ReadCounts, mark_primary
from phoneseg.people import forget_half_read, quarantine_shared, resolve_people
from phoneseg.privacy import ErasedNumbers, TokenKey, add_tokens
from phoneseg.run import Run, Stage

_BATCH_CELLS: Final = 250_000
log = logging.getLogger(__name__)


def read_phones(run: Run, key: TokenKey) -> dict[str, int]:
    """Read every filled cell as a phone number, resolve contacts into persons, and quarantine what too many share.

    Writes `contact_phone`, `phone_number`, `contact_quarantine`, `quarantine_raw`, and what `resolve_people` does.

    Args:
        run: A run whose contacts are extracted.
        key: The key of the tokens.

    Returns:
        `number_count`, `phone_count`, `valid_phone_count`, `quarantined_count`, `erased_number_count`, and what
        `resolve_people` counts.

    Raises:
        ReconciliationError: A filled cell, or a number in one, is neither among the phones, in quarantine nor erased.
    """
    stage, counts, erased = run.stage, ReadCounts(), list_erased_numbers(run)
    forget_half_read(stage)
    number_count = _read_cells(run, key, counts, erased)
    persons = resolve_people(run, key)
    number_count += quarantine_shared(run, key, counts, erased)
    parsed = stage.scan(PARSED_PHONE.name)
    stage.write(CONTACT_PHONE.name, mark_primary(parsed))
    stage.write(PHONE_NUMBER.name, PHONE_NUMBER.conform(parsed).unique("phone_token", keep="any"))
    numbers = {
        "number_count": number_count,
        "phone_count": stage.count(CONTACT_PHONE.name),
        "valid_phone_count": stage.scan(CONTACT_PHONE.name).select(pl.col("is_valid").sum()).collect().item(),
        "quarantined_count": stage.count(CONTACT_QUARANTINE.name),
        "erased_number_count": erased.number_count,
    }
    _reconcile(stage, numbers, erased)
    return {**numbers, **persons}


def _read_cells(run: Run, key: TokenKey, counts: ReadCounts, erased: ErasedNumbers) -> int:
    """Write `parsed_phone` and what is quarantined of the cells; return how many numbers were in them."""
    stage, number_count, began = run.stage, 0, perf_counter()
    cell_count = stage.count(RAW_PHONE.name)
    with (
        stage.append(PARSED_PHONE) as append_phones,
        stage.append(CONTACT_QUARANTINE) as append_quarantined,
        stage.append(QUARANTINE_RAW) as append_raw,
    ):
        for cells in stage.scan(RAW_PHONE.name).collect_batches(chunk_size=_BATCH_CELLS, maintain_order=True):
            read = read_cells(cells, run.settings.hygiene, counts)
            phones, quarantined = erased.leave_out(read.phones, read.quarantined)
            append_phones(add_tokens(phones, key))
            append_quarantined(quarantined)
            append_raw(quarantined)
            number_count += read.number_count
            log.info(
                "normalize: %s of %s cells, %s a second; %s asked of phonenumbers one by one",
                *(f"{n:,.0f}" for n in (counts.rows, cell_count, counts.rows / (perf_counter() - began))),
                f"{counts.fallback_rows:,}",
            )
    return number_count


def _reconcile(stage: Stage, numbers: Mapping[str, int], erased: ErasedNumbers) -> None:
    """Check that every filled cell, and every number in one, is in one place."""
    written = (stage.scan(table.name) for table in (CONTACT_PHONE, CONTACT_QUARANTINE))
    first = pl.concat([rows.filter(pl.col("position") == 1).select(pl.len()) for rows in written])
    cell_count = int(first.sum().collect().item()) + erased.cell_count
    filled_count = stage.count(RAW_PHONE.name)
    told_count = numbers["phone_count"] + numbers["quarantined_count"] + erased.number_count
    if cell_count != filled_count or told_count != numbers["number_count"]:
        raise ReconciliationError(
            f"normalize: {filled_count} filled cells came in with {numbers['number_count']} numbers, but "
            f"{numbers['phone_count']} phones and {numbers['quarantined_count']} quarantined numbers of {cell_count} "
            "cells went out; nothing was published"
        )
