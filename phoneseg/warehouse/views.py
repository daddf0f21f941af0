"""The views that BI tools read, kept as the files of `sql/views/` and the kinds of segments say."""

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

import phoneseg
from phoneseg.contracts.views import View, all_views, contact_360, label_column, labelled_kinds
from phoneseg.warehouse.backend import Warehouse
from phoneseg.warehouse.postgresql_failures import is_depended_on, name_dependents
from phoneseg.warehouse.view_access import read_access, restore_access

log = logging.getLogger(__name__)
DIALECTS: Final = ("duckdb", "postgresql")
"""Databases that get the views; their SQL is written for these."""


def keep_views(warehouse: Warehouse, connection: sa.Connection, kinds: Mapping[str, bool]) -> list[str]:
    """Create the views that are missing, and those anew whose text has changed; leave the others alone.

    A view that is made anew keeps its owner, and who may read it. One that somebody's own view reads stays as it was on
    PostgreSQL, and a warning names that view: it is no reason not to publish.

    Args:
        warehouse: The warehouse; one on another database than `DIALECTS` gets no views.
        connection: A connection in the publishing transaction.
        kinds: Whether a contact is in at most one segment, by kind; the contact's labels follow from it.

    Returns:
        Names of the views that were created.
    """
    if warehouse.engine.dialect.name not in DIALECTS:
        return []
    schema = warehouse.naming.output_schema
    found, access = _comments(connection, schema), read_access(connection, schema)
    created = []
    for view in all_views(kinds):
        text = view_text(view, kinds, schema)
        comment = f"{view.row_meaning} (view {hashlib.sha256(text.encode()).hexdigest()[:12]})"
        if found.get(view.name) != comment and _create(connection, f"{schema}.{view.name}", text, comment, view):
            created.append(view.name)
    restore_access(connection, schema, access, created)
    return created


@contextmanager
def without_views(warehouse: Warehouse, connection: sa.Connection) -> Iterator[None]:
    """Drop the views until the block ends well; then make them anew, as `keep_views` does.

    They tell of the kinds that they told of before: others come with the next run. Readers see nothing of it, who wait
    until the transaction ends. A schema whose contact_360 somebody has dropped is left alone.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction.
    """
    schema, name = warehouse.naming.output_schema, contact_360({}).name
    has_views = warehouse.engine.dialect.name in DIALECTS and name in _comments(connection, schema)
    if not has_views:
        yield
        return
    kinds, access = _shown_kinds(connection, schema), read_access(connection, schema)
    names = {view.name for view in all_views(kinds)}
    for found in sorted(names & _comments(connection, schema).keys()):
        connection.exec_driver_sql(f"DROP VIEW {schema}.{found}")
    yield
    restore_access(connection, schema, access, keep_views(warehouse, connection, kinds))


def view_text(view: View, kinds: Mapping[str, bool], schema: str = "phoneseg") -> str:
    """Return the SELECT of a view, for a schema.

    Args:
        view: The view.
        kinds: Whether a contact is in at most one segment, by kind.
        schema: The schema of the published tables.
    """
    text = (views_folder() / f"{view.name}.sql").read_text(encoding="utf-8")
    labels = {label_column(kind, is_exclusive=is_exclusive): kind for kind, is_exclusive in sorted(kinds.items())}
    parts = {
        "segment_columns": [f"{_codes_of(kind, is_exclusive=kinds[kind])} AS {name}" for name, kind in labels.items()],
        "label_columns": [f"label.{name}" for name in labels],
        "profile_columns": [f"profile.{column.name}" for column in _profile_columns(view, labels)],
        "exclusive_kinds": [f"'{kind}'" for kind, is_exclusive in sorted(kinds.items()) if is_exclusive],
    }
    for name, columns in parts.items():
        text = text.replace(f"{{{name}}}", ",\n    ".join(columns))
    return re.sub(r"\bphoneseg\.", f"{schema}.", text)


def views_folder() -> Path:
    """Return the folder of the views' statements: beside the package in a checkout, inside it in a wheel."""
    package = Path(phoneseg.__file__).parent
    shipped = package / "_sql"
    return (shipped if shipped.is_dir() else package.parent / "sql") / "views"


def _profile_columns(view: View, labels: Mapping[str, str]) -> list[sa.ColumnClause[object]]:
    """Return the columns of contact_360 that stand in the profile; of any other view, none."""
    if view.name != contact_360({}).name:
        return []
    return [sa.column(name) for name in view.column_names if name not in labels and name != "updated_at"]


def _codes_of(kind: str, *, is_exclusive: bool) -> str:
    code = f"CASE WHEN segment_kind = '{kind}' THEN segment_code END"
    return f"max({code})" if is_exclusive else f"string_agg({code}, ',' ORDER BY segment_code)"


def _shown_kinds(connection: sa.Connection, schema: str) -> dict[str, bool]:
    """Return whether a contact is in at most one segment, by kind, as the columns of contact_360 tell it."""
    column = sa.table(
        "columns", *map(sa.column, ("table_schema", "table_name", "column_name")), schema="information_schema"
    )
    of_view = (column.c.table_schema == schema) & (column.c.table_name == contact_360({}).name)
    return labelled_kinds(connection.execute(sa.select(column.c.column_name).where(of_view)).scalars())


def _comments(connection: sa.Connection, schema: str) -> dict[str, str | None]:
    """Return the comments of the views of a schema, by name."""
    if connection.dialect.name == "duckdb":
        sql = "SELECT view_name, comment FROM duckdb_views() WHERE schema_name = :schema"
    else:
        sql = (
            "SELECT relname, obj_description(oid, 'pg_class') FROM pg_catalog.pg_class "
            "WHERE relkind = 'v' AND relnamespace = to_regnamespace(:schema)"
        )
    return {str(name): comment for name, comment in connection.execute(sa.text(sql), {"schema": schema})}


def _create(connection: sa.Connection, name: str, text: str, comment: str, view: View) -> bool:
    if not _drop(connection, name):
        return False
    connection.exec_driver_sql(f"CREATE VIEW {name} AS\n{text.replace('%', '%%')}")
    connection.exec_driver_sql(f"COMMENT ON VIEW {name} IS {_literal(comment)}")
    for column in view.columns:
        connection.exec_driver_sql(f"COMMENT ON COLUMN {name}.{column.name} IS {_literal(column.meaning)}")
    return True


def _drop(connection: sa.Connection, name: str) -> bool:
    """Drop a view, if it is there; return False if another one reads it."""
    if connection.dialect.name == "duckdb":  # has no savepoints, and looks for what a view reads when it is read
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
        return True
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
    except sa.exc.DBAPIError as error:
        if not is_depended_on(error.orig):
            raise
        readers = name_dependents(error.orig)
        log.warning("view %s stays as it was: %s; drop that first, and the next run makes it anew", name, readers)
        return False
    return True


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"
