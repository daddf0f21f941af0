"""What readers will see once a run is published: its staged rows, and the published rows that it leaves alone."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from phoneseg.contracts import REPLACED_CONTACTS, TABLES, Keeping, Table
from phoneseg.run import Run
from phoneseg.warehouse.backend import Warehouse


@dataclass(frozen=True)
class Replacement:
    """Which published rows a run replaces by its staged ones.

    A run that read everything replaces everything. A partial run (some sources, or only what changed) replaces the rows
    of the contacts in the staging table that `Table.replaced_contacts` names, the rows of all sources but those that it
    did not read, and the rows that nothing refers to any more.

    Attributes:
        warehouse: The warehouse.
        run: The run.
        is_partial: Whether the run leaves published contacts alone.
    """

    warehouse: Warehouse
    run: Run
    is_partial: bool

    @classmethod
    def of(cls, warehouse: Warehouse, run: Run) -> "Replacement":
        """Return what a run replaces whose extract is done."""
        return cls(warehouse, run, bool(run.stage.read_counts("extract")["is_partial"]))

    def staging(self, table: Table) -> sa.Table:
        """Return the run's staging table."""
        return self.warehouse.naming.staging(table, self.run.run_id)

    def published(self, table: Table) -> sa.Table:
        """Return the table that readers see."""
        return self.warehouse.naming.published(table)

    def replaced(self, table: Table, shown: sa.Table) -> list[sa.ColumnElement[bool]]:
        """Return the conditions on rows of the published table `shown` that the run answers for: any of them.

        They are apart, because a database plans an OR of two joins badly. The rows that refer to those of the table
        have to be those of the run already.
        """
        of_interval = self._is_of_interval(table, shown)
        if not self.is_partial:
            return [sa.and_(sa.true(), *of_interval)]
        if table.is_per_contact:
            return [self._is_of_a_replaced_contact(table, shown)]
        if table.referrer is not None:
            referrer = self.published(_table(table.referrer))
            return [_has_same_key(table, self.staging(table), shown), ~_has_same_key(table, referrer, shown)]
        return [sa.and_(self._is_of_a_read_source(shown), *of_interval)]

    def _is_of_interval(self, table: Table, shown: sa.Table) -> list[sa.ColumnElement[bool]]:
        if table.keeping is not Keeping.DATED:
            return []
        if table.has_all_intervals:
            return [shown.c.as_of > self.run.data_interval_start, shown.c.as_of <= self.run.as_of]
        return [shown.c.as_of == self.run.as_of]

    def visible(self, table: Table) -> sa.Select[*tuple[Any, ...]]:
        """Return the rows of a current table that readers will see."""
        staging = self.staging(table)
        staged = sa.select(*staging.c)
        if not self.is_partial:
            return staged
        shown = self.published(table)
        kept = sa.select(*shown.c).where(self._is_kept(table, shown))
        return sa.select(sa.union_all(staged, kept).subquery(f"visible_{table.name}"))

    def _is_kept(self, table: Table, shown: sa.Table) -> sa.ColumnElement[bool]:
        """Return the condition on a published row that a partial run leaves it alone."""
        if table.is_per_contact:
            return ~self._is_of_a_replaced_contact(table, shown)
        if table.referrer is not None:
            refers = self.visible(_table(table.referrer)).subquery()
            return _has_same_key(table, refers, shown) & ~_has_same_key(table, self.staging(table), shown)
        return ~self._is_of_a_read_source(shown)

    def _is_of_a_replaced_contact(self, table: Table, shown: sa.Table) -> sa.ColumnElement[bool]:
        contacts = next(each for each in REPLACED_CONTACTS if each.name == table.replaced_contacts)
        return _has_same_key(contacts, self.staging(contacts), shown)

    def _is_of_a_read_source(self, shown: sa.Table) -> sa.ColumnElement[bool]:
        """Return the condition on a row of a source that the run has read it, or that nobody reads it any more."""
        if "source" not in shown.c:
            return sa.true()
        return shown.c.source.not_in(set(self.run.settings.contacts) - set(self.run.sources))


def _table(name: str) -> Table:
    return next(each for each in TABLES if each.name == name)


def _has_same_key(table: Table, other: sa.FromClause, row: sa.Table) -> sa.ColumnElement[bool]:
    return sa.exists(sa.select(sa.literal(1)).where(*(other.c[name] == row.c[name] for name in table.key)))


def is_unchanged(table: Table, one: sa.Table, other: sa.Table) -> sa.ColumnElement[bool]:
    """Return the condition that two rows are the same, null for null; their key has none."""
    return sa.and_(
        *(one.c[name] == other.c[name] for name in table.key),
        *(each.is_not_distinct_from(other.c[each.name]) for each in one.c if each.name not in table.key),
    )
