"""Warehouses of the release before there were revisions, on every database."""

import os
from collections.abc import Callable, Iterator
from secrets import token_hex

import pytest
import sqlalchemy as sa

from phoneseg.settings import Settings
from tests.unit.warehouse.migrations.house import House


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """TO BE REPLACED by the fixture of the same name in tests/conftest.py."""
    server = os.environ.get("POSTGRESQL_SERVER")
    if server is None:
        pytest.skip("no POSTGRESQL_SERVER")
    name, engine = f"test_{token_hex(6)}", sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, make_settings: Callable[..., Settings]) -> House:
    """A warehouse without a table of ours."""
    is_server = request.param == "postgresql"
    url = request.getfixturevalue("postgresql_url") if is_server else f"{request.param}:///warehouse.file"
    return House.open(make_settings(url=url))


@pytest.fixture
def old(empty: House) -> House:
    """A warehouse with the tables of the first release."""
    empty.build_first_release()
    return empty
