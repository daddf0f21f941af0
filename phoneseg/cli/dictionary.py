"""The data dictionary, out of the contracts."""

from rich.console import Console
from rich.table import Table as RichTable

from phoneseg.contracts import TABLES, UTC_INSTANT, Area, Column, Table
from phoneseg.contracts.views import View


def print_tables() -> None:
    """Print every table that phoneseg publishes, with its columns."""
    console = Console()
    for table in TABLES:
        schema = "phoneseg" if table.area is Area.PUBLISHED else f"phoneseg_{table.area}"
        console.print(f"{schema}.{table.name}: {table.row_meaning} ({table.keeping})", soft_wrap=True, highlight=False)
        grid = RichTable()
        for heading in ("column", "type", "null", "privacy", "meaning"):
            grid.add_column(heading, overflow="fold")
        for column in table.columns:
            grid.add_row(*describe_column(table, column))
        console.print(grid)


def describe_column(table: Table | View, column: Column) -> tuple[str, str, str, str, str]:
    """Return name (a key column starred), type, nullability, privacy class and meaning, for a person."""
    name = f"{column.name}*" if column.name in table.key else column.name
    kind = "timestamp (UTC)" if column.dtype == UTC_INSTANT else str(column.dtype).lower()
    return name, kind, "yes" if column.nullable else "no", str(column.privacy), column.meaning
