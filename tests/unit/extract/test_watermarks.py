"""Which rows of a source may have changed."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from phoneseg.extract.watermarks import Watermark, changed_since
from phoneseg.settings import ContactSource

SOURCE = ContactSource(table="t", id="id", phones=("phone",), created_at="born", updated_at="changed")
WATERMARK = Watermark(datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 6, 30, 22, 30, tzinfo=UTC), "f")
HOUR = timedelta(hours=1)


def sql(source: ContactSource, kind: str, watermark: Watermark = WATERMARK) -> str:
    """Return the condition as text; empty where there is none."""
    types = dict.fromkeys(source.columns, kind)
    condition = changed_since(source, watermark, types, HOUR)
    return "" if condition is None else str(condition.compile(compile_kwargs={"literal_binds": True}))


def test_rows_count_that_changed_after_the_watermark_less_the_overlap_or_may_have_or_are_new() -> None:
    assert sql(SOURCE, "timestamp") == (
        "changed >= CAST('2026-06-30 21:30:00' AS DATETIME) OR changed IS NULL "
        "OR born >= CAST('2026-07-01 00:00:00' AS DATETIME)"
    )


def test_an_instant_is_compared_as_the_column_holds_it() -> None:
    assert "'2026-06-30 21:30:00+00:00'" in sql(SOURCE, "timestamptz")
    assert "CAST('2026-06-30' AS DATE)" in sql(SOURCE, "date")


@pytest.mark.parametrize("kind", ["text", "integer", ""])
def test_a_column_that_holds_no_times_means_reading_everything(kind: str) -> None:
    assert sql(SOURCE, kind) == ""


def test_without_updated_at_or_a_watermark_everything_is_read() -> None:
    assert sql(SOURCE.model_copy(update={"updated_at": None}), "timestamp") == ""
    assert sql(SOURCE, "timestamp", Watermark(WATERMARK.source_as_of, None, "f")) == ""


def test_without_created_at_only_changes_count() -> None:
    condition = changed_since(SOURCE.model_copy(update={"created_at": None}), WATERMARK, {"changed": "timestamp"}, HOUR)
    assert isinstance(condition, sa.BooleanClauseList)
    assert "born" not in str(condition)
