"""What tells who the contacts are, out of the warehouse: of all that exist at as_of, whichever a run reads."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import CONTACT_CANONICAL, KEPT_CANONICAL, RAW_PERSON
from phoneseg.extract.contacts import SourceReader, existed, told_of_source
from phoneseg.extract.source_rows import SourceRows
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse

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
        columns["birth_date"] = columns["birth_date"].str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        told = pl.DataFrame(
            {
                **self.contacts.read_ids(every),
                "source": every.constant(self.contacts.name, pl.String),
                "region_hint": every.regions(source.region_column, source.region),
                **columns,
            }
        )
        return RAW_PERSON.conform(told.lazy().filter(existed(as_of))).collect()


def read_people(warehouse: Warehouse, connection: sa.Connection, run: Run, *, is_partial: bool) -> None:
    """Read who the contacts of all sources are, and of a partial run, who they are by what is published.

    All rows are read whatever was read before: a new contact may be the person of an old one. Writes `raw_person` and
    `kept_canonical`.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: The run.
        is_partial: Whether the run leaves published contacts alone.

    Raises:
        SourceError: A table or a column is missing, or a row cannot be read.
    """
    with run.stage.append(RAW_PERSON) as append:
        for name, source in run.settings.contacts.items():
            if source.person_columns:
                reader = PersonReader(SourceReader.of(run.settings, name))
                _read_source(warehouse, connection, run, reader, append)
    with run.stage.append(KEPT_CANONICAL) as append:
        if is_partial:
            canonical = warehouse.naming.published(CONTACT_CANONICAL)
            for batch in warehouse.read_batches(connection, sa.select(*canonical.c)):
                append(batch)


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
