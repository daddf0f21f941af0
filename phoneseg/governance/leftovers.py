"""What runs that are not at work left on disk and in the staging schema: it may hold who was erased."""

import sqlalchemy as sa

from phoneseg.contracts import PIPELINE_RUN
from phoneseg.publish import remove_leftovers
from phoneseg.run import Run
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse


def remove_idle_leftovers(warehouse: Warehouse, settings: Settings) -> int:
    """Drop the staging tables and remove the stage folders of all runs but those that are under way.

    Returns:
        How many are under way: what they read goes when they find that they cannot publish it.
    """
    run = Run.open(settings, run_id="governance")
    with warehouse.transaction() as connection:
        warehouse.serialize_beginning(connection)
        log = warehouse.naming.published(PIPELINE_RUN)
        alive = connection.execute(sa.select(log.c.run_id).where(log.c.state == "running")).scalars().all()
        remove_leftovers(warehouse, connection, run, alive)
    return len(alive)
