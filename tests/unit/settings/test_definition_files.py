"""Files with definitions: what they say, and what is wrong with them, with file and line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from phoneseg.errors import SettingsError
from phoneseg.settings import WrittenDefinitions, load_settings, read_definitions

Read = Callable[..., WrittenDefinitions]
SETTINGS = '[warehouse]\nurl = "duckdb:///x"\n[contacts.crm]\ntable = "c"\nid = "id"\nphones = ["p"]\n'


def segment(code: str = "a", more: str = "", **keys: str) -> str:
    """Return a definition of six lines and more."""
    values = {"code": code, "name": "A", "description": "Of a kind.", "owner": "crm-team", "where": "is_valid"} | keys
    return "[[segment]]\n" + "".join(f'{key} = "{value}"\n' for key, value in values.items()) + more


TIER = '[groups.tier]\nname = "Tier"\ndescription = "By money."\n'


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read files of the names and texts given."""

    def read_files(definitions: str | None = None, **files: str) -> WrittenDefinitions:
        more = f"[segments]\ndefinitions = '{definitions}'\n" if definitions is not None else ""
        (tmp_path / "phoneseg.toml").write_text(SETTINGS + more)
        (tmp_path / "segments").mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / "segments" / f"{name}.toml").write_text(text)
        return read_definitions(load_settings(tmp_path / "phoneseg.toml"))

    return read_files


def test_without_a_file_there_are_no_definitions(read: Read) -> None:
    assert read() == WrittenDefinitions()
    assert read(definitions="", crm=segment()) == WrittenDefinitions()


def test_a_name_that_no_file_has_is_told_rather_than_taken_for_no_definitions(read: Read) -> None:
    with pytest.raises(
        SettingsError, match=r"phoneseg\.toml: segments\.definitions: no file is called 'segmnts/\*\.toml'"
    ):
        read(definitions="segmnts/*.toml", crm=segment())


def test_definitions_of_all_files_are_read_in_the_order_of_names_and_lines(read: Read) -> None:
    written = read(b=segment("c"), a=TIER + segment("b", 'group = "tier"\npriority = 2\n') + segment("a"))
    assert [each.key for each in written.definitions] == ["tier:b", "custom:a", "custom:c"]
    assert written.definitions[0].at("where") == "segments/a.toml:9"
    assert written.definitions[1].at("priority") == "segments/a.toml:12", "what is not there is at the header"
    assert written.groups["tier"].description == "By money."


def test_files_elsewhere_are_found_by_an_absolute_glob(read: Read, tmp_path: Path) -> None:
    (tmp_path / "elsewhere[1]").mkdir()
    (tmp_path / "elsewhere[1]" / "x.toml").write_text(segment("far"))
    (tmp_path / "elsewhere[1]" / ".hidden.toml").write_text("no TOML")
    written = read(definitions=f"{tmp_path}/elsewhere*/**/*.toml", crm=segment())
    assert [each.code for each in written.definitions] == ["far"]


def test_segments_of_a_group_are_ranked_by_priority(read: Read) -> None:
    ranks = {"a": 3, "b": -1, "c": 2}
    written = read(x=TIER + "".join(segment(c, f'group = "tier"\npriority = {n}\n') for c, n in ranks.items()))
    assert [each.code for each in written.members_of("tier")] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "segments/crm.toml:1: no definition: write a [[segment]], or remove the file"),
        ("# nothing\n\n", "segments/crm.toml:1: no definition: write a [[segment]], or remove the file"),
        ("[[segment]]\ncode = \n", "segments/crm.toml:2: not valid TOML: Invalid value (at line 2, column 8)"),
        ('[[segment]]\ncode = "a', "segments/crm.toml:2: not valid TOML: Unterminated string (at end of document)"),
        ("[[segments]]\n", "segments/crm.toml:1: `segments`: unknown key; did you mean `segment`? known keys: groups"),
        (
            segment(more='onwer = "x"\n'),
            "segments/crm.toml:7: `onwer`: unknown key; did you mean `owner`? known keys: code, name, description",
        ),
        (segment().replace('owner = "crm-team"\n', ""), "segments/crm.toml:1: `owner` is missing"),
        (segment("a") + segment("b").replace('code = "b"\n', ""), "segments/crm.toml:7: `code` is missing"),
        (segment("Lapsed-VIP"), "segments/crm.toml:2: `code`: 'Lapsed-VIP' should be lower-case letters, digits and"),
        (segment(where="  "), "segments/crm.toml:6: `where`: string should have at least 1 character"),
        (segment(more="priority = 1.5\n"), "segments/crm.toml:7: `priority`: input should be a valid integer"),
        (segment("a") + segment("a"), "segments/crm.toml:8: code `a` stands in segments/crm.toml:2 already"),
        (segment(more='group = "tier"\n'), "segments/crm.toml:7: `a` has a group, but no priority"),
        (segment(more="priority = 1\n"), "segments/crm.toml:7: `a` has a priority, but no group"),
        (
            TIER + segment(more='group = "teir"\npriority = 1\n'),
            "segments/crm.toml:10: no group `teir`; did you mean `tier`? write a section [groups.teir] with its name",
        ),
        (
            TIER + "".join(segment(code, 'group = "tier"\npriority = 1\n') for code in "ab"),
            "segments/crm.toml:19: priority 1 of group `tier` is that of `a` in segments/crm.toml:11",
        ),
        ('[groups.tier]\nname = "Tier"\n' + segment(), "segments/crm.toml:1: `description` is missing"),
        (TIER.replace("tier", "t" * 56), f"segments/crm.toml:1: `{'t' * 56}`: a column is called after the group: its"),
        (TIER.replace("tier", "Tier"), "segments/crm.toml:1: `Tier`: 'Tier' should be lower-case letters, digits and"),
        (TIER + 'order = "x"\n', "segments/crm.toml:4: `order`: unknown key; known keys: name, description"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(read: Read, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read(crm=text)
    assert str(raised.value).startswith(words)
    assert "\n" not in str(raised.value)


def test_a_code_and_a_group_stand_once_in_all_files(read: Read) -> None:
    with pytest.raises(SettingsError, match=r"^segments/b\.toml:2: code `a` stands in segments/a\.toml:2 already$"):
        read(a=segment(), b=segment())
    with pytest.raises(SettingsError, match=r"^segments/b\.toml:1: group `tier` stands in segments/a\.toml:1 already$"):
        read(a=TIER + segment(), b=TIER + segment("b"))


def test_a_file_that_is_no_text_is_told(read: Read, tmp_path: Path) -> None:
    read(a=segment())
    (tmp_path / "segments" / "a.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"^segments/a\.toml: not UTF-8: invalid start byte at byte 0$"):
        read()
