"""What the user sees when something is wrong, and that published tables do not change then."""

import json
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from runs import AS_OF, edit_settings, execute, published_tables, query, run_command, run_pipeline, staging_tables

from phoneseg.errors import AuditError, SettingsError, SourceError, WarehouseBusyError
from phoneseg.quality import shipped_suites_folder
from phoneseg.settings import Settings, load_settings


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        (
            "crm.customer",
            "crm.custmer",
            SourceError,
            "contacts.crm.table: no table `crm.custmer`; did you mean `crm.customer`",
        ),
        (
            '"home_phone"',
            '"home_phon"',
            SourceError,
            "contacts.crm: no column `home_phon` in crm.customer; did you mean `home_phone`",
        ),
        ("token_key_file", "token_key_fil", SettingsError, "unknown key; did you mean `token_key_file`"),
        ('"token.key"', '"none.key"', SettingsError, "No such file"),
        ('created_at = "created_at"', 'created_at = "language"', SourceError, "values that are no date or time"),
        ("warehouse.duckdb", "missing/warehouse.duckdb", SourceError, "annot open file"),
        ("duckdb:///", "nosuchdb://", SettingsError, "no driver for it"),
        ("duckdb:///warehouse.duckdb", "duckdb:///:memory:", SettingsError, "a run needs a database file"),
        ('table = "crm.customer"', 'query = "SELEC 1"', SourceError, "contacts.crm: "),
    ],
)
def test_a_wrong_setting_is_one_clear_line_and_nothing_changes(
    demo_settings: Settings, old: str, new: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as raised:
        run_pipeline(edit_settings(demo_settings, old, new))
    message = str(raised.value)
    assert words in message
    assert "\n" not in message


def test_an_empty_source_stops_the_run_unless_the_settings_allow_it(make_warehouse: Callable[..., Settings]) -> None:
    settings = make_warehouse("(1, '+1 650-253-0000', 'US')")
    execute(settings, "DELETE FROM shop.customer")
    with pytest.raises(SourceError, match=r"shop\.customer has no rows; say `allow_empty = true`"):
        run_pipeline(settings)
    allowed = edit_settings(settings, 'id = "id"', 'id = "id"\nallow_empty = true')
    assert run_pipeline(allowed)["contact_count"] == 0


def test_a_row_without_an_id_or_with_anothers_stops_the_run(make_warehouse: Callable[..., Settings]) -> None:
    settings = make_warehouse("(1, '+1 650-253-0000', 'US'), (NULL, NULL, NULL)")
    with pytest.raises(SourceError, match="1 rows have no `id`"):
        run_pipeline(settings)
    execute(settings, "UPDATE shop.customer SET id = 1")
    with pytest.raises(SourceError, match="1 ids stand in more than one row"):
        run_pipeline(settings)


def test_a_number_in_a_database_error_is_hidden(make_warehouse: Callable[..., Settings]) -> None:
    query_with_cast = 'query = "SELECT id, CAST(phone AS INTEGER) AS phone, country FROM shop.customer"\n'
    contacts = query_with_cast + 'id = "id"\nphones = ["phone"]\nregion_column = "country"'
    settings = make_warehouse("(1, '+1 650-253-0000', 'US')", contacts=contacts)
    with pytest.raises(SourceError) as raised:
        run_pipeline(settings)
    assert "<value>" in str(raised.value)
    assert not re.search(r"253\D?0000", str(raised.value))


@pytest.mark.all_checks
def test_a_failing_suite_names_its_expectations_and_publishes_nothing(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    before = published_tables(demo_settings)
    folder = demo_settings.folder / "suites"
    shutil.copytree(shipped_suites_folder(), folder)
    suite = json.loads((folder / "phone_number.json").read_text())
    expectation = {"column": "phone_e164", "regex": "^no number looks like this$"}
    suite["expectations"].append({"type": "expect_column_values_to_match_regex", "kwargs": expectation})
    (folder / "phone_number.json").write_text(json.dumps(suite))
    strict = edit_settings(demo_settings, "[privacy]", '[quality]\nsuites_folder = "suites"\n\n[privacy]')
    execute(strict, "UPDATE crm.customer SET mobile = NULL")
    with pytest.raises(AuditError) as raised:
        run_pipeline(strict)
    message = str(raised.value)
    assert "phone_number: expect_column_values_to_match_regex (phone_e164)" in message
    assert published_tables(strict) == before
    page = Path(message.rsplit("Data Docs: ", 1)[1])
    assert page.exists()
    numbers = query(strict, "SELECT phone_e164 FROM phoneseg_restricted.phone_number")["phone_e164"].to_list()
    written = "".join(file.read_text() for file in page.parent.rglob("*.html"))
    assert not [number for number in numbers if number in message or number in written]


def test_the_command_line_says_why_and_how_to_go_on(demo: Path) -> None:
    missing = run_command("run", "--config", demo / "none.toml")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "no such file" in missing.stderr
    assert "Traceback" not in missing.stderr
    bad_date = run_command("run", "--config", demo / "phoneseg.toml", "--as-of", "July")
    assert "not an ISO date" in bad_date.stderr
    bad_source = run_command("run", "--config", demo / "phoneseg.toml", "--source", "crn")
    assert "no contact source `crn`; there is: crm, webshop, support" in bad_source.stderr
    nothing_yet = run_command("summary", "--config", demo / "phoneseg.toml")
    assert "nothing is published yet" in nothing_yet.stderr


@pytest.mark.all_checks
def test_a_run_prints_no_phone_number(demo: Path) -> None:
    done = run_command("run", "--config", demo / "phoneseg.toml", "--as-of", "2026-07-01")
    assert done.returncode == 0, done.stderr
    settings = load_settings(demo / "phoneseg.toml")
    restricted = query(settings, "SELECT phone_e164, phone_national FROM phoneseg_restricted.phone_number")
    said = done.stdout + done.stderr
    assert not [number for number in [*restricted["phone_e164"], *restricted["phone_national"]] if number in said]


def test_an_interrupted_run_leaves_nothing_behind(demo: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "phoneseg",
        "run",
        "--config",
        str(demo / "phoneseg.toml"),
        "--as-of",
        "2026-07-01",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if "load: done" in line:
                process.terminate()
    assert process.returncode == 130
    assert "interrupted; nothing half-done is visible" in said
    settings = load_settings(demo / "phoneseg.toml")
    assert staging_tables(settings) == []
    assert list(settings.resolve(settings.stage.folder).iterdir()) == []
    assert query(settings, "SELECT state FROM phoneseg.pipeline_run")["state"].to_list() == ["failed"]


def test_a_warehouse_file_that_another_process_holds_is_waited_for_then_told(demo_settings: Settings) -> None:
    file = demo_settings.folder / "warehouse.duckdb"
    hold = f"import duckdb; c = duckdb.connect({str(file)!r}); print('held', flush=True); input()"
    impatient = edit_settings(demo_settings, "[privacy]", "lock_wait_s = 0.5\n\n[privacy]")
    command = [sys.executable, "-c", hold]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WarehouseBusyError, match="another process holds the warehouse"):
            run_pipeline(impatient)
        holder.communicate("\n")
    assert run_pipeline(impatient, AS_OF)["is_current"] == 1


def test_a_key_file_that_others_can_read_is_refused(demo_settings: Settings) -> None:
    key = demo_settings.folder / "token.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.chmod(0o644)
    with pytest.raises(SettingsError, match=r"others can read it .mode 0644.: chmod 600 it"):
        run_pipeline(demo_settings)


def _with_suite(settings: Settings, expectation: dict[str, object]) -> Settings:
    """Return the settings with own suites, that of phone_number with one more expectation."""
    folder = settings.folder / "suites"
    shutil.copytree(shipped_suites_folder(), folder)
    suite = json.loads((folder / "phone_number.json").read_text())
    suite["expectations"].append(expectation)
    (folder / "phone_number.json").write_text(json.dumps(suite))
    return edit_settings(settings, "[privacy]", '[quality]\nsuites_folder = "suites"\n\n[privacy]')


@pytest.mark.all_checks
def test_a_misspelt_expectation_stops_the_run_rather_than_being_left_out(demo_settings: Settings) -> None:
    strict = _with_suite(demo_settings, {"type": "expect_nonsense", "kwargs": {"column": "phone_token"}})
    with pytest.raises(SettingsError, match="suite phone_number: Great Expectations has no expect_nonsense"):
        run_pipeline(strict)


@pytest.mark.all_checks
def test_an_expectation_that_would_show_numbers_in_data_docs_is_refused(demo_settings: Settings) -> None:
    telling = {
        "type": "expect_column_distinct_values_to_be_in_set",
        "kwargs": {"column": "phone_e164", "value_set": []},
    }
    with pytest.raises(SettingsError, match="would show values of `phone_e164`"):
        run_pipeline(_with_suite(demo_settings, telling))


def test_a_demo_does_not_replace_a_warehouse_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_text("somebody's production")
    refused = run_command("demo", tmp_path, "--contacts", "10")
    assert refused.returncode == 1
    assert "was not made by `phoneseg demo`" in refused.stderr
    assert (tmp_path / "warehouse.duckdb").read_text() == "somebody's production"
