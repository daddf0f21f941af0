"""Real lists that nobody of this project wrote; they are not part of it, and the tests skip where they are absent."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from runs import published_tables, query, run_pipeline

from phoneseg.settings import load_settings

DATA = Path(__file__).parents[3] / "shared" / "data"
HEAD = '[warehouse]\nurl = "{url}"\n[privacy]\ntoken_key_file = "token.key"\n'

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="the real lists are not beside the checkout"),
    pytest.mark.all_checks,
]


def write_settings(folder: Path, text: str) -> Path:
    """Write settings and a key."""
    key = folder / "token.key"
    key.write_text("a key for tests alone")
    key.chmod(0o600)
    file = folder / "phoneseg.toml"
    file.write_text(text)
    return file


def test_chinooks_customers_have_58_phones_and_55_valid_ones(tmp_path: Path) -> None:
    shutil.copyfile(DATA / "chinook.sqlite", tmp_path / "chinook.sqlite")
    source = (
        '[contacts.shop]\ntable = "Customer"\nid = "CustomerId"\nphones = ["Phone"]\nregion_column = "Country"\n'
        'attributes = ["City", "State"]\n'
    )
    config = write_settings(tmp_path, HEAD.format(url="sqlite:///chinook.sqlite") + source)
    counts = run_pipeline(load_settings(config))
    assert (counts["contact_count"], counts["filled_cell_count"], counts["valid_phone_count"]) == (59, 58, 55)


def test_breweries_come_through_a_query_and_every_cell_is_accounted_for(tmp_path: Path) -> None:
    source = (
        f"[contacts.brewery]\nquery = \"SELECT * FROM read_csv('{DATA / 'breweries.csv.gz'}', all_varchar = true)\"\n"
        'id = "id"\nphones = ["phone"]\nregion_column = "country"\n'
    )
    config = write_settings(tmp_path, HEAD.format(url="duckdb:///warehouse.duckdb") + source)
    settings = load_settings(config)
    counts = run_pipeline(settings)
    assert counts["contact_count"] == 11_822
    assert counts["phone_count"] + counts["quarantined_count"] == counts["filled_cell_count"]
    assert counts["valid_phone_count"] > 10_000
    reasons = {row[4] for row in published_tables(settings)["contact_quarantine"]}
    assert "UNKNOWN_REGION_HINT" not in reasons, "every country name of the list is known"


def test_the_75_doubled_subscribers_are_one_person_each_and_the_survivors_are_the_5000_of_the_clean_list(
    tmp_path: Path,
) -> None:
    bronze, silver = (
        DATA / "telecom_eg" / f"{name}.csv.gz" for name in ("bronze_01_customers_raw", "silver_customers")
    )
    source = (
        '[contacts.telecom]\nquery = "SELECT *, 10000 + row_number() OVER (ORDER BY customer_id) AS row_id '
        f"FROM read_csv('{bronze}', all_varchar = true)\"\n"
        'id = "row_id"\nphones = ["phone_number"]\nregion = "EG"\nfull_name = "full_name"\ncity = "district"\n'
        'attributes = ["customer_id"]\n'
    )
    settings = load_settings(write_settings(tmp_path, HEAD.format(url="duckdb:///warehouse.duckdb") + source))
    counts = run_pipeline(settings)
    assert (counts["contact_count"], counts["person_count"]) == (5_075, 5_000)
    survivors = query(
        settings,
        "SELECT attributes FROM phoneseg.contact_canonical JOIN phoneseg.contact_profile USING (contact_id) "
        "WHERE contact_id = canonical_contact_id",
    )
    ids = survivors["attributes"].str.json_path_match("$.customer_id").sort().to_list()
    clean = pl.read_csv(silver, infer_schema=False)["customer_id"].sort().to_list()
    assert ids == clean
    kinds = query(settings, "SELECT kind, contact_count FROM phoneseg.shared_number")
    assert kinds.rows() == [("same_person", 2)] * 75
