"""Who owns the views of a schema and who may read them, which PostgreSQL forgets with a view that is dropped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

_GRANTS = """
SELECT
    relname, relowner::regrole::text, grantee::regrole::text, grantee = 0, privilege_type, is_grantable, column_name
FROM pg_catalog.pg_class AS view
CROSS JOIN LATERAL (
    SELECT null AS column_name, given.* FROM aclexplode(coalesce(relacl, acldefault('r', relowner))) AS given
    UNION ALL
    SELECT attname, given.* FROM pg_catalog.pg_attribute, aclexplode(attacl) AS given WHERE attrelid = view.oid
) AS given
WHERE relkind = 'v' AND relnamespace = to_regnamespace(:schema)
"""


@dataclass(frozen=True)
class Grant:
    """One privilege of one role; its texts are quoted for SQL.

    Attributes:
        grantee: The role, or PUBLIC.
        privilege: Such as SELECT.
        is_grantable: Whether the role may pass it on.
        column: The column that it is about; null where it is about the whole view.
    """

    grantee: str
    privilege: str
    is_grantable: bool
    column: str | None


@dataclass(frozen=True)
class ViewAccess:
    """The owner of a view, and the privileges that it has given."""

    owner: str
    grants: frozenset[Grant]


def read_access(connection: sa.Connection, schema: str) -> dict[str, ViewAccess]:
    """Return the access to the views of a schema, by view; nothing where the database knows no privileges."""
    if connection.dialect.name != "postgresql":
        return {}
    quote = connection.dialect.identifier_preparer.quote
    owners: dict[str, str] = {}
    grants: dict[str, set[Grant]] = {}
    for view, owner, grantee, is_public, privilege, is_grantable, column in connection.execute(
        sa.text(_GRANTS), {"schema": schema}
    ):
        owners[view] = owner
        if grantee != owner:
            named = None if column is None else quote(column)
            grants.setdefault(view, set()).add(
                Grant("PUBLIC" if is_public else grantee, privilege, is_grantable, named)
            )
    return {view: ViewAccess(owner, frozenset(grants.get(view, ()))) for view, owner in owners.items()}


def restore_access(
    connection: sa.Connection, schema: str, before: Mapping[str, ViewAccess], views: Iterable[str]
) -> None:
    """Give views that were made anew the owners and privileges that they had, and take from them what they had not.

    What the default privileges of a new view give is taken back where somebody had revoked it. A privilege on a column
    goes with the column.

    Args:
        connection: A connection in the transaction that made the views.
        schema: Their schema.
        before: The access to the views before that, by view.
        views: Names of views that are there; those that are not in `before` keep what they have.
    """
    for view in before.keys() & set(views):
        name = f"{schema}.{view}"
        if read_access(connection, schema)[view].owner != before[view].owner:
            connection.exec_driver_sql(f"ALTER VIEW {name} OWNER TO {before[view].owner}")
        made = read_access(connection, schema)[view].grants
        columns = {column["name"] for column in sa.inspect(connection).get_columns(view, schema=schema)}
        quoted = {connection.dialect.identifier_preparer.quote(column) for column in columns}
        for grant in made - before[view].grants:
            connection.exec_driver_sql(f"REVOKE {_what(grant)} ON {name} FROM {grant.grantee}")
        for grant in before[view].grants - made:
            if grant.column is None or grant.column in quoted:
                option = " WITH GRANT OPTION" if grant.is_grantable else ""
                connection.exec_driver_sql(f"GRANT {_what(grant)} ON {name} TO {grant.grantee}{option}")


def _what(grant: Grant) -> str:
    return grant.privilege if grant.column is None else f"{grant.privilege} ({grant.column})"
