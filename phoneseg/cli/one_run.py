"""One run of the whole pipeline in this process, as `phoneseg run` and `phoneseg backfill` do it."""

from contextlib import ExitStack
from datetime import datetime
from typing import Final, NamedTuple

from phoneseg import monitor
from phoneseg import pipeline as segmenting
from phoneseg.cli.interruption import check_interrupted
from phoneseg.contracts import Pipeline
from phoneseg.errors import PhonesegError
from phoneseg.failure_hook import tell_failure
from phoneseg.run import Run
from phoneseg.settings import Settings
from phoneseg.verb import Counts, hold

_ROOMS: Final = {Pipeline.SEGMENT_CONTACTS: segmenting, Pipeline.MONITOR_ACTIVITY: monitor}
"""Where the verbs of each pipeline are."""


class Ended(NamedTuple):
    """A run that went well."""

    run: Run
    counts: Counts


def run_once(
    settings: Settings,
    *,
    as_of: datetime | None = None,
    sources: tuple[str, ...] = (),
    dry_run: bool = False,
    full: bool = False,
    accept_drift: bool = False,
    accept_sizes: bool = False,
    data_interval_start: datetime | None = None,
    pipeline: Pipeline = Pipeline.SEGMENT_CONTACTS,
) -> Ended:
    """Run all verbs; a run that fails or is interrupted leaves no staging tables and no stage folder.

    Args:
        settings: The settings.
        as_of: End of the data interval.
        sources: Names of the contact sources to read; all without one.
        dry_run: Whether to stop after the audit.
        full: Whether to read the sources whole.
        accept_drift: Whether sources may have shrunk, or changed the types of their columns.
        accept_sizes: Whether segments may have changed their sizes by more than their share.
        data_interval_start: Start of the data interval; without one it is a day wide, or an hour.
        pipeline: Whose verbs.

    Raises:
        PhonesegError: A verb failed.
    """
    run = Run.open(
        settings,
        as_of=as_of,
        sources=sources,
        dry_run=dry_run,
        full=full,
        accept_drift=accept_drift,
        accept_sizes=accept_sizes,
        data_interval_start=data_interval_start,
        pipeline=pipeline,
    )
    counts: Counts = {}
    with ExitStack() as held:
        try:
            held.enter_context(hold(run))
        except PhonesegError as error:
            tell_failure(run, error)  # it never began, and left nothing
            raise
        try:
            for verb in _ROOMS[pipeline].VERBS:
                check_interrupted()
                counts |= verb(run)
        except BaseException as error:
            segmenting.fail(run, error, keep_leftovers=False)
            raise
    return Ended(run, counts)
