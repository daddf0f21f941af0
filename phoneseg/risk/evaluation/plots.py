"""Evaluations as pictures."""

from pathlib import Path
from typing import Final

import polars as pl

_MEASURES: Final = {"precision": "#4c78a8", "recall": "#f58518", "f1": "#54a24b"}
_ROW_HEIGHT_IN: Final = 0.3
_WIDTH_IN: Final = 8.0
_DETAIL: Final = ": "
"""Between a scenario and one of its parts."""


def draw_evaluation(family: str, rows: pl.DataFrame, file: Path) -> None:
    """Draw precision, recall and F1 of each scenario of a family of detectors, as bars side by side.

    Args:
        family: Its name, for the title.
        rows: Rows of EVALUATION; parts of scenarios are left out, as `reach: mean 2, times 8` is one of `reach`.
        file: What to write; its ending decides the format, such as png or svg.
    """
    from matplotlib.figure import Figure  # half a second

    rows = rows.filter(~pl.col("scenario").str.contains(_DETAIL, literal=True))
    figure = Figure(figsize=(_WIDTH_IN, 1 + _ROW_HEIGHT_IN * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    places = range(len(rows))
    height = 0.8 / len(_MEASURES)
    for nth, (measure, colour) in enumerate(_MEASURES.items()):
        lengths = rows[measure].fill_null(0).to_list()
        axes.barh([place + nth * height for place in places], lengths, height, color=colour, label=measure)
    labels = rows.select(pl.format("{}: {}", "detector", "scenario")).to_series().to_list()
    axes.set_yticks([place + height for place in places], labels)
    axes.set_ylim(len(rows) - 1 + len(_MEASURES) * height, -height)
    axes.set_xlim(0, 1)
    axes.grid(axis="x", alpha=0.4)
    axes.set_title(f"{family.replace('_', ' ')}, on generated data")
    figure.legend(loc="outside lower center", ncols=len(_MEASURES))
    figure.savefig(file, dpi=80)
