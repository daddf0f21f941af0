"""A column of phone numbers: what was written, read by libphonenumber's rules."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import overload

import phonenumbers
import polars as pl

from phoneseg.numbers.fields import DEFAULT_FIELDS, FIELDS
from phoneseg.numbers.scalar import describe


def metadata_version() -> str:
    """Return the version of the installed `phonenumbers`, which its metadata carries."""
    return version("phonenumbers")


@overload
def normalize(
    frame: pl.DataFrame, phone: str = ..., region: str | None = ..., fields: Sequence[str] | None = ...
) -> pl.DataFrame: ...
@overload
def normalize(
    frame: pl.LazyFrame, phone: str = ..., region: str | None = ..., fields: Sequence[str] | None = ...
) -> pl.LazyFrame: ...
def normalize(
    frame: pl.DataFrame | pl.LazyFrame,
    phone: str = "raw",
    region: str | None = "region",
    fields: Sequence[str] | None = None,
) -> pl.DataFrame | pl.LazyFrame:
    """Add what libphonenumber says of each number, in the frame's rows and order.

    Args:
        frame: Holds the columns `phone` and `region`, both strings; both may be null.
        phone: Column with the number as it was written.
        region: Column with the region that a number without a calling code is read in, ISO 3166 alpha-2 in any case;
            without a column, only numbers with a plus can be read.
        fields: Names out of `FIELDS`; the nine `DEFAULT_FIELDS` when None.

    Returns:
        The frame with a column per field, named as the field. Empty names are null. Of a null or an unparseable number
        all fields are null, but `validation_result`, which names the parse error of an unparseable one.

    Raises:
        ValueError: A field is unknown.
    """
    wanted = DEFAULT_FIELDS if fields is None else tuple(fields)
    if unknown := [field for field in wanted if field not in FIELDS]:
        raise ValueError(f"unknown field {unknown[0]!r}; there is: {', '.join(FIELDS)}")
    if isinstance(frame, pl.DataFrame):
        return _add_fields(frame, phone, region, wanted)
    schema = pl.Schema({**frame.collect_schema(), **{field: FIELDS[field] for field in wanted}})
    # A row's fields depend on that row alone, but the columns `phone` and `region` must reach the function.
    return frame.map_batches(
        lambda batch: _add_fields(batch, phone, region, wanted),
        schema=schema,
        projection_pushdown=False,
        streamable=True,
    )


def _add_fields(frame: pl.DataFrame, phone: str, region: str | None, fields: tuple[str, ...]) -> pl.DataFrame:
    hint = pl.lit(None, pl.String) if region is None else pl.col(region).cast(pl.String).str.to_uppercase()
    cells = frame.select(pl.col(phone).cast(pl.String).alias("raw"), hint.alias("region"))
    distinct = cells.unique(maintain_order=True)
    phonenumbers.enable_pattern_cache()
    answers = [describe(raw, hint, fields) for raw, hint in distinct.iter_rows()]
    schema = {field: FIELDS[field] for field in fields}
    described = distinct.hstack(pl.DataFrame(answers, schema=schema, orient="row"))
    joined = cells.join(described, on=["raw", "region"], how="left", nulls_equal=True, maintain_order="left")
    return frame.with_columns(joined.get_column(field) for field in fields)
