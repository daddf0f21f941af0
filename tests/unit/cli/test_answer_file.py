"""Files of answers of the Reassigned Numbers Database are read whole, or not at all."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from phoneseg.cli.rnd.answer_file import read_answer_file
from phoneseg.contracts import RND_ANSWER
from phoneseg.errors import SourceError
from phoneseg.privacy import TokenKey

KEY = TokenKey(b"a key for tests alone")
JULY = date(2026, 7, 15)
NUMBER = "6502530000"


def _read(path: Path, text: str | bytes) -> pl.DataFrame:
    file = path / "answers.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_answer_file(file, KEY, JULY)


def test_a_line_becomes_an_answer_about_a_token(tmp_path: Path) -> None:
    rows = _read(tmp_path, f"{NUMBER},2026-06-30,yes\n")
    assert rows.schema == RND_ANSWER.schema
    assert rows.rows() == [
        (
            KEY.token("+16502530000"),
            KEY.key_id,
            datetime(2026, 6, 30, tzinfo=UTC),
            "yes",
            datetime(2026, 7, 15, tzinfo=UTC),
        )
    ]


@pytest.mark.parametrize("number", [NUMBER, "650-253-0000", "(650) 253-0000", "+1 650.253.0000", "16502530000"])
@pytest.mark.parametrize(
    "answer", [("yes", "yes"), (" NO ", "no"), ("no data", "no_data"), ("No_Data", "no_data"), ("no-data", "no_data")]
)
def test_numbers_and_answers_are_read_as_people_write_them(
    tmp_path: Path, number: str, answer: tuple[str, str]
) -> None:
    rows = _read(tmp_path, f'\ufeffphone,date,"result"\r\n"{number}",20260630,{answer[0]},more\r\n\r\n')
    assert rows.select("phone_token", "answer").rows() == [(KEY.token("+16502530000"), answer[1])]


def test_of_two_lines_about_the_same_the_last_one_counts(tmp_path: Path) -> None:
    rows = _read(tmp_path, f"{NUMBER},2026-06-30,no_data\n{NUMBER},2026-06-01,no\n{NUMBER},2026-06-30,yes\n")
    assert sorted(rows["answer"]) == ["no", "yes"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{NUMBER},2026-06-30,yes\n65025300,2026-06-30,yes\n", r"line 2, column 1 \(number\): not a number of ten"),
        ("1502530000,2026-06-30,yes\n", r"line 1, column 1 \(number\)"),
        (f"heading\n{NUMBER},30.6.2026,yes\n", r"line 2, column 2 \(date\): not a date such as 2026-06-30"),
        (f"{NUMBER},2026-02-30,yes\n", r"line 1, column 2 \(date\)"),
        (f"{NUMBER},0000-01-01,yes\n", r"line 1, column 2 \(date\): not a date"),
        (f"{NUMBER},2026-06-30,perhaps\n", r"line 1, column 3 \(answer\): not yes, no or no_data; 1 of 1 lines"),
        (f"{NUMBER}\n", r"line 1, column 2 \(date\)"),
        (f"{NUMBER},2026-07-16,yes\n", r"line 1, column 2 \(date\): after 2026-07-15, when the database answered"),
        ("number,date,answer\n", "holds no line with an answer"),
        (b"\xff\xfe", "not a text in UTF-8"),
    ],
)
def test_a_wrong_line_is_told_without_what_it_holds(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as error:
        _read(tmp_path, text)
    assert "answers.csv: " in str(error.value)
    assert "0253" not in str(error.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        read_answer_file(tmp_path / "answers.csv", KEY, JULY)
