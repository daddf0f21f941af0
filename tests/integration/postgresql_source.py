"""Settings on a PostgreSQL database with one source, `crm`, and queries on it."""

from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from phoneseg.errors import PhonesegError
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import open_warehouse

CRM = 'table = "customer"\nid = "id"\nphones = ["phone"]'


def write_settings(
    database: str, folder: Path, *statements: str, url: str = "", crm: str = CRM, lock_wait_s: float = 0.3
) -> Settings:
    """Run statements in a database, and return settings on it, or on another `url`."""
    engine = sa.create_engine(database, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%"))
    config = folder / "phoneseg.toml"
    config.write_text(
        f'[warehouse]\nurl = "{url or database}"\nlock_wait_s = {lock_wait_s}\n[contacts.crm]\n{crm}\n',
        encoding="utf-8",
    )
    return load_settings(config)


def query(settings: Settings, sql: str) -> pl.DataFrame:
    """Return the rows of a query."""
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        return warehouse.read_query(connection, sql)


def failure(settings: Settings, sql: str = "SELECT 1") -> PhonesegError:
    """Return what a query fails with: one line, without the password."""
    with pytest.raises(PhonesegError) as raised:
        query(settings, sql)
    password = sa.make_url(settings.warehouse.url.get_secret_value()).password
    assert not password or password not in str(raised.value)
    assert "\n" not in str(raised.value)
    return raised.value
