"""Great Expectations on PostgreSQL: SQL on the staged tables, and no trace of it but the verdict."""

import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from runs import AS_OF, run_pipeline

from phoneseg import pipeline
from phoneseg.contracts import CONTACT_PHONE, SOURCE_SIZE, staged_tables
from phoneseg.errors import AuditError, SourceError, WarehouseUnavailableError
from phoneseg.quality import shipped_suites_folder
from phoneseg.quality.gx import GreatExpectations, Outcome
from phoneseg.quality.suites import Suite, load_suite
from phoneseg.run import Run
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import Warehouse, open_warehouse

pytestmark = pytest.mark.all_checks

NUMBERS = ("+16502530000", "+442079460018")


@pytest.fixture
def settings(postgresql_url: str, tmp_path: Path) -> Settings:
    """Settings on a database with two contacts, their suites in a folder of the test's own."""
    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        rows = ", ".join(f"('{row}', '{number}')" for row, number in enumerate(NUMBERS, start=1))
        connection.exec_driver_sql(f"CREATE TABLE customer AS SELECT * FROM (VALUES {rows}) AS v(id, phone)")
    shutil.copytree(shipped_suites_folder(), tmp_path / "suites")
    (tmp_path / "token.key").write_text("a key for tests alone")
    (tmp_path / "token.key").chmod(0o600)
    (tmp_path / "phoneseg.toml").write_text(
        f'[warehouse]\nurl = "{postgresql_url}"\nlock_wait_s = 1\n[quality]\nsuites_folder = "suites"\n'
        '[privacy]\ntoken_key_file = "token.key"\n'
        '[contacts.shop]\ntable = "customer"\nid = "id"\nphones = ["phone"]\nregion = "US"\n'
    )
    return load_settings(tmp_path / "phoneseg.toml")


def add_expectation(settings: Settings, table: str, kind: str, **kwargs: object) -> None:
    file = settings.folder / "suites" / f"{table}.json"
    suite = json.loads(file.read_text())
    suite["expectations"].append({"type": kind, "kwargs": kwargs})
    file.write_text(json.dumps(suite))


def test_the_shipped_suites_pass_on_postgresql(settings: Settings) -> None:
    suites = [load_suite(shipped_suites_folder(), table) for table in staged_tables()]
    expected = sum(len(suite.expectations) for suite in suites)
    assert run_pipeline(settings)["checks_passed"] == expected


def test_a_failed_expectation_is_named_and_shows_no_value_and_no_password(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    add_expectation(settings, "phone_number", "expect_column_values_to_match_regex", column="phone_e164", regex="^no$")
    add_expectation(settings, "contact_phone", "expect_column_values_to_be_in_set", column="contact_id", value_set=[])
    add_expectation(settings, "contact_phone", "expect_column_values_to_be_unique", column="source")
    with pytest.raises(AuditError) as raised:
        run_pipeline(settings)
    told = str(raised.value)
    assert "3 of " in told
    assert "phone_number: expect_column_values_to_match_regex (phone_e164)" in told
    docs = Path(told.rsplit("Data Docs: ", 1)[1]).parent
    written = "".join(file.read_text(errors="replace") for file in docs.rglob("*") if file.is_file())
    password = sa.make_url(settings.warehouse.url.get_secret_value()).password
    assert password
    secrets = (*NUMBERS, "6502530000", "shop:1", password)
    assert [secret for secret in secrets if secret in written + told + caplog.text] == []


def test_the_audit_leaves_no_connection_and_no_table_behind(settings: Settings) -> None:
    run = Run.open(settings, as_of=AS_OF)
    for verb in pipeline.VERBS[:-1]:
        verb(run)
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        assert connection.execute(sa.text(sessions)).scalar_one() == 1
        strays = "SELECT count(*) FROM pg_class WHERE relname LIKE 'gx%' OR relname LIKE 'ge_temp%'"
        assert connection.execute(sa.text(strays)).scalar_one() == 0


@pytest.fixture
def staged(settings: Settings) -> Warehouse:
    """A warehouse whose `contact_phone` has two rows."""
    run_pipeline(settings)
    return open_warehouse(settings)


def _check(
    warehouse: Warehouse,
    folder: Path,
    rows: sa.Select[Any],
    *expectations: tuple[str, dict[str, object]],
) -> list[Outcome]:
    suite = Suite("contact_phone", [{"type": kind, "kwargs": kwargs} for kind, kwargs in expectations], {})
    return GreatExpectations(folder / "docs", warehouse.connect_read_only).validate(suite, rows)


def test_a_query_and_a_frame_are_judged_alike(staged: Warehouse, tmp_path: Path) -> None:
    table = staged.naming.published(CONTACT_PHONE)
    query = sa.select(table).where(table.c.contact_id != "50%: it's '' 12:30")
    with staged.transaction() as connection:
        frame = pl.concat(staged.read_batches(connection, sa.select(table)))
    suite = load_suite(shipped_suites_folder(), CONTACT_PHONE)
    verdicts = [
        GreatExpectations(tmp_path / "docs", staged.connect_read_only).validate(suite, rows) for rows in (query, frame)
    ]
    assert verdicts[0] == verdicts[1]
    assert all(outcome.is_met for outcome in verdicts[0])


def test_a_query_is_judged_by_its_own_rows(staged: Warehouse, tmp_path: Path) -> None:
    table = staged.naming.published(CONTACT_PHONE)
    one_row = sa.select(table).where(table.c.contact_id == "shop:1")
    is_first = ("expect_column_values_to_be_in_set", {"column": "contact_id", "value_set": ["shop:1"]})
    assert [outcome.is_met for outcome in _check(staged, tmp_path, one_row, is_first)] == [True]
    assert [outcome.is_met for outcome in _check(staged, tmp_path, sa.select(table), is_first)] == [False]


def test_an_expectation_that_the_database_cannot_compute_is_told(staged: Warehouse, tmp_path: Path) -> None:
    table = staged.naming.published(CONTACT_PHONE)
    wrong = ("expect_column_values_to_match_regex", {"column": "phone_token", "regex": "("})
    with pytest.raises(SourceError, match="audit of contact_phone: invalid regular expression"):
        _check(staged, tmp_path, sa.select(table), wrong)


def test_a_server_that_goes_away_during_the_audit_is_no_failed_expectation(staged: Warehouse, tmp_path: Path) -> None:
    staged.connect_read_only = _cut_off(staged)
    with pytest.raises(WarehouseUnavailableError):
        _check(
            staged,
            tmp_path,
            sa.select(staged.naming.published(SOURCE_SIZE)),
            ("expect_column_values_to_not_be_null", {"column": "source"}),
        )


def _cut_off(warehouse: Warehouse) -> Callable[[], object]:
    """Return what connects once to the server, and then to none."""
    connect = warehouse.connect_read_only
    nowhere = sa.create_engine("postgresql+psycopg://127.0.0.1:9/x", poolclass=sa.NullPool)
    connections = iter([connect])

    def cut_off() -> object:
        return next(connections, nowhere.dialect.loaded_dbapi.connect)()

    return cut_off
