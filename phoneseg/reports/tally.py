"""The reports of a run: counted part by part of its contacts, and written rounded."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Self

import polars as pl

from phoneseg.contracts import CONTACT_REPORT, OVERLAP_REPORT, SEGMENT_REPORT, Table
from phoneseg.errors import SettingsError
from phoneseg.privacy import TokenKey, load_token_key
from phoneseg.reports.counts import (
    COUNT,
    MEASURE,
    OVERLAP,
    SEGMENT,
    count_contacts,
    count_overlaps,
    count_segments,
    in_both_orders,
)
from phoneseg.reports.rounding import round_counts
from phoneseg.run import Run, Stage
from phoneseg.settings import ReportSettings, Settings


def check_crossed_kinds(settings: Settings, kinds: Iterable[str]) -> None:
    """Check that the kinds whose overlaps are counted exist.

    Raises:
        SettingsError: One does not.
    """
    known = sorted(kinds)
    for kind in settings.privacy.report.crossed_kinds:
        if kind not in known:
            nearest = get_close_matches(kind, known, n=1)
            hint = f"did you mean `{nearest[0]}`? " if nearest else ""
            raise SettingsError(
                f"{settings.config_file.name}: privacy.report.crossed_kinds: no kind of segments `{kind}`; {hint}"
                f"there is: {', '.join(known)}"
            )


class ReportTally:
    """Counts of the contacts of a run."""

    def __init__(self, as_of: datetime, settings: ReportSettings, key: TokenKey) -> None:
        """Begin to count.

        Args:
            as_of: What the reports are about, UTC; the rounding does not depend on it.
            settings: What they hide and round.
            key: The key of the rounding.
        """
        self._as_of = as_of
        self._settings = settings
        self._key = key
        self._contacts: list[pl.DataFrame] = []
        self._segments: list[pl.DataFrame] = []
        self._overlaps: list[pl.DataFrame] = []

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the tally of a run, which has counted nothing yet.

        Raises:
            SettingsError: There is no token key.
        """
        return cls(run.as_of, run.settings.privacy.report, load_token_key(run.settings))

    def add(self, profiles: pl.DataFrame, members: pl.DataFrame) -> None:
        """Count some contacts.

        Args:
            profiles: Their rows of the contact profile; each contact of a run is added once.
            members: Their memberships: columns of SEGMENT_MEMBERSHIP, and `segment_name`.
        """
        self._contacts.append(count_contacts(profiles))
        self._segments.append(count_segments(members))
        self._overlaps.append(count_overlaps(members, self._settings.crossed_kinds))

    def list_reports(self) -> dict[str, pl.DataFrame]:
        """Return the reports by the names of their tables: rounded, and without small counts."""
        overlaps = self._round(OVERLAP_REPORT, OVERLAP, self._overlaps)
        return {
            CONTACT_REPORT.name: self._round(CONTACT_REPORT, MEASURE, self._contacts),
            SEGMENT_REPORT.name: self._round(SEGMENT_REPORT, SEGMENT, self._segments),
            OVERLAP_REPORT.name: in_both_orders(overlaps),
        }

    def write(self, stage: Stage) -> None:
        """Write `contact_report`, `segment_report` and `overlap_report`."""
        for name, rows in self.list_reports().items():
            stage.write(name, rows.lazy())

    def _round(self, table: Table, cell: tuple[str, ...], counts: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Return the rows of a report out of the counts of all parts."""
        columns = [name for name in table.column_names if name != "as_of"]
        names = [name for name in columns if name not in cell and name != COUNT]
        empty = pl.DataFrame(schema={name: table.schema[name] for name in columns})
        total = (
            pl.concat([empty, *(each.select(columns) for each in counts)])
            .group_by(cell)
            .agg(pl.col(names).min(), pl.col(COUNT).sum())
            .sort(cell)
        )
        rounded = round_counts(total, cell, self._settings.round_to, self._key, table.name)
        as_of = pl.lit(self._as_of, table.schema["as_of"])
        return table.conform(rounded.lazy().with_columns(as_of=as_of)).collect()
