"""docs/risk.md: what the detectors of risk are, out of code, and how good, out of docs/risk/evaluation.csv."""

from pathlib import Path
from typing import Final

import polars as pl

from docs.pages.markdown import code, page, table
from phoneseg.risk.detectors import DETECTORS, Detector
from phoneseg.risk.scene import DAY_H, HOUR_H

FIGURES: Final = Path(__file__).parents[1] / "risk" / "evaluation.csv"
_PAGES: Final = {
    "spikes": ("spikes.md", "Prefixes with far more events in an hour or a day than their history makes likely."),
    "sim_boxes": ("sim_boxes.md", "Numbers whose calls look like those of a SIM box."),
    "clusters": (
        "clusters.md",
        "Numbers of one block that appear or act together, accounts that share what strangers do not, and their money.",
    ),
    "prefixes": (
        "prefixes.md",
        "Prefixes on lists, dear ones, those whose messages lead to nothing, and one-ring calls.",
    ),
}


def render() -> str:
    """Return the page."""
    figures = pl.read_csv(FIGURES)
    return page(
        "Signals of risk",
        "phoneseg/risk/detectors.py and docs/risk/evaluation.csv",
        "Which numbers and prefixes misbehave, why, and how sure phoneseg is. The DAG `monitor_activity` looks each "
        "hour, and publishes what it finds as rows of [risk_signal](tables.md#risk_signal). [How signals come about]"
        "(risk/monitoring.md) says what is read and when, [shadow mode, review and labels](risk/review.md) what people "
        "make of signals and what contacts hear of them, and [the demo](risk/demo.md) shows some.",
        table(
            ("family", "finds", "page"),
            [(code(family), what, f"[{name}](risk/{name})") for family, (name, what) in _PAGES.items()],
        ),
        "## Kinds of signals",
        table(
            ("signal_kind", "says", "after each"),
            [(code(each.signal_kind), each.meaning, _windows(each)) for each in DETECTORS],
        ),
        "## How good they are",
        "`phoneseg risk evaluate --seed 501 --seed 502 --seed 503 --out docs/risk` has made these figures: means over "
        "three seeds of generated data whose truth is known. Scenarios are named by how hard the culprits try not to "
        "be found; the pages say what each does, and where a detector is blind. Precision is that of the scenario: "
        "where few are guilty, it is lower at the same number of false alarms a day.",
        *(_family(family, figures.filter(pl.col("family") == family)) for family in _PAGES),
    )


def _windows(detector: Detector) -> str:
    return " and ".join({HOUR_H: "hour", DAY_H: "day"}[hours] for hours in detector.windows_h)


def _family(family: str, rows: pl.DataFrame) -> str:
    told = [
        (
            code(row["detector"]),
            row["scenario"],
            *(_share(row[name]) for name in ("precision", "recall", "f1")),
            f"{row['false_alarms_per_day']:.2f}",
            "" if row["detection_h"] is None else f"{row['detection_h']:.1f}",
        )
        for row in rows.iter_rows(named=True)
    ]
    headings = ("detector", "scenario", "precision", "recall", "F1", "false alarms a day", "hours to detection")
    title = family.replace("_", " ").capitalize().replace("Sim", "SIM")
    return "\n\n".join((f"### {title}", f"![Precision, recall and F1](risk/{family}.png)", table(headings, told)))


def _share(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.3f}"
