"""Matches what sources say of consent to the contacts of a run, in the run's stage folder, and decides what holds."""

from collections.abc import Sized
from typing import Final

import polars as pl

from phoneseg.activity import NUMBER, add_known_tokens, list_contacts, list_numbers, scan_phones
from phoneseg.consent.decide import decide_permissions, list_objecting
from phoneseg.consent.outcomes import MATCHED, add_outcome, check_outcomes, describe_sizes
from phoneseg.consent.subjects import Mention, list_applying, list_subjects
from phoneseg.contracts import (
    ACTIVITY,
    DECIDED_PERMISSION,
    OBJECTING_CONTACT,
    PERMISSION_SIZE,
    PERMISSION_SUBJECT,
    RAW_PERMISSION,
    Table,
)
from phoneseg.errors import SourceError
from phoneseg.privacy import TokenKey
from phoneseg.run import Run, Stage

_MATCHED: Final = "matched_permission"
_MOST_SUBJECTS: Final = 100


def match_permissions(run: Run, key: TokenKey) -> dict[str, int]:
    """Match every row of RAW_PERMISSION, and decide what holds at `as_of`.

    Writes `decided_permission` and `objecting_contact`, in the parts of `activity`, `permission_subject` and
    `permission_size`.

    Args:
        run: A run whose contacts are extracted, whose phones are read and whose activity is matched.
        key: The key of the tokens.

    Returns:
        `permission_row_count`, `matched_permission_count`.

    Raises:
        ReconciliationError: Rows in are not rows matched plus rows counted as unmatched.
        SourceError: The sources name so many channels and purposes that one of the columns must be another.
    """
    stage = run.stage
    stage.write(_MATCHED, _match(stage, key, run.settings.profile.max_contacts_per_number))
    told = stage.scan(_MATCHED)
    sizes = describe_sizes(run.settings.permission_sources, told, run.as_of)
    check_outcomes(sizes)
    stage.write(PERMISSION_SIZE.name, sizes.lazy())
    mentions = _list_mentions(run, told)
    subjects = list_subjects(mentions)
    _check_subjects(run, subjects)
    named = pl.DataFrame(subjects, PERMISSION_SUBJECT.schema, orient="row")
    stage.write(PERMISSION_SUBJECT.name, named.lazy())
    of_contacts = told.filter(pl.col("outcome") == MATCHED)
    phones, applying = scan_phones(stage), list_applying(mentions, subjects).lazy()
    _write_parts(stage, DECIDED_PERMISSION, decide_permissions(of_contacts, phones, applying))
    _write_parts(stage, OBJECTING_CONTACT, list_objecting(of_contacts, phones))
    return {
        "permission_row_count": int(sizes["row_count"].sum()),
        "matched_permission_count": int(sizes["matched_count"].sum()),
    }


def _match(stage: Stage, key: TokenKey, max_contacts: int) -> pl.LazyFrame:
    """Return the rows of RAW_PERMISSION with their outcome, and a token in the place of the number."""
    raw = stage.scan(RAW_PERMISSION.name)
    known = list_contacts(stage).lazy().select("contact_id", is_known=pl.lit(True))
    numbers = add_known_tokens(stage, list_numbers(raw), key).lazy()
    is_readable = pl.col("phone_e164").is_not_null()
    holders = scan_phones(stage).unique().group_by("phone_token").agg(holder_count=pl.len())
    matched = (
        raw.join(known, on="contact_id", how="left")
        .join(numbers.select(*NUMBER, "phone_token", is_readable=is_readable), on=NUMBER, how="left", nulls_equal=True)
        .join(holders, on="phone_token", how="left")
    )
    return add_outcome(matched, max_contacts).drop(*NUMBER)


def _list_mentions(run: Run, told: pl.LazyFrame) -> list[Mention]:
    """Return the channels and purposes that rows and settings name; null for all."""
    named = told.filter(pl.col("source_type") != "objection").select("channel", "purpose").unique().collect()
    return [*named.iter_rows(), *((channel, None) for channel in run.settings.privacy.contact.channels)]


def _check_subjects(run: Run, subjects: Sized) -> None:
    if len(subjects) > _MOST_SUBJECTS:
        raise SourceError(
            f"{run.settings.config_file.name}: the sources of consent name {len(subjects):,} pairs of channel and "
            f"purpose, and every contact would have a row for each; there may be {_MOST_SUBJECTS}. Name other columns, "
            "or bring their values into fewer words in a query"
        )


def _write_parts(stage: Stage, table: Table, rows: pl.LazyFrame) -> None:
    """Write rows in as many parts as those of the activity, with the same contacts in each."""
    with stage.append_parts(table, len(stage.scan_parts(ACTIVITY.name))) as append:
        for batch in rows.collect_batches(maintain_order=False):
            append(batch)
