"""Chunks of rows and what `phonenumbers` says of them, made in processes of their own."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from random import Random
from typing import Any, Final

from tests.parity import adversarial, ordinary, plans
from tests.parity.oracle import Row, ask_rows
from tests.parity.sweeps import sweep

KINDS: Final[dict[str, tuple[ordinary.Draw, float]]] = {**ordinary.KINDS, **adversarial.KINDS}
_SOME_AGAIN: Final = 0.03


@dataclass(frozen=True)
class Task:
    """What a chunk is to hold; the same task gives the same chunk."""

    seed: str
    size: int
    fields: tuple[str, ...]
    kinds: tuple[str, ...] = tuple(KINDS)
    evenly: bool = False
    with_region: bool = True
    sweep: tuple[str, int, int] | None = None


@dataclass(frozen=True)
class Chunk:
    """Rows, their kinds, and a list of right answers per field."""

    task: Task
    rows: list[Row]
    kinds: list[str]
    expected: dict[str, list[Any]]


def draw_rows(task: Task) -> tuple[list[Row], list[str]]:
    """Draw a chunk's rows and name their kinds: of all kinds, of one, or all in one region."""
    rng = Random(task.seed)
    if task.sweep:
        rows = sweep(rng, *task.sweep)
        return rows, [f"sweep of {task.sweep[0]}"] * len(rows)
    weights = [1.0 if task.evenly else KINDS[kind][1] for kind in task.kinds]
    kinds = rng.choices(task.kinds, weights, k=task.size)
    make_up = rng.random()
    if task.evenly:
        make_up, kinds = 1.0, [task.kinds[at % len(task.kinds)] for at in range(task.size)]
    elif make_up < 0.1 and kinds[0] != "huge":
        kinds = kinds[:1] * task.size
    rows = [KINDS[kind][0](rng) for kind in kinds]
    if 0.1 <= make_up < 0.2:
        region = rng.choice(plans.REGIONS)
        rows = [(raw, region) for raw, _ in rows]
    for at in range(1, len(rows)):
        if rng.random() < _SOME_AGAIN:
            rows[at] = (rows[rng.randrange(at)][0], rng.choice((rows[at - 1][1], rows[at][1])))
            kinds[at] = "a raw again"
    return rows, kinds


def make_chunk(task: Task) -> Chunk:
    """Draw a chunk's rows and ask `phonenumbers` about them."""
    rows, kinds = draw_rows(task)
    asked = rows if task.with_region else [(raw, None) for raw, _ in rows]
    return Chunk(task, rows, kinds, ask_rows(asked, task.fields))


def make_chunks(tasks: Iterable[Task], processes: int) -> Iterator[Chunk]:
    """Make chunks in the tasks' order, in `processes` new processes or, with none, in this one."""
    if not processes:
        yield from map(make_chunk, tasks)
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        waiting: deque[Future[Chunk]] = deque()
        for task in tasks:
            waiting.append(pool.submit(make_chunk, task))
            if len(waiting) > 2 * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
