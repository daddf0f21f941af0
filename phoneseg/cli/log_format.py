"""How the command line logs: lines for people, or one JSON object per line for collectors of logs."""

import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import typer

_OWN_ATTRIBUTES: Final = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
_NOISY: Final = ("great_expectations", "alembic")


class LogFormat(StrEnum):
    """The choices of `--log-format`."""

    TEXT = "text"
    JSON = "json"


class JsonFormatter(logging.Formatter):
    """A record as one JSON object: time, level, logger, message, and what `extra=` gave; never a traceback's values."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object on one line."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            told["error"] = record.exc_info[0].__name__
        fields = {name: value for name, value in vars(record).items() if name not in _OWN_ATTRIBUTES}
        return json.dumps(told | fields, default=_as_text, ensure_ascii=False)


def start_logging(log_format: LogFormat) -> None:
    """Send the log to standard error, unless somebody has set logging up already."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(message)s", datefmt="%H:%M:%S")
    handler.setFormatter(JsonFormatter() if log_format is LogFormat.JSON else text)
    handler.addFilter(is_told)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def is_told(record: logging.LogRecord) -> bool:
    """Return whether a record is for the log: not Ctrl-C that meets a closing connection, which tells it at length."""
    return not (record.exc_info and record.exc_info[0] and issubclass(record.exc_info[0], KeyboardInterrupt))


def tell_error(message: str, kind: str) -> None:
    """Tell the last words of a command, in the format of its log.

    Args:
        message: One line.
        kind: Name of the error's class.
    """
    if any(isinstance(handler.formatter, JsonFormatter) for handler in logging.getLogger().handlers):
        logging.getLogger("phoneseg").error(message, extra={"error": kind})
    else:
        typer.echo(f"phoneseg: {message}", err=True)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
