"""Ctrl-C and SIGTERM in each verb."""

import signal
import time

import pytest

from .conftest import MakeScene
from .programs import BEGINS, INTERRUPTED, is_one_clear_line
from .scenes import check_made_good, check_nothing_left, check_old_tables, states

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_DELAYS_S = {"audit": 1.0, "load": 0.2}


@pytest.mark.slow
@pytest.mark.parametrize("warehouse", ["duckdb", "postgresql"])
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("verb", BEGINS)
def test_an_interrupted_run_leaves_nothing_and_is_entered_as_failed(
    make_scene: MakeScene, verb: str, number: signal.Signals, warehouse: str
) -> None:
    scene = make_scene(warehouse, "incremental")
    program = scene.start()
    program.wait_for(BEGINS[verb])
    time.sleep(_DELAYS_S.get(verb, 0))
    program.send(number)
    code = program.finish()
    check_nothing_left(scene.settings)
    if code == INTERRUPTED:
        assert program.last_words == "phoneseg: interrupted; nothing half-done is visible"
        assert is_one_clear_line(program), program.said
        assert states(scene) in (["failed"], ["published"])
    else:
        assert (code, verb) == (0, "swap")  # it was faster
    if states(scene) == ["failed"]:
        check_old_tables(scene)
    check_made_good(scene)
