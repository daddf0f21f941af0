"""What all verbs have in common: they hold their interval, tell what they counted, and let no row out."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from time import perf_counter

from phoneseg.errors import PhonesegError, told_without_values
from phoneseg.run import Run
from phoneseg.warehouse import open_warehouse

Counts = dict[str, int]
Verb = Callable[[Run], Counts]

log = logging.getLogger(__name__)


@contextmanager
def hold(run: Run) -> Iterator[None]:
    """Keep other runs of the interval from work until the block ends; a dry run is in nobody's way.

    Each verb holds its interval; who runs all of them in one process holds it around them.

    Raises:
        IntervalBusyError: Another run is at work for longer than `lock_wait_s`.
    """
    if run.dry_run:
        yield
    else:
        with open_warehouse(run.settings).hold_interval(run.as_of, run.pipeline):
            yield


def verb(work: Verb) -> Verb:
    """Log what a verb counted and how long it took, and let no error out that quotes a row."""

    @wraps(work)
    def timed(run: Run) -> Counts:
        began = perf_counter()
        try:
            with told_without_values(f"run {run.run_id}: {work.__name__}"), hold(run):
                counts = work(run)
        except PhonesegError as error:
            error.verb = work.__name__
            raise
        duration_s = perf_counter() - began
        told = ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "nothing to count"
        fields = {"run_id": run.run_id, "as_of": run.as_of, "verb": work.__name__, "counts": counts}
        extra = {**fields, "duration_s": round(duration_s, 3)}
        log.info("%s: done in %.1f s: %s", work.__name__, duration_s, told, extra=extra)
        return counts

    return timed
