"""The warehouse URL of the settings, with file paths made absolute."""

from pathlib import Path
from typing import Final

import sqlalchemy as sa

from phoneseg.errors import SettingsError
from phoneseg.settings import Settings

FILE_DIALECTS: Final = ("duckdb", "sqlite")


def warehouse_url(settings: Settings) -> sa.URL:
    """Return the URL; the path of a DuckDB or SQLite file starts from the settings' folder.

    Raises:
        SettingsError: It is no URL that SQLAlchemy can read, or an in-memory database.
    """
    where = f"{settings.config_file.name}: warehouse.url"
    try:
        url = sa.make_url(settings.warehouse.url.get_secret_value())
    except (sa.exc.ArgumentError, ValueError):
        raise SettingsError(
            f"{where}: not a SQLAlchemy URL, such as duckdb:///warehouse.duckdb or postgresql://user@host/database"
        ) from None
    if url.get_backend_name() == "postgres":
        raise SettingsError(f"{where}: SQLAlchemy's word for it is postgresql://, not postgres://")
    if url.get_backend_name() not in FILE_DIALECTS:
        if "@" in f"{url.host}{url.database}":  # what follows a password with a slash or an at sign in it
            raise SettingsError(
                f"{where}: a user or password with special characters has to be percent-encoded: @ as %40, / as %2F, "
                ": as %3A, % as %25"
            )
        return url
    if url.database in {None, "", ":memory:"}:
        raise SettingsError(f"{where}: a run needs a database file; one in memory is gone between its tasks")
    return url.set(database=str(settings.resolve(Path(str(url.database)))))
