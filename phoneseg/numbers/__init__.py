"""What libphonenumber knows of a column of phone numbers."""

from phoneseg.numbers.contact_phones import (
    QUARANTINE_REASONS,
    describe_cells,
    mark_primary,
    read_phones,
    sort_phones,
)
from phoneseg.numbers.expressions import PhoneExpressions
from phoneseg.numbers.fields import DEFAULT_FIELDS, FIELDS
from phoneseg.numbers.normalize import ReadCounts, normalize
from phoneseg.numbers.store import languages, load_tables, metadata_version

__all__ = [
    "DEFAULT_FIELDS",
    "FIELDS",
    "QUARANTINE_REASONS",
    "PhoneExpressions",
    "ReadCounts",
    "describe_cells",
    "languages",
    "load_tables",
    "mark_primary",
    "metadata_version",
    "normalize",
    "read_phones",
    "sort_phones",
]
