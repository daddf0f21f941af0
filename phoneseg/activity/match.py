"""Matches the activity of a run to its contacts, in the run's stage folder."""

import logging
from time import perf_counter
from typing import Final

import polars as pl

from phoneseg.activity.matching import count_parts, match_ids, match_numbers
from phoneseg.activity.numbers import NUMBER, list_holders, list_numbers, look_up_numbers
from phoneseg.activity.outcomes import MATCHED, OUTCOME_COUNTS, check_outcomes, count_outcomes, describe_sizes
from phoneseg.contracts import (
    ACTIVITY,
    ACTIVITY_SIZE,
    CHANGED_CONTACT,
    KEPT_CONTACT,
    KEPT_PHONE,
    PARSED_PHONE,
    PHONE_NUMBER,
    RAW_ACTIVITY,
    RAW_CONTACT,
)
from phoneseg.privacy import TokenKey, add_tokens
from phoneseg.run import Run, Stage

_BATCH_ROWS: Final = 500_000
_PART_EVENTS: Final = 2_000_000
_PART_CONTACTS: Final = 250_000
_PHONE: Final = ("contact_id", "phone_token")
KNOWN_PHONE: Final = (*_PHONE, "is_valid", "number_type")
"""What a run knows of the numbers of all contacts, whether it read them or not."""
_NAMED_NUMBER: Final = "named_number"
log = logging.getLogger(__name__)


def match_activity(run: Run, key: TokenKey) -> dict[str, int]:
    """Match every row of RAW_ACTIVITY. Writes `activity`, in parts of contacts, and `activity_size`.

    An id belongs to the contact that the run read, or that is published and not read again; a number to each contact
    that holds it.

    Args:
        run: A run whose contacts are extracted and whose phones are read.
        key: The key of the tokens.

    Returns:
        `activity_count`, `matched_activity_count`.

    Raises:
        ReconciliationError: Rows in are not rows matched plus rows counted as unmatched.
    """
    stage, began = run.stage, perf_counter()
    raw = stage.scan(RAW_ACTIVITY.name)
    contacts = list_contacts(stage)
    lookup = _look_up(stage, raw, key, run.settings.profile.max_contacts_per_number)
    id_row_count = int(raw.select(pl.col("contact_id").count()).collect().item())
    part_count = count_parts(id_row_count, lookup, len(contacts), events=_PART_EVENTS, contacts=_PART_CONTACTS)
    outcomes, count = [OUTCOME_COUNTS.to_frame()], 0
    with stage.append_parts(ACTIVITY, part_count) as append:
        for matched in (match_ids(raw, contacts), match_numbers(raw, lookup)):
            for events in matched.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=False):
                append(events.filter(pl.col("outcome") == MATCHED))
                outcomes.append(count_outcomes(events))
                count += int(outcomes[-1]["rows"].sum())
                per_s = count / (perf_counter() - began)
                log.info("normalize: %s rows of activity looked up, %s a second", f"{count:,}", f"{per_s:,.0f}")
    sizes = describe_sizes(list(run.settings.activity_of(run.pipeline)), raw, pl.concat(outcomes), run.as_of)
    check_outcomes(sizes)
    _tell(sizes)
    stage.write(ACTIVITY_SIZE.name, sizes.lazy())
    return {
        "activity_count": int(sizes["row_count"].sum()),
        "matched_activity_count": int(sizes["matched_count"].sum()),
    }


def _tell(sizes: pl.DataFrame) -> None:
    """Tell what became of each source's rows: what counts nowhere should not go unnoticed."""
    for size in sizes.iter_rows(named=True):
        log.log(
            logging.INFO if size["row_count"] else logging.WARNING,
            "normalize: activity.%s: %s rows, of a contact %s, of no contact %s, unreadable %s, of a number that too "
            "many share %s, without a time %s; amounts that do not count %s",
            size["activity_source"],
            *(
                f"{size[f'{name}_count']:,}"
                for name in ("row", "matched", "unknown_contact", "unreadable", "shared_number", "undated", "unpriced")
            ),
        )


def _look_up(stage: Stage, raw_activity: pl.LazyFrame, key: TokenKey, max_contacts: int) -> pl.DataFrame:
    """Return whose each number is that activity names."""
    numbers = list_numbers(raw_activity.filter(pl.col("occurred_at").is_not_null()))
    phones = scan_phones(stage) if len(numbers) else pl.LazyFrame(schema=dict.fromkeys(_PHONE, pl.String))
    known = add_known_tokens(stage, numbers, key)
    stage.write(_NAMED_NUMBER, known.select(*NUMBER, "phone_token").filter(pl.col("phone_token").is_not_null()).lazy())
    return look_up_numbers(known, list_holders(phones, max_contacts))


def scan_named_numbers(stage: Stage) -> pl.LazyFrame:
    """Return the numbers that activity names and contacts may have: `phone_raw`, `region_hint`, `phone_token`.

    Raises:
        StopError: `match_activity` has not written them.
    """
    return stage.scan(_NAMED_NUMBER)


def list_contacts(stage: Stage) -> pl.DataFrame:
    """Return the ids of all contacts of the run: those that it read, and those that stay as they are published."""
    read = stage.scan(RAW_CONTACT.name).select("contact_id")
    kept = scan_unread(stage, KEPT_CONTACT.name).select("contact_id")
    return pl.concat([read, kept]).collect(engine="streaming")


def scan_unread(stage: Stage, name: str) -> pl.LazyFrame:
    """Return the rows of a stage table about published contacts that the run does not replace."""
    return stage.scan(name).join(stage.scan(CHANGED_CONTACT.name), on="contact_id", how="anti")


def scan_phones(stage: Stage) -> pl.LazyFrame:
    """Return `contact_id` and `phone_token` of the numbers of all contacts of the run."""
    return scan_known_phones(stage).select("contact_id", "phone_token")


def scan_known_phones(stage: Stage) -> pl.LazyFrame:
    """Return the numbers of all contacts of the run, read again or not, with KNOWN_PHONE."""
    kept = scan_unread(stage, KEPT_PHONE.name)
    return pl.concat([rows.select(*KNOWN_PHONE) for rows in (stage.scan(PARSED_PHONE.name), kept)])


def add_known_tokens(stage: Stage, numbers: pl.DataFrame, key: TokenKey) -> pl.DataFrame:
    """Add `phone_token` to rows with `phone_e164`; null for a number that no contact of the run has."""
    known = stage.scan(PHONE_NUMBER.name).select("phone_e164", "phone_token")
    tokens = numbers.lazy().select(pl.col("phone_e164").drop_nulls().unique()).join(known, on="phone_e164", how="left")
    found = tokens.collect(engine="streaming")
    if stage.count(KEPT_PHONE.name):  # an HMAC costs some microseconds, so only who may be found by it gets one
        is_new = pl.col("phone_token").is_null()
        new = add_tokens(found.filter(is_new).select("phone_e164"), key).select("phone_e164", "phone_token")
        found = pl.concat([found.filter(~is_new), new])
    return numbers.join(found, on="phone_e164", how="left")
