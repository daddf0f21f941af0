"""States, issues and scores out of a run, and the way to the Reassigned Numbers Database and back."""

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from runs import AS_OF, published_tables, query, run_pipeline
from typer.testing import CliRunner

from phoneseg.cli.commands import app
from phoneseg.errors import SettingsError, SourceError, StopError
from phoneseg.governance import erase, request_contact, request_number
from phoneseg.settings import Settings, load_settings

NEXT = AS_OF + timedelta(days=1)
CONTACTS = """(1, '+1 650-253-0000', 'US', '2025-01-01'), (2, '+1 650-253-0001', 'DE', '2025-01-01'),
    (3, '030 901822', 'DE', '2025-01-01'), (4, 'none', 'DE', '2025-01-01'),
    (5, '+1 650-253-0000', 'US', '2026-06-01')"""
SHOP = """table = "shop.customer"
id = "id"
phones = ["phone"]
region_column = "country"
created_at = "created_at"
"""
SOURCES = """
[activity.sms]
kind = "message"
query = '''SELECT * FROM (VALUES
    (1, 'failed', 'unknown subscriber', '2026-03-01'), (1, 'failed', 'unknown subscriber', '2026-03-09'),
    (3, 'delivered', NULL, '2026-06-01'), (2, 'failed', 'absent subscriber', '2026-06-01')
) AS t(id, status, reason, sent_at)'''
contact_id = "id"
contacts = "shop"
is_inbound = false
occurred_at = "sent_at"
delivery_status = "status"
failure_reason = "reason"

[number_list.carrier]
query = "SELECT '030 901822' AS number, '2026-06-25' AS since"
phone = "number"
region = "DE"
status = "disconnected"
at = "since"
"""


@pytest.fixture
def shop(make_warehouse: Callable[..., Settings]) -> Settings:
    """A warehouse of five contacts, two of which have a number in common."""
    settings = make_warehouse(CONTACTS, contacts=SHOP, columns="id, phone, country, created_at")
    with settings.config_file.open("a") as file:
        file.write(SOURCES)
    return load_settings(settings.config_file)


def _states(settings: Settings) -> dict[str, tuple[object, ...]]:
    rows = query(settings, "SELECT contact_id, number_state, evidence FROM phoneseg.number_state")
    return {str(row[0]): row[1:] for row in rows.rows()}


@pytest.mark.all_checks
def test_a_run_tells_states_issues_and_scores(shop: Settings) -> None:
    run_pipeline(shop)
    assert _states(shop) == {
        "shop:1": ("suspected_reassigned", "permanent_failures,new_holder"),
        "shop:2": ("unknown", None),
        "shop:3": ("suspected_disconnected", "listed_disconnected"),
        "shop:5": ("unknown", None),
    }
    issues = query(shop, "SELECT contact_id, issue_kind, severity, evidence FROM phoneseg.hygiene_issue")
    assert set(issues.rows()) == {
        ("shop:1", "suspected_reassigned", "error", "permanent_failures,new_holder"),
        ("shop:2", "region_against_address", "info", "US,DE"),
        ("shop:3", "suspected_disconnected", "warning", "listed_disconnected"),
        ("shop:4", "quarantined", "error", "NOT_A_NUMBER"),
    }
    (score,) = query(shop, "SELECT * FROM phoneseg.quality_score").rows(named=True)
    assert (score["contact_count"], score["completeness"], score["validity"], score["freshness"]) == (5, 1, 0.8, 0)
    sql = "SELECT contact_id, segment_code FROM phoneseg.segment_membership WHERE segment_kind = 'number_state'"
    assert dict(query(shop, sql).rows()) == {contact: state for contact, (state, _) in _states(shop).items()}


def _rnd(settings: Settings, *arguments: str | Path) -> str:
    """Return what `phoneseg rnd` prints; an error is raised."""
    command = ["rnd", *map(str, arguments), "--config", str(settings.config_file)]
    return CliRunner().invoke(app, command, catch_exceptions=False).output


def test_questions_go_to_the_database_and_answers_come_back(shop: Settings, tmp_path: Path) -> None:
    ask, answers = tmp_path / "ask.csv", tmp_path / "answers.csv"
    with pytest.raises(StopError, match="nothing is published yet"):
        _rnd(shop, "export", ask)
    run_pipeline(shop)
    told = _rnd(shop, "export", ask)
    assert "3 numbers with dates" in told
    assert stat.S_IMODE(ask.stat().st_mode) == 0o600
    asked = ask.read_text().splitlines()
    assert asked == ["6502530000,2025-01-01", "6502530000,2026-06-01", "6502530001,2025-01-01"]
    with pytest.raises(StopError, match="is there already"):
        _rnd(shop, "export", ask)

    answers.write_text(f"{asked[0]},no_data\n{asked[1]},no\n{asked[2]},maybe\n")
    with pytest.raises(SourceError, match=r"line 3, column 3 \(answer\)") as wrong:
        _rnd(shop, "import", answers)
    assert query(shop, "SELECT count(*) FROM phoneseg_restricted.rnd_answer").item() == 0
    answers.write_text(f"{asked[0]},no_data\n{asked[1]},no\n{asked[2]},no\n")
    told += _rnd(shop, "import", answers, "--answered-on", "2026-06-30")
    answers.write_text(f"{asked[1]},no\n{asked[2]},yes\n")
    told += _rnd(shop, "import", answers, "--answered-on", "2026-06-30")
    assert "2 answers kept, 2 replaced: yes 1, no 1, no_data 0" in told
    with pytest.raises(SettingsError, match="still to come"):
        _rnd(shop, "import", answers, "--answered-on", "2999-01-01")
    assert "650253" not in f"{told}{wrong.value}"

    counts = run_pipeline(shop, NEXT)
    states = _states(shop)
    assert states["shop:2"] == ("suspected_disconnected", "listed_disconnected")
    assert states["shop:5"] == ("active", "reached")
    assert counts["deleted_rows"] < 20
    tables = repr({name: rows for name, rows in published_tables(shop).items() if name != "phone_number"})
    assert "650253" not in tables
    assert "901822" not in tables


def test_an_answer_brings_nobody_back_who_was_erased_since_the_question(
    shop: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, answers = tmp_path / "ask.csv", tmp_path / "answers.csv"
    run_pipeline(shop)
    _rnd(shop, "export", ask)
    answers.write_text("".join(f"{line},yes\n" for line in ask.read_text().splitlines()))
    erase(shop, [request_number("+1 650-253-0000")], dry_run=False)
    told = _rnd(shop, "import", answers)
    assert "1 answers kept" in told
    assert "2 answers are about numbers that nobody has any more" in told
    erase(shop, [request_contact("shop:2")], dry_run=False)
    _rnd(shop, "import", answers)
    assert query(shop, "SELECT count(*) FROM phoneseg_restricted.rnd_answer").item() == 0
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", "another key for tests alone")
    with pytest.raises(StopError, match="were made with token key"):
        _rnd(shop, "import", answers)


@pytest.mark.slow
def test_the_demos_numbers_are_suspected_as_the_truth_says(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    sql = """SELECT contact_id, phone_e164, number_state FROM phoneseg.number_state
        JOIN phoneseg_restricted.phone_number USING (phone_token)"""
    cells = pl.read_parquet(demo_settings.folder / "truth" / "phone_cell.parquet").filter("is_recoverable")
    told = query(demo_settings, sql).join(cells.select("contact_id", "phone_e164"), on=["contact_id", "phone_e164"])
    truth = pl.read_parquet(demo_settings.folder / "truth" / "number_state.parquet")
    gone = truth.filter(pl.col("disconnected_at") < AS_OF.replace(tzinfo=None)).select("contact_id", "phone_e164")
    suspected = told.filter(pl.col("number_state").str.starts_with("suspected")).unique()
    right = suspected.join(gone, on=["contact_id", "phone_e164"], how="semi")
    assert len(right) > 5
    assert len(right) >= 0.9 * len(suspected)
