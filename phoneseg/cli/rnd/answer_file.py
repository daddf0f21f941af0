"""A file of answers of the Reassigned Numbers Database: number, date that was asked about, answer."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import polars as pl

from phoneseg.contracts import RND_ANSWER
from phoneseg.errors import SourceError
from phoneseg.privacy import TokenKey, add_tokens

_COLUMNS: Final = ("number", "date", "answer")
_ANSWERS: Final = {"yes": "yes", "y": "yes", "no": "no", "n": "no", "no_data": "no_data", "nodata": "no_data"}
_TEN_DIGITS: Final = r"^(?:\+?1)?([2-9][0-9]{9})$"
_HEADING: Final = r"^[^0-9]*$"


def read_answer_file(path: Path, key: TokenKey, answered_on: date) -> pl.DataFrame:
    """Read a file of answers, all of it or nothing.

    Each line has a number of ten digits (dashes, dots, blanks and parentheses in it, and a leading 1, do not matter), a
    date such as 2026-06-30 (or 20260630), and `yes`, `no` or `no_data`, parted by commas. A first line without a digit
    is a heading; further columns are left out.

    Args:
        path: The file.
        key: The key of the tokens.
        answered_on: The day (UTC) on which the database answered.

    Returns:
        Rows of RND_ANSWER; of two lines about the same number and date, the last one.

    Raises:
        SourceError: It cannot be read, or a line is wrong; the message names line and column, and no value.
    """
    lines = _read_lines(path)
    number = pl.col("number").str.replace_all(r"[ ().\-]", "").str.extract(_TEN_DIGITS, 1)
    asked = pl.coalesce(
        pl.col("date").str.strip_chars().str.to_date(form, strict=False) for form in ("%Y-%m-%d", "%Y%m%d")
    )
    word = pl.col("answer").str.strip_chars().str.to_lowercase().str.replace_all(r"[\s-]+", "_")
    read = lines.select(
        "line", number=number, date=asked, answer=word.replace_strict(_ANSWERS, default=None, return_dtype=pl.String)
    )
    read = read.with_columns(pl.when(pl.col("date").dt.year() > 0).then("date"))  # Python knows no year 0
    _check(path, read)
    _check_dates(path, read, answered_on)
    instant = pl.col("date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    tokens = add_tokens(read.with_columns(phone_e164=pl.lit("+1") + pl.col("number")), key)
    answers = tokens.with_columns(
        asked_at=instant, answered_at=pl.lit(datetime(answered_on.year, answered_on.month, answered_on.day, tzinfo=UTC))
    ).unique(["phone_token", "asked_at"], keep="last", maintain_order=True)
    return RND_ANSWER.conform(answers.lazy()).collect()


def _read_lines(path: Path) -> pl.DataFrame:
    """Return `line` (its number), `number`, `date` and `answer` of each line that is not blank, as texts."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"{path}: not a text in UTF-8") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from None
    lines = pl.DataFrame({"text": text.splitlines()}, schema={"text": pl.String}).with_row_index("line", offset=1)
    filled = lines.filter(pl.col("text").str.strip_chars() != "")
    is_heading = (pl.col("line") == 1) & pl.col("text").str.contains(_HEADING)
    part = pl.col("text").str.replace_all('"', "", literal=True).str.split(",")
    named = {name: part.list.get(place, null_on_oob=True) for place, name in enumerate(_COLUMNS)}
    rows = filled.filter(~is_heading).select("line", **named)
    if rows.is_empty():
        raise SourceError(f"{path}: holds no line with an answer")
    return rows


def _check(path: Path, read: pl.DataFrame) -> None:
    meanings = {
        "number": "a number of ten digits of the North American plan",
        "date": "a date such as 2026-06-30",
        "answer": "yes, no or no_data",
    }
    for name, meaning in meanings.items():
        wrong = read.filter(pl.col(name).is_null())
        if len(wrong):
            column = _COLUMNS.index(name) + 1
            raise SourceError(
                f"{path}: line {wrong['line'][0]}, column {column} ({name}): not {meaning}; {len(wrong):,} of "
                f"{len(read):,} lines are like that, and nothing was imported"
            )


def _check_dates(path: Path, read: pl.DataFrame, answered_on: date) -> None:
    late = read.filter(pl.col("date") > answered_on)
    if len(late):
        raise SourceError(
            f"{path}: line {late['line'][0]}, column 2 (date): after {answered_on}, when the database answered; "
            "--answered-on says when that was. Nothing was imported"
        )
