"""Runs, and what they remember of the sources."""

from typing import Final

import polars as pl

from phoneseg.contracts.contacts import source
from phoneseg.contracts.model import UTC_INSTANT, Column, Keeping, Pipeline, Table

SOURCE_WATERMARK: Final = Table(
    "source_watermark",
    "One contact source as the current tables show it.",
    Keeping.CURRENT,
    ("source",),
    (
        source(),
        Column("source_as_of", UTC_INSTANT, "The as_of that the source was last read for (UTC)."),
        Column(
            "watermark_at",
            UTC_INSTANT,
            "The newest updated_at that was read (UTC); the next incremental run starts there, less the overlap.",
            nullable=True,
        ),
        Column(
            "fingerprint",
            pl.String,
            "Of all that its reading depends on besides its rows; a new one means a full read.",
        ),
    ),
)

SOURCE_SIZE: Final = Table(
    "source_size",
    "One contact source at one as_of.",
    Keeping.DATED,
    ("as_of", "source"),
    (
        Column("as_of", UTC_INSTANT, "End of the data interval (UTC)."),
        source(),
        Column("contact_count", pl.Int64, "Contacts that existed."),
        Column("column_types", pl.String, "Types of the columns that are read, as a JSON object of families of types."),
    ),
)

PIPELINE_RUN: Final = Table(
    "pipeline_run",
    "One run of the pipeline.",
    Keeping.LOG,
    ("run_id",),
    (
        Column("run_id", pl.String, "Id of the run, from Airflow or the command line."),
        Column("pipeline", pl.String, f"{' or '.join(Pipeline)}: each has intervals of its own.", nullable=True),
        Column("as_of", UTC_INSTANT, "End of the data interval (UTC)."),
        Column("data_interval_start", UTC_INSTANT, "Start of the data interval (UTC)."),
        Column("data_interval_end", UTC_INSTANT, "End of the data interval (UTC)."),
        Column(
            "state",
            pl.String,
            "running, published, dry_run, failed, or abandoned: dead for a day, or its interval taken over.",
        ),
        Column("failure", pl.String, "Why it failed, in one line.", nullable=True),
        Column("started_at", UTC_INSTANT, "When extract began (UTC)."),
        Column("finished_at", UTC_INSTANT, "When the run ended (UTC).", nullable=True),
        Column("published_at", UTC_INSTANT, "When its tables became visible (UTC).", nullable=True),
        Column(
            "lease_until",
            UTC_INSTANT,
            "Until when an orchestrated run holds its interval between two tasks (UTC).",
            nullable=True,
        ),
        Column("sources", pl.String, "Contact sources that were read, comma-separated."),
        Column("is_incremental", pl.Boolean, "Whether of some source only what changed was read.", nullable=True),
        Column("is_current", pl.Boolean, "Whether the run moved the current tables.", nullable=True),
        Column("changed_contact_count", pl.Int64, "Contacts that were read, or found to be gone.", nullable=True),
        Column("contact_count", pl.Int64, "Contacts in all at as_of.", nullable=True),
        Column("filled_cell_count", pl.Int64, "Their phone cells with something in them.", nullable=True),
        Column(
            "empty_cell_count",
            pl.Int64,
            "Their phone cells that are null or blank, or whose number was erased.",
            nullable=True,
        ),
        Column(
            "number_count",
            pl.Int64,
            "Numbers in those cells: one of each, and the others of cells that were split.",
            nullable=True,
        ),
        Column("phone_count", pl.Int64, "Numbers in contact_phone.", nullable=True),
        Column("valid_phone_count", pl.Int64, "Valid numbers in contact_phone.", nullable=True),
        Column("quarantined_count", pl.Int64, "Rows of contact_quarantine.", nullable=True),
        Column(
            "erased_contact_count",
            pl.Int64,
            "Rows of the sources that were left out because their contacts were erased.",
            nullable=True,
        ),
        Column(
            "erased_number_count",
            pl.Int64,
            "Numbers that were left out because they were erased, in the cells that the run read.",
            nullable=True,
        ),
        Column(
            "person_count",
            pl.Int64,
            "Persons that the contacts are; null where not known.",
            nullable=True,
        ),
        Column("membership_count", pl.Int64, "Rows of segment_membership.", nullable=True),
        Column("activity_count", pl.Int64, "Rows of the activity sources that happened before as_of.", nullable=True),
        Column("matched_activity_count", pl.Int64, "Of those, rows of a contact.", nullable=True),
        Column("checks_passed", pl.Int64, "Expectations that the staging tables met.", nullable=True),
        Column("deleted_rows", pl.Int64, "Published rows that the run deleted.", nullable=True),
        Column("inserted_rows", pl.Int64, "Published rows that the run inserted.", nullable=True),
        Column(
            "source_updated_at",
            UTC_INSTANT,
            "Freshness: the newest updated_at among the contacts of all sources (UTC).",
            nullable=True,
        ),
        Column("phoneseg_version", pl.String, "Version of phoneseg."),
        Column("metadata_version", pl.String, "Version of phonenumbers."),
        Column(
            "definition_versions",
            pl.String,
            "Version of each kind and definition, as a JSON object by kind or kind:code.",
            nullable=True,
        ),
    ),
    indexes=(("as_of",),),
)
