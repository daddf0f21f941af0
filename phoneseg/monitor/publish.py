"""How signals become visible: staging tables, checks, one transaction, with the steps that the daily run has."""

from phoneseg import publish
from phoneseg.contracts import PIPELINE_RUN
from phoneseg.monitor.detect import log
from phoneseg.quality import audit_staging
from phoneseg.run import Run
from phoneseg.verb import Counts, verb
from phoneseg.warehouse import open_warehouse


@verb
def load(run: Run) -> Counts:
    """Load the stage into staging tables of the warehouse, which no reader looks at.

    Raises:
        ReconciliationError: The database took other rows than the stage holds.
    """
    warehouse = open_warehouse(run.settings)
    publish.keep_interval(warehouse, run)
    loaded = publish.load_staging(warehouse, run)
    publish.keep_interval(warehouse, run)
    return {"rows": sum(loaded.values())}


@verb
def audit(run: Run) -> Counts:
    """Check the staging tables against their suites.

    Raises:
        AuditError: Expectations failed; the message names them.
    """
    warehouse = open_warehouse(run.settings)
    publish.keep_interval(warehouse, run)
    with warehouse.transaction() as connection:
        result = audit_staging(warehouse, connection, run)
    publish.keep_interval(warehouse, run)
    log.info("audit: Data Docs are at %s", result.data_docs)
    counts = {"checks_passed": result.passed_count}
    run.stage.write_counts("audit", counts)
    return counts


@verb
def swap(run: Run) -> Counts:
    """Make the audited staging tables visible in one transaction; a dry run drops them instead.

    Raises:
        SupersededError: Another run of the interval has taken over.
    """
    return publish.finish_run(run, publish.swap_monitored, _counted)


def _counted(run: Run) -> Counts:
    """Return what the verbs counted of PIPELINE_RUN."""
    counts = run.stage.read_counts("extract", "audit")
    counts["activity_count"] = counts["row_count"]
    return {name: count for name, count in counts.items() if name in PIPELINE_RUN.column_names}
