"""Real lists that nobody of this project wrote; they are not part of it, and the tests skip where they are absent."""

import shutil
from pathlib import Path

import pytest
from runs import published_tables, run_pipeline

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
