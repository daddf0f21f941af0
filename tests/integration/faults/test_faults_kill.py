"""A run killed at any moment, then run again, gives the tables of an undisturbed run."""

import random
import signal
import time

import pytest

from .conftest import MakeScene
from .programs import BEGINS, END, Program
from .scenes import Scene, check_made_good

WAREHOUSES = ("duckdb", "postgresql")
KINDS = ("first", "incremental")
_ANY_TIME = 8


def _moments() -> list[tuple[str | None, float]]:
    """Return moments of a run: a verb and the share of its time that passed, then shares of the whole run."""
    draw = random.Random(4)
    return [*((verb, draw.random()) for verb in BEGINS), *((None, draw.random()) for _ in range(_ANY_TIME))]


@pytest.fixture(scope="session")
def paces() -> dict[tuple[str, str], Program]:
    """Runs that nobody disturbed, by warehouse and kind: they tell how long what takes."""
    return {}


def _pace(make_scene: MakeScene, paces: dict[tuple[str, str], Program], warehouse: str, kind: str) -> Program:
    if (warehouse, kind) not in paces:
        program = make_scene(warehouse, kind).start()
        assert program.finish() == 0, program.said
        paces[warehouse, kind] = program
    return paces[warehouse, kind]


def _kill(scene: Scene, words: str | None, delay_s: float) -> None:
    program = scene.start()
    if words is not None:
        program.wait_for(words)
    time.sleep(delay_s)
    program.send(signal.SIGKILL)
    assert program.finish() in (-signal.SIGKILL, 0), program.said  # it may have been faster than the measured one


def test_a_run_killed_while_it_loads_is_made_good_by_the_next(make_scene: MakeScene) -> None:
    scene = make_scene("postgresql", "first")
    _kill(scene, BEGINS["load"], 0.1)
    check_made_good(scene)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("warehouse", WAREHOUSES)
@pytest.mark.parametrize(("verb", "share"), _moments())
def test_a_run_killed_at_any_moment_is_made_good_by_the_next(
    make_scene: MakeScene,
    paces: dict[tuple[str, str], Program],
    warehouse: str,
    kind: str,
    verb: str | None,
    share: float,
) -> None:
    pace, scene = _pace(make_scene, paces, warehouse, kind), make_scene(warehouse, kind)
    if verb is None:
        _kill(scene, None, share * pace.said_at(END))
    else:
        ends = [*BEGINS.values(), END]
        words, end = BEGINS[verb], ends[ends.index(BEGINS[verb]) + 1]
        _kill(scene, words, share * (pace.said_at(end) - pace.said_at(words)))
    check_made_good(scene)
