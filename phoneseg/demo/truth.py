"""The truth about the demo's contacts, for tests; the pipeline never reads it."""

from __future__ import annotations

import polars as pl


def build_truth(rows: pl.DataFrame, cells: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Build the truth tables.

    Args:
        rows: One row per contact, joined with the person.
        cells: One row per phone cell, what `write_phone_cells` gives.

    Returns:
        By file name without its ending:

        - `person`, one row per contact: contact_id, person_id, household_id (null for people who live alone),
          duplicate_within_source (true for all but the first row of a person in a source), region_code (where the
          person lives, whatever the source says).
        - `phone_cell`, one row per phone cell, empty ones included: contact_id, phone_column, phone_e164 (null where
          the cell means no number), second_phone_e164 (the other number of a cell with two), damage,
          is_recoverable (libphonenumber finds phone_e164 in the cell, given the person's true region), shared_kind
          (household, business_line, placeholder or null: whose number it is, even if only one of them wrote it down).
    """
    return {
        "person": rows.select("contact_id", "person_id", "household_id", "duplicate_within_source", "region_code"),
        "phone_cell": cells.select(
            "contact_id",
            "phone_column",
            "phone_e164",
            "second_phone_e164",
            "damage",
            "is_recoverable",
            "shared_kind",
        ),
    }
