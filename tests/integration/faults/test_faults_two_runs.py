"""Two runs at once: of one interval they follow each other, of two intervals both publish."""

import subprocess
import sys
from datetime import timedelta

import pytest
from runs import AS_OF, edit_settings, execute, query, run_command, run_pipeline

from phoneseg.errors import WarehouseBusyError
from phoneseg.settings import Settings

from .conftest import MakeScene
from .programs import BEGINS, TRY_AGAIN, Program, is_one_clear_line
from .scenes import Scene, check_made_good, check_nothing_left, seen, states

WAREHOUSES = ("duckdb", "postgresql")
BUSY = "another run of the interval that ends at 2026-07-01 00:00 UTC is at work, still after"


def with_wait(scene: Scene, lock_wait_s: float) -> Settings:
    """Return the scene's settings with another `lock_wait_s`."""
    return edit_settings(scene.settings, "[privacy]", f"lock_wait_s = {lock_wait_s}\n\n[privacy]")


@pytest.mark.parametrize("warehouse", ["duckdb", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_a_second_run_of_the_interval_is_told_that_the_first_is_at_work(make_scene: MakeScene, warehouse: str) -> None:
    scene = make_scene(warehouse, "first")
    with_wait(scene, 0.5)
    first = scene.start()
    first.wait_for(BEGINS["extract"])
    second = scene.start()
    assert second.finish() == TRY_AGAIN, second.said
    assert BUSY in second.last_words
    assert is_one_clear_line(second)
    assert first.finish() == 0, first.said
    assert seen(scene.settings) == scene.after
    assert states(scene) == ["published"]
    check_made_good(scene)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["first", "incremental"])
@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_runs_of_one_interval_started_together_follow_each_other(
    make_scene: MakeScene, warehouse: str, kind: str
) -> None:
    scene = make_scene(warehouse, kind)
    with_wait(scene, 200)
    programs = [scene.start() for _ in range(3)]
    assert [program.finish() for program in programs] == [0, 0, 0], [program.said for program in programs]
    assert seen(scene.settings) == scene.after
    assert states(scene) == ["published"] * 3
    check_nothing_left(scene.settings)
    changed = "SELECT inserted_rows FROM phoneseg.pipeline_run ORDER BY published_at DESC LIMIT 2"
    assert query(scene.settings, changed)["inserted_rows"].to_list() == [0, 0]


@pytest.mark.slow
@pytest.mark.parametrize("newer_starts_first", [True, False])
@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_runs_of_two_intervals_at_once_both_publish_and_the_newer_is_shown(
    make_scene: MakeScene, warehouse: str, newer_starts_first: bool
) -> None:
    scene, alone = make_scene(warehouse, "first"), make_scene(warehouse, "first")
    days = [AS_OF - timedelta(days=30), AS_OF]
    for day in days:
        run_pipeline(alone.settings, day)
    with_wait(scene, 200)
    programs = []
    for day in reversed(days) if newer_starts_first else days:
        programs.append(Program("run", "--config", scene.settings.config_file, "--as-of", day.isoformat()))
        programs[0].wait_for(BEGINS["extract"])
    assert [program.finish() for program in programs] == [0, 0], [program.said for program in programs]
    assert seen(scene.settings) == seen(alone.settings)
    check_nothing_left(scene.settings)


@pytest.mark.slow
@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_a_run_between_two_verbs_of_another_is_refused_until_the_lease_ends(
    make_scene: MakeScene, warehouse: str
) -> None:
    scene = make_scene(warehouse, "first")
    settings = with_wait(scene, 0.5)

    def verb(name: str) -> int:
        ids = ("--run-id", "orchestrated", "--as-of", scene.as_of.isoformat())
        return run_command("verb", name, "--config", settings.config_file, *ids).returncode

    assert [verb(name) for name in ("extract", "normalize")] == [0, 0]
    second = scene.start()
    assert second.finish() == TRY_AGAIN, second.said
    assert "run orchestrated holds the interval" in second.last_words
    assert states(scene) == ["running"]
    assert [verb(name) for name in ("profile", "segment", "load")] == [0, 0, 0]
    execute(settings, "UPDATE phoneseg.pipeline_run SET lease_until = started_at")
    assert scene.start().finish() == 0
    assert verb("audit") != 0  # its staging tables are gone
    assert verb("swap") != 0
    assert states(scene) == ["abandoned", "published"]
    check_made_good(scene)


def test_a_run_goes_on_when_another_process_lets_go_of_the_duckdb_file_in_time(make_scene: MakeScene) -> None:
    scene = make_scene("duckdb", "incremental")
    file = str(scene.settings.folder / "warehouse.duckdb")
    hold = f"import duckdb, time; c = duckdb.connect({file!r}); print('held', flush=True); time.sleep(2)"
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WarehouseBusyError, match="another process holds the warehouse"):
            seen(with_wait(scene, 0))
        run_pipeline(scene.settings, scene.as_of)  # waits for a minute at most
    assert seen(scene.settings) == scene.after
    check_made_good(scene)
