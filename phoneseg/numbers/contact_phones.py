"""Filled phone cells become phones of contacts, or are quarantined with a reason."""

from typing import Final

import polars as pl
from phonenumbers import SUPPORTED_REGIONS

from phoneseg.contracts import CONTACT_PHONE, CONTACT_QUARANTINE, QUARANTINE_RAW
from phoneseg.numbers.normalize import ReadCounts, normalize
from phoneseg.numbers.store import metadata_version

QUARANTINE_REASONS: Final = {
    "NO_REGION": "A number without a plus, in a row without a country: nobody can tell what it means.",
    "UNKNOWN_REGION_HINT": "A number without a plus, in a row whose country is unknown or has no numbers.",
    "INVALID_COUNTRY_CODE": "It starts with a calling code that does not exist.",
    "NOT_A_NUMBER": "It does not look like a phone number at all.",
    "TOO_SHORT_AFTER_IDD": "Nothing is left after the international prefix.",
    "TOO_SHORT_NSN": "Fewer than two digits are left after the calling code.",
    "TOO_SHORT": "Shorter than any number of its country.",
    "INVALID_LENGTH": "Between the lengths that its country has.",
    "TOO_LONG": "Longer than any number of its country.",
}

_RESTRICTED_FIELDS: Final = ("phone_e164", "phone_international", "phone_national", "national_significant_number")
_FIELDS: Final = (
    *_RESTRICTED_FIELDS,
    "extension",
    "is_possible",
    "is_valid",
    "validation_result",
    "country_calling_code",
    "region_code",
    "national_destination_code",
    "is_geographic",
    "number_type",
    "location_name",
    "time_zones",
    "original_carrier_name",
    "is_carrier_portable",
)


def read_phones(cells: pl.DataFrame, counts: ReadCounts | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read a batch of phone cells as libphonenumber does; each gives a row in exactly one of the two frames.

    Args:
        cells: Rows of RAW_PHONE.
        counts: Counts the cells, and those that the tables do not speak of.

    Returns:
        What `sort_phones` gives, without a repair or a reason of ours.
    """
    nothing = pl.lit(None, pl.String)
    return sort_phones(describe_cells(cells, counts).with_columns(repair=nothing, own_reason=nothing))


def describe_cells(cells: pl.DataFrame, counts: ReadCounts | None = None) -> pl.DataFrame:
    """Add to rows of RAW_PHONE, or of a part of its columns, what libphonenumber says of `phone_raw`.

    Args:
        cells: Rows with at least `phone_raw` and `region_hint`.
        counts: Counts the cells, and those that the tables do not speak of.

    Returns:
        The rows, in their order, with the fields of PARSED_PHONE that speak of the number, `extension` and
        `is_possible`; null where libphonenumber sees no number, but `validation_result`.
    """
    return _without_extensions(
        normalize(cells, phone="phone_raw", region="region_hint", fields=_FIELDS, counts=counts)
    ).with_columns(pl.col("time_zones").list.join(","), metadata_version=pl.lit(metadata_version()))


def sort_phones(described: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part numbers that are possible from what is quarantined.

    Args:
        described: Rows of `describe_cells`, with `repair`, and `own_reason`: a reason for quarantine besides those of
            libphonenumber, null where there is none.

    Returns:
        The phones: possible numbers, with `phone_rank`, the fields of CONTACT_PHONE but token and `is_primary`, and the
        fields of PHONE_NUMBER. And the quarantined cells, with the columns of CONTACT_QUARANTINE and QUARANTINE_RAW.
    """
    is_phone = pl.col("is_possible").fill_null(False) & pl.col("own_reason").is_null()
    phones = described.filter(is_phone).drop("phone_raw", "region_hint", "is_hint_unknown", "is_possible", "own_reason")
    quarantined = described.filter(~is_phone).with_columns(
        quarantine_reason=pl.coalesce("own_reason", _quarantine_reason()),
        phone_length=pl.col("phone_raw").str.len_chars(),
    )
    columns = dict.fromkeys((*CONTACT_QUARANTINE.column_names, *QUARANTINE_RAW.column_names))
    return phones, quarantined.select(*columns)


def _without_extensions(described: pl.DataFrame) -> pl.DataFrame:
    """Cut the extensions off the formats: a number looks the same in whatever cell it stands."""
    return described.with_columns(
        pl.when(pl.col("extension").is_not_null()).then(_without_extension(name)).otherwise(name).alias(name)
        for name in ("phone_international", "phone_national")
    )


def _without_extension(name: str) -> pl.Expr:
    """Return a format without the extension at its end and the words before it, such as " ext. "."""
    kept_length = pl.col(name).str.len_chars() - pl.col("extension").str.len_chars()
    return pl.col(name).str.head(kept_length).str.replace(r"[^0-9]+$", "")


def _quarantine_reason() -> pl.Expr:
    """Return libphonenumber's word, but where the reader needs a better one than "invalid country code"."""
    has_plus = pl.col("phone_raw").str.contains(r"[+\x{FF0B}]")
    needs_region = (pl.col("validation_result") == "INVALID_COUNTRY_CODE") & ~has_plus
    has_region = pl.col("region_hint").is_not_null()
    knows_region = pl.col("region_hint").is_in(list(SUPPORTED_REGIONS)).fill_null(False)
    return (
        pl.when(needs_region & (pl.col("is_hint_unknown") | (has_region & ~knows_region)))
        .then(pl.lit("UNKNOWN_REGION_HINT"))
        .when(needs_region & ~has_region)
        .then(pl.lit("NO_REGION"))
        .otherwise(pl.col("validation_result"))
    )


def mark_primary(phones: pl.LazyFrame) -> pl.LazyFrame:
    """Mark each contact's primary phone and give the rows of CONTACT_PHONE.

    Args:
        phones: The phones of `read_phones`, with tokens, of all batches.

    Returns:
        Rows of CONTACT_PHONE; a contact's primary phone is its first valid one in the configured order of columns,
        else its first.
    """
    # Rank and position are far below a thousand and a million, so one integer orders them.
    order = (
        (~pl.col("is_valid")).cast(pl.Int64) * 10**12
        + pl.col("phone_rank").cast(pl.Int64) * 10**6
        + pl.col("position").cast(pl.Int64)
    )
    ordered = phones.with_columns(order=order)
    first = ordered.group_by("contact_id").agg(first_order=pl.col("order").min())
    marked = ordered.join(first, on="contact_id", how="left").with_columns(
        is_primary=pl.col("order") == pl.col("first_order")
    )
    return CONTACT_PHONE.conform(marked)
