"""A person installs the next phoneseg: the run says what to do, and that is all there is to do."""

import shlex
import signal
import sys
from collections.abc import Callable, Iterator

import pytest
from runs import published_tables, run_pipeline

from phoneseg.cli import main
from phoneseg.errors import OutdatedSchemaError
from phoneseg.settings import Settings
from tests.unit.warehouse.migrations.house import House

ROWS = "(1, '+49 30 123456', 'DE'), (2, '0171 1234567', 'DE')"
MakeWarehouse = Callable[..., Settings]
Call = Callable[..., tuple[object, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Call `phoneseg` as the shell does; return its exit code, output and errors."""
    before = signal.getsignal(signal.SIGTERM)

    def phoneseg_with(*arguments: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["phoneseg", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, *capsys.readouterr()

    yield phoneseg_with
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("backend", ["duckdb", "sqlite"])
def test_after_an_upgrade_one_command_brings_the_runs_back(
    make_warehouse: MakeWarehouse, call: Call, backend: str
) -> None:
    settings = make_warehouse(ROWS, backend)
    House.open(settings).build_first_release()
    with pytest.raises(OutdatedSchemaError) as stopped:
        run_pipeline(settings)
    config = str(settings.config_file)
    assert call("summary", "--config", config) == (1, "", f"phoneseg: {stopped.value}\n")

    code, sql, told = call("migrate", "--config", config, "--dry-run")
    assert (code, "to be brought from revision 0001" in told) == (0, True)
    assert "source_watermark" in sql
    command = shlex.split(str(stopped.value).split("`")[1])
    code, told, _ = call(*command[1:])
    assert (code, ": brought from revision 0001" in told) == (0, True)
    assert "the newest" in call(*command[1:])[1]

    assert run_pipeline(settings)["phone_count"] == 2
    assert len(published_tables(settings)["source_size"]) == 1
    assert call("summary", "--config", config)[0] == 0


def test_migrate_prepares_an_empty_warehouse_for_a_first_run(make_warehouse: MakeWarehouse, call: Call) -> None:
    settings = make_warehouse(ROWS)
    config = str(settings.config_file)
    assert "to be created" in call("migrate", "--config", config, "--dry-run")[2]
    assert "; created" in call("migrate", "--config", config)[1]
    assert run_pipeline(settings)["phone_count"] == 2
