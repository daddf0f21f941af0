"""Later numbers of a cell that lack their area code, or their calling code."""

from typing import Final

import polars as pl

from phoneseg.hygiene.repairs import AREA_CODE, read_texts, with_repair

_LOCAL: Final = r"^\(?[1-9][0-9 ()./,\-]*$"
_WRITTEN_WHOLE: Final = r"^[^0-9+]*[0+Oo]"
_FEWEST_DIGITS: Final = 4
_LENT: Final = (
    "country_calling_code",
    "national_destination_code",
    "number_length",
    "local_length",
    "is_geographic",
    "is_whole",
    "has_plus",
)


def borrow_area_codes(parts: pl.DataFrame) -> pl.DataFrame:
    """Give parts of a cell the first digits of the number before, where that makes them valid.

    A part lacks its area code where it is about as long as that number without its own. One that is valid by itself
    lacks it too, where the number before is of a place and was written with a leading zero or plus and the part was
    not: in Germany, 7654321 behind 030 1234567 is a number of Berlin, and not of the place with area code 7654.
    A part that is as long as the whole number before lacks the calling code, if that number was written with it.

    Args:
        parts: Rows of parts in order, with `row` (unique), `cell`, `way`, `phone_raw`, `text`, `region_hint`, `repair`
            and NUMBER_FIELDS.

    Returns:
        The same rows; those that were given digits with `text` in E.164, `repair`, and NUMBER_FIELDS of that.
    """
    lent = _lend(parts)
    local = pl.when(pl.col("phone_raw").str.contains(_LOCAL)).then(pl.col("phone_raw").str.replace_all(r"[^0-9]", ""))
    length = local.str.len_bytes().cast(pl.Int64)
    lacks_area = (length >= _FEWEST_DIGITS) & ((length - pl.col("lent_local_length")).abs() <= 1)
    lacks_code = pl.col("lent_has_plus") & (length == pl.col("lent_number_length"))
    is_misread = lacks_code | (pl.col("lent_is_geographic") & pl.col("lent_is_whole"))
    area = pl.when(lacks_area).then("lent_national_destination_code").when(lacks_code).then(pl.lit(""))
    whole = pl.concat_str(pl.lit("+"), "lent_country_calling_code", area, local)
    asked = lent.filter((lacks_area | lacks_code) & (~pl.col("is_valid") | is_misread))
    given = read_texts(asked.select("row", "region_hint", with_repair(AREA_CODE), text=whole)).filter("is_valid")
    given = given.join(parts.filter("is_valid").select("row", "phone_e164"), on=["row", "phone_e164"], how="anti")
    return parts.update(given.drop("region_hint"), on="row", include_nulls=True)


def _lend(parts: pl.DataFrame) -> pl.DataFrame:
    """Add, with `lent_` before their names, columns of the nearest number before that is whole."""
    number_length, code_length = (
        pl.col(f"national_{name}").str.len_bytes().cast(pl.Int64) for name in ("significant_number", "destination_code")
    )
    known = parts.with_columns(
        number_length=number_length,
        local_length=pl.when(code_length > 0).then(number_length - code_length),
        is_whole=pl.col("phone_raw").str.contains(_WRITTEN_WHOLE),
        has_plus=pl.col("phone_raw").str.contains(r"[+\x{FF0B}]"),
        first_length=number_length.filter("is_valid").first().over("cell", "way"),
    )
    can_lend = pl.col("is_valid") & (pl.col("is_whole") | (number_length >= pl.col("first_length")))
    return known.with_columns(
        pl.when(can_lend).then(name).shift(1).forward_fill().over("cell", "way").alias(f"lent_{name}") for name in _LENT
    )
