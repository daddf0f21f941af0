"""What `write_demo` leaves in its folder."""

import os
import stat
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from phoneseg.demo import write_demo, writer
from phoneseg.demo.countries import load_countries
from phoneseg.demo.folder import replace_when_done
from phoneseg.demo.writer import build_demo
from phoneseg.segments import SegmentRules
from phoneseg.settings import load_settings

SOURCES = ("crm.customer", "webshop.account", "support.requester")
PERMISSIONS = ("crm.consent", "crm.objection", "telephony.do_not_call", "telephony.number_status")
NETWORK = ("telephony.call_record", "fraud.known_cause", "fraud.prefix_list", "fraud.termination_rate")
TABLES = (*SOURCES, "telephony.call", "messaging.message", "webshop.purchase", *PERMISSIONS, *NETWORK)


def read_tables(folder: Path) -> dict[str, pl.DataFrame]:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        return {name: connection.table(name).pl() for name in TABLES}


def digest_rows(folder: Path) -> str:
    truth = [pl.read_parquet(path) for path in sorted((folder / "truth").iterdir())]
    return " ".join(str(rows.hash_rows().hash().sum()) for rows in (*read_tables(folder).values(), *truth))


def test_same_seed_writes_the_same_rows(tmp_path: Path) -> None:
    for name in ("once", "again"):
        write_demo(tmp_path / name, contacts=400, seed=7)
    once, again = read_tables(tmp_path / "once"), read_tables(tmp_path / "again")
    are_same = {name: once[name].equals(again[name]) for name in TABLES}
    assert all(are_same.values())
    assert digest_rows(tmp_path / "once") == digest_rows(tmp_path / "again")


def test_string_hashes_and_threads_do_not_matter(tmp_path: Path) -> None:
    write_demo(tmp_path / "here", contacts=60, seed=7)
    code = "import sys, pathlib, phoneseg.demo as d; d.write_demo(pathlib.Path(sys.argv[1]), 60, 7)"
    environment = os.environ | {"PYTHONHASHSEED": "5", "POLARS_MAX_THREADS": "1", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "there")], env=environment, check=True)
    assert digest_rows(tmp_path / "here") == digest_rows(tmp_path / "there")


def test_the_network_changes_no_other_table(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = build_demo(60, 7, lambda _: None).tables
    monkeypatch.setattr(writer, "build_network", lambda *_: ({}, {}))
    without = build_demo(60, 7, lambda _: None).tables
    assert set(whole) - set(without) == set(NETWORK)
    are_same = {name: whole[name].equals(rows) for name, rows in without.items()}
    assert all(are_same.values())


def test_another_seed_writes_other_rows(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_demo(tmp_path / str(seed), contacts=30, seed=seed)
    assert digest_rows(tmp_path / "1") != digest_rows(tmp_path / "2")


@pytest.mark.parametrize("contacts", [1, 2, 10, 77])
def test_exactly_the_asked_number_of_contacts_is_written(tmp_path: Path, contacts: int) -> None:
    summary = write_demo(tmp_path, contacts=contacts)
    assert sum(summary.rows[name] for name in SOURCES) == contacts
    assert {name: len(rows) for name, rows in read_tables(tmp_path).items()} == dict(summary.rows)


@pytest.mark.parametrize(("contacts", "seed"), [(0, 1), (-5, 1), (10, -1)])
def test_impossible_sizes_and_seeds_are_refused_before_anything_is_written(
    tmp_path: Path, contacts: int, seed: int
) -> None:
    with pytest.raises(ValueError, match=r"at least one contact|not negative"):
        write_demo(tmp_path / "new", contacts=contacts, seed=seed)
    assert not (tmp_path / "new").exists()


def test_token_key_is_private(tmp_path: Path) -> None:
    summary = write_demo(tmp_path, contacts=1)
    assert stat.S_IMODE(summary.token_key.stat().st_mode) == 0o600
    is_long_enough = len(bytes.fromhex(summary.token_key.read_text().strip())) == 32
    assert is_long_enough


def test_token_key_differs_from_folder_to_folder(tmp_path: Path) -> None:
    keys = {write_demo(tmp_path / name, contacts=1).token_key.read_text() for name in ("a", "b")}
    assert len(keys) == 2


def test_token_key_and_changed_settings_are_kept(tmp_path: Path) -> None:
    first = write_demo(tmp_path, contacts=1)
    key = first.token_key.read_bytes()
    first.settings.write_text("# mine\n")
    second = write_demo(tmp_path, contacts=1)
    is_key_kept = second.token_key.read_bytes() == key
    assert is_key_kept
    assert second.settings.read_text() == "# mine\n"
    assert first.kept == ()
    assert set(second.kept) == {second.settings, second.token_key, tmp_path / "segments"}


def test_definitions_are_right_and_changed_ones_are_kept(tmp_path: Path) -> None:
    settings = load_settings(write_demo(tmp_path, contacts=1).settings)
    rules = SegmentRules.at(settings, datetime(2026, 7, 1, tzinfo=UTC))
    assert 5 <= len(rules.definitions.versions) <= 8
    assert rules.upstream("custom:win_back_call") == {"custom:lapsed_valuable", "custom:reachable_by_phone"}
    assert {each.group for each in rules.definitions.written.definitions} == {None, "value_tier"}
    (tmp_path / "segments" / "value.toml").unlink()
    (tmp_path / "segments" / "reach.toml").write_text("# mine\n")
    write_demo(tmp_path, contacts=1)
    assert [(file.name, file.read_text()) for file in (tmp_path / "segments").iterdir()] == [("reach.toml", "# mine\n")]


def test_settings_name_tables_and_columns_that_exist(tmp_path: Path) -> None:
    settings = tomllib.loads(write_demo(tmp_path, contacts=1).settings.read_text())
    tables = read_tables(tmp_path)
    assert set(settings["contacts"]) == {"crm", "webshop", "support"}
    read = load_settings(tmp_path / "phoneseg.toml")
    daily, monitored = ({"calls", "messages", "purchases"}, {"network_calls", "network_messages"})
    assert set(read.activity_of("segment_contacts")) == daily
    assert set(read.activity_of("monitor_activity")) == monitored
    permissions = [source for _, source in read.permission_sources]
    assert {source.section for source in permissions} == {"consent", "objection", "suppression"}
    for source in (*read.contacts.values(), *(read.activity[name] for name in daily), *permissions):
        assert set(source.columns) <= set(tables[str(source.table)].columns)
    for name in monitored:
        assert str(read.activity[name].query).startswith("SELECT * FROM telephony.call_record WHERE kind = ")
        assert set(read.activity[name].monitored_columns) <= set(tables["telephony.call_record"].columns)
    for table in (read.risk.calendar, read.risk.prefix_list, read.risk.rates):
        assert table is not None
        assert set(tables[str(table.table)].columns) == {*table.needed, *table.optional}
    assert (tmp_path / settings["privacy"]["token_key_file"]).is_file()


def test_settings_know_the_worth_of_every_currency_and_what_a_dollar_is_in_euros(tmp_path: Path) -> None:
    rates = load_settings(write_demo(tmp_path, contacts=1).settings).profile.exchange_rates
    currencies = {country.currency: country.units_per_usd for country in load_countries()}
    assert {*rates, "EUR"} == set(currencies)
    assert rates["USD"] == currencies["EUR"]
    assert rates["GBP"] == pytest.approx(currencies["EUR"] / currencies["GBP"], rel=1e-5)


def test_warehouse_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(b"an old one")
    (tmp_path / "truth").mkdir()
    (tmp_path / "warehouse.duckdb.wal").write_bytes(b"and what a crash left")
    write_demo(tmp_path, contacts=5)
    assert sum(len(rows) for name, rows in read_tables(tmp_path).items() if name in SOURCES) == 5
    names = {"warehouse.duckdb", "phoneseg.toml", "token.key", "segments", "truth"}
    assert {path.name for path in tmp_path.iterdir()} == names
    truth = {"person", "phone_cell", "consent", "objection", "do_not_call", "number_state", "risk_plant", "risk_number"}
    assert {path.name for path in (tmp_path / "truth").iterdir()} == {f"{name}.parquet" for name in truth}


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_text("old")

    def fail_half_way() -> None:
        with replace_when_done(path) as temporary:
            temporary.write_text("ne")
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - any of them, raised above
        fail_half_way()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_progress_is_told_in_words(tmp_path: Path) -> None:
    lines: list[str] = []
    write_demo(tmp_path, contacts=1, on_progress=lines.append)
    assert len(lines) >= 3
    assert all(line[0].isupper() for line in lines)
