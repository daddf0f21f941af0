"""Rows of monitored sources become events of numbers, whether a contact has the number or not."""

from typing import Final

import polars as pl

from phoneseg.activity import NUMBER, list_numbers
from phoneseg.contracts.risk import MONITORED_ROW, STAGED_EVENT
from phoneseg.numbers import normalize
from phoneseg.privacy import CONTACT, TokenKey, Tombstones, add_tokens
from phoneseg.privacy import NUMBER as NUMBER_KIND

EVENT: Final = "event"
UNKNOWN_CONTACT: Final = "unknown_contact"
UNREADABLE: Final = "unreadable"
ERASED: Final = "erased"
OUTCOMES: Final = (EVENT, UNKNOWN_CONTACT, UNREADABLE, ERASED)
OUTCOME: Final[pl.DataType] = pl.Enum(OUTCOMES)

_FIELDS: Final = (
    "is_valid",
    "region_code",
    "country_calling_code",
    "national_destination_code",
    "is_geographic",
    "number_type",
    "original_carrier_name",
)
_PLACED: Final = ("country", "area_code", "number_block", "carrier", "number_type", "line_number")
_LINE_DIGITS: Final = 4
_KNOWN: Final = ("outcome", "phone_token", *_PLACED)


def hash_texts(texts: pl.Expr, seed: int) -> pl.Expr:
    """Return texts as UInt64; null for null. Who does not know the seed cannot find a number by trying all of them."""
    return pl.when(texts.is_not_null()).then(texts.hash(seed))


def read_numbers(rows: pl.LazyFrame, key: TokenKey, tombstones: Tombstones) -> pl.DataFrame:
    """Return what is known of the numbers that rows name, each writing once.

    Args:
        rows: `phone_raw` and `region_hint` of MONITORED_ROW.
        key: The key of the tokens.
        tombstones: Who was erased.

    Returns:
        `phone_raw`, `region_hint`; `outcome` of the rows that name it; and `phone_token` and the place of the number:
        all null but where that is EVENT.
    """
    numbers = list_numbers(rows.select(NUMBER), _FIELDS)
    outcome = (
        pl.when(pl.col("phone_e164").is_null())
        .then(pl.lit(UNREADABLE))
        .when(tombstones.find(NUMBER_KIND, numbers["phone_e164"]))
        .then(pl.lit(ERASED))
        .otherwise(pl.lit(EVENT))
    )
    told = _place_numbers(numbers).with_columns(outcome=outcome.cast(OUTCOME))
    events = add_tokens(told.filter(pl.col("outcome") == EVENT), key)
    others = told.filter(pl.col("outcome") != EVENT).select(*NUMBER, "outcome")
    return pl.concat([events.select(*NUMBER, *_KNOWN), others], how="diagonal")


def read_contacts(ids: pl.Series, phones: pl.DataFrame, tombstones: Tombstones) -> pl.DataFrame:
    """Return what is known of the contacts that rows name.

    Args:
        ids: Their `contact_id`, each once.
        phones: `contact_id`, `phone_token` and `phone_e164` of the primary phones that are published of them.
        tombstones: Who was erased, contacts and numbers.

    Returns:
        `contact_id`; `outcome` of the rows that name it; and `phone_token` and the place of its number: all null but
        where that is EVENT.
    """
    contacts = ids.rename("contact_id").to_frame().join(phones, on="contact_id", how="left", maintain_order="left")
    is_erased = tombstones.find(CONTACT, contacts["contact_id"]) | tombstones.find(NUMBER_KIND, contacts["phone_e164"])
    outcome = (
        pl.when(is_erased)
        .then(pl.lit(ERASED))
        .when(pl.col("phone_e164").is_null())
        .then(pl.lit(UNKNOWN_CONTACT))
        .otherwise(pl.lit(EVENT))
    )
    described = normalize(contacts, phone="phone_e164", region=None, fields=_FIELDS)
    told = _place_numbers(described).with_columns(outcome=outcome.cast(OUTCOME))
    is_event = pl.col("outcome") == EVENT
    return told.select("contact_id", "outcome", *(pl.when(is_event).then(name).alias(name) for name in _KNOWN[1:]))


def read_counterparties(rows: pl.LazyFrame, seed: int) -> pl.DataFrame:
    """Return who was at the other end of rows, each writing once.

    A text is a number where it reads as a valid one, or begins with a plus and reads as a possible one: with a region
    to read it in, an agent's id may have as many digits as a number.

    Args:
        rows: `counterparty` and `region_hint` of MONITORED_ROW.
        seed: Of `hash_texts`.

    Returns:
        `counterparty` and `region_hint` as written; `counterparty_hash`: of the number in E.164, else of the text;
        `counterparty_country` and `counterparty_area_code`: null where it is no number.
    """
    named = rows.filter(pl.col("counterparty").is_not_null()).select(
        phone_raw="counterparty", region_hint="region_hint"
    )
    numbers = list_numbers(named, _FIELDS)
    is_number = pl.col("is_valid") | pl.col("phone_raw").str.starts_with("+")
    e164 = pl.when(is_number).then("phone_e164")
    placed = _place_numbers(numbers)
    return placed.select(
        pl.col("phone_raw").alias("counterparty"),
        "region_hint",
        counterparty_hash=hash_texts(pl.coalesce(e164, "phone_raw"), seed),
        counterparty_country=pl.when(e164.is_not_null()).then("country"),
        counterparty_area_code=pl.when(e164.is_not_null()).then("area_code"),
    )


def match_rows(rows: pl.LazyFrame, numbers: pl.DataFrame, contacts: pl.DataFrame) -> pl.LazyFrame:
    """Return rows of monitored sources with what is known of their numbers.

    Args:
        rows: Rows of MONITORED_ROW.
        numbers: Rows of `read_numbers`, of all numbers that they name.
        contacts: Rows of `read_contacts`, of all contacts that they name.

    Returns:
        A row for each, with `outcome`, `phone_token` and the place of the number. Only where the outcome is EVENT are
        they an event. A row that names neither a contact nor a number is UNREADABLE.
    """
    is_by_id = pl.col("contact_id").is_not_null()
    by_id = rows.filter(is_by_id).join(contacts.lazy(), on="contact_id", how="left")
    by_number = rows.filter(~is_by_id).join(numbers.lazy(), on=NUMBER, how="left", nulls_equal=True)
    matched = pl.concat([each.select(*MONITORED_ROW.column_names, *_KNOWN) for each in (by_id, by_number)])
    return matched.with_columns(pl.col("outcome").fill_null(UNREADABLE))


def build_events(matched: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the events among a batch of matched rows.

    Args:
        matched: Rows of `match_rows`.
        seed: Of `hash_texts`.

    Returns:
        Rows of STAGED_EVENT, in their order.
    """
    rows = matched.filter(pl.col("outcome") == EVENT)
    named = rows.join(
        read_counterparties(rows.lazy(), seed),
        on=["counterparty", "region_hint"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    events = named.with_columns(
        activity_kind="kind",
        is_outgoing="is_inbound",  # what comes in from a contact went out from its number
        counterparty="counterparty_hash",
    )
    return STAGED_EVENT.conform(events.lazy()).collect()


def _place_numbers(numbers: pl.DataFrame) -> pl.DataFrame:
    """Add the place of numbers, by which events are counted, to rows with `phone_e164` and what `_FIELDS` tell of it.

    The area code is that of a valid, geographic number, as in the segments of area codes.
    """
    digits = pl.col("phone_e164").str.strip_prefix("+")
    code = pl.concat_str(pl.col("country_calling_code").cast(pl.String), pl.lit("-"), "national_destination_code")
    return numbers.with_columns(
        country="region_code",
        area_code=pl.when(pl.col("is_valid") & pl.col("is_geographic")).then(code),
        number_block=digits.str.head(-_LINE_DIGITS).replace("", None),
        carrier=pl.concat_str("region_code", pl.lit(":"), "original_carrier_name"),
        line_number=digits.str.tail(_LINE_DIGITS).cast(pl.UInt16, strict=False),
    )
