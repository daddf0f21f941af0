"""What readers will see once a run is published: its staged rows, and the published rows that it leaves alone."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from phoneseg.contracts import CHANGED_CONTACT, TABLES, Keeping, Table
from phoneseg.run import Run
from phoneseg.warehouse.backend import Warehouse


@dataclass(frozen=True)
class Replacement:
    """Which published rows a run replaces by its staged ones.

    A run that read everything replaces everything. A partial run (some sources, or only what changed) replaces the rows
    of the contacts in its staging table CHANGED_CONTACT, the rows of all sources but those that it did not
    read, and the rows that nothing refers to any more.

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

    def is_replaced(self, table: Table, shown: sa.Table) -> sa.ColumnElement[bool]:
        """Return the condition on a row of the published table `shown` that the run answers for it."""
        conditions: list[sa.ColumnElement[bool]] = []
        if table.keeping is Keeping.DATED:
            conditions.append(shown.c.as_of == self.run.as_of)
        if self.is_partial:
            conditions.append(self._is_in_reach(table, shown))
        return sa.and_(sa.true(), *conditions)

    def visible(self, table: Table) -> sa.Select[*tuple[Any, ...]]:
        """Return the rows of a current table that readers will see."""
        staging = self.staging(table)
        staged = sa.select(*staging.c)
        if not self.is_partial:
            return staged
        shown = self.published(table)
        kept = sa.select(*shown.c).where(~self._is_in_reach(table, shown), ~_has_same_key(table, staging, shown))
        return sa.select(sa.union_all(staged, kept).subquery(f"visible_{table.name}"))

    def _is_in_reach(self, table: Table, shown: sa.Table) -> sa.ColumnElement[bool]:
        """Return the condition on a published row that a partial run may change it."""
        if table.is_per_contact:
            return _has_same_key(CHANGED_CONTACT, self.staging(CHANGED_CONTACT), shown)
        if "source" in table.column_names:
            unread = set(self.run.settings.contacts) - set(self.run.sources)
            return shown.c.source.not_in(unread)
        if table.referrer is not None:
            return self._is_unreferred(table, shown) | _has_same_key(table, self.staging(table), shown)
        return sa.true()

    def _is_unreferred(self, table: Table, shown: sa.Table) -> sa.ColumnElement[bool]:
        """Return the condition on a published row that no row which stays, and none that comes, refers to it."""
        referrer = next(each for each in TABLES if each.name == table.referrer)
        refers = self.visible(referrer).subquery()
        return ~sa.exists(sa.select(sa.literal(1)).where(*(refers.c[name] == shown.c[name] for name in table.key)))


def _has_same_key(table: Table, other: sa.Table, row: sa.Table) -> sa.ColumnElement[bool]:
    return sa.exists(sa.select(sa.literal(1)).where(*(other.c[name] == row.c[name] for name in table.key)))


def is_unchanged(table: Table, one: sa.Table, other: sa.Table) -> sa.ColumnElement[bool]:
    """Return the condition that two rows are the same, null for null; their key has none."""
    return sa.and_(
        *(one.c[name] == other.c[name] for name in table.key),
        *(one.c[n].is_not_distinct_from(other.c[n]) for n in table.column_names if n not in table.key),
    )
