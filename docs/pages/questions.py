"""docs/questions.md: questions of analysts with the queries that answer them, out of sql/."""

import re
from pathlib import Path

from docs.pages.markdown import code_block, page

_SQL = Path(__file__).parents[2] / "sql"


def render() -> str:
    """Return the page."""
    listed = re.findall(r"\| `(\w+\.sql)` \|", (_SQL / "README.md").read_text(encoding="utf-8"))
    return page(
        "Questions and their queries",
        "sql/*.sql",
        "Each of these runs as it stands on DuckDB and on PostgreSQL, from any SQL client, or with "
        '`phoneseg query --config phoneseg.toml "$(cat sql/FILE)"`. What the tables and views hold: '
        "[tables.md](tables.md); what the segments mean: [segments.md](segments.md).",
        *(_describe(_SQL / name) for name in listed),
    )


def _describe(file: Path) -> str:
    question, _, query = file.read_text(encoding="utf-8").partition("\n")
    return f"## {question.removeprefix('-- ')}\n\n`sql/{file.name}`\n\n{code_block('sql', query)}"
