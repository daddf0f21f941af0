"""What rules ask of one text column is asked of each distinct text once: few texts stand in many rows.

A list of countries costs forty times what a comparison of numbers does, and a rule mostly has one.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

_LEAST_ROWS_PER_TEXT: Final = 4  # a column of names, say, is looked at row by row
_COMBINED: Final = {"And", "Or"}


@dataclass(frozen=True)
class TextTests:
    """Rules with their questions about single text columns taken out.

    Those are joined to the rest by AND and OR alone, where an answer of false makes a member of the same contacts as
    one of null does: so the answers have no nulls.

    Attributes:
        rules: By code, the rule over the columns and the answers.
        tests: By name of the answer, the text column that is asked and the question.
    """

    rules: Mapping[str, pl.Expr]
    tests: Mapping[str, tuple[str, pl.Expr]]

    @classmethod
    def of(cls, rules: Mapping[str, pl.Expr], text_columns: Collection[str]) -> "TextTests":
        """Take the questions out of rules.

        Args:
            rules: Boolean expressions by code.
            text_columns: The text columns that are there before any rule is evaluated.
        """
        tests: dict[str, tuple[str, pl.Expr]] = {}
        names: dict[str, str] = {}

        def take(part: pl.Expr) -> pl.Expr:
            written = part.meta.serialize(format="json")
            operator = json.loads(written).get("BinaryExpr", {}).get("op")
            if operator in _COMBINED:
                right, left = map(take, part.meta.pop())
                return left & right if operator == "And" else left | right
            read = set(part.meta.root_names())
            if len(read) != 1 or not read <= set(text_columns):
                return part
            name = names.setdefault(written, f"text test {len(names)}")
            tests[name] = (read.pop(), part)
            return pl.col(name)

        return cls({code: take(rule) for code, rule in rules.items()}, tests)

    def answer(self, inputs: pl.DataFrame) -> pl.DataFrame:
        """Return the columns with an answer to each question: true or false, and false for null.

        Args:
            inputs: The columns that the rules read.
        """
        by_column: dict[str, dict[str, pl.Expr]] = {}
        for name, (column, test) in self.tests.items():
            by_column.setdefault(column, {})[name] = test
        answers = [_answer(inputs.select(column), tests) for column, tests in by_column.items()]
        return pl.concat([inputs, *answers], how="horizontal")


def _answer(texts: pl.DataFrame, tests: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Return the answers to questions about the one column of a frame."""
    column = texts.to_series()
    named = column.drop_nulls().unique(maintain_order=True)
    if len(named) * _LEAST_ROWS_PER_TEXT > len(column):
        return texts.select(_of_each(test, column.name).alias(name) for name, test in tests.items())
    numbers = column.cast(pl.Enum(named)).to_physical().cast(pl.Int64).fill_null(len(named)).to_numpy()
    asked = pl.concat([named, pl.Series([None], dtype=pl.String)]).alias(column.name).to_frame()
    answers = asked.select(_of_each(test, column.name).alias(name) for name, test in tests.items())
    return pl.DataFrame({each.name: np.take(each.to_numpy(), numbers) for each in answers})


def _of_each(test: pl.Expr, column: str) -> pl.Expr:
    """Return the answer for each text: Polars shortens one that is the same for all."""
    text = pl.col(column)
    return (test & (text.is_null() | text.is_not_null())).fill_null(False)
