"""Reasons for quarantine besides those of libphonenumber: what fills a field, and what a spreadsheet lost."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from phoneseg.contracts import SHARED_BY_TOO_MANY
from phoneseg.hygiene.notation import NOTATION, written_out
from phoneseg.numbers import QUARANTINE_REASONS as REASONS_OF_LIBPHONENUMBER
from phoneseg.settings import HygieneSettings

PLACEHOLDER: Final = "PLACEHOLDER"
SPREADSHEET_NOTATION: Final = "SPREADSHEET_NOTATION"

QUARANTINE_REASONS: Final = {
    **REASONS_OF_LIBPHONENUMBER,
    PLACEHOLDER: "It fills the field: one digit throughout, or digits that only rise or fall, such as 1234567890.",
    SHARED_BY_TOO_MANY: "More persons than `people.max_persons_per_number` have it, and no employer in common.",
    SPREADSHEET_NOTATION: "A spreadsheet wrote it as a power of ten, such as 4.91513E+12, and digits are lost.",
}
"""Every reason for quarantine, and what it says."""

_SERVICE_TYPES: Final = ("TOLL_FREE", "PREMIUM_RATE", "SHARED_COST", "UAN", "VOICEMAIL")
"""Of these, numbers that are easy to remember are in use."""

_FEWEST_DIGITS: Final = 5
_FEWEST_DIGITS_OF_VALID: Final = 7
_MOST_DIGITS: Final = 15
_ONE_NUMBER: Final = r"^[^0-9]*[0-9][0-9 ()./\-]*[^0-9]*$"


def _placeholders() -> Iterator[str]:
    yield from ("0" * length for length in range(2, _FEWEST_DIGITS))
    for length in range(_FEWEST_DIGITS, _MOST_DIGITS + 1):
        for first in range(10):
            for step in (0, 1, -1):
                yield "".join(str((first + step * place) % 10) for place in range(length))


_PLACEHOLDERS: Final = pl.Series(sorted(_placeholders()))


def find_reasons(described: pl.DataFrame, settings: HygieneSettings) -> pl.Series:
    """Return why cells are quarantined whatever libphonenumber says of them; null where it has the last word.

    A text of five digits and more that are the same throughout, or that rise or fall by one (9 and 0 being
    neighbours), is a placeholder; so is a number whose national digits are such. A valid number is one only where it
    has seven digits and more, is written without a calling code, and is no service number: 0800 000 000 has other
    digits, 888-888-8888 is toll-free, and who writes +45 22 22 22 22 means it. In some countries a few such
    numbers are in use.

    Args:
        described: Rows of `describe_cells`.
        settings: Which reasons are looked for.
    """
    doubtful = described.select(
        (~pl.col("is_valid").fill_null(False)) | pl.col("national_significant_number").is_in(_PLACEHOLDERS.implode())
    ).to_series()
    reasons = described.select(pl.lit(None, pl.String).alias("own_reason"), row=pl.int_range(pl.len()))
    found = []
    if settings.quarantine_notation:
        powers = described.select("phone_raw", row=reasons["row"]).filter(pl.col("phone_raw").str.contains(NOTATION))
        lost = powers.filter(written_out("phone_raw").is_null())
        found.append(lost.select("row", own_reason=pl.lit(SPREADSHEET_NOTATION)))
    if settings.quarantine_placeholders and doubtful.any():
        rows = reasons.with_columns(described.select("phone_raw", *_NUMBER)).filter(doubtful).filter(_is_placeholder())
        found.append(rows.select("row", own_reason=pl.lit(PLACEHOLDER)))
    if not sum(map(len, found)):
        return reasons["own_reason"]
    # A text is not both: powers of ten have a letter.
    return reasons.drop("own_reason").join(pl.concat(found), on="row", how="left", maintain_order="left")["own_reason"]


_NUMBER: Final = ("is_valid", "number_type", "national_significant_number")


def _is_placeholder() -> pl.Expr:
    raw, is_valid = pl.col("phone_raw"), pl.col("is_valid").fill_null(False)
    digits = pl.when(raw.str.contains(_ONE_NUMBER)).then(raw.str.replace_all(r"[^0-9]", ""))
    is_written, is_national = (
        text.is_in(_PLACEHOLDERS.implode()).fill_null(False) for text in (digits, pl.col("national_significant_number"))
    )
    is_long = digits.str.len_bytes() >= _FEWEST_DIGITS_OF_VALID
    has_code = raw.str.contains(r"[+\x{FF0B}]")
    is_service = pl.col("number_type").is_in(_SERVICE_TYPES)
    return pl.when(is_valid).then(is_written & is_long & ~has_code & ~is_service).otherwise(is_written | is_national)
