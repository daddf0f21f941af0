"""docs/checks.md: every expectation of the suites in words."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from docs.pages.markdown import bullets, code, page, table
from phoneseg.contracts import Pipeline, staged_tables
from phoneseg.pipeline import VERBS

_SUITES: Final = Path(__file__).parents[2] / "expectations"
_STOPS: Final = re.compile(r"ReconciliationError: (?P<why>[^.]+\.)")
_Arguments = dict[str, Any]


def render() -> str:
    """Return the page."""
    suites = [
        json.loads((_SUITES / f"{each.name}.json").read_text(encoding="utf-8"))
        for pipeline in Pipeline
        for each in staged_tables(pipeline)
    ]
    return page(
        "The checks",
        "expectations/",
        "Before a run publishes anything, Great Expectations checks its staging tables. One suite checks one table: "
        "`expectations/<table>.json`. If a single check fails, nothing is published. The error names the failed "
        "checks, and the Data Docs show all of them.",
        "A null passes every check but *is never null*. The error and the Data Docs hold no value of a row.",
        "`suites_folder` in the [settings](settings.md#quality) names a folder with suites of your own. They take the "
        "place of all of these.",
        *(_describe(suite) for suite in suites),
        _reconciliation(),
    )


def _describe(suite: dict[str, Any]) -> str:
    """Return a suite; checks that differ in their column alone share a row."""
    columns: dict[tuple[str, str, str], list[str]] = {}
    for expectation in suite["expectations"]:
        left = dict(expectation["kwargs"])
        subject = _subject(left)
        key = (expectation["type"], _words(expectation["type"], left), expectation.get("notes", ""))
        columns.setdefault(key, []).append(subject)
    rows = [(", ".join(subjects), words, notes, code(kind)) for (kind, words, notes), subjects in columns.items()]
    count = len(suite["expectations"])
    return "\n\n".join(
        (
            f"## {suite['name']}",
            f"{count} expectations on [{code(suite['name'])}](tables.md#{suite['name']}).",
            table(("column", "check", "why", "expectation"), rows),
        )
    )


def _subject(left: _Arguments) -> str:
    """Take the columns that an expectation is about out of its arguments."""
    if "column_list" in left:
        return " + ".join(code(name) for name in left.pop("column_list"))
    return code(left.pop("column", None) or left.pop("column_A", "table"))


def _words(kind: str, left: _Arguments) -> str:
    """Return what an expectation says of its columns; an argument that has no words here is told as it stands."""
    share = left.pop("mostly", 1)
    words = _WORDS[kind](left) if kind in _WORDS else kind.replace("_", " ")
    parts = [words, *(f"{name} {code(json.dumps(value))}" for name, value in sorted(left.items()))]
    if share < 1:
        parts.append(f"in {share * 100:g} % of the rows or more")
    return ", ".join(parts)


def _values(left: _Arguments) -> str:
    values = [code(value if isinstance(value, str) else json.dumps(value)) for value in left.pop("value_set")]
    return f"is {values[0]}" if len(values) == 1 else f"is one of {', '.join(values)}"


def _range(left: _Arguments) -> str:
    least, most = left.pop("min_value", None), left.pop("max_value", None)
    if least is None or most is None:
        return f"{most} or less" if least is None else f"{least} or more"
    return f"{least} to {most}"


def _is_greater(left: _Arguments) -> str:
    comparison = "is at least" if left.pop("or_equal", False) else "is greater than"
    return f"{comparison} {code(left.pop('column_B'))}"


def _pairs(left: _Arguments) -> str:
    pairs = [f"{json.dumps(one)} with {other}" for one, other in left.pop("value_pairs_set")]
    return f"and {code(left.pop('column_B'))} are {', '.join(map(code, pairs))}"


_WORDS: Final[dict[str, Callable[[_Arguments], str]]] = {
    "expect_compound_columns_to_be_unique": lambda _: "is unique",
    "expect_column_values_to_be_unique": lambda _: "is unique",
    "expect_column_values_to_not_be_null": lambda _: "is never null",
    "expect_column_value_lengths_to_equal": lambda left: f"has {left.pop('value')} characters",
    "expect_column_value_lengths_to_be_between": lambda left: f"has {_range(left)} characters",
    "expect_column_values_to_match_regex": lambda left: f"matches {code(left.pop('regex'))}",
    "expect_column_values_to_be_in_set": _values,
    "expect_column_values_to_be_between": lambda left: f"is {_range(left)}",
    "expect_column_pair_values_to_be_in_set": _pairs,
    "expect_column_pair_values_a_to_be_greater_than_b": _is_greater,
}


def _reconciliation() -> str:
    """Return the checks of the verbs themselves: what their docstrings say of ReconciliationError."""
    found = ((verb.__name__, _STOPS.search(str(verb.__doc__))) for verb in VERBS)
    stops = [f"{code(name)} stops when: {why['why'][0].lower()}{why['why'][1:]}" for name, why in found if why]
    return f"## Beside the suites\n\nNo row gets lost on its way. These steps count, and compare:\n\n{bullets(stops)}"
