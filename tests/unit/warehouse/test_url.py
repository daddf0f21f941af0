"""Where the warehouse is, told from where the settings stand."""

from collections.abc import Callable

import pytest

from phoneseg.errors import SettingsError
from phoneseg.settings import Settings
from phoneseg.warehouse import is_duckdb, open_warehouse
from phoneseg.warehouse.duckdb import DuckDBWarehouse
from phoneseg.warehouse.url import warehouse_url

MakeSettings = Callable[..., Settings]


@pytest.mark.parametrize("backend", ["duckdb", "sqlite", "sqlite+pysqlite"])
def test_a_files_path_starts_from_the_settings_folder(make_settings: MakeSettings, backend: str) -> None:
    settings = make_settings(url=f"{backend}:///data/warehouse.db")
    url = warehouse_url(settings)
    assert url.database == str(settings.folder / "data" / "warehouse.db")
    assert url.drivername == backend


@pytest.mark.parametrize("backend", ["duckdb", "sqlite"])
def test_an_absolute_path_stays(make_settings: MakeSettings, backend: str) -> None:
    assert warehouse_url(make_settings(url=f"{backend}:////srv/warehouse.db")).database == "/srv/warehouse.db"


def test_options_of_the_url_stay(make_settings: MakeSettings) -> None:
    url = warehouse_url(make_settings(url="duckdb:///warehouse.duckdb?threads=2"))
    assert dict(url.query) == {"threads": "2"}


def test_a_servers_url_stays_as_it_is_password_and_all(make_settings: MakeSettings) -> None:
    text = "postgresql+psycopg://etl:hunter2@db.example.org:5433/crm?sslmode=require"
    assert warehouse_url(make_settings(url=text)).render_as_string(hide_password=False) == text


@pytest.mark.parametrize("url", ["duckdb://", "duckdb:///", "duckdb:///:memory:", "sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(make_settings: MakeSettings, url: str) -> None:
    with pytest.raises(SettingsError, match=r"^phoneseg\.toml: warehouse\.url: a run needs a database file"):
        warehouse_url(make_settings(url=url))


@pytest.mark.parametrize("url", ["", "warehouse.duckdb", "etl:hunter2@db/crm", "/srv/warehouse.duckdb"])
def test_what_is_no_url_is_told_with_examples_and_without_the_value(make_settings: MakeSettings, url: str) -> None:
    with pytest.raises(
        SettingsError, match=r"not a SQLAlchemy URL, such as duckdb:///warehouse\.duckdb or postg"
    ) as told:
        warehouse_url(make_settings(url=url))
    assert "hunter2" not in str(told.value)


def test_a_database_without_a_driver_is_told(make_settings: MakeSettings) -> None:
    with pytest.raises(SettingsError, match=r"^phoneseg\.toml: warehouse\.url: no driver for it: .*nodb"):
        open_warehouse(make_settings(url="nodb://etl:hunter2@db/crm"))


def test_opening_a_warehouse_connects_to_nothing(make_settings: MakeSettings) -> None:
    settings = make_settings(url="duckdb:///no/such/folder/warehouse.duckdb")
    assert isinstance(open_warehouse(settings), DuckDBWarehouse)
    assert not (settings.folder / "no").exists()


@pytest.mark.parametrize(
    ("url", "expected"), [("duckdb:///w", True), ("sqlite:///w", False), ("postgresql://h/d", False)]
)
def test_a_duckdb_file_is_known_as_such(make_settings: MakeSettings, url: str, expected: bool) -> None:
    assert is_duckdb(make_settings(url=url)) is expected


@pytest.mark.parametrize("url", ["postgresql://etl@db:port/crm", "postgresql://etl:p@ss:hunter2@db/crm"])
def test_a_port_that_is_none_is_told_without_the_password(make_settings: MakeSettings, url: str) -> None:
    with pytest.raises(SettingsError, match=r"warehouse\.url") as told:
        warehouse_url(make_settings(url=url))
    assert "hunter2" not in str(told.value)


def test_a_path_may_start_at_home(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/etl")
    assert warehouse_url(make_settings(url="duckdb:///~/warehouse.duckdb")).database == "/home/etl/warehouse.duckdb"


@pytest.mark.parametrize("password", ["p@ss/w:rd", "p/ss@word"])
def test_a_password_that_is_not_encoded_is_told_and_not_shown(
    make_settings: Callable[..., Settings], password: str
) -> None:
    with pytest.raises(SettingsError, match="percent-encoded: @ as %40") as raised:
        warehouse_url(make_settings(url=f"postgresql://etl:{password}@db/crm"))
    assert "ss" not in str(raised.value).replace("password", "")


def test_the_word_of_libpq_is_told_with_that_of_sqlalchemy(make_settings: Callable[..., Settings]) -> None:
    with pytest.raises(SettingsError, match="postgresql://, not postgres://"):
        warehouse_url(make_settings(url="postgres://etl@db/crm"))
