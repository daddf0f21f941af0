"""Upgrades of phoneseg's own tables from one version to the next, by Alembic.

A warehouse without our tables gets them from the contracts, at the revision `NEWEST_REVISION`. In any other the table
`schema_version`, which stands beside the published tables, says which revision they are; one without it holds the
tables of the release before there were revisions, 0001. A run stops at another revision than the newest, and
`phoneseg migrate` applies what is missing, in one transaction. There is no way back: restore a backup, or install the
newer phoneseg again.

How to write a revision, whenever a contract gets another table, column, type, key or index (the tests tell so: a
migrated warehouse must equal a fresh one; comments alone need none):

1. Add `versions/rNNNN_what_it_does.py` with `revision`, `down_revision` and `upgrade(target)`, and raise
   `NEWEST_REVISION`. The first line of its docstring is what `phoneseg migrate` shows. It needs no `downgrade`.
2. Write the DDL out with `alembic.op`; derive nothing from the contracts, which will change again while the revision
   may not. `target` says what a table is called and where it is, and whether the database has keys and indexes
   (`<table>_<columns>_idx`). Leave comments out: they are set from the contracts after the last revision.
3. Append statements that change rows to `target.row_changes`; they are executed after the last revision.
4. Read nothing from the database, so that `phoneseg migrate --dry-run` can print the SQL; no `autocommit_block`, so
   that an interrupted upgrade leaves the tables as they were.
5. Keep to what all databases can do to a table with rows in it. DuckDB adds no column that is NOT NULL, and SQLite none
   without a default: let new columns allow null. They come last in a migrated table; no statement of ours may rest on
   the order of columns.
"""

from phoneseg.warehouse.migrations.state import NEWEST_REVISION, check_tables, find_revision
from phoneseg.warehouse.migrations.target import Target
from phoneseg.warehouse.migrations.upgrade import Migration, migrate_tables, plan_migration, prepare_tables

__all__ = [
    "NEWEST_REVISION",
    "Migration",
    "Target",
    "check_tables",
    "find_revision",
    "migrate_tables",
    "plan_migration",
    "prepare_tables",
]
