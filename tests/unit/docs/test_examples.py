"""The examples of the pages work."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from docs.pages import example_kind
from docs.pages.settings import EXAMPLE
from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.extract import SourceReader, extract_source
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
