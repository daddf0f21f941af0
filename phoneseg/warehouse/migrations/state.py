"""Which revision the tables of a warehouse are, and whether this phoneseg can work on them."""

import shlex
from typing import Final

import sqlalchemy as sa

from phoneseg.contracts import TABLES, Area
from phoneseg.errors import OutdatedSchemaError
from phoneseg.settings import Settings
from phoneseg.warehouse.backend import Warehouse
from phoneseg.warehouse.migrations.target import Target

NEWEST_REVISION: Final = "0011"
"""The revision of the contracts; revisions are numbered, so that a later one is greater."""

FIRST_REVISION: Final = "0001"
VERSION_TABLE: Final = "schema_version"


def find_revision(warehouse: Warehouse, connection: sa.Connection) -> str | None:
    """Return the revision of the published tables; null where there are none. It takes two small queries."""
    target = Target(warehouse.naming)
    # Alembic, whose table it is, takes a third of a second to import: too long for every command that reads.
    version = sa.table(target.name(VERSION_TABLE), sa.column("version_num"), schema=target.schema())
    found = set(sa.inspect(connection).get_table_names(schema=version.schema))
    if not any(target.name(table.name) in found for table in TABLES if table.area is Area.PUBLISHED):
        return None
    if version.name not in found:
        return FIRST_REVISION
    return str(connection.execute(sa.select(version.c.version_num)).scalar() or FIRST_REVISION)


def check_tables(warehouse: Warehouse, connection: sa.Connection, settings: Settings) -> None:
    """Check that this phoneseg can read the published tables, if there are any.

    Raises:
        OutdatedSchemaError: They are of an older or a newer revision.
    """
    check_revision(find_revision(warehouse, connection), settings)


def check_revision(found: str | None, settings: Settings) -> None:
    """Check a revision that was found.

    Raises:
        OutdatedSchemaError: It is older or newer than this phoneseg's.
    """
    check_known(found, settings)
    if found is not None and found < NEWEST_REVISION:
        config = shlex.quote(str(settings.config_file))
        raise OutdatedSchemaError(
            f"the tables in schema {settings.warehouse.output_schema} are of revision {found}, this phoneseg needs "
            f"{NEWEST_REVISION}: run `phoneseg migrate --config {config}`"
        )


def check_known(found: str | None, settings: Settings) -> None:
    """Check that a revision that was found is not a later phoneseg's.

    Raises:
        OutdatedSchemaError: It is.
    """
    if found is not None and found > NEWEST_REVISION:
        raise OutdatedSchemaError(
            f"the tables in schema {settings.warehouse.output_schema} are of revision {found}, this phoneseg knows "
            f"none after {NEWEST_REVISION}: a newer phoneseg has upgraded them, install that one"
        )
