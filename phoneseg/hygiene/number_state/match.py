"""Brings signals, lists and contacts of a run together, in the run's stage folder, and decides the states."""

import logging
from typing import Final

import polars as pl

from phoneseg.activity import NUMBER, add_known_tokens, list_numbers, scan_named_numbers, scan_unread
from phoneseg.contracts import (
    ACTIVITY,
    CONTACT_PHONE,
    CONTACT_QUARANTINE,
    DECIDED_PERMISSION,
    EXAMINED_PHONE,
    EXAMINED_QUARANTINE,
    KEPT_CONTACT,
    KEPT_PHONE,
    KEPT_QUARANTINE,
    RAW_ACTIVITY,
    RAW_CONTACT,
    RAW_NUMBER_LIST,
    Table,
)
from phoneseg.hygiene.number_state.decide import decide_states
from phoneseg.hygiene.number_state.histories import find_confirmations, find_revivals, summarize_signals
from phoneseg.hygiene.number_state.signals import REACHED, SIGNAL, address_signals, list_signals
from phoneseg.privacy import TokenKey
from phoneseg.run import Run, Stage

_LISTED: Final = "listed_number"
_SIGNAL: Final = "number_signal"
_HISTORY: Final = "number_history"
_BATCH_PHONES: Final = 250_000
log = logging.getLogger(__name__)


def match_number_states(run: Run, key: TokenKey) -> dict[str, int]:
    """Decide the state of every contact's numbers at `as_of`, those of contacts that the run did not read included.

    Writes `examined_phone` and `examined_quarantine`, in the parts of `activity`.

    Args:
        run: A run whose phones are read, and whose activity and permissions are matched.
        key: The key of the tokens.

    Returns:
        Nothing that `pipeline_run` counts.
    """
    stage = run.stage
    phones = _scan_all(stage, CONTACT_PHONE, KEPT_PHONE)
    stage.write(_LISTED, _find_listed(stage, phones, key))
    stage.write(_SIGNAL, _find_signals(run, phones))
    signals = pl.concat([stage.scan(_SIGNAL), _list_in_use(stage.scan(_LISTED))])
    stage.write(_HISTORY, summarize_signals(signals))
    known = _with_lists(_with_confirmations(stage, phones), stage.scan(_LISTED))
    known = known.join(stage.scan(_HISTORY), on="phone_token", how="left").join(
        find_revivals(signals, run.settings.hygiene.number_state).lazy(), on="phone_token", how="left"
    )
    decided = decide_states(known, run.as_of, run.settings.hygiene.number_state)
    shared = phones.group_by("source", "phone_token").agg(is_unique=pl.col("contact_id").n_unique() == 1)
    counted = decided.join(shared, on=["source", "phone_token"], how="left")
    _write_parts(stage, EXAMINED_PHONE, counted.with_columns(pl.col("failure_count").fill_null(0)))
    _write_parts(stage, EXAMINED_QUARANTINE, _scan_all(stage, CONTACT_QUARANTINE, KEPT_QUARANTINE))
    return {}


def _scan_all(stage: Stage, table: Table, kept: Table) -> pl.LazyFrame:
    """Return the rows of all contacts of the run: those that it read, and those that stay as they are published."""
    return pl.concat([kept.conform(rows) for rows in (stage.scan(table.name), scan_unread(stage, kept.name))])


def _find_listed(stage: Stage, phones: pl.LazyFrame, key: TokenKey) -> pl.LazyFrame:
    """Return the rows of lists that are of a number that a contact has, with its token."""
    raw = stage.scan(RAW_NUMBER_LIST.name)
    numbers = add_known_tokens(stage, list_numbers(raw), key).lazy().select(*NUMBER, known="phone_token")
    named = raw.join(numbers, on=NUMBER, how="left", nulls_equal=True)
    listed = named.with_columns(phone_token=pl.coalesce("phone_token", "known"))
    held = phones.select("phone_token").unique()
    found = listed.join(held, on="phone_token", how="semi").select(
        "phone_token", "number_list", "list_status", "listed_at"
    )
    _tell(raw, found)
    return found


def _tell(raw: pl.LazyFrame, found: pl.LazyFrame) -> None:
    """Tell how many rows of each list are of a contact: a list in a wrong form would go unnoticed."""
    counts = [rows.group_by("number_list").len().collect(engine="streaming") for rows in (raw, found)]
    told = counts[0].join(counts[1], on="number_list", how="left", suffix="_found").sort("number_list")
    for name, row_count, found_count in told.iter_rows():
        log.info("normalize: number_list.%s: %s rows, of a contact %s", name, f"{row_count:,}", f"{found_count or 0:,}")


def _find_signals(run: Run, phones: pl.LazyFrame) -> pl.LazyFrame:
    raw = run.stage.scan(RAW_ACTIVITY.name)
    signals = list_signals(raw, run.settings.hygiene.number_state.phone_channels)
    return address_signals(signals, scan_named_numbers(run.stage), _list_addressed(run, phones))


def _list_addressed(run: Run, phones: pl.LazyFrame) -> pl.LazyFrame:
    """Return the number that each activity source reaches a contact by whom it names by id."""
    empty = {"activity_source": pl.String, "contact_id": pl.String, "phone_token": pl.String}
    addressed = [pl.LazyFrame(schema=empty)]
    for name, source in run.settings.activity_of(run.pipeline).items():
        if source.contacts is None or source.kind not in ("call", "message"):
            continue
        is_meant = pl.col("is_primary")
        if source.sent_to is not None:
            is_meant = (pl.col("phone_column") == source.sent_to) & (pl.col("position") == 1)
        of_source = phones.filter(pl.col("source") == source.contacts, is_meant, pl.col("is_valid"))
        addressed.append(of_source.select("contact_id", "phone_token", activity_source=pl.lit(name)).select(*empty))
    return pl.concat(addressed)


def _list_in_use(listed: pl.LazyFrame) -> pl.LazyFrame:
    """Return the numbers that lists have in use as signals."""
    in_use = listed.filter(pl.col("list_status") == "active")
    return in_use.select(
        "phone_token", contact_id=pl.lit(None, pl.String), at="listed_at", signal=pl.lit(REACHED).cast(SIGNAL)
    )


def _with_lists(phones: pl.LazyFrame, listed: pl.LazyFrame) -> pl.LazyFrame:
    """Add when lists last said that a number was disconnected, or given to somebody else."""
    at, status = pl.col("listed_at"), pl.col("list_status")
    newest = listed.group_by("phone_token").agg(
        disconnected_at=at.filter(status == "disconnected").max(), reassigned_at=at.filter(status == "reassigned").max()
    )
    return phones.join(newest, on="phone_token", how="left")


def _with_confirmations(stage: Stage, phones: pl.LazyFrame) -> pl.LazyFrame:
    """Add when the contact last showed that a number is its own, and when a newer contact came with the number."""
    created = pl.concat(
        [
            stage.scan(RAW_CONTACT.name).select("contact_id", "contact_created_at"),
            scan_unread(stage, KEPT_CONTACT.name).select("contact_id", "contact_created_at"),
        ]
    )
    said = pl.concat(stage.scan_parts(DECIDED_PERMISSION.name)).filter("is_granted")
    granted = said.group_by("contact_id").agg(pl.col("granted_at").max())
    engaged = find_confirmations(stage.scan(_SIGNAL))
    known = (
        phones.join(created, on="contact_id", how="left")
        .join(granted, on="contact_id", how="left")
        .join(engaged, on=["contact_id", "phone_token"], how="left")
    )
    newest = known.group_by("phone_token").agg(newest_created_at=pl.col("contact_created_at").max())
    is_older = pl.col("contact_created_at") < pl.col("newest_created_at")
    return known.join(newest, on="phone_token", how="left").with_columns(
        confirmed_at=pl.max_horizontal("contact_created_at", "granted_at", "engaged_by_id_at"),
        renewed_at=pl.when(is_older).then("newest_created_at"),
    )


def _write_parts(stage: Stage, table: Table, rows: pl.LazyFrame) -> None:
    """Write rows in as many parts as those of the activity, with the same contacts in each."""
    with stage.append_parts(table, len(stage.scan_parts(ACTIVITY.name))) as append:
        for batch in rows.collect_batches(chunk_size=_BATCH_PHONES, maintain_order=False):
            append(batch)
