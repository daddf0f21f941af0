"""What holds for a contact: the newest row decides, and a refusal wins over a consent of the same time."""

from typing import Final

import polars as pl

from phoneseg.contracts import DECIDED_PERMISSION, OBJECTING_CONTACT

_NAMED: Final = ("contact_id", "phone_token")
_SUBJECT: Final = ("contact_id", "channel", "purpose")


def decide_permissions(rows: pl.LazyFrame, phones: pl.LazyFrame, applying: pl.LazyFrame) -> pl.LazyFrame:
    """Decide who may be contacted, by what sources of consent and suppression lists say.

    Args:
        rows: Rows of RAW_PERMISSION that are of a contact, with `phone_token` in place of the number; `contact_id` or
            `phone_token` is null.
        phones: `contact_id` and `phone_token` of the contacts' numbers.
        applying: The rows of `list_applying`, for all channels and purposes that the rows name.

    Returns:
        Rows of DECIDED_PERMISSION: of each contact, the channels and purposes that rows are about.
    """
    consent, listed = (
        _about_subjects(_of_contacts(rows.filter(pl.col("source_type") == each), phones), applying)
        for each in ("consent", "suppression")
    )
    granted = _decide(consent, phones).rename({"decided_at": "granted_at"})
    suppressed = listed.group_by(_SUBJECT).agg(is_suppressed=pl.lit(True), suppressed_at=pl.col("decided_at").max())
    both = granted.join(suppressed, on=_SUBJECT, how="full", coalesce=True)
    return DECIDED_PERMISSION.conform(both.with_columns(pl.col("is_suppressed").fill_null(False)))


def list_objecting(rows: pl.LazyFrame, phones: pl.LazyFrame) -> pl.LazyFrame:
    """Return the contacts that object to profiling.

    Args:
        rows: As for `decide_permissions`; those of objections, whose channel and purpose are null, count.
        phones: As for `decide_permissions`.

    Returns:
        Rows of OBJECTING_CONTACT.
    """
    told = _of_contacts(rows.filter(pl.col("source_type") == "objection"), phones)
    return OBJECTING_CONTACT.conform(_decide(told, phones).filter(~pl.col("is_granted")))


def _decide(rows: pl.LazyFrame, phones: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row for each contact, channel and purpose: `is_granted`, and the `decided_at` of what decided it.

    A row that names a number is about that number of every contact that holds it; one that names a contact is about
    all its numbers. Of each number the newest row decides, and a row without a time is older than all others. Nothing
    is granted to a contact one of whose numbers is refused: nobody knows which of them will be used.
    """
    by_number, by_id = (rows.filter(pl.col("phone_token").is_null() == is_null) for is_null in (False, True))
    several = phones.select(_NAMED).unique().join(by_number, on="contact_id", how="semi")
    of_its_numbers = by_id.drop("phone_token").join(several, on="contact_id", how="left")
    both = pl.concat([by_number, of_its_numbers.select(by_number.collect_schema().names())])
    of_number = _keep_newest(both, (*_SUBJECT, "phone_token"))
    at, is_granted = pl.col("decided_at"), pl.col("is_granted")
    refused_at = at.filter(~is_granted).max()
    decided_at = pl.when(is_granted.all()).then(at.max()).otherwise(refused_at)
    return of_number.group_by(_SUBJECT).agg(is_granted.all(), decided_at.alias("decided_at"))


def _keep_newest(rows: pl.LazyFrame, key: tuple[str, ...]) -> pl.LazyFrame:
    """Return of each key whether its newest row grants, and when that was; of several as new, all have to."""
    at = pl.col("decided_at")
    is_newest = at.eq_missing(at.max())  # a row without a time is older than all others
    return rows.group_by(key).agg(pl.col("is_granted").filter(is_newest).all(), at.max())


def _of_contacts(rows: pl.LazyFrame, phones: pl.LazyFrame) -> pl.LazyFrame:
    """Return what is newest of each contact or number, channel and purpose; of a number once for each contact."""
    newest = _keep_newest(rows, (*_NAMED, "channel", "purpose"))
    by_number = newest.filter(pl.col("phone_token").is_not_null()).drop("contact_id")
    held = by_number.join(phones.select(_NAMED).unique(), on="phone_token", how="inner")
    by_id = newest.filter(pl.col("phone_token").is_null())
    return pl.concat([by_id, held.select(by_id.collect_schema().names())])


def _about_subjects(rows: pl.LazyFrame, applying: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows once for each channel and purpose that they are about."""
    named = rows.rename({"channel": "named_channel", "purpose": "named_purpose"})
    about = named.join(applying, on=["named_channel", "named_purpose"], how="inner", nulls_equal=True)
    return about.drop("named_channel", "named_purpose")
