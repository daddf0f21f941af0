"""The examples of the pages work."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from docs.pages import definitions, example_kind
from docs.pages.settings import EXAMPLE
from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.extract import SourceReader, extract_source, plan_activity, read_activity
from phoneseg.run import Run
from phoneseg.segments import SegmentRules
from phoneseg.settings import load_settings
from phoneseg.warehouse import open_warehouse

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)


def test_example_kind_makes_members() -> None:
    assert set(example_kind.KIND.inputs) <= set(CONTACT_PROFILE.column_names)
    profile = pl.LazyFrame(
        {"contact_id": ["crm:1", "crm:2", "crm:3"], "source": ["crm"] * 3, "valid_phone_count": [0, 1, 3]}
    )
    members = example_kind.KIND.assign(profile).sort("contact_id").collect()
    assert members["segment_code"].to_list() == ["NONE", "ONE", "SEVERAL"]
    assert members["segment_name"].to_list() == ["No valid phone", "One valid phone", "Several valid phones"]


def test_example_settings_read_both_kinds_of_activity(tmp_path: Path) -> None:
    settings_file = tmp_path / "phoneseg.toml"
    settings_file.write_bytes(EXAMPLE.read_bytes())
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("CREATE SCHEMA shop; CREATE SCHEMA telephony")
        connection.execute(
            "CREATE TABLE shop.purchase AS SELECT 7 AS customer_id, TIMESTAMP '2026-06-01 12:00' AS purchased_at, "
            "9.99 AS total, 'USD' AS currency"
        )
        connection.execute(
            "CREATE TABLE telephony.call AS SELECT '030 123456' AS caller, TIMESTAMP '2026-06-01 12:00' AS started_at, "
            "60 AS seconds, true AS answered, 'ann' AS agent"
        )
    run, batches = Run.open(load_settings(settings_file), as_of=AS_OF), []
    warehouse = open_warehouse(run.settings)
    with warehouse.snapshot() as connection:
        read_activity(warehouse, connection, run, plan_activity(warehouse, connection, run), batches.append)
    purchase, call = pl.concat(batches).rows(named=True)
    assert (purchase["contact_id"], purchase["amount_e4"]) == ("crm:7", 91908)
    assert purchase["occurred_at"] == datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert (call["phone_raw"], call["region_hint"], call["is_inbound"]) == ("030 123456", "DE", True)


@pytest.mark.parametrize("source", ["crm", "newsletter"])
def test_example_settings_read_both_sources(source: str, tmp_path: Path) -> None:
    settings_file = tmp_path / "phoneseg.toml"
    settings_file.write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "newsletter.csv").write_text("subscriber_id,phone\n7,020 7031 3000\n8,\n", encoding="utf-8")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("CREATE SCHEMA crm")
        connection.execute(
            "CREATE TABLE crm.customer AS SELECT 7 AS customer_id, '030 123456' AS mobile, NULL AS home_phone, "
            "'Germany' AS country, TIMESTAMP '2026-01-01' AS created_at, NULL::TIMESTAMP AS updated_at, "
            "'Berlin' AS city, 'de' AS language"
        )
    settings = load_settings(settings_file)
    warehouse, reader = open_warehouse(settings), SourceReader.of(settings, source)
    with warehouse.transaction() as connection:
        (batch,) = extract_source(warehouse, connection, reader, reader.select(warehouse, connection), AS_OF)
    assert batch.contacts["contact_id"].to_list() == [f"{source}:7"]
    assert batch.phones["region_hint"].to_list() == [{"crm": "DE", "newsletter": "GB"}[source]]


def test_example_definitions_are_right(tmp_path: Path) -> None:
    (tmp_path / "phoneseg.toml").write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "crm.toml").write_bytes(definitions.EXAMPLE.read_bytes())
    rules = SegmentRules.at(load_settings(tmp_path / "phoneseg.toml"), AS_OF)
    assert set(rules.definitions.versions) == {"tier:gold", "tier:silver", "custom:lapsed_gold"}
    assert rules.upstream("custom:lapsed_gold") == {"tier:gold", "tier:silver", "country"}
