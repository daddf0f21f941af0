"""What the events of an hour, or of the day that it ends, say of numbers and prefixes."""

import logging
from dataclasses import replace
from time import perf_counter
from typing import Final

import polars as pl

from phoneseg.contracts.risk import (
    NUMBER_HOLDER,
    PREFIX_ACTIVITY,
    PREFIX_HISTORY,
    RISK_MEMBER,
    RISK_SIGNAL,
    SIM_BOX_LOSS,
    STAGED_EVENT,
)
from phoneseg.errors import SettingsError, StopError
from phoneseg.risk import sim_box_model, sim_box_score
from phoneseg.risk.calendar import drop_campaigns
from phoneseg.risk.detectors import DETECTORS
from phoneseg.risk.monitored_counts import count_interval
from phoneseg.risk.prefix_lists import leave_out_allowed, valid_before
from phoneseg.risk.read_times import ends_day, is_judged
from phoneseg.risk.revenue import estimate_losses
from phoneseg.risk.scene import DAY_H, HOUR_H, Scene
from phoneseg.risk.sim_box_model import SimBoxModel
from phoneseg.run import Run, Stage
from phoneseg.verb import Counts, verb

KNOWN_CAUSE: Final = "known_cause"
PREFIX_LIST: Final = "prefix_list"
TERMINATION_RATE: Final = "termination_rate"
_JUDGED_EVENT: Final = replace(STAGED_EVENT, name="judged_event")
_BATCH_EVENTS: Final = 500_000
_PART_EVENTS: Final = 4_000_000
_MOST_PARTS: Final = 64  # each is an open file
_E4: Final = 10_000
log = logging.getLogger(__name__)


@verb
def detect(run: Run) -> Counts:
    """Count the events of prefixes, and look for signals in the last hour, and in the day where that ends one.

    Events of own campaigns, and of numbers that a list allows, do not count. Writes `prefix_activity`, `risk_signal`,
    `risk_member` and `sim_box_loss`.

    Raises:
        SettingsError: The file of the model cannot be read, or holds none of this version.
    """
    stage = run.stage
    scene = _open_scene(run)
    windows_h = (HOUR_H, DAY_H) if ends_day(run.as_of) else (HOUR_H,)
    found = []
    for detector in DETECTORS:
        for window_h in sorted(set(windows_h).intersection(detector.windows_h)):
            began = perf_counter()
            found.append(detector.find(scene, scene.window(window_h)))
            told = detector.signal_kind, window_h, len(found[-1].signals), perf_counter() - began
            log.info("detect: %s, %s h: %s signals in %.1f s", *told)
    signals = pl.concat(each.signals for each in found)
    stage.write(RISK_SIGNAL.name, signals.lazy())
    stage.write(RISK_MEMBER.name, pl.concat(each.members for each in found).unique().sort(RISK_MEMBER.key).lazy())
    stage.write(SIM_BOX_LOSS.name, _estimate_losses(run, scene, signals))
    return {
        "prefix_count": stage.count(PREFIX_ACTIVITY.name),
        "signal_count": len(signals),
        "high_count": int((signals["risk_level"] == "high").sum()),
    }


def _open_scene(run: Run) -> Scene:
    stage, settings = run.stage, run.settings.risk
    causes = stage.scan(KNOWN_CAUSE).collect()
    listed = valid_before(stage.scan(PREFIX_LIST).collect(), run.as_of)
    parts = _write_judged(stage, drop_campaigns(leave_out_allowed(stage.scan(STAGED_EVENT.name), listed), causes))
    events = pl.concat(parts)
    with stage.append(PREFIX_ACTIVITY) as append:
        for counts in count_interval(events, run.data_interval_start, run.as_of, settings.hourly_levels):
            append(counts.sort(PREFIX_ACTIVITY.key).collect(engine="streaming"))
    counted = stage.scan(PREFIX_ACTIVITY.name)
    is_now = pl.col("as_of") == run.as_of
    return Scene(
        run.as_of,
        counted.filter(is_now).collect(),
        pl.concat([stage.scan(PREFIX_HISTORY.name), counted.filter(~is_now)]),
        tuple(part.filter(is_judged(run.as_of, settings)) for part in parts),
        stage.scan(NUMBER_HOLDER.name),
        causes,
        listed,
        settings,
        _read_model(run),
    )


def _write_judged(stage: Stage, events: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Write the events that count, in parts that fit in memory, and return them; all of a number are in one part."""
    part_count = min(1 + stage.count(STAGED_EVENT.name) // _PART_EVENTS, _MOST_PARTS)
    if part_count == 1:
        stage.write(_JUDGED_EVENT.name, events)
    else:
        with stage.append_parts(_JUDGED_EVENT, part_count, key="phone_token") as append:
            for batch in events.collect_batches(chunk_size=_BATCH_EVENTS, maintain_order=False):
                append(batch)
    return stage.scan_parts(_JUDGED_EVENT.name)


def _read_model(run: Run) -> SimBoxModel | None:
    name = run.settings.risk.sim_box_model_file
    if name is None:
        return None
    file = run.settings.resolve(name)
    where = f"{run.settings.config_file.name}: risk.sim_box_model_file: {file}"
    try:
        return SimBoxModel.from_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{where}: cannot be read: {type(error).__name__}") from None
    except StopError as error:
        raise SettingsError(f"{where}: {error}") from None


def _estimate_losses(run: Run, scene: Scene, signals: pl.DataFrame) -> pl.LazyFrame:
    """Return rows of SIM_BOX_LOSS of the numbers that look like SIM boxes; none without a rate."""
    kinds = (sim_box_score.SIGNAL_KIND, sim_box_model.SIGNAL_KIND)
    told = signals.lazy().filter(pl.col("signal_kind").is_in(kinds)).select(pl.col("subject").alias("phone_token"))
    rates = run.stage.scan(TERMINATION_RATE).collect()
    losses = estimate_losses(scene.within(scene.long_window), told.unique(), rates)
    is_priced = pl.lit(not rates.is_empty())
    priced = losses.filter(is_priced).with_columns(
        as_of=pl.lit(run.as_of, pl.Datetime("us", "UTC")), lost_amount=pl.col("lost_amount_e4") / _E4
    )
    return SIM_BOX_LOSS.conform(priced)
