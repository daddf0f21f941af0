"""The conditions that rules are made of: each is found out once, however many rules share it.

What a condition asks of one text column is asked of each distinct text once, as few texts stand in many rows: a list of
countries would cost forty times what a comparison of numbers does, and a rule mostly has one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

_LEAST_ROWS_PER_TEXT: Final = 4  # a column of names, say, is looked at row by row
_FEW_TEXTS: Final = 16
_COMBINED: Final = {"And", "Or"}


@dataclass(frozen=True)
class Conditions:
    """Rules, taken apart into conditions that AND and OR join.

    Attributes:
        rules: By code, the rule over the columns of the conditions, and over memberships.
        of_rows: By name of its column, a condition on any columns.
        of_texts: By text column, the conditions on that column alone, by name of their columns. Where AND and OR alone
            join them, false makes a member of the same contacts as null does: so these columns have no nulls.
    """

    rules: Mapping[str, pl.Expr]
    of_rows: Mapping[str, pl.Expr]
    of_texts: Mapping[str, Mapping[str, pl.Expr]]

    @classmethod
    def of(cls, rules: Mapping[str, pl.Expr], columns: Mapping[str, pl.DataType]) -> "Conditions":
        """Take rules apart.

        Args:
            rules: Boolean expressions by code.
            columns: Dtypes of the columns that are there before any rule is evaluated: what reads others, such as
                memberships, stays in the rule.
        """
        of_rows: dict[str, pl.Expr] = {}
        of_texts: dict[str, dict[str, pl.Expr]] = {}
        names: dict[str, str] = {}
        probe = pl.DataFrame({name: [None, None] for name in columns}, dict(columns))

        def take(part: pl.Expr) -> pl.Expr:
            written = part.meta.serialize(format="json")
            operator = json.loads(written).get("BinaryExpr", {}).get("op")
            if operator in _COMBINED:
                right, left = map(take, part.meta.pop())
                return left & right if operator == "And" else left | right
            read = set(part.meta.root_names())
            if not read or not read <= columns.keys() or len(probe.select(part)) < len(probe):
                return part  # of two rows, Polars gives one answer where that is the same for all
            name = names.setdefault(written, f"condition {len(names)}")
            is_of_text = len(read) == 1 and all(columns[each] == pl.String for each in read)
            (of_texts.setdefault(read.pop(), {}) if is_of_text else of_rows)[name] = part
            return pl.col(name)

        return cls({code: take(rule) for code, rule in rules.items()}, of_rows, of_texts)

    def find_out(self, inputs: pl.DataFrame) -> pl.DataFrame:
        """Return the columns of the conditions.

        Args:
            inputs: The columns that they read.
        """
        of_rows = inputs.select(condition.alias(name) for name, condition in self.of_rows.items())
        of_texts = [_ask_texts(inputs[column], conditions) for column, conditions in self.of_texts.items()]
        return pl.concat([of_rows, *of_texts], how="horizontal")


def _ask_texts(column: pl.Series, conditions: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Return the columns of conditions on one text column; they have no nulls."""
    named = column.drop_nulls().unique(maintain_order=True)
    asked = [condition.fill_null(False).alias(name) for name, condition in conditions.items()]
    if len(named) * _LEAST_ROWS_PER_TEXT > len(column):
        return column.to_frame().select(asked)
    texts = pl.concat([named, pl.Series([None], dtype=pl.String)]).alias(column.name)
    wanted = {each.name: each.arg_true().to_list() for each in texts.to_frame().select(asked)}
    numbers = column.cast(pl.Enum(named)).to_physical().cast(pl.UInt32).fill_null(len(named)).alias("number")
    single = {number for some in wanted.values() if len(some) <= _FEW_TEXTS for number in some}
    rows = pl.DataFrame([numbers, *((numbers == number).alias(f"{number}") for number in sorted(single))])
    return rows.select(_any_of(some).alias(name) for name, some in wanted.items())


def _any_of(numbers: list[int]) -> pl.Expr:
    """Return which rows hold one of the texts of these numbers."""
    if 0 < len(numbers) <= _FEW_TEXTS:
        return pl.any_horizontal(f"{number}" for number in numbers)
    return pl.col("number").is_in(pl.Series(numbers, dtype=pl.UInt32).implode())
