"""What `phoneseg.numbers` says of a chunk, asked in one of several ways, and where that differs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from inspect import signature
from random import Random
from typing import Any, Final

import polars as pl

from phoneseg import numbers
from tests.parity import oracle
from tests.parity.chunks import Chunk
from tests.parity.oracle import Row

RAISED: Final = "(an error)"
_SHAPE: Final = "(rows, columns or dtypes)"
_LONG_FRAME: Final = 140_000  # rows: more than an engine is likely to take at once
_MOST_TILES: Final = 150
_LONGEST_ERROR: Final = 300
_MOST_ERRORS_TRACED: Final = 20
_COUNTS_ROWS: Final = hasattr(numbers, "ReadCounts") and "counts" in signature(numbers.normalize).parameters


@dataclass(frozen=True)
class Difference:
    """A row of which `phoneseg` and `phonenumbers` do not say the same."""

    kind: str
    raw: str | None
    region: str | None
    way: str
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Reader:
    """Asks `normalize` for fields in one way and keeps what it counts."""

    way: str
    fields: tuple[str, ...]
    with_region: bool
    counted: dict[str, int]

    def read(self, rows: Sequence[Row]) -> pl.DataFrame:
        """Return the frame of the rows with the fields."""
        raw, region = ("cell", "land") if self.way == "sliced" else ("raw", "region")
        frame = _frame(rows, raw, region, sliced=self.way == "sliced")
        given: dict[str, Any] = {"phone": raw, "region": region if self.with_region else None, "fields": self.fields}
        if _COUNTS_ROWS:
            given["counts"] = numbers.ReadCounts()
        if self.way == "lazy":
            answered = numbers.normalize(frame.lazy(), **given).collect()
        elif self.way == "small":
            answered = pl.concat([numbers.normalize(each, **given) for each in _small(frame)])
        elif self.way == "tiled":
            answered = _tiled(frame, given)
        else:
            answered = numbers.normalize(frame, **given)
        if _COUNTS_ROWS:
            for name, count in _counts(given["counts"]):
                self.counted[name] = self.counted.get(name, 0) + count
        if answered.height != frame.height or not answered.select(frame.columns).equals(frame):
            raise AssertionError("rows or given columns changed")
        return answered


def _frame(rows: Sequence[Row], raw: str, region: str, *, sliced: bool) -> pl.DataFrame:
    """Return the rows as a frame, plain or out of the middle of several buffers, with another column."""
    schema = {raw: pl.String, region: pl.String}
    if not sliced:
        return pl.DataFrame(list(rows), schema, orient="row")
    middle = len(rows) // 3
    parts = [[("+1 650 253 0000", "US")], rows[:middle], rows[middle:], [(None, None), ("1" * 300, "DE")]]
    joined = pl.concat([pl.DataFrame(list(part), schema, orient="row") for part in parts], rechunk=False)
    return joined.with_row_index("row").slice(1, len(rows))


def _small(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Cut a frame into an empty one, thirty of a row and some of more."""
    yield frame.head(0)
    at = 0
    while at < frame.height:
        size = 1 if at < 30 else 2 + frame.height // 40
        yield frame.slice(at, size)
        at += size


def _tiled(frame: pl.DataFrame, given: dict[str, Any]) -> pl.DataFrame:
    """Ask for the same rows many times in one long frame; return the first tile, or one that is not as the first."""
    times = min(1 + _LONG_FRAME // max(frame.height, 1), _MOST_TILES)
    answered = numbers.normalize(pl.concat([frame] * times), **given)
    tiles = [answered.slice(at * frame.height, frame.height) for at in range(times)]
    return next((tile for tile in tiles if not tile.equals(tiles[0])), tiles[0])


def _counts(counts: object) -> Iterator[tuple[str, int]]:
    """Return what an object counts, by attribute."""
    for name in dir(counts):
        value = None if name.startswith("_") else getattr(counts, name)
        if isinstance(value, int) and not isinstance(value, bool):
            yield name, value


def known_fields() -> tuple[str, ...]:
    """Return the fields that both the oracle and `phoneseg.numbers` know."""
    return tuple(field for field in oracle.FIELDS if field in numbers.FIELDS)


def named_fields(languages: Sequence[str]) -> tuple[str, ...]:
    """Return the fields that name places and carriers in some languages."""
    return tuple(prefix + language for language in languages for prefix in (oracle.LOCATION, oracle.CARRIER))


def known_languages() -> tuple[str, ...]:
    """Return the languages of names that `phoneseg.numbers` offers."""
    offered = getattr(numbers, "LANGUAGES", None) or getattr(numbers, "languages", tuple)
    return tuple(sorted(offered() if callable(offered) else offered))


def unjudged_fields() -> list[str]:
    """Return the fields that `phoneseg.numbers` has and the oracle cannot judge."""
    named = (oracle.LOCATION, oracle.CARRIER)
    return [field for field in numbers.FIELDS if field not in oracle.FIELDS and not field.startswith(named)]


def _rows_differing(chunk: Chunk, answered: pl.DataFrame, start: int, way: str) -> Iterator[Difference]:
    """Yield the rows, out of those from `start` on, whose answers differ."""
    stop = start + answered.height
    found: dict[int, dict[str, tuple[Any, Any]]] = {}
    for field, answers in chunk.expected.items():
        expected = answers[start:stop]
        got = answered.get_column(field).to_list() if field in answered.columns else [_SHAPE] * answered.height
        if got != expected:
            for at, pair in enumerate(zip(expected, got, strict=True)):
                if pair[0] != pair[1]:
                    found.setdefault(start + at, {})[field] = pair
        if field in answered.columns and answered.schema[field] != oracle.dtype(field) and answered.height:
            found.setdefault(start, {})[f"{field} {_SHAPE}"] = (oracle.dtype(field), answered.schema[field])
    for at, fields in sorted(found.items()):
        yield Difference(chunk.kinds[at], *chunk.rows[at], way, fields)


def differences(chunk: Chunk, reader: Reader) -> list[Difference]:
    """Return every row of a chunk that differs; an error is traced to the rows that make it."""
    found: list[Difference] = []
    _find(chunk, reader, 0, len(chunk.rows), found)
    return found


def _find(chunk: Chunk, reader: Reader, start: int, stop: int, found: list[Difference]) -> None:
    try:
        answered = reader.read(chunk.rows[start:stop])
    except Exception as error:  # noqa: BLE001 -- whatever it raises is a difference; the rest is still compared
        told = f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]
    else:
        found += _rows_differing(chunk, answered, start, reader.way)
        return
    errors = _errors(found)
    if stop - start > 1 and errors < _MOST_ERRORS_TRACED:
        middle = (start + stop) // 2
        _find(chunk, reader, start, middle, found)
        _find(chunk, reader, middle, stop, found)
        if _errors(found) > errors:
            return
        told = f"only in rows {start} to {stop} together, {told}"
    elif stop - start > 1:
        told = f"in rows {start} to {stop}, not traced further, {told}"
    row, kind = (chunk.rows[start], chunk.kinds[start]) if chunk.rows else ((None, None), "no rows")
    found.append(Difference(kind, *row, reader.way, {RAISED: ("no error", told)}))


def _errors(found: list[Difference]) -> int:
    return sum(RAISED in each.fields for each in found)


def ways(
    rng: Random, fields: tuple[str, ...], *, always_with_regions: bool = False
) -> tuple[str, tuple[str, ...], bool]:
    """Draw a way to ask: how, for which fields, and with or without a column of regions."""
    weights = {"eager": 52, "lazy": 10, "sliced": 12, "small": 4, "tiled": 2, "some fields": 18, "no regions": 4}
    if always_with_regions:
        del weights["no regions"]
    way = rng.choices(tuple(weights), tuple(weights.values()))[0]
    if way == "some fields":
        fields = tuple(rng.sample(fields, rng.randint(1, min(6, len(fields)))))
    return way, fields, way != "no regions"
