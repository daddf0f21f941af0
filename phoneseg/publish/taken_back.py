"""As_ofs that should not have been published, such as those of a clock that was wrong."""

import sqlalchemy as sa

from phoneseg.contracts import PIPELINE_RUN, Keeping, staged_tables
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse


def forget_taken_back(warehouse: Warehouse, connection: sa.Connection, run: Run) -> None:
    """Forget the as_ofs after that of a run that moves the current tables: somebody has taken them back.

    Their runs are abandoned, and their rows of the dated tables go. Their entries and exits go with `History.publish`,
    which needs them to know who was a member before.

    Args:
        warehouse: The warehouse.
        connection: A connection in the publishing transaction, before the history is staged.
        run: The run.
    """
    log = warehouse.naming.published(PIPELINE_RUN)
    is_taken_back = (log.c.state == "published") & (log.c.pipeline == run.pipeline.value) & (log.c.as_of > run.as_of)
    forgotten = {"state": "abandoned", "published_at": None, "definition_versions": None}
    connection.execute(log.update().where(is_taken_back).values(forgotten))
    for table in staged_tables(run.pipeline):
        if table.keeping is Keeping.DATED:
            dated = warehouse.naming.published(table)
            connection.execute(dated.delete().where(dated.c.as_of > run.as_of))
