"""A fingerprint changes with what the rows that a run reads depend on besides their source, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest

import phoneseg
from phoneseg.errors import SettingsError
from phoneseg.publish import fingerprint, fingerprint_sources
from phoneseg.quality import shipped_suites_folder
from phoneseg.run import Run
from phoneseg.settings import Settings

KEY = "a key for tests alone"
SALES = """
[activity.sales]
kind = "purchase"
table = "sale"
contact_id = "customer"
contacts = "crm"
occurred_at = "sold"
amount = "total"
currency = "USD"

[profile]
currency = "EUR"
exchange_rates = {{ USD = {rate} }}
"""
WEBSHOP = '[contacts.webshop]\ntable = "account"\nid = "id"\nphones = ["phone"]'


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", KEY)


def fingerprints(settings: Settings) -> dict[str, str]:
    return fingerprint_sources(Run.open(settings))


def test_the_same_settings_give_the_same_fingerprint(make_settings: Callable[..., Settings]) -> None:
    first, second = (fingerprints(make_settings(more=WEBSHOP)) for _ in range(2))
    assert first == second
    assert first["crm"] != first["webshop"]


def test_a_sources_settings_change_its_own_fingerprint_alone(make_settings: Callable[..., Settings]) -> None:
    before = fingerprints(make_settings(more=WEBSHOP))
    after = fingerprints(make_settings('table = "contact"\nid = "id"\nphones = ["home"]', more=WEBSHOP))
    assert before["crm"] != after["crm"]
    assert before["webshop"] == after["webshop"]


def test_key_versions_and_suites_change_every_fingerprint(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = [fingerprints(make_settings())["crm"]]
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", KEY + "!")
    seen.append(fingerprints(make_settings())["crm"])
    monkeypatch.setattr(phoneseg, "__version__", "99.0")
    seen.append(fingerprints(make_settings())["crm"])
    monkeypatch.setattr(fingerprint, "metadata_version", lambda: "99.0.0")
    seen.append(fingerprints(make_settings())["crm"])
    for file in shipped_suites_folder().glob("*.json"):
        (tmp_path / file.name).write_text(file.read_text().replace('"mostly": 0.3', '"mostly": 0.4'))
    seen.append(fingerprints(make_settings(more=f'[quality]\nsuites_folder = "{tmp_path}"'))["crm"])
    assert len(set(seen)) == len(seen)


def test_what_every_run_makes_anew_changes_no_fingerprint(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """Rates change every day, definitions when somebody has an idea, and a full read takes hours."""
    before = fingerprints(make_settings(more=SALES.format(rate=0.92)))
    assert fingerprints(make_settings(more=SALES.format(rate=0.93))) == before
    assert fingerprints(make_settings()) == before
    assert fingerprints(make_settings(more="[profile]\nwindows_days = [7, 90, 365]")) == before
    assert fingerprints(make_settings(more="[segments.lifecycle]\nnew_days = 7")) == before
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "valid.toml").write_text(
        '[[segment]]\ncode = "valid"\nname = "Valid"\ndescription = "A phone."\nowner = "crm"\nwhere = "is_valid"\n'
    )
    assert fingerprints(make_settings()) == before


def test_how_much_a_source_may_shrink_changes_no_fingerprint(make_settings: Callable[..., Settings]) -> None:
    crm = 'table = "contact"\nid = "id"\nphones = ["mobile"]'
    assert fingerprints(make_settings(f"{crm}\nmax_shrink_pct = 5\nallow_empty = true")) == fingerprints(
        make_settings(crm)
    )


def test_without_a_token_key_there_is_none(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PHONESEG_TOKEN_KEY")
    with pytest.raises(SettingsError, match="no token key"):
        fingerprints(make_settings())
