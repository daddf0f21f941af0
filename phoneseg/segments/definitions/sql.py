"""The `where` of a definition: SQL over one row, as Polars reads it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Final

import polars as pl
from polars.exceptions import PolarsError

FUNCTIONS: Final = (
    *("ABS", "CEIL", "FLOOR", "ROUND", "SIGN"),
    *("COALESCE", "IFNULL", "NULLIF", "IF", "GREATEST", "LEAST"),
    *("LOWER", "UPPER", "LENGTH", "SUBSTR", "LEFT", "RIGHT", "TRIM", "LTRIM", "RTRIM"),
    *("CONCAT", "STARTS_WITH", "ENDS_WITH", "REGEXP_LIKE"),
    *("EXTRACT", "DATE_PART", "TRY_CAST"),
    *("ARRAY_CONTAINS", "ARRAY_LENGTH"),
)
"""Functions that look at one row, never fail on a value, and treat null as SQL does."""

_KEYWORDS_BEFORE_BRACKETS: Final = ("AND", "OR", "NOT", "IN", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "FROM")
KEYWORDS: Final = (
    *("AND", "OR", "NOT", "IN", "IS", "NULL", "TRUE", "FALSE", "BETWEEN", "LIKE", "ILIKE"),
    *("CASE", "WHEN", "THEN", "ELSE", "END"),
    "FROM",  # of EXTRACT
    *("DATE", "TIMESTAMP", "INTERVAL", "AS", "INTEGER", "BIGINT", "DOUBLE", "TEXT"),
    *("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DOW", "ISODOW", "DOY", "HOUR", "MINUTE"),
)
OPERATORS: Final = ("=", "<>", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "||")
_SYMBOLS: Final = (*OPERATORS, "(", ")", ",")

_REFUSED: Final = {
    **dict.fromkeys(("SELECT", "EXISTS"), "looks at other rows; a definition sees one contact"),
    **dict.fromkeys(("OVER", "WINDOW"), "looks at other rows; a definition sees one contact"),
    **dict.fromkeys(
        ("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "NOW"),
        "depends on the clock; take `as_of`, the end of the run's interval",
    ),
    "CAST": "fails at the first value that it cannot turn; take TRY_CAST, which gives null",
    "::": "fails at the first value that it cannot turn; take TRY_CAST, which gives null",
}
_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^']|'')*')
    |"(?P<quoted>(?:[^"]|"")*)"
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d]\w*)
    |(?P<symbol><=>|<>|<=|>=|!=|==|\|\||::|->>?|//|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class WhereError(ValueError):
    """A `where` that cannot be used; the text says why, and what to do."""


@dataclass(frozen=True)
class Token:
    """A word, a symbol or a literal.

    Attributes:
        kind: `text`, `quoted` (a name in double quotes), `number`, `word` or `symbol`.
        text: As it is written; a quoted name without its quotes.
    """

    kind: str
    text: str

    @property
    def upper(self) -> str:
        """A word in capitals; the text of anything else."""
        return self.text.upper() if self.kind == "word" else self.text


_COMMA: Final = Token("symbol", ",")
_DEPTHS: Final = {"(": 1, ")": -1}


@dataclass(frozen=True)
class Where:
    """A rule that Polars can evaluate.

    Attributes:
        rule: The expression; true makes a member, false and null do not.
        columns: The columns that it reads.
        normalized: The SQL without what does not matter: spaces, comments, the case of keywords.
    """

    rule: pl.Expr
    columns: frozenset[str]
    normalized: str


def read_where(sql: str) -> Where:
    """Read a `where`.

    Raises:
        WhereError: It is no SQL, or looks at more than one row, or at the clock, or may fail on a value.
    """
    tokens = list(_tokens(sql))
    _check_tokens(tokens)
    try:
        rule = pl.sql_expr(sql)
    except PolarsError as error:
        raise WhereError(f"not SQL that Polars reads: {str(error).splitlines()[0]}") from None
    columns = frozenset(rule.meta.root_names())
    for token in tokens:
        if token.kind == "word" and not (token.text in columns or token.upper in (*KEYWORDS, *FUNCTIONS)):
            raise WhereError(f"`{token.text}` is no keyword here; there are: {', '.join(sorted(KEYWORDS))}")
    return Where(rule, columns, " ".join(_normalized(token, columns) for token in tokens))


def _tokens(sql: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(sql):
        kind = str(found.lastgroup)
        if kind != "space":
            yield Token(kind, found[kind])


def _normalized(token: Token, columns: frozenset[str]) -> str:
    if token.kind == "quoted" or (token.kind == "word" and token.text in columns):
        return f'"{token.text}"'
    return token.upper


def _check_tokens(tokens: list[Token]) -> None:
    end = Token("symbol", "")
    for number, (token, following) in enumerate(pairwise([*tokens, end])):
        if token.kind in {"word", "symbol"} and token.upper in _REFUSED:
            raise WhereError(f"`{token.text}` {_REFUSED[token.upper]}")
        if token.kind == "symbol" and token.text not in _SYMBOLS:
            raise WhereError(f"`{token.text}` is no operator here; there are: {' '.join(OPERATORS)}")
        if token.kind == "word" and following.text == "(":
            _check_function(token)
        if token.upper == "REGEXP_LIKE":
            _check_pattern(tokens[number + 1 :])
        if token.upper == "IS":
            _check_is(tokens[number + 1 : number + 3])
        if token.kind == "symbol" and token.text in {"/", "%"}:
            _check_divisor(tokens[number + 1 :])


def _check_function(token: Token) -> None:
    if token.upper in FUNCTIONS or token.upper in _KEYWORDS_BEFORE_BRACKETS:
        return
    nearest = get_close_matches(token.upper, FUNCTIONS, n=1)
    hint = f"did you mean {nearest[0]}? " if nearest else ""
    raise WhereError(f"`{token.text}` is no function of one contact; {hint}there are: {', '.join(sorted(FUNCTIONS))}")


def _check_pattern(call: list[Token]) -> None:
    """Check that the pattern is written out: one out of a column fails at the first text that is no pattern."""
    depth = 0
    for number, token in enumerate(call):
        depth += _DEPTHS.get(token.text if token.kind == "symbol" else "", 0)
        if depth == 1 and token == _COMMA:
            pattern, after = (*call[number + 1 : number + 3], _COMMA, _COMMA)[:2]
            if pattern.kind != "text" or after.text not in {",", ")"}:
                raise WhereError("the pattern of REGEXP_LIKE is a text in single quotes; another may fail on a value")
            return


def _check_is(following: list[Token]) -> None:
    """Check that nothing follows that Polars reads otherwise than SQL does."""
    words = [token.upper for token in following if token.upper != "NOT"]
    if words and words[0] != "NULL":
        raise WhereError(
            f"`IS {words[0]}` is read otherwise by Polars than by SQL; write IS NULL, NOT, or COALESCE(..., FALSE)"
        )


def _check_divisor(following: list[Token]) -> None:
    """Check that nothing is divided by 0: Polars has NaN for 0 / 0, and takes it for the greatest number."""
    first = following[0] if following else Token("symbol", "")
    if first.kind == "number" and float(first.text) != 0:
        return
    if first.upper == "NULLIF" and _ends_with_zero(following[1:]):
        return
    raise WhereError("a division by 0 would make members by chance; write x / NULLIF(y, 0)")


def _ends_with_zero(call: list[Token]) -> bool:
    """Return whether the arguments in the brackets that `call` begins with end with `, 0`."""
    depth = 0
    for number, token in enumerate(call):
        depth += _DEPTHS.get(token.text if token.kind == "symbol" else "", 0)
        if depth == 0:
            return [each.text for each in call[number - 2 : number]] == [",", "0"]
    return False
