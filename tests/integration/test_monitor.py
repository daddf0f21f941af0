"""The hourly pipeline on real warehouses: what it publishes, again and in any width, and what it leaves alone."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from monitoring import DAY_END, HOUR, SINCE, monitored_tables, run_monitor
from runs import (
    edit_settings,
    execute,
    on_warehouses,
    published_tables,
    query,
    run_command,
    run_pipeline,
    staging_tables,
)

from phoneseg import monitor
from phoneseg.contracts import Pipeline
from phoneseg.errors import AuditError, SettingsError, SupersededError
from phoneseg.governance import Request, RequestKind, erase
from phoneseg.run import Run
from phoneseg.settings import Settings

SIGNALS = "SELECT signal_kind, subject_kind, subject, risk_level, activity_kind FROM phoneseg.risk_signal"


def _of_campaign(signals: pl.DataFrame) -> list[str]:
    """Return the subjects of signals about messages in the country of the demo's own campaign."""
    messages = signals.filter(pl.col("activity_kind") == "message", pl.col("signal_kind") == "spike")
    return messages.filter(pl.col("subject").str.contains("^(FR|33)"))["subject"].to_list()


@pytest.mark.all_checks
@on_warehouses("duckdb", "postgresql")
def test_a_day_of_the_demo_shows_what_was_planted_and_nothing_of_the_own_campaign(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    counts = run_monitor(any_settings, since=DAY_END - timedelta(weeks=9))
    assert counts["row_count"] == counts["event_count"] > 0
    signals = query(any_settings, SIGNALS)
    assert {"sim_box", "one_ring", "spike", "number_cluster", "ring"} <= set(signals["signal_kind"])
    assert not _of_campaign(signals)
    members = query(any_settings, "SELECT DISTINCT signal_kind, member_kind FROM phoneseg.risk_member")
    assert ("ring", "contact") in members.rows()
    assert ("sim_box", "number") in members.rows()
    reviews = query(any_settings, "SELECT signal_kind, subject FROM phoneseg.risk_review WHERE label IS NULL")
    flagged = signals.filter(pl.col("subject_kind").is_in(["number", "cluster"]))
    assert set(reviews.rows()) == set(flagged.select("signal_kind", "subject").rows())
    assert staging_tables(any_settings) == []


def test_the_own_campaign_would_alert_if_the_calendar_did_not_name_it(demo_settings: Settings) -> None:
    execute(demo_settings, "DELETE FROM fraud.known_cause")
    run_monitor(demo_settings, since=DAY_END - timedelta(weeks=9))
    assert "FR" in _of_campaign(query(demo_settings, SIGNALS))


@on_warehouses("duckdb", "postgresql")
def test_the_same_interval_again_changes_nothing(any_settings: Settings) -> None:
    first = run_monitor(any_settings, since=SINCE)
    before = monitored_tables(any_settings)
    assert first["inserted_rows"] > 0
    again = run_monitor(any_settings, since=SINCE)
    assert (again["deleted_rows"], again["inserted_rows"]) == (0, 0)
    assert monitored_tables(any_settings) == before


@on_warehouses("duckdb", "postgresql")
def test_a_backfill_of_past_hours_gives_what_live_runs_gave(any_settings: Settings) -> None:
    run_monitor(any_settings, DAY_END - 5 * HOUR, since=SINCE)
    hours = [DAY_END - ago * HOUR for ago in range(4, -2, -1)]
    for as_of in hours:
        run_monitor(any_settings, as_of)
    live = monitored_tables(any_settings)
    execute(any_settings, *(f"DELETE FROM phoneseg.{name} WHERE as_of >= '{hours[0]}'" for name in live))
    for as_of in hours:
        run_monitor(any_settings, as_of)
    assert monitored_tables(any_settings) == live
    for as_of in (hours[-2], hours[2]):  # one of them again, when later ones are there
        again = run_monitor(any_settings, as_of)
        assert (again["deleted_rows"], again["inserted_rows"]) == (0, 0)
    assert not again["is_current"]


def test_hours_one_by_one_count_what_a_wide_interval_counts(demo_settings: Settings) -> None:
    start = DAY_END - 3 * HOUR
    for place in range(1, 6):
        run_monitor(demo_settings, start + place * HOUR)
    one_by_one = monitored_tables(demo_settings)
    execute(demo_settings, "DELETE FROM phoneseg.prefix_activity")
    run_monitor(demo_settings, start + 5 * HOUR, since=start)
    assert monitored_tables(demo_settings)["prefix_activity"] == one_by_one["prefix_activity"]


def test_a_wide_interval_tells_what_its_last_hour_tells(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    run_monitor(demo_settings, since=SINCE)
    wide = monitored_tables(demo_settings)
    run_monitor(demo_settings)
    hour = monitored_tables(demo_settings)
    assert wide["risk_signal"]
    assert {name: rows for name, rows in hour.items() if name != "monitored_size"} == {
        name: rows for name, rows in wide.items() if name != "monitored_size"
    }


def test_hours_leave_other_hours_and_all_tables_of_the_daily_run_alone(demo_settings: Settings) -> None:
    demo_settings = edit_settings(demo_settings, 'mode = "on"', 'mode = "shadow"')
    run_pipeline(demo_settings)
    daily = published_tables(demo_settings)
    run_monitor(demo_settings, DAY_END - HOUR)
    earlier = query(demo_settings, "SELECT * FROM phoneseg.prefix_activity ORDER BY ALL")
    run_monitor(demo_settings, DAY_END + HOUR)
    kept = "SELECT * FROM phoneseg.prefix_activity WHERE as_of < '2026-07-01' ORDER BY ALL"
    assert query(demo_settings, kept).equals(earlier)
    assert published_tables(demo_settings) == daily
    incremental = run_pipeline(demo_settings)  # a run of the other pipeline is not taken for its own
    assert incremental["is_incremental"]
    assert (incremental["deleted_rows"], incremental["inserted_rows"]) == (0, 0)


def test_somebody_erased_since_the_extract_keeps_the_hour_from_being_published(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    run = Run.open(demo_settings, as_of=DAY_END - HOUR, pipeline=Pipeline.MONITOR_ACTIVITY)
    monitor.extract(run)
    monitor.detect(run)
    contact = query(demo_settings, "SELECT contact_id FROM phoneseg.contact_phone LIMIT 1").item()
    erase(demo_settings, [Request(RequestKind.ERASE_CONTACT, contact)], dry_run=False)
    with pytest.raises(SupersededError):
        monitor.load(run)
    assert query(demo_settings, "SELECT count(*) FROM phoneseg.prefix_activity").item() == 0


@pytest.mark.all_checks
def test_signals_that_fail_their_suite_are_not_published(
    demo_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run.open(demo_settings, as_of=DAY_END - HOUR, pipeline=Pipeline.MONITOR_ACTIVITY)
    monitor.extract(run)
    monitor.detect(run)
    wrong = run.stage.scan("prefix_activity").with_columns(window_h=pl.lit(2, pl.Int16)).collect()
    run.stage.write("prefix_activity", wrong.lazy())
    monitor.load(run)
    with pytest.raises(AuditError, match=r"prefix_activity: .*window_h"):
        monitor.audit(run)
    assert query(demo_settings, "SELECT count(*) FROM phoneseg.prefix_activity").item() == 0


def test_who_labels_a_flagged_number_keeps_the_label_whatever_is_run_again(demo_settings: Settings) -> None:
    run_monitor(demo_settings, since=SINCE)
    execute(
        demo_settings,
        "UPDATE phoneseg.risk_review SET label = 'fraud', labelled_at = '2026-07-02' WHERE signal_kind = 'sim_box'",
    )
    labelled = query(demo_settings, "SELECT * FROM phoneseg.risk_review WHERE label IS NOT NULL ORDER BY ALL")
    assert len(labelled)
    execute(demo_settings, "DELETE FROM telephony.call_record")
    run_monitor(demo_settings)
    assert query(demo_settings, "SELECT * FROM phoneseg.risk_review ORDER BY ALL").equals(labelled)


@on_warehouses("duckdb", "postgresql")
def test_a_review_names_the_earliest_signal_in_whatever_order_hours_are_run(any_settings: Settings) -> None:
    run_monitor(any_settings)
    execute(any_settings, "UPDATE phoneseg.risk_review SET label = 'fraud'")
    run_monitor(any_settings, DAY_END - 24 * HOUR)
    firsts = query(any_settings, "SELECT signal_kind, subject, min(as_of) FROM phoneseg.risk_signal GROUP BY 1, 2")
    reviews = query(any_settings, "SELECT signal_kind, subject, as_of FROM phoneseg.risk_review")
    assert reviews["as_of"].n_unique() == 2
    assert set(reviews.rows()) <= set(firsts.rows())
    assert query(
        any_settings, "SELECT 1 FROM phoneseg.risk_review WHERE label = 'fraud' AND as_of < '2026-07-01'"
    ).height
    again = run_monitor(any_settings, DAY_END - 24 * HOUR)
    assert (again["deleted_rows"], again["inserted_rows"]) == (0, 0)


def test_a_number_that_a_list_allows_gives_no_signal_and_does_not_count(demo_settings: Settings) -> None:
    run_monitor(demo_settings, since=SINCE)
    block = query(demo_settings, f"{SIGNALS} WHERE subject_kind = 'number_block' AND signal_kind = 'one_ring'")
    prefix = block["subject"][0]
    columns = "prefix, list_level, source, valid_from"
    allowed = f"INSERT INTO fraud.prefix_list ({columns}) VALUES ('{prefix}', 'allow', 'us', '2026-01-01')"
    execute(demo_settings, allowed)
    run_monitor(demo_settings, since=SINCE)
    assert query(demo_settings, f"{SIGNALS} WHERE subject = '{prefix}'").is_empty()
    assert query(demo_settings, f"SELECT * FROM phoneseg.prefix_activity WHERE prefix = '{prefix}'").is_empty()


def test_the_command_line_monitors_and_backfills_hours(demo_settings: Settings) -> None:
    config = demo_settings.config_file
    done = run_command("monitor", "--config", config, "--as-of", "2026-06-30T22:00", "--counts-from", "2026-06-20")
    assert done.returncode == 0, done.stderr
    assert "Activity monitored up to 2026-06-30 22:00 UTC" in done.stdout
    dates = ("--from", "2026-06-30T22:00", "--to", "2026-07-01")
    filled = run_command("backfill", "--pipeline", "monitor_activity", "--config", config, *dates, "--missing")
    assert filled.returncode == 0, filled.stderr
    runs = query(demo_settings, "SELECT as_of FROM phoneseg.pipeline_run WHERE state = 'published' ORDER BY as_of")
    assert runs["as_of"].to_list() == [DAY_END - 2 * HOUR, DAY_END - HOUR, DAY_END]
    dry = run_command("monitor", "--config", config, "--as-of", "2026-07-01T01:00", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert query(demo_settings, "SELECT max(as_of) FROM phoneseg.prefix_activity").item() == DAY_END


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--as-of", "2026-06-30T22:30"), "whole hours"),
        (("--as-of", "2026-06-30", "--counts-from", "2026-06-30"), "has no hour"),
        (("--as-of", "yesterday"), "not an ISO date or time"),
    ],
)
def test_a_wrong_time_is_said_in_one_line(demo_settings: Settings, options: tuple[str, ...], said: str) -> None:
    done = run_command("monitor", "--config", demo_settings.config_file, *options)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_that_is_not_there_or_none_is_named(demo_settings: Settings) -> None:
    settings = edit_settings(demo_settings, "[risk]\n", '[risk]\nsim_box_model_file = "model.json"\n')
    with pytest.raises(SettingsError, match=r"risk.sim_box_model_file: .*model.json: cannot be read"):
        run_monitor(settings)
    settings.resolve(Path("model.json")).write_text("{}", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"risk.sim_box_model_file: .*model.json: the file is no model of SIM"):
        run_monitor(settings)
