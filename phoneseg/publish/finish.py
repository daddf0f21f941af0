"""The end of a run that went well, whichever pipeline it is of."""

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from phoneseg.publish.load import drop_staging
from phoneseg.publish.log import end_run, read_changes, run_state
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse, open_warehouse

Swap = Callable[[Warehouse, sa.Connection, Run, Mapping[str, int]], dict[str, int]]


def finish_run(run: Run, swap: Swap, counted: Callable[[Run], Mapping[str, int]]) -> dict[str, int]:
    """Publish a run in one transaction, and remove its stage; a dry run drops its staging tables instead.

    Args:
        run: A run whose staging tables passed their suites.
        swap: Makes them visible.
        counted: Returns the columns of PIPELINE_RUN that the run has counted.

    Returns:
        What `swap` returns; of a run that was killed after its commit, what the log of runs kept of that; of a dry run,
        nothing.

    Raises:
        SupersededError: Another run of the interval has taken over.
    """
    warehouse = open_warehouse(run.settings)
    with warehouse.transaction() as connection:
        if run.dry_run:
            end_run(warehouse, connection, run, "dry_run", counted(run))
            drop_staging(warehouse, connection, run)
            changes: dict[str, int] = {}
        elif run_state(warehouse, connection, run) != "published":
            changes = swap(warehouse, connection, run, counted(run))
        else:  # killed after its commit, and retried
            changes = read_changes(warehouse, connection, run)
    run.stage.remove()
    return changes
