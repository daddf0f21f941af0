"""How good the detectors of SIM boxes are, and what a day of 25 million events costs.

    python benchmarks/sim_boxes.py quality [SEED]...
    python benchmarks/sim_boxes.py day FOLDER

`quality` prints the means over the seeds (101, 102, 103 unless told; settings and simulation were tuned on 1, 2 and 3):
the evaluation by evasion level, what a model makes of it that learned from reviewed labels of another network, logistic
regression beside the boosted trees, reliability, and the importance of the indicators.

`day` simulates a day of 18 networks with 70 thousand honest numbers each, 1.5 GB in FOLDER, and measures counts,
patterns and score of it in a process of its own. Times depend on the machine and on what else it does.
"""

import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from phoneseg.risk.call_counts import collect_counts, count_calls
from phoneseg.risk.call_patterns import INDICATORS, describe_calls
from phoneseg.risk.evaluation.sim_box_model import (
    measure_brier,
    measure_importance,
    tabulate_reliability,
)
from phoneseg.risk.evaluation.sim_boxes import (
    Looks,
    choose_learned,
    compare_levels,
    evaluate_sim_boxes,
    predict_in_folds,
    take_looks,
)
from phoneseg.risk.sim_box_labels import add_background
from phoneseg.risk.sim_box_model import SimBoxModel, join_labels, split_groups, train_model
from phoneseg.risk.sim_box_score import find_sim_boxes, score_calls
from phoneseg.risk.simulation.call_records import simulate_calls
from phoneseg.risk.simulation.subscribers import CallPlan
from phoneseg.settings.risk_sim_box import SimBoxModelSettings, SimBoxSettings

START = datetime(2026, 6, 1, tzinfo=UTC)
PLAN = CallPlan(START)
SETTINGS, MODEL = SimBoxSettings(), SimBoxModelSettings()
LEVELS = (MODEL.monitor_probability, MODEL.high_probability)
FIGURES = ("precision", "recall", "f1", "false_alarms_per_day", "detection_h")
EARLIER_SEED = 201


def measure_quality(seeds: list[int]) -> None:
    """Print how good the detectors are."""
    started = time.process_time()
    tables = [evaluate_sim_boxes(PLAN, seed, SETTINGS, MODEL, is_thorough=True) for seed in seeds]
    print(f"{(time.process_time() - started) / len(seeds):.0f} s of CPU a seed, three models among them")
    looks = [_look(seed, 12) for seed in seeds]
    reviewed = _train_on_reviews(_look(EARLIER_SEED, 12))
    for seed, look in zip(seeds, looks, strict=True):
        scores = look.patterns.select("phone_token", "as_of", score=reviewed.predict(look.patterns))
        rows = list(compare_levels("reviewed_elsewhere", scores, LEVELS, look, seed))
        tables.append(pl.DataFrame(rows, schema=tables[0].schema, orient="row"))
    means = pl.concat(tables).group_by("detector", "scenario", maintain_order=True).agg(pl.col(FIGURES).mean())
    _print(means.filter(~pl.col("scenario").str.ends_with("_balanced")))
    _print(means.filter(pl.col("scenario").str.ends_with("_balanced")).select("detector", "scenario", *FIGURES[:3]))
    _compare_models(looks)
    _print_importance(looks[0])


def _look(seed: int, every_h: int) -> Looks:
    return take_looks(simulate_calls(PLAN, seed), PLAN, SETTINGS, every_h)


def _train_on_reviews(looks: Looks) -> SimBoxModel:
    """Train on those that the score flagged and people looked at, and on numbers that nobody looked at."""
    scored = score_calls(looks.patterns.lazy(), SETTINGS.rules).collect()
    flagged = scored.filter(pl.col("score") >= SETTINGS.monitor_score).select("phone_token").unique()
    labels = flagged.join(looks.truth, on="phone_token").select("phone_token", is_fraud="is_sim_box")
    every = add_background(labels, looks.patterns, MODEL.background_count)
    wrong = every.join(flagged, on="phone_token", how="anti").join(looks.truth.filter("is_sim_box"), on="phone_token")
    print(f"reviewed: {len(labels)}, fraud {labels['is_fraud'].sum()}; {len(wrong)} boxes in the background")
    return train_model(choose_learned(looks), every, looks.groups, START, MODEL)


def _compare_models(looks: list[Looks]) -> None:
    from sklearn.metrics import average_precision_score

    for name, predict in (("boosted trees", predict_in_folds), ("logistic regression", _predict_logistic)):
        every, last = [], []
        for look in looks:
            predicted = predict(look, MODEL).join(
                look.truth.select("phone_token", is_fraud="is_sim_box"), on="phone_token"
            )
            every.append(average_precision_score(predicted["is_fraud"], predicted["score"]))
            last.append(predicted.filter(pl.col("as_of") == PLAN.ends_at))
        print(f"{name}: average precision {np.mean(every):.4f}, Brier {measure_brier(pl.concat(last)):.5f}")
        if name == "boosted trees":
            _print(tabulate_reliability(pl.concat(last)))


def _predict_logistic(looks: Looks, settings: SimBoxModelSettings) -> pl.DataFrame:
    """Predict in the same folds by logistic regression: logarithms of counts, medians for unknowns, standardized."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features = [pl.col(one.name).log1p() if one.is_count else pl.col(one.name) for one in INDICATORS]
    labels = looks.truth.select("phone_token", is_fraud="is_sim_box")
    rows = join_labels(looks.patterns, labels, looks.groups)
    numbers = rows.unique("phone_token", keep="first", maintain_order=True)
    learned = choose_learned(looks).join(labels, on="phone_token").sort("phone_token", "observed_h")
    parts = []
    for train, test in split_groups(numbers, settings):
        seen = learned.join(numbers[train].select("phone_token"), on="phone_token", how="semi")
        pipeline = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(max_iter=3_000))
        pipeline.fit(seen.select(features).to_numpy(), seen["is_fraud"].to_numpy())
        tested = looks.patterns.join(numbers[test].select("phone_token"), on="phone_token", how="semi")
        chances = pipeline.predict_proba(tested.select(features).to_numpy())[:, 1]
        parts.append(tested.select("phone_token", "as_of").with_columns(score=pl.Series(chances)))
    return pl.concat(parts)


def _print_importance(looks: Looks) -> None:
    labels = looks.truth.select("phone_token", is_fraud="is_sim_box")
    rows = join_labels(choose_learned(looks), labels, looks.groups)
    numbers = rows.unique("phone_token", keep="first", maintain_order=True)
    train, test = split_groups(numbers, MODEL)[0]
    model = train_model(
        choose_learned(looks), numbers[train].select("phone_token", "is_fraud"), looks.groups, START, MODEL
    )
    last = looks.patterns.filter(pl.col("as_of") == PLAN.ends_at)
    tested = last.join(numbers[test].select("phone_token"), on="phone_token", how="semi")
    _print(measure_importance(model, tested, labels))


def measure_day(folder: Path) -> None:
    """Simulate a day of events and measure them in another process."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = CallPlan(START, history_days=1, watched_days=0, honest_count=70_000, boxed_count=100)
    for network in range(18):
        simulate_calls(plan, 1_000 + network).events.write_parquet(folder / f"{network}.parquet")
    subprocess.run([sys.executable, __file__, "measure", str(folder)], check=True)


def measure(folder: Path) -> None:
    """Print what counts, patterns and score of the events cost."""
    events = pl.scan_parquet(folder / "*.parquet")
    print(f"{events.select(pl.len()).collect().item():,} events")
    ends_at = START + timedelta(days=1)
    counts = collect_counts(count_calls(events))
    _print_cost("counted")
    patterns = describe_calls(counts, START, ends_at, SETTINGS).collect(engine="streaming")
    _print_cost(f"{len(patterns):,} numbers described")
    told = find_sim_boxes(patterns.lazy(), START, ends_at, SETTINGS).collect()
    _print_cost(f"{len(told):,} numbers told, {told['risk_level'].eq('high').sum():,} of them high")


def _print_cost(what: str) -> None:
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{what}: {time.process_time():.0f} s of CPU, peak {peak_gb:.1f} GB")


def _print(table: pl.DataFrame) -> None:
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, float_precision=3, tbl_hide_dataframe_shape=True):
        print(table)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["quality", *seeds]:
            measure_quality([int(seed) for seed in seeds] or [101, 102, 103])
        case ["day", folder]:
            measure_day(Path(folder))
        case ["measure", folder]:
            measure(Path(folder))
        case _:
            sys.exit(__doc__)
