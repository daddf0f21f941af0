"""All steps of the benchmark in turn."""

import os
from dataclasses import dataclass
from pathlib import Path

from number_engine.processes import in_fresh_process

from activity_figures.comparison import count_differences
from activity_figures.rival import run_duckdb
from activity_figures.steps import Cost, has_stage, run_verb, write_stage


@dataclass(frozen=True)
class Measured:
    """What one size gave.

    Attributes:
        row_count: Rows of activity.
        contact_count: Contacts.
        profile: The verb.
        segment: The verb.
        duckdb: DuckDB with the figures alone.
        compared_count: Cells that were compared.
        differing: How many of those differ, by column, where any do.
    """

    row_count: int
    contact_count: int
    profile: Cost
    segment: Cost
    duckdb: Cost
    compared_count: int
    differing: dict[str, int]


def measure(folder: Path, row_count: int, contact_count: int) -> Measured:
    """Measure one size; its stage is in `folder`, and is written where it is not."""
    cores = os.cpu_count() or 1
    if not has_stage(folder):
        in_fresh_process(write_stage, cores, folder, row_count, contact_count)
    profile, segment = (in_fresh_process(run_verb, cores, folder, verb) for verb in ("profile", "segment"))
    duckdb = in_fresh_process(run_duckdb, cores, folder, cores)
    compared_count, differing = in_fresh_process(count_differences, cores, folder)
    return Measured(row_count, contact_count, profile, segment, duckdb, compared_count, differing)
