"""`PHONESEG_*` variables stand over the file, and a misspelt one is told as such."""

from collections.abc import Callable

import pytest

from phoneseg.errors import SettingsError
from phoneseg.settings import Settings

MakeSettings = Callable[..., Settings]


@pytest.mark.parametrize(
    ("variable", "value", "read"),
    [
        ("PHONESEG_WAREHOUSE__URL", "sqlite:///o.db", lambda s: s.warehouse.url.get_secret_value() == "sqlite:///o.db"),
        ("PHONESEG_WAREHOUSE__OUTPUT_SCHEMA", "other", lambda s: s.warehouse.output_schema == "other"),
        ("PHONESEG_STAGE__FOLDER", "/srv/stage", lambda s: str(s.stage.folder) == "/srv/stage"),
        ("PHONESEG_CONTACTS__CRM__TABLE", "people", lambda s: s.contacts["crm"].table == "people"),
        ("PHONESEG_CONTACTS__CRM__PHONES", '["fax"]', lambda s: s.contacts["crm"].phones == ("fax",)),
        ("phoneseg_warehouse__lock_wait_s", "1.5", lambda s: s.warehouse.lock_wait_s == 1.5),
    ],
)
def test_a_variable_stands_over_the_file(
    make_settings: MakeSettings,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    read: Callable[[Settings], bool],
) -> None:
    assert not read(make_settings())
    monkeypatch.setenv(variable, value)
    assert read(make_settings())


def test_a_variable_leaves_what_it_does_not_name(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONESEG_CONTACTS__CRM__TABLE", "people")
    monkeypatch.setenv("PHONESEG_WAREHOUSE__OUTPUT_SCHEMA", "other")
    settings = make_settings()
    assert settings.contacts["crm"].phones == ("mobile",)
    assert settings.warehouse.url.get_secret_value() == "duckdb:///warehouse.duckdb"


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        (
            "PHONESEG_WAREHOUS__URL",
            "environment: PHONESEG_WAREHOUS__URL: unknown setting; known: PHONESEG_ACTIVITY, ",
        ),
        ("PHONESEG_KEY", "environment: PHONESEG_KEY: unknown setting"),
        ("PHONESEG_CONFIG_FILE", "environment: PHONESEG_CONFIG_FILE: unknown setting"),
        ("PHONESEG_WAREHOUSE__URLL", "environment: PHONESEG_WAREHOUSE__URLL: unknown key; did you mean `url`? known"),
        ("PHONESEG_WAREHOUSE__LOCK_WAIT_S", "environment: PHONESEG_WAREHOUSE__LOCK_WAIT_S: input should be a valid n"),
        ("PHONESEG_WAREHOUSE__OUTPUT_SCHEMA", "environment: PHONESEG_WAREHOUSE__OUTPUT_SCHEMA: 'Not Good' should be"),
    ],
)
def test_a_wrong_variable_is_named_not_the_file(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, variable: str, message: str
) -> None:
    monkeypatch.setenv(variable, "Not Good")
    with pytest.raises(SettingsError) as raised:
        make_settings()
    assert str(raised.value).startswith(message)


def test_variables_of_others_are_none_of_our_business(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHONESEGMENT_URL", "x")
    monkeypatch.setenv("AIRFLOW__PHONESEG__URL", "x")
    assert make_settings().warehouse.output_schema == "phoneseg"


@pytest.mark.parametrize("variable", ["PHONESEG_CONTACTS__CRM__PHONES", "PHONESEG_CONTACTS", "PHONESEG_WAREHOUSE"])
def test_a_list_or_section_that_is_no_json_is_told_in_one_line(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "mobile")
    with pytest.raises(SettingsError, match=f"environment: {variable}"):
        make_settings()


def test_a_wrong_variable_in_lower_case_is_named_too(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("phoneseg_warehouse__urll", "x")
    with pytest.raises(SettingsError, match=r"^environment: phoneseg_warehouse__urll"):
        make_settings()


@pytest.mark.parametrize(
    "other",
    ["PHONESEG_TOKEN_KEY", "PHONESEG_QUALITY__SUITES_FOLDER", "PHONESEG_CONTACTS__CRM__TABLE"],
)
def test_a_single_value_is_not_blamed_for_a_list_that_is_no_json(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    monkeypatch.setenv(other, "a plain value that is fine")
    monkeypatch.setenv("PHONESEG_CONTACTS__CRM__PHONES", "mobile")
    with pytest.raises(SettingsError, match=r"^environment: PHONESEG_CONTACTS__CRM__PHONES: "):
        make_settings()


def test_a_variable_below_a_single_value_is_unknown(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHONESEG_TOKEN_KEY__FILE", "/run/secrets/token.key")
    with pytest.raises(SettingsError, match="PHONESEG_TOKEN_KEY__FILE"):
        make_settings()
