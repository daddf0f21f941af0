"""Every kind of issue by example: a new file under `issues/` needs one here."""

import pkgutil

import polars as pl
import pytest

from phoneseg.contracts import EXAMINED_PHONE, EXAMINED_QUARANTINE, HYGIENE_ISSUE, SEVERITIES, contact_profile
from phoneseg.hygiene import QUARANTINE_REASONS, all_issue_kinds, issues
from phoneseg.hygiene.examined import examine
from phoneseg.hygiene.territory_languages import is_spoken, read_language
from phoneseg.settings import ContactSource, IssueSettings, Settings

KINDS = {kind.name: kind for kind in all_issue_kinds(IssueSettings())}
Row = dict[str, object]
BERLIN = {"region_code": "DE", "number_type": "FIXED_LINE", "time_zones": "Europe/Berlin"}
CHICAGO = {"region_code": "US", "number_type": "FIXED_LINE_OR_MOBILE", "time_zones": "America/Chicago"}
GERMAN = {"region_hint": "DE"}
MOBILE = {"phone_column": "mobile"}

# Of each kind: phones (the first columns of one contact), the contact, and severity and evidence of what is found.
EXAMPLES: dict[str, list[tuple[list[Row], Row, list[tuple[str, str | None]]]]] = {
    "invalid_number": [([{**BERLIN, "is_valid": False}], {}, [("error", "DE")]), ([BERLIN], {}, [])],
    "repaired_number": [([{**BERLIN, "repair": "float"}], {}, [("info", "float")]), ([BERLIN], {}, [])],
    "listed_twice": [
        ([BERLIN, {**BERLIN, "phone_column": "b"}], {}, [("info", None)]),
        ([BERLIN, {**BERLIN, "phone_token": "u", "phone_column": "b"}], {}, []),
    ],
    "suspected_disconnected": [
        (
            [{**BERLIN, "number_state": "suspected_disconnected", "evidence": "permanent_failures"}],
            {},
            [("warning", "permanent_failures")],
        ),
        ([{**BERLIN, "number_state": "dormant"}], {}, []),
    ],
    "suspected_reassigned": [
        ([{**BERLIN, "number_state": "suspected_reassigned", "evidence": "revived"}], {}, [("error", "revived")]),
        ([BERLIN], {}, []),
    ],
    "mobile_field_fixed_line": [
        ([{**BERLIN, **MOBILE}], {}, [("warning", "FIXED_LINE")]),
        ([{**BERLIN, "phone_column": "home_phone"}], {}, []),
        ([{**CHICAGO, **MOBILE}], {}, []),
        ([{**BERLIN, **MOBILE, "number_type": "MOBILE"}], {}, []),
    ],
    "several_countries": [
        ([BERLIN, {**CHICAGO, "phone_column": "b"}], {}, [("info", "DE,US")]),
        (
            [BERLIN, {**CHICAGO, "phone_column": "b"}, {"region_code": "FR", "phone_column": "c"}],
            {},
            [("warning", "DE,FR,US")],
        ),
        ([BERLIN, {**CHICAGO, "phone_column": "b", "is_valid": False}], {}, []),
        ([BERLIN, {"region_code": "001", "phone_column": "b"}], {}, []),
        ([{"region_code": "GB"}, {"region_code": "JE", "phone_column": "b"}], {}, []),
    ],
    "region_against_address": [
        ([CHICAGO], GERMAN, [("info", "US,DE")]),
        ([BERLIN], {"region_hint": "AT"}, [("warning", "DE,AT")]),
        ([BERLIN], GERMAN, []),
        ([BERLIN], {}, []),
        ([BERLIN], {"region_hint": "AT", "source": "fixed"}, []),
        ([{"region_code": "001"}], GERMAN, []),
        ([{"region_code": "GG"}], {"region_hint": "GB"}, []),
        ([{"region_code": "CA"}], {"region_hint": "US"}, [("info", "CA,US")]),
    ],
    "region_against_language": [
        ([BERLIN], {"attributes": '{"language":"ja"}'}, [("info", "DE,ja")]),
        ([BERLIN], {"attributes": '{"language":"ja-JP"}', "region_hint": "JP"}, [("info", "DE,ja")]),
        ([BERLIN], {"attributes": '{"language":"ja"}', **GERMAN}, []),
        ([BERLIN], {"attributes": '{"language":"de_AT"}'}, []),
        ([BERLIN], {"attributes": '{"language":"tr"}'}, []),
        ([{"region_code": "JP"}], {"attributes": '{"preferred_language":"EN"}'}, []),
        ([BERLIN], {"attributes": '{"language":"Japanisch"}'}, []),
        ([BERLIN], {}, []),
    ],
    "time_zone_against_address": [
        ([CHICAGO], {"region_hint": "US", "city": "Los Angeles"}, [("info", "-6/-5 against -8/-7")]),
        ([{**CHICAGO, "time_zones": "America/New_York"}], {"region_hint": "US", "city": "Detroit"}, []),
        ([CHICAGO], {"region_hint": "US", "city": "Nowhere At All"}, []),
        ([CHICAGO], {"region_hint": "DE", "city": "Berlin"}, []),
        ([{**CHICAGO, "time_zones": "Etc/Unknown"}], {"region_hint": "US", "city": "Los Angeles"}, []),
        (
            [{**BERLIN, "region_code": "AU", "time_zones": "Australia/Perth"}],
            {"region_hint": "AU", "city": "sydney"},
            [("warning", "+8/+8 against +11/+10")],
        ),
    ],
}


def _settings() -> Settings:
    source = {"table": "t", "id": "id", "phones": ("mobile",)}
    contacts = {"crm": ContactSource(**source, region_column="c"), "fixed": ContactSource(**source, region="AT")}
    return Settings.model_construct(contacts=contacts)


def _find(kind: str, phones: list[Row], contact: Row, quarantined: list[Row] | None = None) -> pl.DataFrame:
    of_all = {"contact_id": "crm:1", "source": contact.get("source", "crm"), "position": 1}
    phone = {"phone_column": "a", "phone_token": "t", "is_valid": True, "number_state": "active", "is_unique": True}
    profile = pl.DataFrame([of_all | contact], contact_profile().schema)
    rows = [{**of_all, **phone, "is_primary": not place, **row} for place, row in enumerate(phones)]
    cells = [{**of_all, "phone_column": "a", **row} for row in quarantined or []]
    examined = examine(
        profile,
        pl.LazyFrame(rows, EXAMINED_PHONE.schema),
        pl.LazyFrame(cells, EXAMINED_QUARANTINE.schema),
        _settings(),
    )
    subject = {"phone": "phones", "quarantined": "quarantined", "contact": "contacts"}[KINDS[kind].subject]
    return KINDS[kind].find(getattr(examined, subject).lazy()).collect()


def test_every_module_is_a_kind_of_its_name_with_an_example() -> None:
    modules = {module.name for module in pkgutil.iter_modules(issues.__path__)}
    assert modules == set(KINDS) == {*EXAMPLES, "quarantined"}


@pytest.mark.parametrize(
    ("kind", "phones", "contact", "expected"),
    [(kind, *example) for kind, examples in EXAMPLES.items() for example in examples],
)
def test_an_issue_is_found_where_it_is_and_nowhere_else(
    kind: str, phones: list[Row], contact: Row, expected: list[tuple[str, str | None]]
) -> None:
    found = _find(kind, phones, contact)
    assert found.select("severity", "evidence").rows() == expected
    assert found.schema == HYGIENE_ISSUE.schema
    assert set(found["severity"]) <= set(SEVERITIES)
    assert found.unique(HYGIENE_ISSUE.key).height == found.height
    assert not found["suggested_fix"].has_nulls()


def test_every_quarantined_cell_is_an_issue_with_a_fix_for_its_reason() -> None:
    cells: list[Row] = [{"quarantine_reason": reason, "position": n} for n, reason in enumerate(QUARANTINE_REASONS, 1)]
    found = _find("quarantined", [], {}, cells)
    assert found["evidence"].to_list() == list(QUARANTINE_REASONS)
    fixes = dict(found.select("evidence", "suggested_fix").rows())
    assert fixes["NO_REGION"].startswith("Write the number with its calling code")
    assert fixes["TOO_SHORT"] == fixes["TOO_LONG"]
    assert "digits are missing" not in fixes["SHARED_BY_TOO_MANY"]
    severities = dict(found.select("evidence", "severity").rows())
    assert (severities["PLACEHOLDER"], severities["SHARED_BY_TOO_MANY"]) == ("warning", "warning")


def test_columns_for_mobiles_can_be_named() -> None:
    (kind,) = (
        each
        for each in all_issue_kinds(IssueSettings(mobile_columns=("tel2",)))
        if each.name == "mobile_field_fixed_line"
    )
    columns = pl.DataFrame({"phone_column": ["tel2", "mobile"], "is_valid": True, "number_type": "FIXED_LINE"})
    assert columns.filter(kind.is_issue)["phone_column"].to_list() == ["tel2"]


@pytest.mark.parametrize(
    ("region", "language", "expected"),
    [
        ("CH", "fr", True),
        ("CH", "rm", True),
        ("DE", "ja", False),
        ("NO", "no", True),
        ("XX", "ja", True),
        ("DE", "xx", True),
    ],
)
def test_an_official_language_is_spoken_and_one_that_nobody_knows_is_no_reason(
    region: str, language: str, expected: bool
) -> None:
    frame = pl.DataFrame({"region": [region], "tag": [language]})
    assert frame.select(is_spoken(pl.col("region"), read_language(pl.col("tag")), 1)).item() is expected
