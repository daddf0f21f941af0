"""Rows of STAGED_EVENT out of the demo's call records, for detectors to look at."""

from datetime import UTC, datetime
from typing import Final

import polars as pl

from phoneseg.contracts.risk import STAGED_EVENT
from phoneseg.numbers import normalize

AS_OF: Final = datetime(2026, 7, 1, tzinfo=UTC)
_FIELDS: Final = (
    *("phone_e164", "number_type", "region_code", "country_calling_code", "national_destination_code"),
    *("is_geographic", "is_valid", "original_carrier_name"),
)


def read_events(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records as rows of STAGED_EVENT, by time; tokens are 32 hexadecimal digits, a number's own."""
    texts = pl.concat([records["phone_number"], records["other_number"]]).unique(maintain_order=True)
    frame = pl.DataFrame({"raw": texts, "region": pl.Series([None] * len(texts), dtype=pl.String)})
    area = pl.format("{}-{}", "country_calling_code", "national_destination_code")
    read = normalize(frame, phone="raw", region="region", fields=list(_FIELDS)).with_columns(
        area_code=pl.when(pl.col("is_geographic") & pl.col("is_valid")).then(area),
        carrier=pl.format("{}:{}", "region_code", "original_carrier_name"),
    )
    own = read.select("number_type", "area_code", "carrier", phone_number="raw", country="region_code")
    other = read.select(other_number="raw", counterparty_country="region_code", counterparty_area_code="area_code")
    hashed = {
        name: pl.when(pl.col(column).is_not_null()).then(pl.col(column).hash())
        for name, column in (("counterparty", "other_number"), ("cell", "cell"), ("device", "device"))
    }
    events = (
        records.join(own, on="phone_number")
        .join(other, on="other_number")
        .with_columns(
            **hashed,
            phone_token=write_token(pl.col("phone_number")),
            number_block=pl.col("phone_number").str.slice(1).str.head(-4),
            activity_source=pl.lit("network"),
            activity_kind="kind",
            occurred_at=pl.col("started_at").dt.replace_time_zone("UTC"),
            is_outgoing=pl.col("direction") == "inbound",
            amount_e4=pl.lit(None, pl.Int64),
            line_number=pl.col("phone_number").str.tail(4).cast(pl.UInt16),
        )
    )
    return STAGED_EVENT.conform(events.lazy()).collect().sort("occurred_at", "phone_token")


def write_token(number: pl.Expr) -> pl.Expr:
    """Write a number's digits as a token would look."""
    return number.str.slice(1).str.zfill(32)
