"""Tells whoever `operations.on_failure` names that a run failed."""

import importlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from phoneseg.errors import PhonesegError, SettingsError, without_values
from phoneseg.run import Run
from phoneseg.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """What failed, without a value of a row.

    Attributes:
        run_id: Id of the run.
        as_of: End of its data interval, UTC.
        verb: The verb in which it failed, where that is known.
        kind: Name of the error's class, such as `AuditError`; `Killed` where nothing told an error.
        message: What is wrong, where, and what to do, in one line.
        config_file: The settings file of the run.
    """

    run_id: str
    as_of: datetime
    verb: str | None
    kind: str
    message: str
    config_file: Path


Hook = Callable[[Failure], object]


def check_failure_hook(settings: Settings) -> None:
    """Make sure that the hook, if the settings name one, can be called.

    Raises:
        SettingsError: There is no such module or function.
    """
    if settings.operations.on_failure is not None:
        _load(settings.operations.on_failure, settings)


def tell_failure(run: Run, error: BaseException | None, verb: str | None = None) -> None:
    """Call the hook of the run's settings; a hook that fails is one line in the log and hides nothing.

    Args:
        run: The run that failed.
        error: Why; null where its process was killed.
        verb: The verb in which it failed; without one, what the error knows of it.
    """
    named = run.settings.operations.on_failure
    if named is None:
        return
    kind, message = describe_error(error)
    verb = verb or getattr(error, "verb", None)
    try:
        hook = _load(named, run.settings)
        hook(Failure(run.run_id, run.as_of, verb, kind, message, run.settings.config_file))
    except SettingsError as wrong:
        log.warning("failure hook: %s", wrong)
    except Exception as wrong:  # noqa: BLE001  # it is somebody else's code, and the run's own error matters more
        log.warning("failure hook %s: %s: %s", named, type(wrong).__name__, without_values(str(wrong)))


def _load(named: str, settings: Settings) -> Hook:
    where = f"{settings.config_file.name}: operations.on_failure"
    module_name, _, name = named.partition(":")
    if not (module_name and name):
        raise SettingsError(f"{where}: `{named}` is not written as `package.module:function`")
    try:
        hook: Hook | None = getattr(importlib.import_module(module_name), name, None)
    except Exception as error:  # noqa: BLE001  # a module may raise anything when it is imported
        told = without_values(str(error))
        raise SettingsError(f"{where}: cannot import `{module_name}`: {type(error).__name__}: {told}") from None
    if not callable(hook):
        raise SettingsError(f"{where}: `{module_name}` has no function `{name}`")
    return hook


def describe_error(error: BaseException | None) -> tuple[str, str]:
    """Return the error's kind and line; the words of an error that is not ours may quote a row."""
    if error is None:
        return "Killed", "the process of the run was killed"
    if isinstance(error, PhonesegError):
        return type(error).__name__, str(error)
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted", "the run was interrupted"
    return type(error).__name__, f"the run ended with {type(error).__name__}"
