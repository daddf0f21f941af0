"""All kinds together: the memberships, and the dictionary of the segments that have members."""

from datetime import UTC, datetime

import polars as pl
from polars.testing import assert_frame_equal

from phoneseg.contracts import CONTACT_PROFILE, SEGMENT, SEGMENT_MEMBERSHIP
from phoneseg.segments import KindParameters, SegmentKind, SegmentRules, all_kinds
from phoneseg.segments.definitions import DefinitionRules
from phoneseg.settings import ProfileSettings, SegmentSettings
from phoneseg.settings.definition_files import WrittenDefinitions
from phoneseg.settings.risk import RiskSettings

PARAMETERS = KindParameters(
    datetime(2026, 7, 1, tzinfo=UTC),
    SegmentSettings(attributes=("language",)),
    ProfileSettings(),
    risk=RiskSettings(mode="on"),
)
BY_NAME = {kind.name: kind for kind in all_kinds(PARAMETERS)}
TWO_KINDS = (BY_NAME["country"], BY_NAME["time_zone"])


def _without_definitions(*kinds: SegmentKind) -> SegmentRules:
    windows_days, as_of = PARAMETERS.profile.windows_days, PARAMETERS.as_of
    return SegmentRules(kinds, DefinitionRules.of(WrittenDefinitions(), kinds, windows_days, as_of))


ALL_RULES, TWO_RULES = _without_definitions(*BY_NAME.values()), _without_definitions(*TWO_KINDS)
SEGMENT_KEY = ["segment_kind", "segment_code"]
PROFILES = pl.DataFrame(
    [
        {"contact_id": "crm:1", "source": "crm", "is_valid": True, "region_code": "GB", "time_zones": "Europe/London"},
        {"contact_id": "crm:2", "source": "crm", "is_valid": True, "region_code": "GB", "time_zones": "Etc/Unknown"},
        {"contact_id": "web:3", "source": "web"},
    ],
    CONTACT_PROFILE.schema,
)


def _assign(rules: SegmentRules, profiles: pl.DataFrame) -> pl.DataFrame:
    return rules.assign(profiles).select(SEGMENT_MEMBERSHIP.column_names).sort(SEGMENT_MEMBERSHIP.key)


def _describe(rules: SegmentRules, profiles: pl.DataFrame) -> pl.DataFrame:
    named = rules.assign(profiles).select(*SEGMENT_KEY, "segment_name").unique()
    return rules.describe(named).sort(SEGMENT.key)


def test_a_contact_is_a_row_for_every_segment_it_is_in() -> None:
    expected = [
        ("crm:1", "crm", "country", "GB", TWO_KINDS[0].definition_version),
        ("crm:1", "crm", "time_zone", "Europe/London", TWO_KINDS[1].definition_version),
        ("crm:2", "crm", "country", "GB", TWO_KINDS[0].definition_version),
    ]
    members = _assign(TWO_RULES, PROFILES)
    assert_frame_equal(members, pl.DataFrame(expected, SEGMENT_MEMBERSHIP.schema, orient="row"))


def test_the_dictionary_has_every_segment_that_has_members_once() -> None:
    def row(kind: SegmentKind, code: str, name: str) -> dict[str, object]:
        return {
            "segment_kind": kind.name,
            "segment_code": code,
            "segment_family": kind.family,
            "segment_name": name,
            "description": kind.description,
            "owner": None,
            "definition": kind.definition,
            "definition_version": kind.definition_version,
            "is_exclusive": kind.is_exclusive,
        }

    expected = [
        row(TWO_KINDS[0], "GB", "United Kingdom"),
        row(TWO_KINDS[1], "Europe/London", "Europe/London"),
    ]
    assert_frame_equal(_describe(TWO_RULES, PROFILES), pl.DataFrame(expected, SEGMENT.schema))


def test_memberships_of_all_kinds_and_the_dictionary_know_the_same_segments(profiles: pl.DataFrame) -> None:
    members, segments = _assign(ALL_RULES, profiles), _describe(ALL_RULES, profiles)
    assert members.select(SEGMENT_MEMBERSHIP.key).is_duplicated().sum() == 0
    assert segments.select(SEGMENT_KEY).is_duplicated().sum() == 0
    assert sum(members.null_count().row(0)) == sum(segments.drop("owner").null_count().row(0)) == 0
    assert_frame_equal(members.select(SEGMENT_KEY).unique().sort(SEGMENT_KEY), segments.select(SEGMENT_KEY))
    assert set(members["segment_kind"]) == set(BY_NAME)


def test_no_profiles_give_no_memberships_and_an_empty_dictionary() -> None:
    empty = CONTACT_PROFILE.schema.to_frame()
    assert_frame_equal(_assign(ALL_RULES, empty), SEGMENT_MEMBERSHIP.schema.to_frame())
    assert_frame_equal(_describe(ALL_RULES, empty), SEGMENT.schema.to_frame())


def test_who_objects_to_profiling_is_in_no_segment_of_what_it_does_or_is() -> None:
    read = set().union(*(kind.inputs for kind in BY_NAME.values()))
    asked = {"contact_id": "crm:1", "source": "crm", "is_valid": True, "region_code": "GB", "number_type": "MOBILE"}
    told = {"gender": "F", "purchase_seasons": "summer", "place_type": "urban", "preferred_channel": "sms"}
    told |= {"risk_level": "high"}
    assert set(told) <= read
    families = {kind.name: kind.family for kind in BY_NAME.values()}

    def kinds_of(has_objection: bool | None) -> set[str]:
        rows = pl.DataFrame([asked | told | {"has_objection": has_objection}], CONTACT_PROFILE.schema)
        return set(_assign(ALL_RULES, rows)["segment_kind"])

    willing, objecting = kinds_of(None), kinds_of(True)
    assert kinds_of(False) == willing
    assert {families[kind] for kind in willing} >= {
        "behavioral",
        "demographic",
        "season",
        "place",
        "geographic",
        "risk",
    }
    assert {families[kind] for kind in objecting} == {"geographic", "carrier", "place", "consent"}
    assert willing - objecting == ALL_RULES.profiling & willing
    assert objecting - willing == {"objection"}
