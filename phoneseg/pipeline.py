"""The five verbs: extract -> normalize -> profile -> segment -> publish (in three steps: load, audit, swap).

Each takes a `Run`, reads what the verb before it left in the run's stage folder, and returns counts. A verb that is
called again replaces what it wrote, so that a retry is harmless.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from time import perf_counter
from typing import Final

import polars as pl

from phoneseg import publish
from phoneseg.contracts import (
    CONTACT_PHONE,
    CONTACT_PROFILE,
    CONTACT_QUARANTINE,
    PARSED_PHONE,
    PHONE_NUMBER,
    QUARANTINE_RAW,
    RAW_CONTACT,
    RAW_PHONE,
    SEGMENT,
    SEGMENT_MEMBERSHIP,
    SOURCE_SIZE,
    SOURCE_WATERMARK,
)
from phoneseg.errors import PhonesegError, ReconciliationError, SupersededError, told_without_values
from phoneseg.extract import check_ids, extract_source
from phoneseg.failure_hook import check_failure_hook, tell_failure
from phoneseg.numbers import ReadCounts, mark_primary, read_phones
from phoneseg.privacy import add_tokens, load_token_key
from phoneseg.profiles import build_contact_profile
from phoneseg.quality import audit_staging
from phoneseg.run import Run
from phoneseg.segments import all_kinds, assign_segments, describe_segments
from phoneseg.warehouse import open_warehouse

Counts = dict[str, int]
Verb = Callable[[Run], Counts]

_BATCH_CELLS: Final = 250_000
log = logging.getLogger(__name__)


def _verb(work: Verb) -> Verb:
    """Log what a verb counted and how long it took, and let no error out that quotes a row."""

    @wraps(work)
    def timed(run: Run) -> Counts:
        began = perf_counter()
        try:
            with told_without_values(f"run {run.run_id}: {work.__name__}"):
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

    Writes `raw_contact` and `raw_phone`.

    Raises:
        SettingsError: The settings lack what a later verb needs.
        SourceError: A source is not as the settings describe it.
    """
    load_token_key(run.settings)  # a missing key should not show after an hour
    check_failure_hook(run.settings)
    warehouse, stage = open_warehouse(run.settings), run.stage
    with warehouse.transaction() as connection:
        alive = publish.begin_run(warehouse, connection, run)
        publish.remove_leftovers(warehouse, connection, run, alive)
    stage.create()
    contact_count = filled_count = empty_count = 0
    with (
        warehouse.transaction() as connection,
        stage.append(RAW_CONTACT) as append_contacts,
        stage.append(RAW_PHONE) as append_phones,
    ):
        for name in run.sources:
            for batch in extract_source(warehouse, connection, run.settings, name, run.as_of):
                append_contacts(batch.contacts)
                append_phones(batch.phones)
                contact_count += len(batch.contacts)
                filled_count += len(batch.phones)
                empty_count += batch.empty_cell_count
            log.info("extract: %s read, %s contacts so far", name, f"{contact_count:,}")
    for name in run.sources:
        is_of_source = pl.col("source") == name
        check_ids(
            stage.scan(RAW_CONTACT.name).filter(is_of_source), f"{run.settings.config_file.name}: contacts.{name}"
        )
    read = (
        stage.scan(RAW_CONTACT.name)
        .group_by("source")
        .agg(contact_count=pl.len().cast(pl.Int64), watermark_at=pl.col("contact_updated_at").max())
    )
    read = read.with_columns(
        source_as_of=pl.lit(run.as_of), as_of=pl.lit(run.as_of), column_types=pl.lit("{}"), fingerprint=pl.lit("")
    )
    stage.write(SOURCE_WATERMARK.name, SOURCE_WATERMARK.conform(read))
    stage.write(SOURCE_SIZE.name, SOURCE_SIZE.conform(read))
    return _keep(
        run,
        "extract",
        {"contact_count": contact_count, "filled_cell_count": filled_count, "empty_cell_count": empty_count},
    )


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
    with warehouse.transaction() as connection:
        loaded = publish.load_staging(warehouse, connection, run)
    return _keep(run, "load", {"membership_count": loaded[SEGMENT_MEMBERSHIP.name]}) | {"rows": sum(loaded.values())}


@_verb
def audit(run: Run) -> Counts:
    """Check the staging tables against their suites.

    Raises:
        AuditError: Expectations failed; the message names them.
    """
    warehouse = open_warehouse(run.settings)
    with warehouse.transaction() as connection:
        result = audit_staging(warehouse, connection, run)
    log.info("audit: Data Docs are at %s", result.data_docs)
    return _keep(run, "audit", {"checks_passed": result.passed_count})


@_verb
def swap(run: Run) -> Counts:
    """Make the audited staging tables visible in one transaction; a dry run drops them instead.

    Raises:
        SupersededError: Another run of the interval has taken over.
    """
    warehouse = open_warehouse(run.settings)
    changes: Counts = {}
    with warehouse.transaction() as connection:
        is_done = publish.run_state(warehouse, connection, run) == "published"  # killed after its commit, and retried
        if run.dry_run:
            publish.end_run(warehouse, connection, run, "dry_run", _counted(run))
            publish.drop_staging(warehouse, connection, run)
        elif not is_done:
            changes = publish.swap_staging(warehouse, connection, run, _counted(run))
    run.stage.remove()
    return changes


def fail(run: Run, error: BaseException | None, *, keep_leftovers: bool) -> None:
    """Enter the run as failed, and tell the failure hook why.

    Without `keep_leftovers`, its staging tables and its stage folder go. It says nothing where the warehouse cannot be
    reached: the next run gives up what this one leaves.
    """
    if not keep_leftovers:
        run.stage.remove()
    with suppress(PhonesegError), told_without_values("fail"):
        warehouse = open_warehouse(run.settings)
        with warehouse.transaction() as connection:
            if not keep_leftovers:
                publish.drop_staging(warehouse, connection, run)
            with suppress(SupersededError):
                publish.end_run(warehouse, connection, run, "failed")
    tell_failure(run, error)


def is_running(run: Run) -> bool:
    """Return whether the log of runs has the run as running; a warehouse that does not answer has none."""
    with suppress(PhonesegError), told_without_values("is_running"):
        warehouse = open_warehouse(run.settings)
        with warehouse.transaction() as connection:
            return publish.run_state(warehouse, connection, run) == "running"
    return False


VERBS: Final[tuple[Verb, ...]] = (extract, normalize, profile, segment, load, audit, swap)


def _keep(run: Run, verb: str, counts: Counts) -> Counts:
    """Keep counts that `pipeline_run` will hold, and return them."""
    run.stage.write_counts(verb, counts)
    return counts


def _counted(run: Run) -> Counts:
    return run.stage.read_counts("extract", "normalize", "load", "audit")
