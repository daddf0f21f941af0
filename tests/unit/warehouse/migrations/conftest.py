"""Warehouses of the release before there were revisions, on every database."""

from collections.abc import Callable

import pytest

from phoneseg.settings import Settings
from tests.unit.warehouse.migrations.house import House


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
