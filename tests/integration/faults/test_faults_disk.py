"""No room left: in the stage folder, for the Data Docs, or for DuckDB's file."""

import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import MakeScene
from .programs import STOPPED, Program, is_one_clear_line
from .scenes import Scene, check_made_good, check_nothing_left, check_old_tables, states

WAREHOUSES = ("duckdb", "postgresql")
FULL = "No space left on device"
TOO_LARGE = "File too large"
_SMALL = 'size=$1; place=$2; shift 2; mount -t tmpfs -o size=$size tmpfs "$place" || exit 99; "$@"; code=$?; '
_SHOW_LEFT = 'for file in "$place"/*; do [ ! -e "$file" ] || echo "left: $file" >&2; done; exit $code'


def can_mount() -> bool:
    """Return whether this user may mount in a namespace of its own."""
    if shutil.which("unshare") is None:
        return False
    probe = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


needs_mount = pytest.mark.skipif(not can_mount(), reason="only who may mount can make a small disk")


def on_small_disk(scene: Scene, place: Path, size: str, *, show_left: bool = False) -> Program:
    """Start the run with a folder on a disk of its own, which goes with it."""
    place.mkdir(parents=True, exist_ok=True)
    script = _SMALL + (_SHOW_LEFT if show_left else "exit $code")
    return Program(*scene.arguments, before=["unshare", "--mount", "sh", "-c", script, "sh", size, str(place)])


def with_largest_file(scene: Scene, size: int) -> Program:
    """Start the run such that it can write no file larger than `size` bytes."""
    return Program(*scene.arguments, before=["prlimit", f"--fsize={size}"])


def check_stopped_for_want_of_room(scene: Scene, program: Program, words: str) -> None:
    """Check that the run told it in one line, and changed and left nothing."""
    assert program.finish() == STOPPED, program.said
    assert words in program.last_words, program.said
    assert is_one_clear_line(program), program.said
    check_old_tables(scene)
    check_nothing_left(scene.settings)
    assert states(scene) == ["failed"]
    check_made_good(scene)


@needs_mount
@pytest.mark.slow
@pytest.mark.parametrize("size", ["16k", "48k", "96k", "160k"])
@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_a_full_disk_under_the_stage_folder_stops_the_run(make_scene: MakeScene, warehouse: str, size: str) -> None:
    scene = make_scene(warehouse, "first")
    stage = scene.settings.resolve(scene.settings.stage.folder)
    program = on_small_disk(scene, stage, size, show_left=True)
    check_stopped_for_want_of_room(scene, program, FULL)


@pytest.mark.slow
@pytest.mark.parametrize("size", [300, 20_000])
def test_a_stage_file_that_cannot_grow_stops_the_run(make_scene: MakeScene, size: int) -> None:
    scene = make_scene("postgresql", "first")
    check_stopped_for_want_of_room(scene, with_largest_file(scene, size), TOO_LARGE)


@needs_mount
@pytest.mark.slow
@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_a_full_disk_under_the_data_docs_stops_the_run(make_scene: MakeScene, warehouse: str) -> None:
    scene = make_scene(warehouse, "first")
    docs = scene.settings.resolve(scene.settings.quality.data_docs_folder)
    check_stopped_for_want_of_room(scene, on_small_disk(scene, docs, "64k"), FULL)


@pytest.mark.slow
@pytest.mark.parametrize("size", [180_000, 300_000, 1_000_000])
def test_a_warehouse_file_that_cannot_grow_stops_the_run(make_scene: MakeScene, size: int) -> None:
    scene = make_scene("duckdb", "first")
    check_stopped_for_want_of_room(scene, with_largest_file(scene, size), TOO_LARGE)
