"""All detectors: what each looks for, in which windows, and how a run calls it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import polars as pl

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.risk import sim_box_model, sim_box_score
from phoneseg.risk.cluster_amounts import CLUSTER_AMOUNTS, find_unusual_amounts
from phoneseg.risk.clusters import NUMBER_CLUSTER, NumberClusters
from phoneseg.risk.listed_prefixes import HIGH_RISK_PREFIX, signal_high_risk_prefixes
from phoneseg.risk.one_ring import ONE_RING, find_one_ring_calls
from phoneseg.risk.pumping import LOW_COMPLETION, LOW_CONVERSION, find_low_completion, find_low_conversion
from phoneseg.risk.rings import RING
from phoneseg.risk.scene import DAY_H, HOUR_H, Finder, Found, Scene, tell
from phoneseg.risk.signal_rows import Window
from phoneseg.risk.spikes import SIGNAL_KIND as SPIKE
from phoneseg.risk.spikes import Activity, find_spikes

ACTING_CLUSTER: Final = "acting_cluster"


@dataclass(frozen=True)
class Detector:
    """One detector.

    Attributes:
        signal_kind: What its signals are called.
        meaning: What a signal says.
        windows_h: After which windows it runs: each hour, or the hour that ends a day (UTC).
        find: Finds its signals in a scene, for one of those windows.
    """

    signal_kind: str
    meaning: str
    windows_h: tuple[int, ...]
    find: Finder


def _find_spikes(scene: Scene, window: Window) -> Found:
    earlier, history = None, scene.history
    if window.hours == HOUR_H:  # other levels have no hours: a prefix that cannot spike should not be tested
        history = history.filter(pl.col("prefix_level").is_in(scene.settings.hourly_levels))
    else:
        earlier = scene.events.filter(pl.col("occurred_at") < window.start)
    activity = Activity(scene.counts, history, scene.within(window), earlier)
    window_h = round(window.hours)
    return tell(scene, find_spikes(activity, scene.as_of, window_h, scene.causes, scene.settings.spikes))


def _find_listed(scene: Scene, window: Window) -> Found:
    events = scene.within(window)
    signals = signal_high_risk_prefixes(events, scene.listed, window, scene.settings.prefixes.premium)
    risky = events.join(signals.lazy().select(number_block="subject"), on="number_block", how="semi")
    numbers = risky.select(subject="number_block", member_kind=pl.lit("number"), member="phone_token").unique()
    return tell(scene, signals, numbers.collect(engine="streaming"))


def _find_one_rings(scene: Scene, window: Window) -> Found:
    settings = scene.settings.prefixes
    return tell(scene, find_one_ring_calls(scene.events, window, settings.one_ring, settings.premium))


def _score_sim_boxes(scene: Scene, window: Window) -> Found:
    patterns = scene.call_patterns.lazy()
    return tell(
        scene,
        sim_box_score.find_sim_boxes(patterns, *scene.long_window, scene.settings.sim_box).collect(),
    )


def _predict_sim_boxes(scene: Scene, window: Window) -> Found:
    if scene.model is None:
        return tell(scene, RISK_SIGNAL.schema.to_frame())
    settings = scene.settings.sim_box_model
    return tell(scene, sim_box_model.find_sim_boxes(scene.model, scene.call_patterns, scene.long_window, settings))


def _tell_clusters(scene: Scene, clusters: NumberClusters, signal_kind: str) -> Found:
    members = clusters.members.select(subject="cluster", member_kind=pl.lit("number"), member="phone_token")
    return tell(scene, clusters.signals.with_columns(signal_kind=pl.lit(signal_kind)), members)


def _find_new_clusters(scene: Scene, window: Window) -> Found:
    return _tell_clusters(scene, scene.new_clusters, NUMBER_CLUSTER)


def _find_acting_clusters(scene: Scene, window: Window) -> Found:
    return _tell_clusters(scene, scene.acting_clusters, ACTING_CLUSTER)


def _find_rings(scene: Scene, window: Window) -> Found:
    members = scene.rings.members.select(subject="ring", member_kind=pl.lit("contact"), member="contact_id")
    return tell(scene, scene.rings.signals, members)


def _find_amounts(scene: Scene, window: Window) -> Found:
    """Look at the money of the clusters of new numbers, and of rings."""
    purchases = scene.events.filter(pl.col("activity_kind") == "purchase")
    paid = purchases.select("phone_token", "occurred_at", "amount_e4")
    by_contact = paid.join(scene.holders.select("phone_token", "contact_id"), on="phone_token")
    settings, found = scene.settings.clusters.amounts, []
    for members, payments, kind in (
        (
            scene.new_clusters.members.rename({"phone_token": "member"}),
            paid.rename({"phone_token": "member"}),
            "number",
        ),
        (
            scene.rings.members.rename({"ring": "cluster", "contact_id": "member"}),
            by_contact.rename({"contact_id": "member"}),
            "contact",
        ),
    ):
        signals = find_unusual_amounts(members, payments, window, settings)
        told = members.select(subject="cluster", member_kind=pl.lit(kind), member="member")
        found.append(tell(scene, signals, told))
    return Found(pl.concat(each.signals for each in found), pl.concat(each.members for each in found))


def _find_low_conversion(scene: Scene, window: Window) -> Found:
    settings = scene.settings.prefixes.conversion
    sooner = _earlier(window, settings.conversion_h)
    return tell(scene, find_low_conversion(scene.parts_since(sooner.start), sooner, settings))


def _find_low_completion(scene: Scene, window: Window) -> Found:
    settings = scene.settings.prefixes.conversion
    sooner = _earlier(window, settings.completion_window_h)
    return tell(scene, find_low_completion(scene.parts_since(sooner.start), sooner, settings))


def _earlier(window: Window, hours: float) -> Window:
    """Return the window so many hours sooner: what follows it is known by now."""
    return Window(*(end - timedelta(hours=hours) for end in window))


DETECTORS: Final = (
    Detector(SPIKE, "A prefix has far more events than its history makes likely.", (HOUR_H, DAY_H), _find_spikes),
    Detector(
        HIGH_RISK_PREFIX,
        "Numbers of a block had events that a list watches or blocks, or that are dear to call.",
        (HOUR_H,),
        _find_listed,
    ),
    Detector(ONE_RING, "A number, or a block, rings many people to be called back.", (HOUR_H, DAY_H), _find_one_rings),
    Detector(sim_box_score.SIGNAL_KIND, "A number calls like one of a SIM box, by rules.", (DAY_H,), _score_sim_boxes),
    Detector(
        sim_box_model.SIGNAL_KIND, "A number calls like one of a SIM box, by a model.", (DAY_H,), _predict_sim_boxes
    ),
    Detector(NUMBER_CLUSTER, "Numbers of one block came together that nobody knew.", (DAY_H,), _find_new_clusters),
    Detector(ACTING_CLUSTER, "Numbers of one block, new or not, act together.", (DAY_H,), _find_acting_clusters),
    Detector(RING, "Accounts share devices, numbers or counterparties.", (DAY_H,), _find_rings),
    Detector(
        CLUSTER_AMOUNTS, "Numbers of a cluster, or accounts of a ring, pay unlike others.", (DAY_H,), _find_amounts
    ),
    Detector(LOW_CONVERSION, "Messages to a prefix lead to less than elsewhere.", (DAY_H,), _find_low_conversion),
    Detector(LOW_COMPLETION, "Calls to a prefix are answered less than elsewhere.", (DAY_H,), _find_low_completion),
)
"""In the order that a run calls them."""
