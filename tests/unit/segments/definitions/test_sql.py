"""SQL over one row, and nothing that looks further, or at the clock, or that may fail on a value."""

import polars as pl
import pytest

from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.segments.definitions.sql import FUNCTIONS, KEYWORDS, WhereError, read_where


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("a > 1 AND", "not SQL that Polars reads: unable to parse"),
        ("a > 'x", "`'` is no operator here"),
        ("SUM(a) > 1", "`SUM` is no function of one contact; there are: ABS, ARRAY_CONTAINS"),
        ("uper(b) = 'X'", "`uper` is no function of one contact; did you mean UPPER?"),
        ("COUNT(*) > 1", "`COUNT` is no function of one contact"),
        ("RANDOM() > 0.5", "`RANDOM` is no function of one contact"),
        ("STRPOS(b, 'x') > 0", "`STRPOS` is no function of one contact"),
        ("COLUMNS('a') > 1", "`COLUMNS` is no function of one contact"),
        ("MAX (a) OVER (PARTITION BY b) > 1", "`MAX` is no function of one contact"),
        ("RANK() OVER (ORDER BY a) = 1", "`RANK` is no function of one contact"),
        ("a > (SELECT 1)", "`SELECT` looks at other rows"),
        ("EXISTS (SELECT 1)", "`EXISTS` looks at other rows"),
        ("CURRENT_DATE > d", "`CURRENT_DATE` depends on the clock; take `as_of`"),
        ("now() > d", "`now` depends on the clock; take `as_of`"),
        ("CAST(b AS INTEGER) > 1", "`CAST` fails at the first value that it cannot turn; take TRY_CAST"),
        ("b::integer > 1", "`::` fails at the first value"),
        ("a / c > 0.5", "a division by 0 would make members by chance; write x / NULLIF(y, 0)"),
        ("a / 0 > 1", "a division by 0"),
        ("a / NULLIF(c, 1) > 1", "a division by 0"),
        ("a % c = 1", "a division by 0"),
        ("REGEXP_LIKE(b, b)", "the pattern of REGEXP_LIKE is a text in single quotes"),
        ("regexp_like(LEFT(b, 2), '^' || b)", "the pattern of REGEXP_LIKE is a text in single quotes"),
        ("REGEXP_LIKE(b, LOWER('x'))", "the pattern of REGEXP_LIKE is a text in single quotes"),
        ("f IS TRUE", "`IS TRUE` is read otherwise by Polars than by SQL"),
        ("(a > 1) is not false", "`IS FALSE` is read otherwise"),
        ("a IS DISTINCT FROM 1", "`IS DISTINCT` is read otherwise"),
        ("a ~ 'x'", "`~` is no operator here; there are: = <>"),
        ("a <=> 1", "`<=>` is no operator here"),
        ("l[1] = 'x'", "`[` is no operator here"),
        ("t.a > 1", "`.` is no operator here"),
        ("a XOR b", "`XOR` is no keyword here"),
        ("a > 1 AS b", "`b` is no keyword here"),
        ("a > 1; DROP TABLE x", "`;` is no operator here"),
    ],
)
def test_what_is_no_rule_about_one_contact_is_refused(where: str, words: str) -> None:
    with pytest.raises(WhereError) as raised:
        read_where(where)
    assert str(raised.value).startswith(words)


def test_words_in_texts_and_quoted_names_are_no_sql() -> None:
    where = read_where(
        "b = 'SELECT now() / 0' AND \"CAST\" > 1 -- CURRENT_DATE\n AND a / NULLIF((c + 1), 0) > 1 /* :: */"
    )
    assert where.columns == {"a", "b", "c", "CAST"}


def test_a_pattern_that_is_written_out_is_taken() -> None:
    assert read_where("REGEXP_LIKE(COALESCE(b, 'x'), '^x, (y)$', 'i') AND a > 1").columns == {"a", "b"}


def test_spaces_comments_and_the_case_of_keywords_do_not_matter() -> None:
    one = read_where("a>1 and Coalesce(b,'x  Y') in ('x')")
    other = read_where("\"a\"  >  1 -- why\n  AND coalesce(b, 'x  Y') IN ('x')")
    assert one.normalized == other.normalized
    assert read_where("a > 1 AND b = 'X'").normalized != read_where("a > 1 AND b = 'x'").normalized


def test_no_column_of_the_profile_is_called_as_a_keyword() -> None:
    assert {name.upper() for name in CONTACT_PROFILE.column_names}.isdisjoint((*KEYWORDS, *FUNCTIONS))


CALLS = {
    "EXTRACT": "EXTRACT(DAY FROM d)",
    "DATE_PART": "DATE_PART('day', d)",
    "TRY_CAST": "TRY_CAST(b AS INTEGER)",
    "ARRAY_CONTAINS": "ARRAY_CONTAINS(l, 'x')",
    "ARRAY_LENGTH": "ARRAY_LENGTH(l)",
    "IF": "IF(a > 1, a, 0)",
    **{name: f"{name}(a, 2)" for name in ("COALESCE", "IFNULL", "NULLIF", "GREATEST", "LEAST")},
    **{name: f"{name}(b, 2)" for name in ("SUBSTR", "LEFT", "RIGHT")},
    **{name: f"{name}(b, 'x')" for name in ("STARTS_WITH", "ENDS_WITH", "REGEXP_LIKE", "CONCAT")},
    **{name: f"{name}(a)" for name in ("ABS", "CEIL", "FLOOR", "ROUND", "SIGN")},
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_looks_at_one_row_at_a_time(name: str) -> None:
    rows = pl.DataFrame(
        {
            "a": [3, None, -7, 2, 2],
            "b": ["x", "17", None, " y x", ""],
            "d": pl.Series([19_000, None, 20_000, 20_001, 1], dtype=pl.Int32).cast(pl.Date),
            "l": [["x"], [], None, ["y", "x"], [None]],
        }
    )
    call = CALLS.get(name, f"{name}(b)")
    rule = read_where(f"{call} IS NULL").rule.alias("null"), pl.sql_expr(call).alias("value")
    whole = rows.select(rule)
    assert whole.rows() == [row for number in range(len(rows)) for row in rows[number : number + 1].select(rule).rows()]
    assert whole["value"].n_unique() > 1, "the rows show nothing of this function"
