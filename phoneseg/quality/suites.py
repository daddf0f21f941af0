"""The suites: one JSON file per contract."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import phoneseg
from phoneseg.contracts import PrivacyClass, Table
from phoneseg.errors import SettingsError
from phoneseg.settings import Settings

# Their results are counts of rows; the results of the others show what they found.
_SILENT = ("expect_column_values_", "expect_column_value_lengths_")
# What holds for two parts of a table holds for the whole: no contact stands in both.
_OF_EACH_ROW = (
    *_SILENT,
    "expect_column_pair_values_",
    "expect_compound_columns_to_be_unique",
    "expect_select_column_values_",
    "expect_multicolumn_",
)
_COLUMN_ARGUMENTS = ("column", "column_A", "column_B")


@dataclass(frozen=True)
class Suite:
    """One suite as its file describes it.

    Attributes:
        name: Name of the table that it checks.
        expectations: Expectations with `type` and `kwargs`, as Great Expectations reads them.
        meta: Whatever the file says besides.
    """

    name: str
    expectations: list[dict[str, Any]]
    meta: dict[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the expectations read, in their order."""
        read: dict[str, None] = {}
        for expectation in self.expectations:
            arguments = expectation["kwargs"]
            for argument in _COLUMN_ARGUMENTS:
                if argument in arguments:
                    read[arguments[argument]] = None
            read |= dict.fromkeys(arguments.get("column_list", ()))
        return tuple(read)

    def parted(self) -> tuple["Suite", "Suite"]:
        """Return what the suite asks of each row, and what it asks of all rows together, such as a share of them."""
        of_each = [each for each in self.expectations if _is_about_each_row(each)]
        of_all = [each for each in self.expectations if not _is_about_each_row(each)]
        return Suite(self.name, of_each, self.meta), Suite(f"{self.name}, all rows", of_all, self.meta)


def _is_about_each_row(expectation: dict[str, Any]) -> bool:
    return bool(expectation["type"].startswith(_OF_EACH_ROW) and expectation["kwargs"].get("mostly", 1) == 1)


def shipped_suites_folder() -> Path:
    """Return the folder of the suites that phoneseg ships: beside the package in a checkout, inside it in a wheel."""
    package = Path(phoneseg.__file__).parent
    shipped = package / "_expectations"
    return shipped if shipped.is_dir() else package.parent / "expectations"


def suites_folder(settings: Settings) -> Path:
    """Return the folder of the suites that the settings name, else of those that phoneseg ships."""
    own = settings.quality.suites_folder
    return shipped_suites_folder() if own is None else settings.resolve(own)


def load_suite(folder: Path, table: Table) -> Suite:
    """Read a table's suite.

    Raises:
        SettingsError: The file is missing or no suite, or reads a column that the table does not have, or would show
            a phone number.
    """
    file = folder / f"{table.name}.json"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        suite = Suite(content["name"], content["expectations"], content.get("meta", {}))
        columns = suite.columns
    except FileNotFoundError:
        raise SettingsError(f"{file}: every published table needs a suite, and this one is missing") from None
    except json.JSONDecodeError as error:
        raise SettingsError(f"{file}:{error.lineno}:{error.colno}: not valid JSON: {error.msg}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read: {type(error).__name__}") from None
    except (KeyError, TypeError) as error:
        raise SettingsError(f"{file}: not a suite of Great Expectations: it lacks {error}") from None
    if unknown := sorted(set(columns) - set(table.column_names)):
        raise SettingsError(f"{file}: no column `{unknown[0]}`; {table.name} has {', '.join(table.column_names)}")
    for expectation in suite.expectations:
        _check_is_silent(file, table, expectation)
    return suite


def _check_is_silent(file: Path, table: Table, expectation: dict[str, Any]) -> None:
    """Refuse an expectation whose result would show what it found, where that is a phone number."""
    restricted = {column.name for column in table.columns if column.privacy is PrivacyClass.RESTRICTED}
    column = expectation["kwargs"].get("column")
    if column in restricted and not expectation["type"].startswith(_SILENT):
        raise SettingsError(f"{file}: {expectation['type']} would show values of `{column}` in the Data Docs")
