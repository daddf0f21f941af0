"""What the source and the phones say of a contact."""

import polars as pl

from phoneseg.contracts import CONTACT_BASE


def build_contact_base(
    raw_contact: pl.LazyFrame, contact_phone: pl.LazyFrame, contact_quarantine: pl.LazyFrame
) -> pl.LazyFrame:
    """Build the rows of all contacts, those without a phone included.

    Args:
        raw_contact: Rows of RAW_CONTACT.
        contact_phone: Rows of CONTACT_PHONE of the same run.
        contact_quarantine: Rows of CONTACT_QUARANTINE of the same run.

    Returns:
        Rows of CONTACT_BASE, one per row of `raw_contact`; what is said of the primary phone is null for a contact
        without one.
    """
    phone_counts = contact_phone.group_by("contact_id").agg(
        phone_count=pl.len(), valid_phone_count=pl.col("is_valid").sum()
    )
    quarantine_counts = contact_quarantine.group_by("contact_id").agg(quarantined_count=pl.len())
    primary = contact_phone.filter("is_primary").drop("source")
    base = (
        raw_contact.join(phone_counts, on="contact_id", how="left")
        .join(quarantine_counts, on="contact_id", how="left")
        .join(primary, on="contact_id", how="left")
        .with_columns(pl.col("phone_count", "valid_phone_count", "quarantined_count").fill_null(0))
    )
    return CONTACT_BASE.conform(base)
