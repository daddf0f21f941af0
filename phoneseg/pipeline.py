"""The five verbs: extract -> normalize -> profile -> segment -> publish (in three steps: load, audit, swap).

Each takes a `Run`, reads what the verb before it left in the run's stage folder, and returns counts. A verb that is
called again replaces what it wrote, so that a retry is harmless.
"""

import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, TypeVar

import polars as pl

from phoneseg import publish
from phoneseg.activity import match_activity, scan_unread
from phoneseg.consent import match_permissions, scan_permissions
from phoneseg.contracts import (
    ACTIVITY,
    CHANGED_CONTACT,
    CONTACT_BASE,
    CONTACT_PERMISSION,
    CONTACT_PHONE,
    CONTACT_QUARANTINE,
    KEPT_CONTACT,
    PIPELINE_RUN,
    RAW_ACTIVITY,
    RAW_CONTACT,
    RAW_PERMISSION,
    RAW_PHONE,
    RESEGMENTED_CONTACT,
    SEGMENT,
    SEGMENT_MEMBERSHIP,
    SEGMENT_RULE,
    SOURCE_SIZE,
    SOURCE_WATERMARK,
    contact_profile,
)
from phoneseg.errors import (
    PhonesegError,
    ReconciliationError,
    SupersededError,
    told_without_values,
)
from phoneseg.extract import (
    SourceRead,
    SourceSink,
    append_dropped_sources,
    check_ids,
    describe_sources,
    plan_activity,
    plan_permissions,
    plan_sources,
    read_activity,
    read_kept,
    read_number_lists,
    read_people,
    read_permissions,
    read_risk_signals,
    read_source,
)
from phoneseg.failure_hook import check_failure_hook, describe_error, tell_failure
from phoneseg.hygiene import match_number_states, open_hygiene
from phoneseg.phones import read_phones
from phoneseg.privacy import load_token_key
from phoneseg.profiles import build_contact_base, build_profiles, score_purchases
from phoneseg.quality import audit_staging, check_segment_sizes
from phoneseg.reports import ReportTally, check_crossed_kinds
from phoneseg.risk.contact_risk import add_risk, match_risks, scan_risks
from phoneseg.run import Run
from phoneseg.segments import SegmentRules, add_content_hash
from phoneseg.verb import Counts, Verb, verb
from phoneseg.warehouse import open_warehouse

Part = TypeVar("Part")

_BATCH_CONTACTS: Final = 250_000
_BUILT_PROFILE: Final = "built_profile"
_PURCHASE_SCORE: Final = "purchase_score"
log = logging.getLogger(__name__)


@verb
def extract(run: Run) -> Counts:
    """Begin the run, and read the contacts that existed at `as_of`, their filled phone cells, activity and consent.

    Of a contact source with `updated_at` that is published already, only what changed since is read. Writes
    `raw_contact`, `raw_phone`, `raw_activity`, `raw_permission`, `raw_number_list`, `member_signal`,
    `source_watermark`, `source_size`, `tombstone` (who was erased is left out), what `read_people` does and, of a run
    that reads less than everything, `changed_contact`, `kept_contact` and what else `read_kept` does.

    Raises:
        SettingsError: The settings lack what a later verb needs.
        SourceError: A source is not as the settings describe it.
        DriftError: A source is not as it was.
        IntervalBusyError: Another run holds the interval.
    """
    fingerprints = publish.fingerprint_sources(run)  # a missing key should not show after an hour
    check_crossed_kinds(run.settings, SegmentRules.of(run).exclusive_by_kind)  # nor a wrong definition
    check_failure_hook(run.settings)
    warehouse, stage = open_warehouse(run.settings), run.stage
    publish.take_interval(warehouse, run)
    stage.create()
    with (
        warehouse.snapshot() as connection,
        stage.append(RAW_CONTACT) as append_contacts,
        stage.append(RAW_PHONE) as append_phones,
        stage.append(CHANGED_CONTACT) as append_changed,
        stage.append(RAW_ACTIVITY) as append_activity,
        stage.append(RAW_PERMISSION) as append_permissions,
    ):
        base_us = publish.last_published_us(warehouse, connection)
        plans = plan_sources(warehouse, connection, run, fingerprints)
        activity = plan_activity(warehouse, connection, run)
        permissions = plan_permissions(warehouse, connection, run)
        read_number_lists(warehouse, connection, run)  # they are small
        read_risk_signals(warehouse, connection, run)
        is_incremental = any(plan.is_incremental for plan in plans)
        is_partial = is_incremental or not run.has_all_sources
        sink = SourceSink(append_contacts, append_phones, append_changed)
        read = []
        for plan in plans:
            read.append(read_source(warehouse, connection, run, plan, sink, is_partial=is_partial))
            log.info("extract: %s read, %s contacts so far", plan.reader.name, f"{sink.contact_count:,}")
        if is_partial:
            append_dropped_sources(warehouse, connection, run, sink)
        read_kept(warehouse, connection, run, is_partial=is_partial)
        read_activity(warehouse, connection, run, activity, append_activity)
        read_permissions(warehouse, connection, run, permissions, append_permissions)
        read_people(warehouse, connection, run, is_partial=is_partial)
    _finish_sources(run, read)
    counts = {
        "contact_count": sink.contact_count,
        "filled_cell_count": sink.filled_cell_count,
        "empty_cell_count": sink.empty_cell_count,
        "changed_contact_count": stage.count(CHANGED_CONTACT.name) if is_partial else sink.contact_count,
        "is_incremental": is_incremental,
        "erased_contact_count": sum(each.erased_count for each in read),
    }
    stage.write_counts("extract", {**counts, "is_partial": is_partial, "base_us": base_us})
    publish.keep_interval(warehouse, run)
    return counts


@verb
def normalize(run: Run) -> Counts:
    """Read every filled cell as a phone number: it becomes a phone of the contact, or is quarantined with a reason.

    A cell without a valid number is repaired where that makes it one, and becomes a row per number where it has
    several. Contacts are resolved into persons, and a number that too many of them share is quarantined, too. Then
    activity, consent, lists of numbers and signals of risk are matched to contacts, by id or number. Writes what
    `read_phones`, `match_activity`, `match_permissions`, `match_number_states` and `match_risks` do.

    Raises:
        ReconciliationError: A filled cell, or a number in one, is neither among the phones, in quarantine nor erased,
            or a row of activity or consent is lost.
    """
    key = load_token_key(run.settings)
    phones = read_phones(run, key)
    matched = {**match_activity(run, key), **match_permissions(run, key), **match_number_states(run, key)}
    return _keep(run, "normalize", {**phones, **matched, **match_risks(run)})


@verb
def profile(run: Run) -> Counts:
    """Make one row per contact of all that segments are made of. Writes `built_profile`, in parts.

    A partial run makes the rows of all contacts, too: time passes for those that did not change.

    Raises:
        ReconciliationError: Contacts in are not profiles out.
    """
    stage, settings = run.stage, run.settings.profile
    names = (RAW_CONTACT.name, CONTACT_PHONE.name, CONTACT_QUARANTINE.name)
    read = build_contact_base(*(stage.scan(name) for name in names))
    base = pl.concat([read, CONTACT_BASE.conform(scan_unread(stage, KEPT_CONTACT.name))])
    activity = stage.scan_parts(ACTIVITY.name)
    with stage.append_parts(CONTACT_BASE, len(activity)) as append:
        for batch in base.collect_batches(chunk_size=_BATCH_CONTACTS):
            append(batch)
    contacts = stage.scan_parts(CONTACT_BASE.name)
    stage.write_parts(
        _BUILT_PROFILE,
        (
            build_profiles(some, events, run.as_of, settings)
            for some, events in _told("profile", list(zip(contacts, activity, strict=True)))
        ),
    )
    built = pl.concat(stage.scan_parts(_BUILT_PROFILE))
    stage.write(_PURCHASE_SCORE, score_purchases(built, settings))
    contact_count, profile_count = (_count(rows) for rows in (base, built))
    if profile_count != contact_count:
        raise ReconciliationError(f"profile: {contact_count} contacts came in, but {profile_count} profiles went out")
    return {"profile_count": profile_count}


@verb
def segment(run: Run) -> Counts:
    """Make contacts members of segments, list by which channels each may be contacted for what, and find issues.

    Writes `contact_profile`, `contact_permission`, `number_state`, `hygiene_issue`, `segment_membership`, `segment`,
    `segment_rule`, `quality_score` and the reports. Of a partial run, the first five hold only the contacts that differ
    from what is published; `resegmented_contact` names them, and those that are gone.

    Raises:
        SettingsError: A definition is wrong.
    """
    stage, rules = run.stage, SegmentRules.of(run)
    changed, scores = stage.scan(CHANGED_CONTACT.name).collect(), stage.scan(_PURCHASE_SCORE).collect()
    kept = stage.scan(KEPT_CONTACT.name).select("contact_id", "content_hash").collect()
    unread = kept.join(changed, on="contact_id", how="anti")
    membership_count, named, reports = 0, [], ReportTally.of(run)
    with (
        stage.append(contact_profile(run.settings.profile.windows_days)) as append_profiles,
        stage.append(SEGMENT_MEMBERSHIP) as append_members,
        stage.append(CONTACT_PERMISSION) as append_permissions,
        stage.append(RESEGMENTED_CONTACT) as append_resegmented,
        open_hygiene(run) as hygiene,
    ):
        append_resegmented(changed)
        parts = zip(
            stage.scan_parts(_BUILT_PROFILE), scan_permissions(run), hygiene.parts, scan_risks(run), strict=True
        )
        for part, consent, numbers, risks in _told("segment", list(parts)):
            profiles = part.drop(scores.columns[1:]).collect().join(scores, on="contact_id", how="left")
            permissions = consent.list_permissions(profiles)
            profiles, findings = hygiene.find(consent.add_to(profiles, permissions), numbers)
            profiles = add_risk(profiles, risks, run)
            members = rules.assign(profiles)
            membership_count += len(members)
            reports.add(profiles, members)
            named.append(members.select("segment_kind", "segment_code", "segment_name").unique())
            profiles = add_content_hash(profiles, members, permissions, *findings)
            same = unread.join(profiles, on=["contact_id", "content_hash"], how="semi")
            different = profiles.join(same, on="contact_id", how="anti")
            append_profiles(different)
            append_members(members.join(same, on="contact_id", how="anti"))
            append_permissions(permissions.join(same, on="contact_id", how="anti"))
            hygiene.append(findings, same)
            append_resegmented(different.join(unread, on="contact_id", how="semi"))
    reports.write(stage)
    segments = rules.describe(pl.concat(named).unique())
    stage.write(SEGMENT.name, segments.lazy())
    stage.write(SEGMENT_RULE.name, rules.list_rules().lazy())
    return {"membership_count": membership_count, "segment_count": len(segments)}


@verb
def load(run: Run) -> Counts:
    """Load the stage into staging tables of the warehouse, which no reader looks at.

    Raises:
        ReconciliationError: The database took other rows than the stage holds.
    """
    warehouse = open_warehouse(run.settings)
    publish.keep_interval(warehouse, run)
    loaded = publish.load_staging(warehouse, run)
    with warehouse.transaction() as connection:
        totals = publish.count_visible(warehouse, connection, run)
        publish.tell_planner(warehouse, connection, run, totals["contact_count"])
    publish.keep_interval(warehouse, run)
    return _keep(run, "load", totals) | {"rows": sum(loaded.values())}


@verb
def audit(run: Run) -> Counts:
    """Check that segments have about the sizes they had, and the staging tables against their suites.

    Raises:
        SegmentJumpError: Segments grew or shrank by more than their share.
        AuditError: Expectations failed; the message names them.
    """
    warehouse = open_warehouse(run.settings)
    publish.keep_interval(warehouse, run)
    rules = run.stage.scan(SEGMENT_RULE.name).collect()["rule"].to_list()
    with warehouse.transaction() as connection:
        check_segment_sizes(warehouse, connection, run, rules)
        result = audit_staging(warehouse, connection, run)
    publish.keep_interval(warehouse, run)
    log.info("audit: Data Docs are at %s", result.data_docs)
    return _keep(run, "audit", {"checks_passed": result.passed_count})


@verb
def swap(run: Run) -> Counts:
    """Make the audited staging tables visible in one transaction; a dry run drops them instead.

    Raises:
        SupersededError: Another run of the interval has taken over.
    """
    return publish.finish_run(run, publish.swap_staging, _counted)


def fail(run: Run, error: BaseException | None, *, keep_leftovers: bool) -> None:
    """Enter the run as failed, and tell the failure hook why.

    Without `keep_leftovers`, its staging tables and its stage folder go. It says nothing where the warehouse cannot be
    reached: the next run gives up what this one leaves.
    """
    if not keep_leftovers:
        run.stage.remove()
    failure = None if error is None else describe_error(error)[1]
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


def _finish_sources(run: Run, read: list[SourceRead]) -> None:
    """Check that ids are unique, and write how much was read of each source, and how far."""
    stage = run.stage
    for reader in (each.plan.reader for each in read):
        check_ids(stage.scan(RAW_CONTACT.name).filter(pl.col("source") == reader.name), reader.where)
    for table, rows in zip((SOURCE_WATERMARK, SOURCE_SIZE), describe_sources(run, read), strict=True):
        stage.write(table.name, rows)
    stage.write(CHANGED_CONTACT.name, stage.scan(CHANGED_CONTACT.name).unique())


def _told(name: str, parts: list[Part]) -> Iterator[Part]:
    """Yield the parts of a stage table, and tell the progress."""
    for number, part in enumerate(parts, start=1):
        log.info("%s: part %s of %s", name, number, len(parts))
        yield part


def _count(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect().item())


def _keep(run: Run, name: str, counts: Counts) -> Counts:
    """Keep counts that `pipeline_run` will hold, and return them."""
    run.stage.write_counts(name, counts)
    return counts


def _counted(run: Run) -> Counts:
    """Return what the verbs counted of PIPELINE_RUN; the totals of `load` go before what was read."""
    counts = run.stage.read_counts("extract", "normalize", "load", "audit")
    return {name: count for name, count in counts.items() if name in PIPELINE_RUN.column_names}
