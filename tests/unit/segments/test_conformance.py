"""What every segment kind promises; a new file under `kinds/` is held to it without a line here."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.segments import KindParameters, SegmentKind, all_kinds
from phoneseg.settings import ProfileSettings, SegmentSettings
from phoneseg.settings.risk import RiskSettings

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
PARAMETERS = KindParameters(
    AS_OF, SegmentSettings(attributes=("language", "plan")), ProfileSettings(), risk=RiskSettings(mode="on")
)
KINDS = all_kinds(PARAMETERS)
MEMBER_COLUMNS = ["contact_id", "source", "segment_kind", "segment_code", "segment_name", "definition_version"]
# Of a contact of whom nothing is known, kinds of the phone, consent and risk say nothing; the others say that it is not
# known.
SILENT_FAMILIES = {"geographic", "carrier", "consent", "reachability", "risk"}
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
NOTHING_KNOWN = pl.DataFrame([{"contact_id": "crm:1", "source": "crm"}], CONTACT_PROFILE.schema)


def _reads(expression: pl.Expr) -> set[str]:
    """Return the columns that an expression reads; an element of a list, which has no name, is none."""
    return set(expression.meta.root_names()) - {""}


def _members(kind: SegmentKind, profiles: pl.DataFrame) -> pl.DataFrame:
    return kind.assign(profiles.lazy()).collect().sort("contact_id", "segment_code")


@each_kind
def test_a_kind_describes_itself(kind: SegmentKind) -> None:
    assert kind.name.isidentifier()
    assert kind.name == kind.name.lower()
    assert kind.family.isidentifier()
    assert kind.description.endswith(".")
    assert kind.definition.endswith(".")
    assert kind.definition_version


@each_kind
def test_members_have_a_code_a_name_and_a_version(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    members = _members(kind, profiles)
    assert members.columns == MEMBER_COLUMNS
    assert set(members.dtypes) == {pl.String}
    assert len(members) > 0, "no profile is a member: this test shows nothing"
    assert sum(members.null_count().row(0)) == 0
    assert members.filter(pl.any_horizontal(pl.all().str.strip_chars() == "")).height == 0
    assert set(members["segment_kind"]) == {kind.name}
    assert set(members["definition_version"]) == {kind.definition_version}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.codes], ids=lambda kind: kind.name)
def test_members_have_only_codes_that_the_kind_declares(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    assert kind.codes is not None
    assert len(set(kind.codes)) == len(kind.codes)
    codes = set(_members(kind, profiles)["segment_code"])
    assert len(codes) > 1 or len(kind.codes) == 1, "the profiles are all the same to this kind: this test shows nothing"
    assert codes <= set(kind.codes)


@each_kind
def test_a_contact_has_a_code_once_and_one_code_where_the_kind_is_exclusive(
    kind: SegmentKind, profiles: pl.DataFrame
) -> None:
    members = _members(kind, profiles)
    key = ["contact_id"] if kind.is_exclusive else ["contact_id", "segment_code"]
    assert members.select(key).is_duplicated().sum() == 0
    assert set(members["contact_id"]) <= set(profiles["contact_id"])


@each_kind
def test_all_members_of_a_code_know_it_by_one_name(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    names = _members(kind, profiles).group_by("segment_code").agg(pl.col("segment_name").unique())
    assert names.filter(pl.col("segment_name").list.len() > 1).rows() == []


@each_kind
def test_members_do_not_depend_on_the_order_of_the_profiles(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    members = _members(kind, profiles)
    assert_frame_equal(_members(kind, profiles.sample(fraction=1, shuffle=True, seed=1)), members)
    assert_frame_equal(_members(kind, profiles), members)


@each_kind
def test_a_member_does_not_depend_on_who_else_is_there(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    some = profiles.gather_every(7)
    assert_frame_equal(
        _members(kind, some), _members(kind, profiles).join(some, on="contact_id", how="semi", maintain_order="left")
    )


@each_kind
def test_a_kind_reads_no_column_but_those_it_declares(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    assert _reads(kind.code) <= set(kind.inputs)
    assert _reads(kind.label) <= {*kind.inputs, "segment_code"}
    declared = profiles.select("contact_id", "source", *kind.inputs)
    assert_frame_equal(_members(kind, declared), _members(kind, profiles))


@each_kind
def test_a_kind_declares_no_column_that_it_does_not_read(kind: SegmentKind) -> None:
    assert len(set(kind.inputs)) == len(kind.inputs)
    assert set(kind.inputs) == (_reads(kind.code) | _reads(kind.label)) - {"segment_code"}


@each_kind
def test_no_profiles_give_no_members(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    assert_frame_equal(_members(kind, profiles.clear()), _members(kind, profiles).clear())


@each_kind
def test_of_whom_nothing_is_known_a_kind_says_that_or_nothing(kind: SegmentKind) -> None:
    codes = set(_members(kind, NOTHING_KNOWN)["segment_code"])
    if kind.family in SILENT_FAMILIES or kind.name == "peak_season":
        assert codes == set()
    else:
        not_known = {"unknown", "language:unknown", "plan:unknown", "none", "never_active", "no_purchase"}
        assert codes
        assert codes <= not_known


@each_kind
def test_the_same_parameters_give_the_same_kind(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    again = next(each for each in all_kinds(PARAMETERS) if each.name == kind.name)
    assert (again.definition, again.definition_version, again.codes) == (
        kind.definition,
        kind.definition_version,
        kind.codes,
    )
    assert_frame_equal(_members(again, profiles), _members(kind, profiles))


@each_kind
def test_a_kind_is_silent_where_no_source_fills_what_it_reads(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    """And it is itself where a source fills a part of it."""
    for unfilled, is_silent in ((kind.inputs, True), (kind.inputs[1:], False)):
        parameters = replace(PARAMETERS, unfilled=frozenset(unfilled))
        found = next(each for each in all_kinds(parameters) if each.name == kind.name)
        expected = _members(kind, profiles)
        assert_frame_equal(_members(found, profiles), expected.clear() if is_silent else expected)
        assert (found.definition_version != kind.definition_version) == is_silent
        assert (found.is_exclusive, found.codes, found.family) == (kind.is_exclusive, kind.codes, kind.family)
        assert set(found.inputs) == (_reads(found.code) | _reads(found.label)) - {"segment_code"}


@pytest.mark.parametrize("unfilled", [(), ("birth_date", "gender", "income_amount")])
def test_every_contact_is_a_member_of_something(profiles: pl.DataFrame, unfilled: tuple[str, ...]) -> None:
    default = all_kinds(KindParameters(AS_OF, SegmentSettings(), ProfileSettings(), frozenset(unfilled)))
    members = pl.concat([_members(kind, profiles) for kind in default])
    assert set(members["contact_id"]) == set(profiles["contact_id"])


SETTINGS: list[tuple[dict[str, object], dict[str, object], set[str]]] = [
    ({"rfm": {"best": {"recency": [5, 5], "frequency_monetary": [5, 5]}}}, {}, {"rfm"}),
    ({}, {"rfm_window_days": 90}, {"rfm"}),
    ({"lifecycle": {"active_days": 14}}, {}, {"lifecycle"}),
    ({"engagement": {"high_from_count": 10}}, {}, {"engagement"}),
    ({}, {"response_within_hours": 48}, {"engagement"}),
    ({"age": {"bands_from_years": [30, 60]}}, {}, {"age_band"}),
    ({"age": {"placeholder_birth_dates": ["1900-01-01"]}}, {}, {"age_band"}),
    ({"income": {"bands_from": [50_000]}}, {}, {"income_band"}),
    ({"gender": {"female": ["nainen"]}}, {}, {"gender"}),
    ({"attributes": ["plan"]}, {}, {"attribute"}),
    ({}, {"place": {"urban_from_population": 100_000}}, {"place_type"}),
    ({}, {"seasons": {"min_purchases": 2}}, {"peak_season"}),
    ({}, {"seasons": {"without": ["summer"]}}, {"peak_season"}),
    ({"max_change_pct": 10}, {"night_from_hour": 21}, set()),
]


@pytest.mark.parametrize(("segments", "profile", "changed"), SETTINGS)
def test_the_version_changes_with_the_settings_that_the_rule_depends_on_and_with_no_others(
    segments: dict[str, Any], profile: dict[str, Any], changed: set[str]
) -> None:
    def versions(parameters: KindParameters) -> dict[str, str]:
        return {kind.name: kind.definition_version for kind in all_kinds(parameters)}

    risk = PARAMETERS.risk
    shipped = versions(KindParameters(AS_OF, SegmentSettings(), ProfileSettings(), risk=risk))
    assert all(version.isdigit() for version in shipped.values())
    edited = KindParameters(AS_OF, SegmentSettings(**segments), ProfileSettings(**profile), risk=risk)
    assert {name for name, version in versions(edited).items() if version != shipped[name]} == changed
    tomorrow = replace(edited, as_of=datetime(2026, 7, 2, tzinfo=UTC))
    assert versions(tomorrow) == versions(edited), "another as_of is no other definition"


def test_the_order_of_named_segments_is_part_of_their_version() -> None:
    segments = SegmentSettings().rfm
    versions = [
        next(
            kind.definition_version
            for kind in all_kinds(KindParameters(AS_OF, SegmentSettings(rfm=rfm), ProfileSettings()))
            if kind.name == "rfm"
        )
        for rfm in (segments, dict(reversed(segments.items())))
    ]
    assert versions[0] == "1"
    assert versions[1] != "1"
