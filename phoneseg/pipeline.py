"""The five verbs: extract -> normalize -> profile -> segment -> publish (in three steps: load, audit, swap).

Each takes a `Run`, reads what the verb before it left in the run's stage folder, and returns counts. A verb that is
called again replaces what it wrote, so that a retry is harmless.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from time import monotonic, perf_counter, sleep
from typing import Final

import polars as pl

from phoneseg import publish
from phoneseg.contracts import (
    CHANGED_CONTACT,
    CONTACT_PHONE,
    CONTACT_PROFILE,
    CONTACT_QUARANTINE,
    PARSED_PHONE,
    PHONE_NUMBER,
    PIPELINE_RUN,
    QUARANTINE_RAW,
    RAW_CONTACT,
    RAW_PHONE,
    SEGMENT,
    SEGMENT_MEMBERSHIP,
    SOURCE_SIZE,
    SOURCE_WATERMARK,
)
from phoneseg.errors import (
    IntervalBusyError,
    PhonesegError,
    ReconciliationError,
    SupersededError,
    told_without_values,
)
from phoneseg.extract import SourceSink, append_dropped_sources, check_ids, describe_sources, plan_sources, read_source
from phoneseg.failure_hook import check_failure_hook, tell_failure
from phoneseg.numbers import ReadCounts, mark_primary, read_phones
from phoneseg.privacy import add_tokens, load_token_key
from phoneseg.profiles import build_contact_profile
from phoneseg.quality import audit_staging
from phoneseg.run import Run
from phoneseg.segments import all_kinds, assign_segments, describe_segments
from phoneseg.warehouse import Warehouse, open_warehouse

Counts = dict[str, int]
Verb = Callable[[Run], Counts]

_BATCH_CELLS: Final = 250_000
_LEASE_POLL_S: Final = 1.0
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
        with open_warehouse(run.settings).hold_interval(run.as_of):
            yield


def _verb(work: Verb) -> Verb:
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


@_verb
def extract(run: Run) -> Counts:
    """Begin the run, and read the contacts that existed at `as_of` and their filled phone cells.

    Of a source with `updated_at` that is published already, only what changed since is read. Writes `raw_contact`,
    `raw_phone`, `source_watermark`, `source_size` and, of a run that reads less than everything, `changed_contact`.

    Raises:
        SettingsError: The settings lack what a later verb needs.
        SourceError: A source is not as the settings describe it.
        DriftError: A source is not as it was.
        IntervalBusyError: Another run holds the interval.
    """
    fingerprints = publish.fingerprint_sources(run)  # a missing key should not show after an hour
    check_failure_hook(run.settings)
    warehouse, stage = open_warehouse(run.settings), run.stage
    _begin(warehouse, run)
    stage.create()
    with (
        warehouse.snapshot() as connection,
        stage.append(RAW_CONTACT) as append_contacts,
        stage.append(RAW_PHONE) as append_phones,
        stage.append(CHANGED_CONTACT) as append_changed,
    ):
        base_us = publish.last_published_us(warehouse, connection)
        plans = plan_sources(warehouse, connection, run, fingerprints)
        is_incremental = any(plan.is_incremental for plan in plans)
        is_partial = is_incremental or not run.has_all_sources
        sink = SourceSink(append_contacts, append_phones, append_changed)
        read = []
        for plan in plans:
            read.append(read_source(warehouse, connection, run, plan, sink, is_partial=is_partial))
            log.info("extract: %s read, %s contacts so far", plan.reader.name, f"{sink.contact_count:,}")
        if is_partial:
            append_dropped_sources(warehouse, connection, run, sink)
    for plan in plans:
        check_ids(stage.scan(RAW_CONTACT.name).filter(pl.col("source") == plan.reader.name), plan.reader.where)
    for table, rows in zip((SOURCE_WATERMARK, SOURCE_SIZE), describe_sources(run, read), strict=True):
        stage.write(table.name, rows)
    stage.write(CHANGED_CONTACT.name, stage.scan(CHANGED_CONTACT.name).unique())
    counts = {
        "contact_count": sink.contact_count,
        "filled_cell_count": sink.filled_cell_count,
        "empty_cell_count": sink.empty_cell_count,
        "changed_contact_count": stage.count(CHANGED_CONTACT.name) if is_partial else sink.contact_count,
        "is_incremental": is_incremental,
    }
    stage.write_counts("extract", {**counts, "is_partial": is_partial, "base_us": base_us})
    _extend_lease(warehouse, run)
    return counts


@_verb
def normalize(run: Run) -> Counts:
    """Read every filled cell as a phone number: it becomes a phone of the contact, or is quarantined with a reason.

    Writes `contact_phone`, `phone_number`, `contact_quarantine` and `quarantine_raw`.

    Raises:
        ReconciliationError: Filled cells in are not phones plus quarantined cells out.
    """
    key, stage, began, counts = load_token_key(run.settings), run.stage, perf_counter(), ReadCounts()
    filled_count = stage.count(RAW_PHONE.name)
    with (
        stage.append(PARSED_PHONE) as append_phones,
        stage.append(CONTACT_QUARANTINE) as append_quarantined,
        stage.append(QUARANTINE_RAW) as append_raw,
    ):
        for cells in stage.scan(RAW_PHONE.name).collect_batches(chunk_size=_BATCH_CELLS, maintain_order=True):
            phones, quarantined = read_phones(cells, counts)
            append_phones(add_tokens(phones, key))
            append_quarantined(quarantined)
            append_raw(quarantined)
            log.info(
                "normalize: %s of %s cells, %s a second; %s asked of phonenumbers one by one",
                *(f"{n:,.0f}" for n in (counts.rows, filled_count, counts.rows / (perf_counter() - began))),
                f"{counts.fallback_rows:,}",
            )
    parsed = stage.scan(PARSED_PHONE.name)
    stage.write(CONTACT_PHONE.name, mark_primary(parsed))
    stage.write(PHONE_NUMBER.name, PHONE_NUMBER.conform(parsed).unique("phone_token", keep="any"))
    phone_count, quarantined_count = stage.count(CONTACT_PHONE.name), stage.count(CONTACT_QUARANTINE.name)
    if phone_count + quarantined_count != filled_count:
        raise ReconciliationError(
            f"normalize: {filled_count} filled cells came in, but {phone_count} phones and {quarantined_count} "
            "quarantined cells went out; nothing was published"
        )
    valid_count = stage.scan(CONTACT_PHONE.name).select(pl.col("is_valid").sum()).collect().item()
    return _keep(
        run,
        "normalize",
        {"phone_count": phone_count, "valid_phone_count": valid_count, "quarantined_count": quarantined_count},
    )


@_verb
def profile(run: Run) -> Counts:
    """Make one row per contact of all that segments are made of. Writes `contact_profile`.

    Raises:
        ReconciliationError: Contacts in are not profiles out.
    """
    stage = run.stage
    names = (RAW_CONTACT.name, CONTACT_PHONE.name, CONTACT_QUARANTINE.name)
    stage.write(CONTACT_PROFILE.name, build_contact_profile(*(stage.scan(name) for name in names)))
    contact_count, profile_count = stage.count(RAW_CONTACT.name), stage.count(CONTACT_PROFILE.name)
    if profile_count != contact_count:
        raise ReconciliationError(f"profile: {contact_count} contacts came in, but {profile_count} profiles went out")
    return {"profile_count": profile_count}


@_verb
def segment(run: Run) -> Counts:
    """Make contacts members of segments. Writes `segment_membership` and `segment`."""
    stage, kinds = run.stage, all_kinds()
    profiles = stage.scan(CONTACT_PROFILE.name)
    stage.write(SEGMENT_MEMBERSHIP.name, assign_segments(profiles, kinds))
    stage.write(SEGMENT.name, describe_segments(profiles, kinds))
    return {"membership_count": stage.count(SEGMENT_MEMBERSHIP.name), "segment_count": stage.count(SEGMENT.name)}


@_verb
def load(run: Run) -> Counts:
    """Load the stage into staging tables of the warehouse, which no reader looks at.

    Raises:
        ReconciliationError: The database took other rows than the stage holds.
    """
    warehouse = open_warehouse(run.settings)
    _extend_lease(warehouse, run)
    loaded = publish.load_staging(warehouse, run)
    with warehouse.transaction() as connection:
        totals = publish.count_visible(warehouse, connection, run)
    _extend_lease(warehouse, run)
    return _keep(run, "load", totals) | {"rows": sum(loaded.values())}


@_verb
def audit(run: Run) -> Counts:
    """Check the staging tables against their suites.

    Raises:
        AuditError: Expectations failed; the message names them.
    """
    warehouse = open_warehouse(run.settings)
    _extend_lease(warehouse, run)
    with warehouse.transaction() as connection:
        result = audit_staging(warehouse, connection, run)
    _extend_lease(warehouse, run)
    log.info("audit: Data Docs are at %s", result.data_docs)
    return _keep(run, "audit", {"checks_passed": result.passed_count})


@_verb
def swap(run: Run) -> Counts:
    """Make the audited staging tables visible in one transaction; a dry run drops them instead.

    Raises:
        SupersededError: Another run of the interval has taken over.
    """
    warehouse = open_warehouse(run.settings)
    with warehouse.transaction() as connection:
        if run.dry_run:
            publish.end_run(warehouse, connection, run, "dry_run", _counted(run))
            publish.drop_staging(warehouse, connection, run)
            changes: Counts = {}
        elif publish.run_state(warehouse, connection, run) != "published":
            changes = publish.swap_staging(warehouse, connection, run, _counted(run))
        else:  # killed after its commit, and retried
            changes = publish.read_changes(warehouse, connection, run)
    run.stage.remove()
    return changes


def fail(run: Run, error: BaseException | None, *, keep_leftovers: bool) -> None:
    """Enter the run as failed, and tell the failure hook why.

    Without `keep_leftovers`, its staging tables and its stage folder go. It says nothing where the warehouse cannot be
    reached: the next run gives up what this one leaves.
    """
    if not keep_leftovers:
        run.stage.remove()
    failure = str(error) if isinstance(error, PhonesegError) else type(error).__name__ if error else None
    with suppress(PhonesegError), told_without_values("fail"):
        warehouse = open_warehouse(run.settings)
        with warehouse.transaction() as connection:
            if not keep_leftovers:
                publish.drop_staging(warehouse, connection, run)
            with suppress(SupersededError):
                publish.end_run(warehouse, connection, run, "failed", {"failure": failure})
    tell_failure(run, error)


def is_running(run: Run) -> bool:
    """Return whether the log of runs has the run as running; a warehouse that does not answer has none."""
    with suppress(PhonesegError), told_without_values("is_running"):
        warehouse = open_warehouse(run.settings)
        with warehouse.transaction() as connection:
            return publish.run_state(warehouse, connection, run) == "running"
    return False


VERBS: Final[tuple[Verb, ...]] = (extract, normalize, profile, segment, load, audit, swap)


def _begin(warehouse: Warehouse, run: Run) -> None:
    """Enter the run, and clean up after dead ones; wait for an orchestrated run that is between two tasks."""
    deadline = monotonic() + run.settings.warehouse.lock_wait_s
    while True:
        try:
            with warehouse.transaction() as connection:
                warehouse.serialize_beginning(connection)
                alive = publish.begin_run(warehouse, connection, run)
                publish.remove_leftovers(warehouse, connection, run, alive)
        except IntervalBusyError:
            if monotonic() >= deadline:
                raise
            sleep(_LEASE_POLL_S)
        else:
            return


def _extend_lease(warehouse: Warehouse, run: Run) -> None:
    """Hold the interval until the next verb, where that is another process; long verbs outlast an older lease."""
    if not run.has_lease:
        return
    with warehouse.transaction() as connection:
        publish.extend_lease(warehouse, connection, run)


def _keep(run: Run, verb: str, counts: Counts) -> Counts:
    """Keep counts that `pipeline_run` will hold, and return them."""
    run.stage.write_counts(verb, counts)
    return counts


def _counted(run: Run) -> Counts:
    """Return what the verbs counted of PIPELINE_RUN; the totals of `load` go before what was read."""
    counts = run.stage.read_counts("extract", "normalize", "load", "audit")
    return {name: count for name, count in counts.items() if name in PIPELINE_RUN.column_names}
