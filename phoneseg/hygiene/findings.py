"""Issues of the contacts of a run, the states of their numbers, and the scores of their sources, part by part."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import polars as pl

from phoneseg.contracts import (
    EXAMINED_PHONE,
    EXAMINED_QUARANTINE,
    HYGIENE_ISSUE,
    NUMBER_STATE,
    QUALITY_SCORE,
)
from phoneseg.hygiene.examined import examine
from phoneseg.hygiene.issue_kind import IssueKind
from phoneseg.hygiene.issue_registry import all_issue_kinds
from phoneseg.hygiene.quality_score import count_quality, score_sources
from phoneseg.run import Run

_SUBJECTS: Final = {"phone": "phones", "quarantined": "quarantined", "contact": "contacts"}


class Findings(NamedTuple):
    """What was found of some contacts.

    Attributes:
        states: Rows of NUMBER_STATE.
        issues: Rows of HYGIENE_ISSUE.
    """

    states: pl.DataFrame
    issues: pl.DataFrame


class Part(NamedTuple):
    """The phones and quarantined cells of one part: rows of EXAMINED_PHONE and EXAMINED_QUARANTINE."""

    phones: pl.LazyFrame
    quarantined: pl.LazyFrame


@dataclass
class Hygiene:
    """What is found of the contacts of a run.

    Attributes:
        run: The run.
        kinds: The kinds of issues.
        parts: The parts, in the order of those of the profiles.
    """

    run: Run
    kinds: tuple[IssueKind, ...]
    parts: list[Part]
    _append: tuple[Callable[[pl.DataFrame], None], ...]
    _counts: list[pl.DataFrame] = field(default_factory=list)

    def find(self, profiles: pl.DataFrame, part: Part) -> tuple[pl.DataFrame, Findings]:
        """Find the issues of the contacts of a part.

        Args:
            profiles: Rows of the contact profile, all of the part.
            part: The same part.

        Returns:
            The profiles in their order, with `number_state`, and what was found.
        """
        examined = examine(profiles, *part, self.run.settings)
        states = NUMBER_STATE.conform(examined.phones.lazy()).unique(NUMBER_STATE.key, keep="any").collect()
        found = [kind.find(getattr(examined, _SUBJECTS[kind.subject]).lazy()) for kind in self.kinds]
        issues = pl.concat(found).collect()
        self._counts.append(count_quality(profiles, examined, issues))
        primary = examined.phones.filter("is_primary").select("contact_id", "number_state")
        known = profiles.drop("number_state").join(primary, on="contact_id", how="left", maintain_order="left")
        return known.select(profiles.columns), Findings(states, issues)

    def append(self, findings: Findings, same: pl.DataFrame) -> None:
        """Append what was found to the stage tables.

        Args:
            findings: What `find` found of a part.
            same: `contact_id` of the contacts that are published as they are.
        """
        for append, rows in zip(self._append, findings, strict=True):
            append(rows.join(same, on="contact_id", how="anti"))

    def score(self) -> pl.DataFrame:
        """Return the rows of QUALITY_SCORE of the sources that the run reads, when all parts are looked at."""
        run = self.run
        return score_sources(self._counts, run.sources, run.as_of, run.settings.hygiene.quality)


@contextmanager
def open_hygiene(run: Run) -> Iterator[Hygiene]:
    """Yield what finds issues part by part. Writes `number_state`, `hygiene_issue` and `quality_score` at its end.

    Args:
        run: A run whose states of numbers are decided.

    Raises:
        StopError: They are not.
    """
    stage, kinds = run.stage, all_issue_kinds(run.settings.hygiene.issues)
    examined = (stage.scan_parts(table.name) for table in (EXAMINED_PHONE, EXAMINED_QUARANTINE))
    parts = [Part(*frames) for frames in zip(*examined, strict=True)]
    with stage.append(NUMBER_STATE) as append_states, stage.append(HYGIENE_ISSUE) as append_issues:
        hygiene = Hygiene(run, kinds, parts, (append_states, append_issues))
        yield hygiene
    stage.write(QUALITY_SCORE.name, hygiene.score().lazy())
