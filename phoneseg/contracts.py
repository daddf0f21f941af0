"""Every table that phoneseg keeps: the one source of DDL, comments, the data dictionary and the suites' columns.

A *current* table holds the newest published `as_of` and its rows carry no `as_of`; a *dated* table carries `as_of` and
a run replaces exactly its own; a *log* has one row per event. Columns that depend on the clock or on chance
(`run_id`, `started_at`) stand in `pipeline_run` alone, so that the same run twice gives the same tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl

UTC_INSTANT: Final = pl.Datetime("us", "UTC")


class PrivacyClass(StrEnum):
    """Whose eyes a column is for."""

    PUBLIC = "public"  # says nothing of a person
    PERSONAL = "personal"  # says something of a contact
    PSEUDONYM = "pseudonym"  # stands for a contact or a number, useless without the source or the key
    RESTRICTED = "restricted"  # a phone number, or what was typed in its place


class Keeping(StrEnum):
    """How a table follows time."""

    CURRENT = "current"
    DATED = "dated"
    LOG = "log"


class Area(StrEnum):
    """The warehouse schema that a table lives in; its name starts with the configured `output_schema`."""

    STAGE = "stage"  # Parquet in the stage folder of a run, never in the warehouse
    PUBLISHED = "published"
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class Column:
    """One column: its Polars dtype, whether null is allowed, its privacy class and its meaning."""

    name: str
    dtype: pl.DataType | type[pl.DataType]
    meaning: str
    privacy: PrivacyClass = PrivacyClass.PUBLIC
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its key and its columns, in order."""

    name: str
    row_meaning: str
    keeping: Keeping
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    area: Area = Area.PUBLISHED

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the table."""
        return tuple(column.name for column in self.columns)

    @property
    def schema(self) -> pl.Schema:
        """The Polars schema of a frame that holds rows of this table."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    def conform(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Select and cast the table's columns out of `frame`, which may hold more; a missing one raises in Polars."""
        return frame.select(pl.col(column.name).cast(column.dtype) for column in self.columns)


def _contact_id(meaning: str = "Contact as `<source>:<id>`.") -> Column:
    return Column("contact_id", pl.String, meaning, PrivacyClass.PSEUDONYM)


def _source() -> Column:
    return Column("source", pl.String, "Name of the contact source in the settings.")


def _phone_cell() -> tuple[Column, ...]:
    return (
        _contact_id(),
        _source(),
        Column("phone_column", pl.String, "Column of the source that the number stood in."),
        Column("position", pl.Int16, "Position of the number in its cell, from 1; always 1 so far."),
    )


def _token(nullable: bool = False, meaning: str = "HMAC-SHA-256 of the E.164 number, first 128 bits as hex.") -> Column:
    return Column("phone_token", pl.String, meaning, PrivacyClass.PSEUDONYM, nullable)


RAW_CONTACT: Final = Table(
    "raw_contact",
    "One row of a contact source that existed at as_of.",
    Keeping.CURRENT,
    ("contact_id",),
    (
        _contact_id(),
        _source(),
        Column("region_hint", pl.String, "Region of the source row, ISO 3166 alpha-2.", PrivacyClass.PERSONAL, True),
        Column(
            "contact_created_at", UTC_INSTANT, "When the source row was created (UTC).", PrivacyClass.PERSONAL, True
        ),
        Column(
            "contact_updated_at", UTC_INSTANT, "When the source row last changed (UTC).", PrivacyClass.PERSONAL, True
        ),
        Column(
            "attributes",
            pl.String,
            "The source's attribute columns as a JSON object of strings, keys sorted.",
            PrivacyClass.PERSONAL,
            nullable=True,
        ),
    ),
    Area.STAGE,
)

RAW_PHONE: Final = Table(
    "raw_phone",
    "One filled phone cell.",
    Keeping.CURRENT,
    ("contact_id", "phone_column", "position"),
    (
        *_phone_cell(),
        Column("phone_rank", pl.Int16, "Rank of the column in the configured order, from 1."),
        Column("phone_raw", pl.String, "The cell as the source holds it.", PrivacyClass.RESTRICTED),
        Column("region_hint", pl.String, "Region to read the number in.", PrivacyClass.PERSONAL, nullable=True),
        Column("is_hint_unknown", pl.Boolean, "Whether the row names a country that nobody knows."),
    ),
    Area.STAGE,
)

_NUMBER_ATTRIBUTES: Final = (
    Column("country_calling_code", pl.Int16, "Calling code without the plus, such as 44."),
    Column(
        "region_code",
        pl.String,
        "Region of the number, ISO 3166 alpha-2; 001 is an international service.",
        PrivacyClass.PERSONAL,
        True,
    ),
    Column(
        "national_destination_code",
        pl.String,
        "Area code or mobile prefix.",
        PrivacyClass.PERSONAL,
        nullable=True,
    ),
    Column("is_geographic", pl.Boolean, "Whether the number is tied to a place."),
    Column("number_type", pl.String, "libphonenumber's PhoneNumberType, such as MOBILE."),
    Column("location_name", pl.String, "Place of the number, in English.", PrivacyClass.PERSONAL, nullable=True),
    Column("time_zones", pl.String, "IANA time zones, comma-separated.", PrivacyClass.PERSONAL, nullable=True),
    Column(
        "original_carrier_name",
        pl.String,
        "Carrier the range was first given to; a ported number may be elsewhere.",
        PrivacyClass.PERSONAL,
        nullable=True,
    ),
    Column("is_carrier_portable", pl.Boolean, "Whether mobile numbers of the region can change their carrier."),
)


def _profile_attribute(column: Column) -> Column:
    """Return the column as the profile holds it: null for a contact without a phone."""
    return Column(column.name, column.dtype, f"Of the primary phone: {column.meaning}", column.privacy, nullable=True)


CONTACT_PHONE: Final = Table(
    "contact_phone",
    "One phone number of a contact that parsed and has a possible length.",
    Keeping.CURRENT,
    ("contact_id", "phone_column", "position"),
    (
        *_phone_cell(),
        _token(),
        Column("token_key_id", pl.String, "Which key made the token."),
        Column("is_primary", pl.Boolean, "The contact's first valid phone in the configured order, else its first."),
        Column("is_valid", pl.Boolean, "Whether the number is in a range that is in use."),
        Column("validation_result", pl.String, "libphonenumber's ValidationResult, such as IS_POSSIBLE."),
        *_NUMBER_ATTRIBUTES,
        Column("metadata_version", pl.String, "Version of phonenumbers that said all this."),
    ),
)

CONTACT_QUARANTINE: Final = Table(
    "contact_quarantine",
    "One filled phone cell that gave no possible number.",
    Keeping.CURRENT,
    ("contact_id", "phone_column", "position"),
    (
        *_phone_cell(),
        Column("quarantine_reason", pl.String, "Why: see the list of reasons in the documentation."),
        Column(
            "region_hint", pl.String, "Region the number was read in, ISO 3166 alpha-2.", PrivacyClass.PERSONAL, True
        ),
        Column("phone_length", pl.Int32, "Characters in the cell."),
        Column("metadata_version", pl.String, "Version of phonenumbers that said so."),
    ),
)

CONTACT_PROFILE: Final = Table(
    "contact_profile",
    "One contact.",
    Keeping.CURRENT,
    ("contact_id",),
    (
        *RAW_CONTACT.columns[:-1],
        Column("phone_count", pl.Int16, "Phones in contact_phone."),
        Column("valid_phone_count", pl.Int16, "Phones in contact_phone that are valid."),
        Column("quarantined_count", pl.Int16, "Phone cells in contact_quarantine."),
        _token(nullable=True, meaning="Token of the primary phone."),
        Column("is_valid", pl.Boolean, "Whether the primary phone is valid.", nullable=True),
        *(_profile_attribute(column) for column in _NUMBER_ATTRIBUTES),
        RAW_CONTACT.columns[-1],
    ),
)

_SEGMENT_KEY: Final = (
    Column("segment_kind", pl.String, "Kind of the segment, such as country."),
    Column("segment_code", pl.String, "Code of the segment within its kind, such as DE.", PrivacyClass.PERSONAL),
)

SEGMENT: Final = Table(
    "segment",
    "One segment that has members: the dictionary for labels and definitions.",
    Keeping.CURRENT,
    ("segment_kind", "segment_code"),
    (
        *_SEGMENT_KEY,
        Column("segment_family", pl.String, "Family of the kind, such as geographic."),
        Column("segment_name", pl.String, "Name for people."),
        Column("description", pl.String, "What the kind says of a contact."),
        Column("definition", pl.String, "Rule that makes a member."),
        Column("definition_version", pl.String, "Version of the rule."),
        Column("is_exclusive", pl.Boolean, "Whether a contact has at most one segment of the kind."),
    ),
)

SEGMENT_MEMBERSHIP: Final = Table(
    "segment_membership",
    "One contact in one segment.",
    Keeping.CURRENT,
    ("contact_id", "segment_kind", "segment_code"),
    (
        _contact_id(),
        _source(),
        *_SEGMENT_KEY,
        Column("definition_version", pl.String, "Version of the rule that made the member."),
    ),
)

SEGMENT_SIZE: Final = Table(
    "segment_size",
    "The size of one segment at one as_of.",
    Keeping.DATED,
    ("as_of", "segment_kind", "segment_code"),
    (
        Column("as_of", UTC_INSTANT, "End of the data interval (UTC)."),
        *_SEGMENT_KEY,
        Column("contact_count", pl.Int64, "Members."),
    ),
)

PHONE_NUMBER: Final = Table(
    "phone_number",
    "One distinct phone number in clear.",
    Keeping.CURRENT,
    ("phone_token",),
    (
        _token(),
        Column("token_key_id", pl.String, "Which key made the token."),
        Column("phone_e164", pl.String, "The number in E.164.", PrivacyClass.RESTRICTED),
        Column("phone_international", pl.String, "International format, for people.", PrivacyClass.RESTRICTED),
        Column("phone_national", pl.String, "National format, for people.", PrivacyClass.RESTRICTED),
        Column("national_significant_number", pl.String, "Digits after the calling code.", PrivacyClass.RESTRICTED),
    ),
    Area.RESTRICTED,
)

PARSED_PHONE: Final = Table(
    "parsed_phone",
    "One possible phone number, before the contact's primary one is known.",
    Keeping.CURRENT,
    ("contact_id", "phone_column", "position"),
    (
        *(column for column in CONTACT_PHONE.columns if column.name != "is_primary"),
        next(column for column in RAW_PHONE.columns if column.name == "phone_rank"),
        *(column for column in PHONE_NUMBER.columns if column.privacy is PrivacyClass.RESTRICTED),
    ),
    Area.STAGE,
)

QUARANTINE_RAW: Final = Table(
    "quarantine_raw",
    "What stood in one quarantined phone cell.",
    Keeping.CURRENT,
    ("contact_id", "phone_column", "position"),
    (*_phone_cell(), Column("phone_raw", pl.String, "The cell as the source holds it.", PrivacyClass.RESTRICTED)),
    Area.RESTRICTED,
)

PIPELINE_RUN: Final = Table(
    "pipeline_run",
    "One run of the pipeline.",
    Keeping.LOG,
    ("run_id",),
    (
        Column("run_id", pl.String, "Id of the run, from Airflow or the command line."),
        Column("as_of", UTC_INSTANT, "End of the data interval (UTC)."),
        Column("data_interval_start", UTC_INSTANT, "Start of the data interval (UTC)."),
        Column("data_interval_end", UTC_INSTANT, "End of the data interval (UTC)."),
        Column(
            "state",
            pl.String,
            "running, published, dry_run, failed, or abandoned: dead for a day, or its interval taken over.",
        ),
        Column("started_at", UTC_INSTANT, "When extract began (UTC)."),
        Column("finished_at", UTC_INSTANT, "When the run ended (UTC).", nullable=True),
        Column("sources", pl.String, "Contact sources that were read, comma-separated."),
        Column("is_current", pl.Boolean, "Whether the run moved the current tables.", nullable=True),
        Column("contact_count", pl.Int64, "Contacts that were read.", nullable=True),
        Column("filled_cell_count", pl.Int64, "Phone cells with something in them.", nullable=True),
        Column("empty_cell_count", pl.Int64, "Phone cells that are null or blank.", nullable=True),
        Column("phone_count", pl.Int64, "Numbers in contact_phone.", nullable=True),
        Column("valid_phone_count", pl.Int64, "Valid numbers in contact_phone.", nullable=True),
        Column("quarantined_count", pl.Int64, "Cells in contact_quarantine.", nullable=True),
        Column("membership_count", pl.Int64, "Rows of segment_membership.", nullable=True),
        Column("checks_passed", pl.Int64, "Expectations that the staging tables met.", nullable=True),
        Column("phoneseg_version", pl.String, "Version of phoneseg."),
        Column("metadata_version", pl.String, "Version of phonenumbers."),
    ),
)

# A table stands after those that its rows are counted from or referred to by: `publish` fills them in this order.
TABLES: Final = (
    CONTACT_PHONE,
    CONTACT_QUARANTINE,
    CONTACT_PROFILE,
    SEGMENT_MEMBERSHIP,
    SEGMENT,
    SEGMENT_SIZE,
    PHONE_NUMBER,
    QUARANTINE_RAW,
    PIPELINE_RUN,
)


def staged_tables() -> Iterator[Table]:
    """Yield the tables that a run loads, audits and publishes: all but the log of runs."""
    return (table for table in TABLES if table.keeping is not Keeping.LOG)
