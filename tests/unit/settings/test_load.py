"""A wrong setting is told in one line: where it stands, what is wrong, what would be right."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from phoneseg.errors import SettingsError
from phoneseg.settings import Settings, load_settings

WriteToml = Callable[[str], Path]
MakeSettings = Callable[..., Settings]

MINIMAL = """\
[warehouse]
url = "duckdb:///warehouse.duckdb"

[contacts.crm]
table = "crm.contact"
id = "id"
phones = ["mobile", "office"]
"""


def test_a_minimal_file_is_enough(write_toml: WriteToml) -> None:
    file = write_toml(MINIMAL)
    settings = load_settings(file)
    assert settings.warehouse.url.get_secret_value() == "duckdb:///warehouse.duckdb"
    assert settings.contacts["crm"].phones == ("mobile", "office")
    assert settings.warehouse.output_schema == "phoneseg"
    assert settings.token_key is None
    assert settings.config_file == file


def test_relative_paths_start_from_the_file_not_from_where_one_stands(
    write_toml: WriteToml, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_toml(MINIMAL)
    monkeypatch.chdir(file.parent)
    settings = load_settings(Path("phoneseg.toml"))
    monkeypatch.chdir("/")
    assert settings.resolve(settings.stage.folder) == file.parent / ".phoneseg" / "stage"
    assert settings.resolve(Path("/absolute")) == Path("/absolute")
    assert settings.resolve(Path("~/stage")) == Path.home() / "stage"


def test_the_file_is_the_argument_else_the_variable_else_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {name: tmp_path / name / "phoneseg.toml" for name in ("argument", "variable", "here")}
    for name, file in files.items():
        file.parent.mkdir()
        file.write_text(MINIMAL.replace("contacts.crm", f"contacts.{name}"), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    assert [*load_settings().contacts] == ["here"]
    monkeypatch.setenv("PHONESEG_CONFIG", str(files["variable"]))
    assert [*load_settings().contacts] == ["variable"]
    assert [*load_settings(files["argument"]).contacts] == ["argument"]


def test_a_missing_file_says_how_to_name_or_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nope\.toml: no such file; .*--config or PHONESEG_CONFIG.*phoneseg demo"):
        load_settings(tmp_path / "nope.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        load_settings(tmp_path)


def test_a_toml_error_shows_its_line(write_toml: WriteToml) -> None:
    with pytest.raises(SettingsError, match=r"phoneseg\.toml: not valid TOML: .*at line 2, column"):
        load_settings(write_toml("[warehouse]\nurl = duckdb\n"))


def test_a_file_that_is_no_text_is_no_toml(tmp_path: Path) -> None:
    file = tmp_path / "phoneseg.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load_settings(file)


CRM = '[warehouse]\nurl = "duckdb:///w"\n[contacts.crm]\nid = "id"\nphones = ["mobile"]\n'  # the next line is the sixth


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[warehous]\nurl = "x"\n' + CRM, "1: warehous: unknown key; did you mean `warehouse`"),
        (MINIMAL.replace("url", "ulr"), "2: warehouse.ulr: unknown key; did you mean `url`"),
        (CRM + 'tabel = "c"', "6: contacts.crm.tabel: unknown key; did you mean `table`? known keys: table, query, id"),
        (CRM + 'table = "c"\nzzz = 1', "7: contacts.crm.zzz: unknown key; known keys: table, query, id"),
        ('token_key = "0123456789abcdef"\n' + MINIMAL, "1: `token_key` cannot stand in the file"),
        ('config_file = "x"\n' + MINIMAL, "1: `config_file` cannot stand in the file"),
        (CRM + 'table = "c"\nquery = "SELECT 1"', "3: contacts.crm: give either `table` or `query`"),
        (CRM, "3: contacts.crm: give either `table` or `query`"),
        (CRM + 'table = ""', "6: contacts.crm.table: string should have at least 1 character"),
        (CRM + 'table = "c"\nregion = "DE"\nregion_column = "r"', "3: contacts.crm: give either `region` or `region_c"),
        (CRM + 'table = "c"\nattributes = ["mobile"]', "3: contacts.crm: `attributes` may not hold a phone col"),
        (MINIMAL.replace('"office"', '"mobile"'), "4: contacts.crm: `phones` names a column twice"),
        (MINIMAL.replace('["mobile", "office"]', '"mobile"'), "7: contacts.crm.phones: input should be a list"),
        (MINIMAL.replace('["mobile", "office"]', "[]"), "7: contacts.crm.phones: "),
        (MINIMAL.replace('id = "id"\n', ""), "4: contacts.crm.id: this key is missing"),
        (MINIMAL.replace("contacts.crm", "contacts.CRM-1"), "should be lower-case letters, digits and underscores"),
        (MINIMAL + "[warehouse.more]\nx = 1", "8: warehouse.more: unknown key"),
        ('[warehouse]\nurl = "duckdb:///w"\n', "1: contacts: this key is missing"),
        ('contacts = {}\n[warehouse]\nurl = "duckdb:///w"\n', "1: contacts: "),
    ],
)
def test_a_wrong_key_or_value_is_told_with_its_line(write_toml: WriteToml, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(write_toml(text))
    told = str(raised.value)
    assert message in told
    assert told.startswith("phoneseg.toml:")
    assert "\n" not in told


def test_an_error_never_shows_the_value(write_toml: WriteToml) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(
            write_toml(MINIMAL.replace('"duckdb:///warehouse.duckdb"', '["postgresql://etl:hunter2@db/crm"]'))
        )
    assert "phoneseg.toml:2: warehouse.url" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_settings_do_not_print_their_secrets(write_toml: WriteToml, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", "correct horse battery")
    settings = load_settings(write_toml(MINIMAL.replace("duckdb:///warehouse.duckdb", "postgresql://u:hunter2@h/db")))
    assert settings.token_key is not None
    assert settings.token_key.get_secret_value() == "correct horse battery"
    for printed in (repr(settings), str(settings), settings.model_dump_json()):
        assert "hunter2" not in printed
        assert "battery" not in printed


def test_settings_cannot_be_changed(make_settings: MakeSettings) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        make_settings().warehouse.output_schema = "other"


def test_a_source_reads_each_of_its_columns_once_the_id_first(make_settings: MakeSettings) -> None:
    source = make_settings(
        'table = "c"\nphones = ["mobile", "office"]\nid = "key"\nregion_column = "country"\ncreated_at = "made"\n'
        'updated_at = "made"\nattributes = ["country", "plan"]'
    ).contacts["crm"]
    assert source.columns == ("key", "mobile", "office", "country", "made", "plan")


def test_a_phone_column_cannot_be_the_id(make_settings: MakeSettings) -> None:
    with pytest.raises(SettingsError, match="phone column"):
        make_settings('table = "c"\nid = "mobile"\nphones = ["mobile"]')


def test_an_attribute_cannot_be_named_twice(make_settings: MakeSettings) -> None:
    with pytest.raises(SettingsError, match="attributes"):
        make_settings('table = "c"\nid = "id"\nphones = ["mobile"]\nattributes = ["plan", "plan"]')


def test_a_schema_name_leaves_room_for_restricted_within_63_characters(make_settings: MakeSettings) -> None:
    room = 63 - len("_restricted")
    name = "s" * room
    assert make_settings(url=f'duckdb:///w"\noutput_schema = "{name}').warehouse.output_schema == name
    with pytest.raises(SettingsError, match=r"warehouse\.output_schema"):
        make_settings(url=f'duckdb:///w"\noutput_schema = "{name}s')
