"""What tells who the contacts are, out of the warehouse: of all that exist at as_of, whichever a run reads."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import (
    CONTACT_CANONICAL,
    CONTACT_QUARANTINE,
    KEPT_CANONICAL,
    KEPT_SHARED_NUMBER,
    QUARANTINE_RAW,
    RAW_PERSON,
    SHARED_BY_TOO_MANY,
)
from phoneseg.extract.column_values import as_dates
from phoneseg.extract.contacts import ContactBatch, SourceReader, existed, extract_source, told_of_source
from phoneseg.extract.erased import known_tombstones
from phoneseg.extract.source_rows import SourceRows
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse, open_warehouse

Append = Callable[[pl.DataFrame], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PersonReader:
    """How one contact source's rows tell who the contacts are.

    Attributes:
        contacts: The reader of the source's contacts.
    """

    contacts: SourceReader

    def read(self, rows: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
        """Return rows of RAW_PERSON of the contacts among a batch of source rows that existed before `as_of`.

        Args:
            rows: The source's `person_columns`, typed as its database types them.
            as_of: End of the data interval.

        Raises:
            SourceError: A row has no id, or a column holds lists or structs.
        """
        source, every = self.contacts.source, SourceRows(rows, self.contacts.where)
        texts = ("first_name", "last_name", "full_name", "email", "employer", "birth_date", "city", "postal_code")
        columns = {name: every.filled_text(getattr(source, name)) for name in texts}
        columns["birth_date"] = as_dates(columns["birth_date"])
        told = pl.DataFrame(
            {
                **self.contacts.read_ids(every),
                "source": every.constant(self.contacts.name, pl.String),
                "region_hint": every.regions(source.region_column, source.region),
                **columns,
            }
        )
        existing = self.contacts.tombstones.without_contacts(told.filter(existed(as_of)))
        return RAW_PERSON.conform(existing.lazy()).collect()


def read_people(warehouse: Warehouse, connection: sa.Connection, run: Run, *, is_partial: bool) -> None:
    """Read who the contacts of all sources are, and of a partial run, who they are by what is published.

    All rows are read whatever was read before: a new contact may be the person of an old one. Writes `raw_person`,
    `kept_canonical` and `kept_shared_number`.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: The run.
        is_partial: Whether the run leaves published contacts alone.

    Raises:
        SourceError: A table or a column is missing, or a row cannot be read.
    """
    tombstones = known_tombstones(run)
    with run.stage.append(RAW_PERSON) as append:
        for name, source in run.settings.contacts.items():
            if source.person_columns:
                reader = PersonReader(SourceReader.of(run.settings, name, tombstones))
                _read_source(warehouse, connection, run, reader, append)
    canonical = warehouse.naming.published(CONTACT_CANONICAL)
    kept = ((KEPT_CANONICAL, sa.select(*canonical.c)), (KEPT_SHARED_NUMBER, _select_shared(warehouse)))
    for table, statement in kept:
        with run.stage.append(table) as append:
            for batch in warehouse.read_batches(connection, statement) if is_partial else ():
                append(batch)


def _select_shared(warehouse: Warehouse) -> sa.Select[str, str]:
    """Return the SELECT of the published numbers that are in quarantine because too many share them."""
    quarantine, raw = (warehouse.naming.published(table) for table in (CONTACT_QUARANTINE, QUARANTINE_RAW))
    is_same = sa.and_(*(quarantine.c[name] == raw.c[name] for name in QUARANTINE_RAW.key))
    rows = sa.select(raw.c.contact_id, raw.c.phone_raw.label("phone_e164")).join(quarantine, is_same)
    return rows.where(quarantine.c.quarantine_reason == SHARED_BY_TOO_MANY)


def read_contacts_again(run: Run, contacts: pl.DataFrame) -> Iterator[ContactBatch]:
    """Yield contacts out of their sources that a partial run has not read, as those hold them at this moment.

    One that has changed since the extract is read by the next run, too.

    Args:
        run: A partial run.
        contacts: Their `contact_id`.

    Raises:
        SourceError: A source is not as the settings describe it.
    """
    warehouse, tombstones = open_warehouse(run.settings), known_tombstones(run)
    sources = contacts["contact_id"].str.extract("^([^:]*):").unique().sort()
    with warehouse.snapshot() as connection:
        for name in sources:
            reader = SourceReader.of(run.settings, name, tombstones)
            statement = reader.select(warehouse, connection)
            for batch in extract_source(warehouse, connection, reader, statement, run.as_of):
                yield batch.only(contacts)


def _read_source(
    warehouse: Warehouse, connection: sa.Connection, run: Run, reader: PersonReader, append: Append
) -> None:
    name, source, row_count = reader.contacts.name, reader.contacts.source, 0
    existing = warehouse.source_columns(connection, name, source)
    statement = warehouse.select_columns(name, source, existing, source.person_columns)
    for batch in told_of_source(reader.contacts.where, warehouse.read_batches(connection, statement)):
        persons = reader.read(batch, run.as_of)
        append(persons)
        row_count += len(persons)
    log.info("extract: %s: %s contacts to compare", name, f"{row_count:,}")
