"""Errors, by what the reader does next: wait and retry, or stop and mend something.

Rows at fault are no errors: they become rows of `contact_quarantine` with a reason. No message may hold a phone
number or any other value of a source row.
"""

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from polars.exceptions import PanicException


class PhonesegError(Exception):
    """Base of every error that phoneseg raises on purpose; its text is one clear line for a person.

    Attributes:
        verb: The verb of the pipeline in which it was raised, if any.
    """

    verb: str | None = None


class RetryableError(PhonesegError):
    """The world was in the way (a lock, a connection): the same call may succeed later."""


class IntervalBusyError(RetryableError):
    """Another run of the same interval is at work."""


class StopError(PhonesegError):
    """Somebody has to change something first: a retry would fail the same way."""


class WarehouseBusyError(RetryableError):
    """The warehouse file is held by another process."""


class WarehouseUnavailableError(RetryableError):
    """The warehouse does not answer or its connection broke."""


class SettingsError(StopError):
    """`phoneseg.toml`, or a `PHONESEG_*` variable, says something that phoneseg cannot use."""


class SourceError(StopError):
    """A contact source is not as the settings describe it: a missing table or column, no rows, a doubled id."""


class DriftError(StopError):
    """A contact source is not as it was: columns changed their types, or too many contacts are gone."""


class SegmentJumpError(StopError):
    """Segments changed their sizes by more than their share; nothing was published."""


class OutdatedSchemaError(StopError):
    """The tables in the warehouse are those of another version of phoneseg."""


class ReconciliationError(StopError):
    """Cells or rows went missing, or appeared, between two verbs."""


class AuditError(StopError):
    """Staging tables failed their suites; nothing was published."""


class SupersededError(StopError):
    """The run no longer holds its interval: a later run of the same interval has taken over."""


class UnexpectedError(StopError):
    """A defect of phoneseg, or an error of a library that it did not foresee, told without values of rows."""


def without_values(message: str) -> str:
    """Return the first two lines of a message without what may be a value of a row.

    Hidden are texts in single quotes, as databases quote values (names stand in double quotes), lists of values, and
    runs of five digits and more, whatever stands between their groups.
    """
    text = " ".join(line.strip() for line in message.splitlines()[:2] if line.strip())
    text = re.sub(r"'.*'", "'<value>'", text)  # from the first to the last: a value may hold one itself
    text = re.sub(r"\[\".*\"\]", "[<values>]", text)  # as Polars lists them
    text = re.sub(r': ".*"$', ': "<value>"', text)  # as PostgreSQL ends
    return re.sub(r"\+?\d(?:[\W_]{0,3}\d){4,}", "<digits>", text)


@contextmanager
def told_without_values(where: str) -> Iterator[None]:
    """Raise what phoneseg did not foresee as UnexpectedError: the text of a library's error may quote a row.

    Args:
        where: What was being done.

    Raises:
        StopError: The disk is full, or a file cannot be written.
        UnexpectedError: Anything else but a PhonesegError was raised inside.
    """
    try:
        yield
    except PhonesegError:
        raise
    except OSError as error:
        words = (where, error.strerror or type(error).__name__, error.filename)
        raise StopError(": ".join(str(word) for word in words if word)) from None
    except (Exception, PanicException) as error:  # noqa: BLE001  # nothing may pass with a row's values in it
        if isinstance(error, RuntimeError) and "interrupted" in str(error).lower():  # DuckDB's word for Ctrl-C
            raise KeyboardInterrupt from None
        steps = [
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
            if f"{Path(__file__).parent}" in frame.filename
        ]
        kind, message = type(error).__name__, without_values(str(error))
        raise UnexpectedError(f"{where}: {kind}: {message} (at {' > '.join(steps[-4:])})") from None
