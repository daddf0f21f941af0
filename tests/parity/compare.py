"""Compare `phoneseg.numbers` with `phonenumbers` over millions of rows.

python -m tests.parity.compare --rows 1000000 --seed 2 --sample-languages 3
python -m tests.parity.compare --sweep all
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from phoneseg import numbers
from tests.parity.chunks import KINDS, Chunk, Task, make_chunks
from tests.parity.oracle import FIELDS
from tests.parity.reading import (
    Difference,
    Reader,
    differences,
    known_fields,
    known_languages,
    named_fields,
    unjudged_fields,
    ways,
)
from tests.parity.sweeps import SWEEPS

_CHUNK: Final = 5_000
_SHOWN: Final = 20  # differences, in the report
_SECONDS_BETWEEN_LINES: Final = 15
_SHARE_WITH_LANGUAGES: Final = 0.25
# Languages with many names of places or carriers, or with rules of their own; the others only name countries.
_RICH_LANGUAGES: Final = frozenset(
    [
        "ar",
        "be",
        "bg",
        "de",
        "el",
        "es",
        "fa",
        "fr",
        "hy",
        "id",
        "it",
        "ja",
        "kk",
        "ko",
        "nl",
        "pt",
        "ro",
        "ru",
        "sv",
        "uk",
        "zh",
        "zh_Hant",
    ]
)
_LONGEST_SHOWN: Final = 400


def say(text: str = "") -> None:
    """Print a line now."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@dataclass
class Tally:
    """What was compared and what differed so far."""

    rows: int = 0
    compared: int = 0
    named: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    by_way: Counter[str] = field(default_factory=Counter)
    differing_by_kind: Counter[str] = field(default_factory=Counter)
    differing_by_field: Counter[str] = field(default_factory=Counter)
    differing_rows: int = 0
    examples: list[Difference] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    seconds_reading: float = 0.0

    def add(self, chunk: Chunk, way: str, found: Sequence[Difference]) -> None:
        """Count a chunk and its differences."""
        self.rows += len(chunk.rows)
        self.compared += len(chunk.rows) * len(chunk.task.fields)
        self.by_kind.update(chunk.kinds)
        self.by_way[way] += len(chunk.rows)
        self.named += len(chunk.rows) * sum(name not in FIELDS for name in chunk.task.fields)
        self.differing_rows += len(found)
        for each in found:
            self.differing_by_kind[each.kind] += 1
            self.differing_by_field.update(each.fields.keys())
            if self.differing_by_kind[each.kind] <= _SHOWN:
                self.examples.append(each)

    def first_examples(self, count: int) -> list[Difference]:
        """Return the first differences, of each kind of rows in turn."""
        so_far: Counter[str] = Counter()
        turns = []
        for each in self.examples:
            so_far[each.kind] += 1
            turns.append((so_far[each.kind], each))
        return [each for _, each in sorted(turns, key=lambda turn: turn[0])[:count]]


@dataclass(frozen=True)
class Wish:
    """What to compare."""

    rows: int
    seed: int = 1
    fields: tuple[str, ...] = ()
    languages: int = 0
    processes: int = 2
    kinds: tuple[str, ...] = tuple(KINDS)
    evenly: bool = False
    chunk: int = _CHUNK
    sweeps: tuple[str, ...] = ()

    def tasks(self) -> Iterator[tuple[Task, str]]:
        """Yield the chunks to make and the ways to read them."""
        fields = self.fields or known_fields()
        spoken = known_languages()
        for index, (size, sweep) in enumerate(self._parts()):
            rng = Random(f"{self.seed} {index}")
            way, asked, with_region = ways(rng, fields, always_with_regions=sweep is not None)
            if self.languages and spoken and rng.random() < _SHARE_WITH_LANGUAGES:
                rich = [language for language in spoken if language in _RICH_LANGUAGES] or spoken
                chosen = {rng.choice(rng.choice((rich, spoken))) for _ in range(self.languages)}
                asked = (*asked, *named_fields(sorted(chosen)))
            seed = f"{self.seed} {index} rows"
            yield Task(seed, size, asked, self.kinds, self.evenly, with_region, sweep), way

    def _parts(self) -> Iterator[tuple[int, tuple[str, int, int] | None]]:
        """Yield the sizes of chunks, or the parts of sweeps."""
        for name in self.sweeps:
            step = 20 if name == "plans" else self.chunk // 4
            yield from ((0, (name, start, start + step)) for start in range(0, SWEEPS[name][0], step))
        if not self.sweeps:
            yield from ((min(self.chunk, self.rows - start), None) for start in range(0, self.rows, self.chunk))


def compare(wish: Wish, *, talk: bool = False) -> Tally:
    """Compare as wished; with `talk`, print how it goes."""
    tally = Tally()
    began = told = time.monotonic()
    planned = list(wish.tasks())
    chunks = make_chunks((task for task, _ in planned), wish.processes)
    for chunk, (_, way) in zip(chunks, planned, strict=True):
        reading = time.monotonic()
        reader = Reader(way, chunk.task.fields, chunk.task.with_region, tally.counted)
        found = differences(chunk, reader)
        tally.seconds_reading += time.monotonic() - reading
        tally.add(chunk, way, found)
        if talk and (time.monotonic() - told > _SECONDS_BETWEEN_LINES):
            told = time.monotonic()
            say(_progress(tally, told - began))
    if talk:
        say(_progress(tally, time.monotonic() - began))
    return tally


def _progress(tally: Tally, seconds: float) -> str:
    asked = tally.counted.get("rows") or tally.rows  # a way of asking may repeat rows
    counted = ", ".join(f"{name} {count:,} ({count / max(asked, 1):.3%})" for name, count in tally.counted.items())
    return (
        f"{tally.rows:>12,} rows  {tally.rows / max(seconds, 0.001):>9,.0f} rows/s"
        f"  (normalize alone {asked / max(tally.seconds_reading, 0.001):,.0f} rows/s)"
        f"  {tally.differing_rows:,} rows differ" + (f"  [{counted}]" if counted else "")
    )


def _shown(value: Any) -> str:
    written = repr(value)
    return written if len(written) <= _LONGEST_SHOWN else f"{written[:300]} ... {written[-60:]} (length {len(value)})"


def report(tally: Tally, fields: Sequence[str]) -> str:
    """Return what was compared, what differed, and the first differences; all rows are synthetic."""
    lines = ["", f"{'kind of row':28} {'rows':>11} {'differ':>9}"]
    lines += [f"{kind:28} {count:>11,} {tally.differing_by_kind[kind]:>9,}" for kind, count in tally.by_kind.items()]
    lines += ["", "read: " + ", ".join(f"{way} {count:,}" for way, count in tally.by_way.most_common()), ""]
    judged = (*fields, *(name for name in tally.differing_by_field if name not in fields))
    lines += [f"{'field':44} {'differ':>9}"]
    lines += [f"{name:44} {tally.differing_by_field[name]:>9,}" for name in judged]
    for at, each in enumerate(tally.first_examples(_SHOWN), 1):
        lines += ["", f"{at}. {each.kind}, {each.way}: raw={_shown(each.raw)} region={_shown(each.region)}"]
        lines += [
            f"     {name}: phonenumbers {_shown(a)}  phoneseg {_shown(b)}" for name, (a, b) in each.fields.items()
        ]
    lines += ["", f"{tally.rows:,} rows, {tally.compared:,} values compared, {tally.differing_rows:,} rows differ"]
    lines += [f"{tally.named:,} of the values are names in sampled languages"]
    if unjudged := unjudged_fields():
        lines += [f"not judged: {', '.join(unjudged)}"]
    return "\n".join(lines)


def _wish(arguments: Sequence[str] | None) -> Wish:
    parser = argparse.ArgumentParser(prog="python -m tests.parity.compare", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fields", default="all", help="all, default, or names with commas between")
    parser.add_argument(
        "--sample-languages", type=int, default=0, metavar="K", help="K languages in a quarter of chunks"
    )
    parser.add_argument("--processes", type=int, default=2, help="for phonenumbers; 0 asks it in this process")
    parser.add_argument("--kinds", help="only these kinds of rows, with commas between")
    parser.add_argument("--sweep", help=f"instead of random rows: all, or of {', '.join(SWEEPS)}, with commas between")
    given = parser.parse_args(arguments)
    named = {"all": known_fields(), "default": tuple(numbers.DEFAULT_FIELDS)}
    fields = named.get(given.fields) or tuple(given.fields.split(","))
    kinds = tuple(given.kinds.split(",")) if given.kinds else tuple(KINDS)
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        parser.error(f"no kind {unknown[0]!r}; there is: {', '.join(KINDS)}")
    sweeps = tuple(SWEEPS) if given.sweep == "all" else tuple(filter(None, (given.sweep or "").split(",")))
    if unknown := [sweep for sweep in sweeps if sweep not in SWEEPS]:
        parser.error(f"no sweep {unknown[0]!r}; there is: {', '.join(SWEEPS)}")
    return Wish(given.rows, given.seed, fields, given.sample_languages, given.processes, kinds, sweeps=sweeps)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison of the command line; return 1 when anything differs."""
    wish = _wish(arguments)
    tally = compare(wish, talk=True)
    say(report(tally, wish.fields))
    return 1 if tally.differing_rows else 0


if __name__ == "__main__":
    sys.exit(main())
