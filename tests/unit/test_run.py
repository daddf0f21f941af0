"""A run is its interval, its sources and its stage folder."""

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.contracts import QUARANTINE_RAW, Pipeline
from phoneseg.errors import SettingsError, StopError
from phoneseg.run import WIDTHS, Run, Stage, as_utc, file_name
from phoneseg.settings import Settings

JULY = datetime(2026, 7, 1, tzinfo=UTC)
TWO_SOURCES = '[contacts.web]\ntable = "web"\nid = "id"\nphones = ["phone"]'
MakeSettings = Callable[..., Settings]


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(more=TWO_SOURCES)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    made = Stage(tmp_path / "stage" / "r1")
    made.create()
    return made


def test_a_run_without_as_of_ends_at_the_last_utc_midnight_and_is_a_day_wide(settings: Settings) -> None:
    before = datetime.now(UTC)
    run = Run.open(settings)
    after = datetime.now(UTC)
    assert (run.as_of.hour, run.as_of.minute, run.as_of.second, run.as_of.microsecond) == (0, 0, 0, 0)
    assert before - timedelta(days=1) < run.as_of <= after
    assert run.as_of - run.data_interval_start == timedelta(days=1)


@pytest.mark.parametrize(
    "as_of",
    [JULY, datetime(2026, 7, 1), datetime(2026, 7, 1, 2, tzinfo=timezone(timedelta(hours=2)))],
    ids=["utc", "naive", "zoned"],
)
def test_as_of_is_utc_however_it_is_given(settings: Settings, as_of: datetime) -> None:
    run = Run.open(settings, as_of=as_of)
    assert run.as_of == JULY
    assert run.as_of.tzinfo is UTC
    assert as_utc(as_of) == JULY


def test_a_run_takes_the_start_of_its_interval(settings: Settings) -> None:
    run = Run.open(settings, as_of=JULY, data_interval_start=datetime(2026, 6, 1))
    assert run.data_interval_start == datetime(2026, 6, 1, tzinfo=UTC)


def test_two_runs_of_one_interval_have_two_ids(settings: Settings) -> None:
    ids = {Run.open(settings, as_of=JULY).run_id for _ in range(20)}
    assert len(ids) == 20
    assert all(run_id.startswith("manual__2026-07-01T00:00:00__") for run_id in ids)


def test_a_run_keeps_the_id_it_is_given(settings: Settings) -> None:
    assert Run.open(settings, run_id="scheduled__2026-07-01").run_id == "scheduled__2026-07-01"


@pytest.mark.parametrize(
    ("asked", "read"),
    [(None, ("crm", "web")), ((), ("crm", "web")), (("web",), ("web",)), (("web", "crm"), ("crm", "web"))],
)
def test_sources_are_read_in_the_order_of_the_settings(
    settings: Settings, asked: tuple[str, ...] | None, read: tuple[str, ...]
) -> None:
    run = Run.open(settings, sources=asked)
    assert run.sources == read
    assert run.has_all_sources == (read == ("crm", "web"))


def test_an_unknown_source_names_those_that_there_are(settings: Settings) -> None:
    with pytest.raises(SettingsError, match=r"^phoneseg\.toml: no contact source `cmr`; there is: crm, web$"):
        Run.open(settings, sources=("crm", "cmr"))


def test_a_run_that_monitors_is_an_hour_wide_and_survives_json(settings: Settings) -> None:
    before = datetime.now(UTC)
    run = Run.open(settings, pipeline=Pipeline.MONITOR_ACTIVITY)
    after = datetime.now(UTC)
    assert (run.as_of.minute, run.as_of.second, run.as_of.microsecond) == (0, 0, 0)
    assert before - timedelta(hours=1) < run.as_of <= after
    assert run.as_of - run.data_interval_start == timedelta(hours=1)
    assert Run.from_dict(json.loads(json.dumps(run.to_dict())), settings) == run


@pytest.mark.parametrize("pipeline", Pipeline)
def test_an_interval_may_be_one_ahead_and_no_more(settings: Settings, pipeline: Pipeline) -> None:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    ahead = hour + WIDTHS[pipeline]
    assert Run.open(settings, as_of=ahead, pipeline=pipeline).as_of == ahead
    with pytest.raises(SettingsError, match=f"^as_of {ahead + timedelta(hours=2):%Y-%m-%d}.* is in the future"):
        Run.open(settings, as_of=ahead + timedelta(hours=2), pipeline=pipeline)


def test_a_run_survives_json(settings: Settings) -> None:
    run = Run.open(settings, as_of=JULY, sources=("web",), dry_run=True)
    assert Run.from_dict(json.loads(json.dumps(run.to_dict())), settings) == run


def test_what_a_run_hands_on_holds_no_settings(make_settings: MakeSettings) -> None:
    settings = make_settings(url="postgresql://etl:hunter2@db/crm")
    assert "hunter2" not in json.dumps(Run.open(settings).to_dict())
    assert "hunter2" not in repr(Run.open(settings))


def test_the_stage_folder_is_the_runs_own_below_that_of_the_settings(make_settings: MakeSettings) -> None:
    settings = make_settings(more='[stage]\nfolder = "between"')
    first, second = (Run.open(settings, run_id=run_id).stage.folder for run_id in ("a", "b"))
    assert first.parent == second.parent == settings.folder / "between"
    assert first != second


@pytest.mark.parametrize(
    ("run_id", "name"),
    [
        ("scheduled__2026-07-01T00:00:00+00:00", "scheduled_2026-07-01T00_00_00_00_00-112831e6"),
        ("../../etc/passwd", "_etc_passwd-3754d6cb"),
        ("a b\\c\u00e9", "a_b_c_-ffd90560"),
    ],
)
def test_a_run_id_becomes_a_file_name(run_id: str, name: str) -> None:
    assert file_name(run_id) == name


@pytest.mark.parametrize("run_id", [".", ".."])
def test_no_run_id_leads_out_of_the_stage_folder(settings: Settings, run_id: str) -> None:
    base = settings.resolve(settings.stage.folder).resolve()
    assert Run.open(settings, run_id=run_id).stage.folder.resolve().parent == base


def test_two_run_ids_never_share_a_stage_folder(settings: Settings) -> None:
    run_ids = ("backfill 2026-07-01", "backfill:2026-07-01", "backfill_2026-07-01")
    assert len({Run.open(settings, run_id=run_id).stage.folder for run_id in run_ids}) == 3


def test_a_stage_folder_is_removed_though_the_password_has_changed_since(make_settings: MakeSettings) -> None:
    url = "postgresql+psycopg://{}@db.example.com:5432/crm?sslmode=require"
    before, after, other = (
        Run.open(make_settings(url=where), run_id="r1", as_of=JULY).stage
        for where in (url.format("etl:hunter2"), url.format("v-token-7:p@ss"), "postgresql://etl:hunter2@other/crm")
    )
    before.create()
    other.remove()
    assert before.folder.exists()
    after.remove()
    assert not before.folder.exists()


def test_only_its_owner_can_look_into_a_stage_folder(stage: Stage) -> None:
    assert stat.S_IMODE(stage.folder.stat().st_mode) == 0o700


def test_a_stage_that_is_created_again_is_empty(stage: Stage) -> None:
    stage.write_counts("extract", {"contact_count": 1})
    stage.create()
    assert list(stage.folder.glob("*")) == [stage.folder / ".phoneseg_stage"]


def test_a_stage_that_a_killed_run_half_removed_can_be_created_again(stage: Stage) -> None:
    for file in stage.folder.iterdir():
        file.unlink()
    (stage.folder / "raw_phone.parquet").touch()
    stage.create()
    assert not stage.path("raw_phone").exists()


def test_a_stage_can_be_removed_twice(stage: Stage) -> None:
    stage.remove()
    stage.remove()
    assert not stage.folder.exists()


def test_a_stage_table_reads_back_as_it_was_written(stage: Stage) -> None:
    rows = pl.DataFrame(
        {"contact_id": ["crm:1", None], "at": [JULY, None]}, schema_overrides={"at": pl.Datetime("us", "UTC")}
    )
    stage.write("contact_profile", rows.lazy())
    assert_frame_equal(stage.scan("contact_profile").collect(), rows)
    assert stage.count("contact_profile") == 2


def _raw(contact_id: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "phone_raw": ["n/a"],
            "contact_id": [contact_id],
            "source": ["crm"],
            "phone_column": ["mobile"],
            "position": [1],
        }
    )


def test_appended_batches_are_one_table_in_their_order_with_the_columns_of_the_contract(stage: Stage) -> None:
    with stage.append(QUARANTINE_RAW) as append:
        append(_raw("crm:2"))
        append(_raw("crm:1").clear())
        append(_raw("crm:1"))
    expected = pl.concat([_raw("crm:2"), _raw("crm:1")]).select(
        pl.col(name).cast(dtype) for name, dtype in QUARANTINE_RAW.schema.items()
    )
    assert_frame_equal(stage.scan(QUARANTINE_RAW.name).collect(), expected)


def test_a_table_that_nothing_was_appended_to_is_empty_not_missing(stage: Stage) -> None:
    with stage.append(QUARANTINE_RAW):
        pass
    assert_frame_equal(stage.scan(QUARANTINE_RAW.name).collect(), QUARANTINE_RAW.schema.to_frame())


def test_a_table_whose_writing_failed_does_not_appear(stage: Stage) -> None:
    def fail() -> None:
        with stage.append(QUARANTINE_RAW) as append:
            append(_raw("crm:1"))
            raise StopError("the warehouse is gone")

    with pytest.raises(StopError, match="the warehouse is gone"):
        fail()
    assert not stage.path(QUARANTINE_RAW.name).exists()


def test_a_verb_before_its_turn_is_told_so(stage: Stage) -> None:
    with pytest.raises(StopError, match=r"stage table raw_phone is missing in .*r1: run the verbs in order"):
        stage.scan("raw_phone")


def test_counts_of_verbs_come_back_in_one_dictionary(stage: Stage) -> None:
    stage.write_counts("extract", {"contact_count": 3})
    stage.write_counts("normalize", {"phone_count": 2})
    assert stage.read_counts("extract", "normalize") == {"contact_count": 3, "phone_count": 2}


def test_counts_of_a_verb_that_did_not_run_are_missed_in_the_same_words(stage: Stage) -> None:
    with pytest.raises(StopError, match="run the verbs in order"):
        stage.read_counts("audit")
