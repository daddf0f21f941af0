"""How a run takes hold of its interval in the log of runs, and keeps it between two verbs."""

from time import monotonic, sleep
from typing import Final

from phoneseg.errors import IntervalBusyError
from phoneseg.publish.leftovers import remove_leftovers
from phoneseg.publish.log import begin_run, extend_lease
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse

_LEASE_POLL_S: Final = 1.0


def take_interval(warehouse: Warehouse, run: Run) -> None:
    """Enter the run, and clean up after dead ones; wait for an orchestrated run that is between two tasks.

    Raises:
        IntervalBusyError: That run held the interval for longer than `lock_wait_s`.
    """
    deadline = monotonic() + run.settings.warehouse.lock_wait_s
    while True:
        try:
            with warehouse.transaction() as connection:
                warehouse.serialize_beginning(connection)
                alive = begin_run(warehouse, connection, run)
                remove_leftovers(warehouse, connection, run, alive)
        except IntervalBusyError:
            if monotonic() >= deadline:
                raise
            sleep(_LEASE_POLL_S)
        else:
            return


def keep_interval(warehouse: Warehouse, run: Run) -> None:
    """Hold the interval until the next verb, where that is another process; long verbs outlast an older lease."""
    if run.has_lease:
        with warehouse.transaction() as connection:
            extend_lease(warehouse, connection, run)
