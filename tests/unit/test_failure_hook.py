"""The hook that is told of failures: it gets one clear line, and cannot make things worse."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phoneseg.cli.one_run import run_once
from phoneseg.errors import AuditError, SettingsError, WarehouseUnavailableError
from phoneseg.failure_hook import Failure, check_failure_hook, tell_failure
from phoneseg.run import Run
from phoneseg.settings import Settings, load_settings

MakeSettings = Callable[..., Settings]
AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
HOOKS = """
told = []
number = 1

def tell(failure):
    told.append(failure)

def refuse(failure):
    raise ValueError("cannot reach '+16502530000'")
"""


@pytest.fixture
def run_with(make_settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Run]:
    """Return a run whose settings name a hook of the module `hooks_for_tests`."""
    (tmp_path / "hooks_for_tests.py").write_text(HOOKS)
    (tmp_path / "broken_for_tests.py").write_text("raise RuntimeError('no token')")
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(hook: str) -> Run:
        settings = make_settings(more=f'[operations]\non_failure = "{hook}"')
        return Run.open(settings, run_id="r1", as_of=AS_OF)

    return make


def _told() -> list[Failure]:
    import hooks_for_tests

    return list(hooks_for_tests.told)


def test_the_hook_is_told_what_failed_in_one_line(run_with: Callable[[str], Run]) -> None:
    run = run_with("hooks_for_tests:tell")
    error = AuditError("audit: phone_number failed")
    error.verb = "audit"
    tell_failure(run, error)
    assert _told()[-1] == Failure(
        "r1", AS_OF, "audit", "AuditError", "audit: phone_number failed", run.settings.config_file
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [(None, "Killed"), (KeyboardInterrupt(), "Interrupted"), (ValueError("call +1 650 253 0000"), "ValueError")],
)
def test_the_words_of_an_error_that_is_not_ours_are_not_passed_on(
    run_with: Callable[[str], Run], error: BaseException | None, kind: str
) -> None:
    tell_failure(run_with("hooks_for_tests:tell"), error, "load")
    told = _told()[-1]
    assert (told.kind, told.verb) == (kind, "load")
    assert not re.search(r"253\D?0000", told.message)


def test_a_hook_that_fails_is_one_line_in_the_log_without_a_number(
    run_with: Callable[[str], Run], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        tell_failure(run_with("hooks_for_tests:refuse"), None)
    assert caplog.messages == ["failure hook hooks_for_tests:refuse: ValueError: cannot reach '<value>'"]


WRONG = [
    ("hooks_for_tests", "is not written as `package.module:function`"),
    ("no_such_module:tell", "cannot import `no_such_module`: ModuleNotFoundError"),
    ("broken_for_tests:tell", "cannot import `broken_for_tests`: RuntimeError"),
    ("hooks_for_tests:tel", "`hooks_for_tests` has no function `tel`"),
    ("hooks_for_tests:number", "`hooks_for_tests` has no function `number`"),
]


@pytest.mark.parametrize(("hook", "words"), WRONG)
def test_a_hook_that_is_not_there_is_told_before_the_work_begins(
    run_with: Callable[[str], Run], hook: str, words: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        check_failure_hook(run_with(hook).settings)
    assert str(raised.value).startswith("phoneseg.toml: operations.on_failure: ")
    assert words in str(raised.value)


@pytest.mark.parametrize(("hook", "words"), WRONG)
def test_a_hook_that_is_not_there_hides_no_failure(
    run_with: Callable[[str], Run], hook: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    tell_failure(run_with(hook), AuditError("audit failed"))
    (line,) = caplog.messages
    assert words in line


def test_a_warehouse_that_does_not_answer_is_told_though_the_run_never_began(
    run_with: Callable[[str], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHONESEG_WAREHOUSE__URL", "postgresql://etl@127.0.0.1:1/crm")
    settings = load_settings(run_with("hooks_for_tests:tell").settings.config_file)
    with pytest.raises(WarehouseUnavailableError):
        run_once(settings, as_of=AS_OF)
    assert (_told()[-1].kind, _told()[-1].verb) == ("WarehouseUnavailableError", None)


def test_no_hook_is_fine(make_settings: MakeSettings) -> None:
    settings = make_settings()
    check_failure_hook(settings)
    tell_failure(Run.open(settings, as_of=AS_OF), None)
