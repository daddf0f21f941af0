"""A run: which interval, which settings, and the stage folder where its verbs hand Parquet to each other."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, Self

import polars as pl
import pyarrow
from pyarrow.parquet import ParquetWriter

from phoneseg.contracts import Pipeline, Table
from phoneseg.errors import SettingsError, StopError
from phoneseg.settings import Settings

_OVERTAKEN: Final = "if they were, another run has taken the interval over"
_STAGE_MARK: Final = ".phoneseg_stage"
WIDTHS: Final = {Pipeline.SEGMENT_CONTACTS: timedelta(days=1), Pipeline.MONITOR_ACTIVITY: timedelta(hours=1)}
"""How wide the data intervals of each pipeline are."""


@dataclass(frozen=True)
class Run:
    """One run over one data interval; small and serializable but for its settings.

    Attributes:
        run_id: Unique id, from Airflow or made here.
        as_of: End of the data interval, UTC; contacts created later do not exist yet.
        data_interval_start: Start of the data interval, UTC.
        sources: Names of the contact sources to read; the others keep what is published of them.
        dry_run: Whether to stop after the audit.
        full: Whether to read the sources whole, whatever the watermarks say.
        accept_drift: Whether sources may have shrunk, or changed the types of their columns.
        accept_sizes: Whether segments may have changed their sizes by more than their share.
        is_orchestrated: Whether its verbs run in processes of their own, with gaps between them.
        pipeline: Whose verbs it runs; two pipelines may work on one interval.
        settings: The settings.
    """

    run_id: str
    as_of: datetime
    data_interval_start: datetime
    sources: tuple[str, ...]
    settings: Settings
    dry_run: bool = False
    full: bool = False
    accept_drift: bool = False
    accept_sizes: bool = False
    is_orchestrated: bool = False
    pipeline: Pipeline = Pipeline.SEGMENT_CONTACTS

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        run_id: str | None = None,
        as_of: datetime | None = None,
        data_interval_start: datetime | None = None,
        sources: tuple[str, ...] | None = None,
        dry_run: bool = False,
        full: bool = False,
        accept_drift: bool = False,
        accept_sizes: bool = False,
        is_orchestrated: bool = False,
        pipeline: Pipeline = Pipeline.SEGMENT_CONTACTS,
    ) -> Self:
        """Make a run; without `as_of` its interval ends at the last UTC midnight, or hour where it monitors.

        Without a start it is a day wide, or an hour.

        Raises:
            SettingsError: A source is not in the settings, or `as_of` is more than an interval ahead, which must be a
                slip: the current tables would not move again until then; or what monitors is not of whole hours.
        """
        unknown = sorted(set(sources or ()) - set(settings.contacts))
        if unknown:
            known = ", ".join(settings.contacts)
            raise SettingsError(f"{settings.config_file.name}: no contact source `{unknown[0]}`; there is: {known}")
        width = WIDTHS[pipeline]
        now = datetime.now(UTC)
        end = as_utc(as_of) if as_of else now - (now - datetime.min.replace(tzinfo=UTC)) % width
        if end > now + width:
            shown = f"{end:%Y-%m-%d %H:%M}" if end.time() != time() else f"{end:%Y-%m-%d}"
            raise SettingsError(f"as_of {shown} is in the future: its interval has not happened yet")
        start = as_utc(data_interval_start) if data_interval_start else end - width
        if pipeline is Pipeline.MONITOR_ACTIVITY:
            _check_hours(start, end)
        return cls(
            run_id=run_id or f"manual__{end:%Y-%m-%dT%H:%M:%S}__{token_hex(4)}",
            as_of=end,
            data_interval_start=start,
            sources=tuple(name for name in settings.contacts if name in sources)
            if sources
            else tuple(settings.contacts),
            settings=settings,
            dry_run=dry_run,
            full=full,
            accept_drift=accept_drift,
            accept_sizes=accept_sizes,
            is_orchestrated=is_orchestrated,
            pipeline=pipeline,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the run without its settings, as JSON can hold it."""
        return {
            "run_id": self.run_id,
            "as_of": self.as_of.isoformat(),
            "data_interval_start": self.data_interval_start.isoformat(),
            "sources": list(self.sources),
            "dry_run": self.dry_run,
            "full": self.full,
            "accept_drift": self.accept_drift,
            "accept_sizes": self.accept_sizes,
            "is_orchestrated": self.is_orchestrated,
            "pipeline": self.pipeline.value,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], settings: Settings) -> Self:
        """Return the run that `to_dict` described."""
        return cls(
            run_id=values["run_id"],
            as_of=datetime.fromisoformat(values["as_of"]),
            data_interval_start=datetime.fromisoformat(values["data_interval_start"]),
            sources=tuple(values["sources"]),
            settings=settings,
            dry_run=values["dry_run"],
            full=values["full"],
            accept_drift=values["accept_drift"],
            accept_sizes=values["accept_sizes"],
            is_orchestrated=values["is_orchestrated"],
            pipeline=Pipeline(values["pipeline"]),
        )

    @property
    def has_all_sources(self) -> bool:
        """Whether every contact source of the settings is read."""
        return set(self.sources) == set(self.settings.contacts)

    @property
    def has_lease(self) -> bool:
        """Whether it holds its interval between two verbs; a dry run is in nobody's way."""
        return self.is_orchestrated and not self.dry_run

    @property
    def stage(self) -> "Stage":
        """The run's stage folder."""
        # Without user and password: those may be others at the next task, and its hash would tell a short one.
        url = re.sub(r"://.*@", "://", self.settings.warehouse.url.get_secret_value()).partition("?")[0]
        warehouse = f"{url} {self.settings.warehouse.output_schema}"
        return Stage(
            self.settings.resolve(self.settings.stage.folder) / file_name(self.run_id),
            owner=hashlib.sha256(f"{self.settings.folder} {warehouse}".encode()).hexdigest(),
        )


@dataclass(frozen=True)
class Stage:
    """A folder of Parquet files and counts that lives as long as its run; only the user can read it.

    Attributes:
        folder: The folder.
        owner: Names the warehouse that its run works for; it stands in the folder, so that nobody removes another's.
    """

    folder: Path
    owner: str = ""

    def create(self) -> None:
        """Make the folder, empty."""
        self.remove()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in self.folder.glob("*.parquet"):
            file.unlink()
        (self.folder / _STAGE_MARK).write_text(self.owner, encoding="utf-8")

    def remove(self) -> None:
        """Remove the folder and all in it, if a run on the same warehouse made it: others may use the place too."""
        mark = self.folder / _STAGE_MARK
        if not mark.exists() or mark.read_text(encoding="utf-8") != self.owner:
            return
        for file in self.folder.iterdir():  # the mark last: who is killed in between can be cleaned up after
            if file != mark:
                file.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name: str) -> Path:
        """Return where the Parquet file of a stage table is."""
        return self.folder / f"{name}.parquet"

    def scan(self, name: str) -> pl.LazyFrame:
        """Return the rows of a stage table.

        Raises:
            StopError: An earlier verb has not written it.
        """
        if not self.path(name).exists():
            raise StopError(f"stage table {name} is missing in {self.folder}: run the verbs in order; {_OVERTAKEN}")
        return pl.scan_parquet(self.path(name), glob=False)

    def write(self, name: str, frame: pl.LazyFrame) -> None:
        """Write a stage table, streaming; it appears under its name when it is whole."""
        unfinished = self.path(name).with_suffix(".unfinished")
        frame.sink_parquet(unfinished)
        unfinished.rename(self.path(name))

    @contextmanager
    def append(self, table: Table, name: str | None = None) -> Iterator[Callable[[pl.DataFrame], None]]:
        """Yield a function that appends rows to a stage table; it appears under its name when the block ends well."""
        path = self.path(name or table.name)
        unfinished = path.with_suffix(".unfinished")
        schema = _to_arrow(table.schema.to_frame()).schema
        with ParquetWriter(unfinished, schema, compression="zstd") as writer:
            yield lambda rows: writer.write_table(_to_arrow(table.conform(rows.lazy()).collect()))
        unfinished.rename(path)

    @contextmanager
    def append_parts(
        self, table: Table, count: int, key: str = "contact_id"
    ) -> Iterator[Callable[[pl.DataFrame], None]]:
        """Yield a function that appends rows to a stage table in parts: all rows of a contact are in one of them.

        The same contact is in the same part of every table with as many parts. With another `key`, it is all rows of
        one value of that column.
        """
        self._remove_parts(table.name)
        with ExitStack() as stack:
            parts = [stack.enter_context(self.append(table, _part_name(table.name, part))) for part in range(count)]

            def append(rows: pl.DataFrame) -> None:
                numbered = rows.with_columns(part=pl.col(key).hash(seed=7) % count)
                for (part,), some in numbered.partition_by("part", as_dict=True, include_key=False).items():
                    parts[part](some)

            yield append

    def write_parts(self, name: str, frames: Iterable[pl.LazyFrame]) -> None:
        """Write the parts of a stage table, one after the other."""
        self._remove_parts(name)
        for part, frame in enumerate(frames):
            self.write(_part_name(name, part), frame)

    def scan_parts(self, name: str) -> list[pl.LazyFrame]:
        """Return the parts of a stage table, in order.

        Raises:
            StopError: An earlier verb has not written it.
        """
        return [self.scan(file.stem) for file in self._part_files(name)] or [self.scan(name)]

    def _remove_parts(self, name: str) -> None:
        for file in self._part_files(name):
            file.unlink()

    def _part_files(self, name: str) -> list[Path]:
        return sorted(self.folder.glob(f"{name}-*.parquet"))

    def count(self, name: str) -> int:
        """Return how many rows a stage table has."""
        return int(self.scan(name).select(pl.len()).collect().item())

    def write_counts(self, verb: str, counts: Mapping[str, int]) -> None:
        """Keep what a verb counted, for the verbs after it."""
        (self.folder / f"{verb}.json").write_text(json.dumps(counts), encoding="utf-8")

    def read_counts(self, *verbs: str) -> dict[str, int]:
        """Return what the verbs counted, in one dictionary.

        Raises:
            StopError: A verb has not run.
        """
        counts: dict[str, int] = {}
        for verb in verbs:
            file = self.folder / f"{verb}.json"
            if not file.exists():
                raise StopError(
                    f"the counts of {verb} are missing in {self.folder}: run the verbs in order; {_OVERTAKEN}"
                )
            counts |= json.loads(file.read_text(encoding="utf-8"))
        return counts


def _part_name(name: str, part: int) -> str:
    return f"{name}-{part:03}"


def _to_arrow(frame: pl.DataFrame) -> pyarrow.Table:
    """Return the frame as Arrow, in the types that every Parquet reader knows."""
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def parse_instant(text: str, where: str) -> datetime:
    """Return the instant that an ISO 8601 text means.

    Raises:
        SettingsError: It means none; the message starts with `where`.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"{where} {text}: not an ISO date or time, such as 2026-07-01 or 2026-07-01T06:00"
        ) from None


def _check_hours(start: datetime, end: datetime) -> None:
    """Check that an interval is made of whole hours."""
    for name, instant in (("as_of", end), ("start of the interval", start)):
        if instant.replace(minute=0, second=0, microsecond=0) != instant:
            raise SettingsError(f"{name} {instant:%Y-%m-%d %H:%M:%S}: activity is monitored by whole hours (UTC)")
    if start >= end:
        raise SettingsError(f"the interval has no hour: from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}")


def as_utc(instant: datetime) -> datetime:
    """Return the instant in UTC; a naive one is taken as UTC."""
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def file_name(run_id: str) -> str:
    """Return a file name of the run's own that every system takes and a person can tell."""
    readable = re.sub(r"[^A-Za-z0-9-]+", "_", run_id)[:80]
    return f"{readable}-{hashlib.sha256(run_id.encode()).hexdigest()[:8]}"
