"""A small population that changes by single contacts, and the reports of each of its days."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations

import polars as pl

from phoneseg.contracts import UTC_INSTANT
from phoneseg.privacy import TokenKey
from phoneseg.reports import ReportTally
from phoneseg.settings import ReportSettings

FIRST_DAY = datetime(2026, 6, 1, tzinfo=UTC)
CODES = {
    "country": {"DE": 0.6, "FR": 0.28, "AT": 0.075, "LU": 0.03, "MC": 0.015},
    "lifecycle": {"active": 0.5, "quiet": 0.35, "lost": 0.12, "new": 0.03},
    "is_mobile": {"yes": 0.93, "no": 0.07},
}
"""Kinds that exclude each other: each contact has one code of each."""
TAGS = {"vip": 0.04, "fan": 0.2}
SETTINGS = ReportSettings(crossed_kinds=("country", "lifecycle", "custom"))

Cell = tuple[str, ...]
Day = dict[Cell, int]
"""Counts by cell: the total is (), a segment (kind, code), an overlap the four of both, in order."""
TOTAL: Cell = ()


@dataclass
class World:
    """Contacts with their codes; each day one of them comes, goes or changes."""

    rng: random.Random
    contacts: dict[str, dict[str, str]] = field(default_factory=dict)
    tags: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, seed: int, size: int = 320) -> "World":
        world = cls(random.Random(seed))
        for _ in range(size):
            world._add()
        return world

    def _add(self) -> None:
        name = f"crm:{len(self.contacts)}-{self.rng.random()}"
        self.contacts[name] = {kind: self._draw(kind) for kind in CODES}
        self.tags[name] = {tag for tag, share in TAGS.items() if self.rng.random() < share}

    def _draw(self, kind: str) -> str:
        return self.rng.choices(list(CODES[kind]), list(CODES[kind].values()))[0]

    def pass_a_day(self) -> None:
        name = self.rng.choice(sorted(self.contacts))
        what = self.rng.choice(("come", "go", *CODES, "tag"))
        if what == "come":
            self._add()
        elif what == "go":
            del self.contacts[name], self.tags[name]
        elif what == "tag":
            self.tags[name] ^= {self.rng.choice(sorted(TAGS))}
        else:
            self.contacts[name][what] = self._draw(what)

    def memberships(self, name: str) -> list[tuple[str, str]]:
        return sorted([*self.contacts[name].items(), *(("custom", tag) for tag in self.tags[name])])

    def count(self) -> Day:
        """Return the true counts of all cells that somebody is in."""
        counts: Counter[Cell] = Counter({TOTAL: len(self.contacts)})
        for name in self.contacts:
            segments = self.memberships(name)
            counts.update(segments)
            crossed = [each for each in segments if each[0] in SETTINGS.crossed_kinds]
            counts.update((*one, *other) for one, other in combinations(crossed, 2))
        return dict(counts)

    def report(self, key: TokenKey, day: int) -> Day:
        """Return what the reports of phoneseg show."""
        tally = ReportTally(FIRST_DAY + timedelta(days=day), SETTINGS, key)
        names = sorted(self.contacts)
        for some in (names[::2], names[1::2]):
            tally.add(_profiles(some), self._members(some))
        reports = tally.list_reports()
        totals = reports["contact_report"].filter(contact_source="*", measure="contacts")
        shown: Day = dict.fromkeys([TOTAL] * totals.height, totals["contact_count"].item())
        shown |= {(kind, code): count for _, kind, code, _, count in reports["segment_report"].iter_rows()}
        shown |= {
            tuple(cell): count for _, *cell, count in reports["overlap_report"].iter_rows() if cell[:2] < cell[2:]
        }
        return shown

    def _members(self, names: list[str]) -> pl.DataFrame:
        rows = [(name, kind, code, code.title()) for name in names for kind, code in self.memberships(name)]
        return pl.DataFrame(rows, ["contact_id", "segment_kind", "segment_code", "segment_name"], orient="row")


def _profiles(names: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"contact_id": names}).with_columns(
        source=pl.lit("crm"),
        valid_phone_count=pl.lit(1),
        quarantined_count=pl.lit(0),
        first_activity_at=pl.lit(None, UTC_INSTANT),
    )


def all_cells() -> list[Cell]:
    """Return every cell that there can be: an attacker knows the names of segments."""
    segments = sorted(
        [*((kind, code) for kind, codes in CODES.items() for code in codes), *(("custom", t) for t in TAGS)]
    )
    crossed = [each for each in segments if each[0] in SETTINGS.crossed_kinds]
    overlaps = [(*a, *b) for a, b in combinations(crossed, 2) if a[0] != b[0] or a[0] == "custom"]
    return [TOTAL, *segments, *overlaps]
