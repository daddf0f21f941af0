"""`phoneseg.numbers` says of every row what `phonenumbers` says of it: all fields, rows of all kinds."""

from typing import Any

import polars as pl
import pytest

from phoneseg import numbers
from tests.parity.chunks import KINDS, Task, make_chunk
from tests.parity.compare import Wish, compare, report
from tests.parity.reading import RAISED, Reader, differences, known_fields, unjudged_fields


def check(wish: Wish) -> None:
    tally = compare(wish)
    assert tally.rows == wish.rows
    assert set(tally.by_kind) >= set(KINDS)
    assert not tally.differing_rows, report(tally, wish.fields)


def test_the_oracle_judges_every_field() -> None:
    assert unjudged_fields() == []


def test_rows_of_every_kind_are_read_as_phonenumbers_reads_them() -> None:
    check(Wish(rows=12_000, seed=20260701, fields=known_fields(), languages=2, processes=0, evenly=True, chunk=1_000))


def test_a_wrong_answer_and_an_error_are_found_and_traced_to_their_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    normalize = numbers.normalize

    def wrong(frame: pl.DataFrame, phone: str, region: str, fields: list[str], **more: Any) -> pl.DataFrame:
        answered = normalize(frame, phone, region, fields, **more)
        if answered.get_column("phone_e164").str.ends_with("77").any():
            raise OverflowError("two sevens")
        return answered.with_columns(
            is_valid=pl.col("is_valid") ^ pl.col("phone_e164").str.ends_with("3").fill_null(value=False)
        )

    monkeypatch.setattr(numbers, "normalize", wrong)
    fields = ("phone_e164", "is_valid")
    chunk = make_chunk(Task("3", 300, fields, ("at a carrier prefix", "drawn and changed")))
    found = differences(chunk, Reader("eager", fields, with_region=True, counted={}))
    numbers_of = [number or "" for number in chunk.expected["phone_e164"]]
    wrong_answers = [each for each in found if each.fields.keys() == {"is_valid"}]
    errors = [each for each in found if each.fields.keys() == {RAISED}]
    assert len(wrong_answers) == sum(number.endswith("3") for number in numbers_of) > 10
    assert len(errors) == sum(number.endswith("77") for number in numbers_of) > 1
    assert len(found) == len(wrong_answers) + len(errors)


@pytest.mark.slow
def test_two_hundred_thousand_rows_are_read_as_phonenumbers_reads_them() -> None:
    check(Wish(rows=200_000, seed=7, fields=known_fields(), languages=4))
