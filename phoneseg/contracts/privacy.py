"""Requests of persons to be erased, the receipts of those that were served, and what keeps the erased away."""

from typing import Final

import polars as pl

from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, PrivacyClass, Table

_REQUEST_KIND: Final = Column("request_kind", pl.String, "erase_contact or erase_number.")

PRIVACY_REQUEST: Final = Table(
    "privacy_request",
    "One open request; it goes when it is served.",
    Keeping.LOG,
    ("request_id",),
    (
        Column("request_id", pl.String, "Id of your own that names nobody, such as that of a ticket."),
        _REQUEST_KIND,
        Column("contact_id", pl.String, "Contact to erase, as `<source>:<id>`.", PrivacyClass.PSEUDONYM, nullable=True),
        Column(
            "phone_e164", pl.String, "Number to erase, with its calling code.", PrivacyClass.RESTRICTED, nullable=True
        ),
        Column("requested_at", UTC_INSTANT, "When it was asked for (UTC).", nullable=True),
    ),
    Area.RESTRICTED,
)

ERASURE_RECEIPT: Final = Table(
    "erasure_receipt",
    "One request that was served; it names nobody.",
    Keeping.LOG,
    ("receipt_id",),
    (
        Column("receipt_id", pl.String, "Id of the receipt."),
        Column("request_id", pl.String, "Id of the request, where it had one.", nullable=True),
        _REQUEST_KIND,
        Column("requested_at", UTC_INSTANT, "When it was asked for (UTC).", nullable=True),
        Column("served_at", UTC_INSTANT, "When it was served (UTC)."),
        Column("contact_count", pl.Int64, "Contacts that were erased; of a number, contacts that lost it."),
        Column("row_count", pl.Int64, "Rows that were erased, or lost the number."),
        Column("rows_by_table", pl.String, "The same by table, as a JSON object."),
    ),
    Area.RESTRICTED,
)

TOMBSTONE: Final = Table(
    "tombstone",
    "One contact or number that was erased, and stays away whatever the sources hold.",
    Keeping.LOG,
    ("token_kind", "erasure_token", "token_key_id"),
    (
        Column(
            "token_kind",
            pl.String,
            "contact, number, or digits: how a number may stand in a cell that nobody can read.",
        ),
        Column(
            "erasure_token",
            pl.String,
            "HMAC-SHA-256 under a label of its own, first 128 bits as hex: it joins with no other token.",
            PrivacyClass.PSEUDONYM,
        ),
        Column("token_key_id", pl.String, "Which key made the token."),
        Column("erased_at", UTC_INSTANT, "When it was erased (UTC)."),
        Column("receipt_id", pl.String, "Receipt of the request."),
    ),
    Area.RESTRICTED,
)
