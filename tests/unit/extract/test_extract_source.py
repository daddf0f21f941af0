"""A source is read out of a real warehouse, and what is missing there is named."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from phoneseg.errors import SourceError
from phoneseg.extract import ContactBatch, SourceReader, extract_source
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse

JULY = datetime(2026, 7, 1, tzinfo=UTC)
BACKENDS = ("duckdb", "sqlite")
CRM = 'table = "contact"\nid = "id"\nphones = ["mobile"]\ncreated_at = "made"\nregion_column = "land"'
ROWS = (
    "CREATE TABLE contact (id BIGINT, mobile VARCHAR(40), land VARCHAR(40), made TIMESTAMP)",
    "INSERT INTO contact VALUES (1, '(650) 253-0000', 'us', '2026-06-30 23:59:59')",
    "INSERT INTO contact VALUES (2, NULL, NULL, '2026-01-01 00:00:00')",
    "INSERT INTO contact VALUES (3, '020 7946 0018', 'UK', '2026-07-01 00:00:00')",
)
MakeSettings = Callable[..., Settings]
Extract = Callable[..., list[ContactBatch]]


@pytest.fixture
def extract(make_settings: MakeSettings, tmp_path: Path) -> Extract:
    """Write statements into a fresh warehouse, and read its source `crm`."""

    def extract_all(backend: str, crm: str = CRM, statements: tuple[str, ...] = ROWS) -> list[ContactBatch]:
        settings = make_settings(crm, url=f"{backend}:///warehouse")
        engine = sa.create_engine(f"{backend}:///{tmp_path / 'warehouse'}", poolclass=sa.NullPool)
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        warehouse, reader = open_warehouse(settings), SourceReader.of(settings, "crm")
        with warehouse.transaction() as connection:
            return list(extract_source(warehouse, connection, reader, reader.select(warehouse, connection), JULY))

    return extract_all


def _read(batches: list[ContactBatch]) -> list[tuple[str, str | None]]:
    (batch,) = batches
    return batch.contacts.join(batch.phones, on="contact_id", how="left").select("contact_id", "phone_raw").rows()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_table_is_read(extract: Extract, backend: str) -> None:
    assert sorted(_read(extract(backend))) == [("crm:1", "(650) 253-0000"), ("crm:2", None)]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("end", ["", ";", "\\n;\\n", " -- those only"])
def test_a_query_is_read_however_it_ends(extract: Extract, backend: str, end: str) -> None:
    query = f"SELECT id + 10 AS id, mobile FROM contact WHERE land = 'us'{end}"
    assert _read(extract(backend, f'query = "{query}"\nid = "id"\nphones = ["mobile"]')) == [
        ("crm:11", "(650) 253-0000")
    ]


def test_ids_can_be_uuids(extract: Extract) -> None:
    uuid = "6f1c1d2e-8c3b-4f6a-9d57-0123456789ab"
    rows = ("CREATE TABLE contact (id UUID, mobile VARCHAR)", f"INSERT INTO contact VALUES ('{uuid}', 'x')")
    crm = 'table = "contact"\nid = "id"\nphones = ["mobile"]'
    assert _read(extract("duckdb", crm, rows)) == [(f"crm:{uuid}", "x")]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_missing_table_names_the_nearest(extract: Extract, backend: str) -> None:
    with pytest.raises(SourceError, match=r"^phoneseg\.toml: contacts\.crm\.table: no table `contacts`; did you mean"):
        extract(backend, CRM.replace('"contact"', '"contacts"'))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_missing_column_names_the_nearest(extract: Extract, backend: str) -> None:
    with pytest.raises(SourceError, match=r"no column `mobil` in contact; did you mean `mobile`\? there is: id, m"):
        extract(backend, CRM.replace('"mobile"', '"mobil"'))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_source_without_rows_stops_unless_that_is_fine(extract: Extract, backend: str) -> None:
    with pytest.raises(SourceError, match=r"contacts\.crm: contact has no rows; say `allow_empty = true`"):
        extract(backend, statements=ROWS[:1])
    (batch,) = extract(backend, CRM + "\nallow_empty = true", statements=())
    assert len(batch.contacts) == 0


def test_a_source_whose_contacts_are_all_younger_than_as_of_is_not_without_rows(extract: Extract) -> None:
    (batch,) = extract("duckdb", statements=(ROWS[0], ROWS[3]))
    assert len(batch.contacts) == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_wrong_query_is_told_as_the_sources(extract: Extract, backend: str) -> None:
    with pytest.raises(SourceError, match=r"^phoneseg\.toml: contacts\.crm: .*no_such"):
        extract(backend, 'query = "SELECT no_such FROM contact"\nid = "id"\nphones = ["mobile"]')


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_colon_in_a_query_is_a_colon(extract: Extract, backend: str) -> None:
    query = "SELECT id, mobile FROM contact WHERE land <> ' :later' AND id = 1"
    assert _read(extract(backend, f'query = "{query}"\nid = "id"\nphones = ["mobile"]')) == [
        ("crm:1", "(650) 253-0000")
    ]


def test_a_query_that_fails_while_its_rows_are_read_is_told_as_the_sources(extract: Extract) -> None:
    query = "SELECT range AS id, CASE WHEN range = 299999 THEN error('late') END AS mobile FROM range(300000)"
    with pytest.raises(SourceError, match=r"^phoneseg\.toml: contacts\.crm: .*late"):
        extract("duckdb", f'query = "{query}"\nid = "id"\nphones = ["mobile"]')


@pytest.mark.parametrize("key", ["birth_date", "income"])
def test_a_column_of_dates_or_incomes_that_holds_none_stops_the_run(extract: Extract, key: str) -> None:
    rows = ", ".join(f"({number}, NULL, 'DE', '2026-01-01 00:00:00')" for number in range(10, 20))
    with pytest.raises(SourceError, match=rf"contacts\.crm\.{key}: none of the column's 1[0-2] values is a"):
        extract("duckdb", f'{CRM}\n{key} = "land"', (*ROWS, f"INSERT INTO contact VALUES {rows}"))


def test_a_few_dates_that_are_none_are_told_in_the_log(extract: Extract, caplog: pytest.LogCaptureFixture) -> None:
    extract("duckdb", f'{CRM}\nbirth_date = "land"')
    assert "contacts.crm.birth_date: 2 of 2 values are not a date" in caplog.text
