"""The sources of a run: read whole or by what changed, and which published contacts the run replaces."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import CHANGED_CONTACT, CONTACT_PROFILE, SOURCE_SIZE, SOURCE_WATERMARK
from phoneseg.errors import SourceError
from phoneseg.extract.contacts import ContactBatch, SourceReader, Statement, extract_source
from phoneseg.extract.drift import EarlierSource, check_column_types, check_contact_count, read_earlier_source
from phoneseg.extract.erased import read_tombstones
from phoneseg.extract.watermarks import changed_since, read_watermarks
from phoneseg.privacy import CONTACT
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SourcePlan:
    """How a run reads one source.

    Attributes:
        reader: How its rows become contacts.
        statement: SELECT of its configured columns.
        column_types: Families of the types of its columns.
        earlier: The source as an earlier run saw it, if any.
        fingerprint: Of all that the contacts' rows depend on besides the source's rows.
        changed: The part of the statement that may have changed; null where all is read.
    """

    reader: SourceReader
    statement: Statement
    column_types: dict[str, str]
    earlier: EarlierSource | None
    fingerprint: str
    changed: Statement | None

    @property
    def is_incremental(self) -> bool:
        """Whether only what changed is read."""
        return self.changed is not None


@dataclass
class SourceSink:
    """Takes the contacts of all sources, and counts them.

    Attributes:
        append_contacts: Appends rows of RAW_CONTACT.
        append_phones: Appends rows of RAW_PHONE.
        append_changed: Appends rows that have the columns of CHANGED_CONTACT.
    """

    append_contacts: Callable[[pl.DataFrame], None]
    append_phones: Callable[[pl.DataFrame], None]
    append_changed: Callable[[pl.DataFrame], None]
    contact_count: int = 0
    filled_cell_count: int = 0
    empty_cell_count: int = 0

    def append(self, batch: ContactBatch) -> None:
        """Append a batch of contacts and their cells."""
        self.append_contacts(batch.contacts)
        self.append_phones(batch.phones)
        self.contact_count += len(batch.contacts)
        self.filled_cell_count += len(batch.phones)
        self.empty_cell_count += batch.empty_cell_count


@dataclass(frozen=True)
class SourceRead:
    """What was read of one source.

    Attributes:
        plan: How.
        contact_count: All contacts that exist at `as_of`.
        watermark_at: Their newest `updated_at` up to now.
        erased_count: Source rows of contacts that were erased.
    """

    plan: SourcePlan
    contact_count: int
    watermark_at: datetime | None
    erased_count: int


def plan_sources(
    warehouse: Warehouse, connection: sa.Connection, run: Run, fingerprints: Mapping[str, str]
) -> list[SourcePlan]:
    """Decide how the run reads its sources, and read who was erased: they are left out.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: The run.
        fingerprints: Fingerprint of each source.

    Raises:
        SourceError: A table or a column is missing.
        DriftError: A column is of another type than before.
        StopError: Published tokens were made with another key than that of the settings.
        SettingsError: The key of a tombstone is not there.
    """
    tombstones = read_tombstones(warehouse, connection, run)
    watermarks = read_watermarks(warehouse, connection, run)
    overlap = timedelta(minutes=run.settings.extract.overlap_minutes)
    plans = []
    for name in run.sources:
        reader = SourceReader.of(run.settings, name, tombstones)
        statement = reader.select(warehouse, connection)
        types = warehouse.source_types(connection, name, reader.source)
        earlier = read_earlier_source(warehouse, connection, run, name)
        if earlier is not None and not run.accept_drift:
            check_column_types(reader.where, earlier, types)
        fingerprint = _with_types(fingerprints[name], types)
        watermark, since = watermarks.get(name), None
        if watermark is not None and watermark.fingerprint == fingerprint:
            since = changed_since(reader.source, watermark, types, overlap)
        changed = None if since is None else statement.where(since)
        plans.append(SourcePlan(reader, statement, types, earlier, fingerprint, changed))
    return plans


def _with_types(fingerprint: str, column_types: Mapping[str, str]) -> str:
    """Return a fingerprint of the types, too: a changed one changes values in rows whose `updated_at` stays."""
    return hashlib.sha256(f"{fingerprint} {json.dumps(column_types, sort_keys=True)}".encode()).hexdigest()[:16]


def read_source(
    warehouse: Warehouse, connection: sa.Connection, run: Run, plan: SourcePlan, sink: SourceSink, *, is_partial: bool
) -> SourceRead:
    """Read one source into the sink.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: The run.
        plan: How to read the source.
        sink: Where its contacts go.
        is_partial: Whether some published contacts are not replaced, so that the others have to be named.

    Raises:
        SourceError: The source is not as the settings describe it.
        DriftError: Too many contacts are gone.
    """
    if plan.changed is not None:
        read = _read_changes(warehouse, connection, run, plan, plan.changed, sink)
    else:
        read = _read_whole(warehouse, connection, run, plan, sink, is_partial=is_partial)
    if plan.earlier is not None and not run.accept_drift:
        check_contact_count(plan.reader.where, plan.earlier, read.contact_count, plan.reader.source.max_shrink_pct)
    return read


def append_dropped_sources(warehouse: Warehouse, connection: sa.Connection, run: Run, sink: SourceSink) -> None:
    """Name the published contacts whose source is no longer in the settings: a partial run replaces them by nothing."""
    profile = warehouse.naming.published(CONTACT_PROFILE)
    is_dropped = profile.c.source.not_in(tuple(run.settings.contacts))
    for ids in _contact_ids(warehouse, connection, sa.select(profile.c.contact_id).where(is_dropped)):
        sink.append_changed(ids)


def describe_sources(run: Run, read: list[SourceRead]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Return the rows of SOURCE_WATERMARK and SOURCE_SIZE of the sources that were read."""
    rows = pl.LazyFrame(
        {
            "source": [each.plan.reader.name for each in read],
            "as_of": [run.as_of for _ in read],
            "source_as_of": [run.as_of for _ in read],
            "watermark_at": [each.watermark_at for each in read],
            "contact_count": [each.contact_count for each in read],
            "column_types": [json.dumps(each.plan.column_types, sort_keys=True) for each in read],
            "fingerprint": [each.plan.fingerprint for each in read],
        },
        schema_overrides={"watermark_at": pl.Datetime("us", "UTC")},
    )
    return SOURCE_WATERMARK.conform(rows), SOURCE_SIZE.conform(rows)


def _read_whole(
    warehouse: Warehouse, connection: sa.Connection, run: Run, plan: SourcePlan, sink: SourceSink, *, is_partial: bool
) -> SourceRead:
    """Read all contacts of a source; its published contacts are replaced, whatever became of them."""
    name, contact_count, erased_count, newest = plan.reader.name, 0, 0, None
    for batch in extract_source(warehouse, connection, plan.reader, plan.statement, run.as_of):
        sink.append(batch)
        contact_count += len(batch.contacts)
        erased_count += batch.erased_count
        newest = _newest(batch.contacts, newest)
        if is_partial:
            sink.append_changed(batch.contacts)
    if is_partial:
        for ids in _published_ids(warehouse, connection, name):
            sink.append_changed(ids)
    return SourceRead(plan, contact_count, newest, erased_count)


def _read_changes(
    warehouse: Warehouse, connection: sa.Connection, run: Run, plan: SourcePlan, changed: Statement, sink: SourceSink
) -> SourceRead:
    """Read the contacts that may have changed, and find out which are new or gone by a scan of all ids."""
    name = plan.reader.name
    at_as_of = _existing_keys(warehouse, connection, run, plan)
    published = pl.concat(_published_ids(warehouse, connection, name))
    # Who is published is not erased, so that few ids cost an HMAC.
    unpublished = at_as_of.join(published, on="contact_id", how="anti", maintain_order="left")
    is_erased = plan.reader.tombstones.find(CONTACT, unpublished["contact_id"])
    existing = at_as_of.join(unpublished.filter(is_erased), on="contact_id", how="anti")
    read = [pl.DataFrame(schema={"contact_id": pl.String})]
    for batch in extract_source(warehouse, connection, plan.reader, changed, run.as_of, may_be_empty=True):
        sink.append(batch)
        read.append(batch.contacts.select("contact_id"))
    seen = pl.concat(read)
    unseen = existing.join(published, on="contact_id", how="anti").join(seen, on="contact_id", how="anti")
    if len(unseen):
        log.info("extract: %s: %s contacts are new and older than the watermark", name, f"{len(unseen):,}")
        for batch in extract_source(warehouse, connection, plan.reader, plan.statement, run.as_of):
            sink.append(batch.only(unseen))
    gone = published.join(existing, on="contact_id", how="anti")
    for ids in (seen, unseen, gone):
        sink.append_changed(ids)
    return SourceRead(plan, len(existing), _newest(existing, None), len(at_as_of) - len(existing))


def _existing_keys(warehouse: Warehouse, connection: sa.Connection, run: Run, plan: SourcePlan) -> pl.DataFrame:
    """Return `contact_id` and `contact_updated_at` of all contacts that exist at `as_of`.

    Raises:
        SourceError: An id stands in several rows, or the source has no rows at all.
    """
    reader, source = plan.reader, plan.reader.source
    columns = tuple(dict.fromkeys(name for name in (source.id, source.created_at, source.updated_at) if name))
    statement = warehouse.select_columns(reader.name, source, list(columns), columns)
    keys, row_count = [], 0
    for rows in warehouse.read_batches(connection, statement):
        row_count += len(rows)
        keys.append(reader.read_keys(rows, run.as_of))
    reader.check_not_empty(row_count)
    existing = pl.concat(keys)
    if doubled := len(existing) - existing["contact_id"].n_unique():
        raise SourceError(f"{reader.where}.id: {doubled} ids stand in more than one row; the id column has to be a key")
    return existing


def _published_ids(warehouse: Warehouse, connection: sa.Connection, name: str) -> Iterator[pl.DataFrame]:
    profile = warehouse.naming.published(CONTACT_PROFILE)
    return _contact_ids(warehouse, connection, sa.select(profile.c.contact_id).where(profile.c.source == name))


def _contact_ids(warehouse: Warehouse, connection: sa.Connection, statement: sa.Select[str]) -> Iterator[pl.DataFrame]:
    for batch in warehouse.read_batches(connection, statement):
        yield batch.cast(CHANGED_CONTACT.schema)


def _newest(contacts: pl.DataFrame, before: datetime | None) -> datetime | None:
    """Return the newest `updated_at` that is not in the future: a clock that is ahead should not hide later changes."""
    known = contacts.select(
        pl.col("contact_updated_at").filter(pl.col("contact_updated_at") <= datetime.now(UTC)).max()
    )
    newest: datetime | None = known.item()
    return max((each for each in (newest, before) if each is not None), default=None)
