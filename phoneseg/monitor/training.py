"""Trains the model of SIM boxes on the numbers that people labelled, with the events that they were flagged for."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import polars as pl

from phoneseg import publish
from phoneseg.contracts import Pipeline
from phoneseg.contracts.risk import RISK_LABELS, STAGED_EVENT
from phoneseg.errors import StopError
from phoneseg.monitor.detect import KNOWN_CAUSE, PREFIX_LIST
from phoneseg.monitor.extract import extract
from phoneseg.risk import sim_box_model, sim_box_score
from phoneseg.risk.calendar import drop_campaigns
from phoneseg.risk.call_counts import collect_counts, count_calls
from phoneseg.risk.call_patterns import describe_calls
from phoneseg.risk.prefix_lists import leave_out_allowed, valid_before
from phoneseg.risk.signal_rows import Window
from phoneseg.risk.sim_box_labels import add_background, choose_labels, group_numbers
from phoneseg.risk.sim_box_model import SimBoxModel, train_model
from phoneseg.run import Run
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.migrations import check_tables

_KINDS: Final = (sim_box_score.SIGNAL_KIND, sim_box_model.SIGNAL_KIND)
log = logging.getLogger(__name__)


class _Seen(NamedTuple):
    """What the windows show: rows of `describe_calls` with `window_end`, and `phone_token` and `device` of all."""

    patterns: pl.DataFrame
    devices: pl.DataFrame


def train_sim_box_model(settings: Settings, as_of: datetime, days: int) -> SimBoxModel:
    """Train the model on the labels of numbers that were flagged as SIM boxes, by the score or an earlier model.

    A number is learned as it called in the window of its first signal: later, it may be silent. So are ordinary ones,
    in the last window: those that nobody has flagged, up to `background_count`.

    Args:
        settings: Where the events are, and how the model is trained.
        as_of: Up to when events are read, the end of a day (UTC).
        days: Labels of numbers that were first flagged in so many days before it count.

    Raises:
        StopError: Nothing is flagged, or there are too few labels.
        SourceError: A source is not as the settings describe it.
    """
    reviews = _read_reviews(settings, as_of, days)
    labels = choose_labels(_list_labels(reviews), datetime.now(UTC))
    window = timedelta(days=settings.risk.sim_box.window_days)
    ends = sorted({*reviews.filter(pl.col("label").is_in(RISK_LABELS))["as_of"], as_of})
    log.info("train: %s labelled numbers, in %s windows", f"{len(labels):,}", len(ends))
    with _read_events(settings, ends[0] - window, as_of) as events:
        seen = _describe(events, [Window(end - window, end) for end in ends], settings)
    flagged = reviews.select("phone_token", window_end="as_of").unique()
    of_labels = seen.patterns.join(flagged, on=["phone_token", "window_end"], how="semi")
    unknown = seen.patterns.filter(pl.col("window_end") == as_of).join(flagged, on="phone_token", how="anti")
    model = settings.risk.sim_box_model
    learned = add_background(labels, unknown, model.background_count)
    patterns = pl.concat([of_labels, unknown]).drop("window_end")
    return train_model(patterns, learned, group_numbers(seen.devices), as_of, model)


def _read_reviews(settings: Settings, as_of: datetime, days: int) -> pl.DataFrame:
    """Return `phone_token`, `label`, `labelled_at` and `as_of` of the numbers that were flagged, reviewed or not."""
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        check_tables(warehouse, connection, settings)
        reviews = publish.read_reviews(warehouse, connection, _KINDS)
    recent = reviews.filter(
        pl.col("subject_kind") == "number",
        pl.col("as_of").is_between(as_of - timedelta(days=days), as_of, closed="right"),
    )
    if recent.is_empty():
        raise StopError(f"no number was flagged as a SIM box in {days} days before {as_of:%Y-%m-%d}: nothing to learn")
    return recent.select(pl.col("subject").alias("phone_token"), "label", "labelled_at", "as_of")


def _list_labels(reviews: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with a label; who set it by SQL without a time did so when the number was flagged."""
    labelled = reviews.filter(pl.col("label").is_in(RISK_LABELS))
    return labelled.with_columns(pl.col("labelled_at").fill_null(pl.col("as_of")))


@contextmanager
def _read_events(settings: Settings, start: datetime, as_of: datetime) -> Iterator[pl.LazyFrame]:
    """Yield the events that detectors judge, of a dry run of `monitor_activity` that publishes nothing."""
    run = Run.open(settings, as_of=as_of, data_interval_start=start, dry_run=True, pipeline=Pipeline.MONITOR_ACTIVITY)
    warehouse, stage, state = open_warehouse(settings), run.stage, "failed"
    try:
        extract(run)
        listed = valid_before(stage.scan(PREFIX_LIST).collect(), as_of)
        events = leave_out_allowed(stage.scan(STAGED_EVENT.name), listed)
        yield drop_campaigns(events, stage.scan(KNOWN_CAUSE).collect())
        state = "dry_run"
    finally:
        stage.remove()
        with warehouse.transaction() as connection:
            if publish.run_state(warehouse, connection, run) == "running":
                publish.end_run(warehouse, connection, run, state)


def _describe(events: pl.LazyFrame, windows: list[Window], settings: Settings) -> _Seen:
    patterns, devices = [], []
    for window in windows:
        counts = collect_counts(count_calls(events.filter(window.holds("occurred_at"))))
        described = describe_calls(counts, *window, settings.risk.sim_box).collect(engine="streaming")
        end = pl.lit(window.end, pl.Datetime("us", "UTC"))
        patterns.append(described.with_columns(window_end=end))
        links = counts.devices.join(described.lazy().select("phone_token"), on="phone_token", how="semi")
        devices.append(links.select("phone_token", "device").collect(engine="streaming"))
    return _Seen(pl.concat(patterns), pl.concat(devices).unique())
