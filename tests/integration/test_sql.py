"""The queries that phoneseg ships for analysts."""

from pathlib import Path

import pytest
from runs import query, run_pipeline

from phoneseg.settings import Settings

SQL = Path(__file__).parents[2] / "sql"


def test_every_shipped_query_answers_on_a_published_warehouse(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    files = sorted(SQL.glob("*.sql"))
    assert len(files) >= 6
    for file in files:
        assert query(demo_settings, file.read_text()).height > 0, file.name


@pytest.mark.parametrize("file", sorted(SQL.glob("*.sql")), ids=lambda file: file.stem)
def test_every_shipped_query_is_listed_with_its_question(file: Path) -> None:
    question = file.read_text().splitlines()[0].removeprefix("-- ")
    assert f"| `{file.name}` | {question} |" in (SQL / "README.md").read_text()
