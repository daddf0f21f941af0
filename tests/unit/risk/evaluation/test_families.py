"""Figures of several seeds become one."""

import polars as pl

from phoneseg.contracts.risk import EVALUATION
from phoneseg.risk.evaluation.families import FAMILIES, average_seeds
from phoneseg.settings.risk import RiskSettings


def rows(recalls: list[float | None]) -> pl.DataFrame:
    names = ["naive", "slow"][: len(recalls)]
    return pl.DataFrame(
        {
            "detector": ["ring"] * len(recalls),
            "scenario": names,
            "precision": [1.0] * len(recalls),
            "recall": recalls,
            "f1": recalls,
            "false_alarms_per_day": [0.0] * len(recalls),
            "detection_h": [None] * len(recalls),
            "true_count": [4] * len(recalls),
        },
        EVALUATION.schema,
    )


def test_means_are_of_the_seeds_that_have_a_figure_and_rows_keep_their_order() -> None:
    means = average_seeds([rows([0.5, None]), rows([1.0, 0.25])])
    assert means["scenario"].to_list() == ["naive", "slow"]
    assert means["recall"].to_list() == [0.75, 0.25]
    assert means["detection_h"].to_list() == [None, None]
    assert means.schema == EVALUATION.schema


def test_each_family_gives_rows_of_evaluation() -> None:
    found = FAMILIES["prefixes"](5, RiskSettings())
    assert found.schema == EVALUATION.schema
    assert found.select("detector", "scenario").is_unique().all()
