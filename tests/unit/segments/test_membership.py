"""All kinds together: the memberships, and the dictionary of the segments that have members."""

import polars as pl
from polars.testing import assert_frame_equal

from phoneseg.contracts import CONTACT_PROFILE, SEGMENT, SEGMENT_MEMBERSHIP
from phoneseg.segments import SegmentKind, all_kinds, assign_segments, describe_segments

BY_NAME = {kind.name: kind for kind in all_kinds()}
TWO_KINDS = (BY_NAME["country"], BY_NAME["time_zone"])
PROFILES = pl.LazyFrame(
    [
        {"contact_id": "crm:1", "source": "crm", "is_valid": True, "region_code": "GB", "time_zones": "Europe/London"},
        {"contact_id": "crm:2", "source": "crm", "is_valid": True, "region_code": "GB", "time_zones": "Etc/Unknown"},
        {"contact_id": "web:3", "source": "web"},
    ],
    CONTACT_PROFILE.schema,
)


def test_a_contact_is_a_row_for_every_segment_it_is_in() -> None:
    expected = [
        ("crm:1", "crm", "country", "GB", TWO_KINDS[0].definition_version),
        ("crm:1", "crm", "time_zone", "Europe/London", TWO_KINDS[1].definition_version),
        ("crm:2", "crm", "country", "GB", TWO_KINDS[0].definition_version),
    ]
    members = assign_segments(PROFILES, TWO_KINDS).sort(SEGMENT_MEMBERSHIP.key).collect()
    assert_frame_equal(members, pl.DataFrame(expected, SEGMENT_MEMBERSHIP.schema, orient="row"))


def test_the_dictionary_has_every_segment_that_has_members_once() -> None:
    def row(kind: SegmentKind, code: str, name: str) -> tuple[object, ...]:
        words = (kind.description, kind.definition, kind.definition_version, kind.is_exclusive)
        return (kind.name, code, kind.family, name, *words)

    expected = [
        row(TWO_KINDS[0], "GB", "United Kingdom"),
        row(TWO_KINDS[1], "Europe/London", "Europe/London"),
    ]
    segments = describe_segments(PROFILES, TWO_KINDS).sort(SEGMENT.key).collect()
    assert_frame_equal(segments, pl.DataFrame(expected, SEGMENT.schema, orient="row"))


def test_memberships_of_all_kinds_and_the_dictionary_know_the_same_segments(profiles: pl.DataFrame) -> None:
    members = assign_segments(profiles.lazy(), all_kinds()).collect()
    segments = describe_segments(profiles.lazy(), all_kinds()).collect()
    key = ["segment_kind", "segment_code"]
    assert members.select(SEGMENT_MEMBERSHIP.key).is_duplicated().sum() == 0
    assert segments.select(key).is_duplicated().sum() == 0
    assert sum(members.null_count().row(0)) == sum(segments.null_count().row(0)) == 0
    assert_frame_equal(members.select(key).unique().sort(key), segments.select(key).sort(key))
    assert set(members["segment_kind"]) == set(BY_NAME)


def test_no_profiles_give_no_memberships_and_an_empty_dictionary() -> None:
    empty = CONTACT_PROFILE.schema.to_frame().lazy()
    assert_frame_equal(assign_segments(empty, all_kinds()).collect(), SEGMENT_MEMBERSHIP.schema.to_frame())
    assert_frame_equal(describe_segments(empty, all_kinds()).collect(), SEGMENT.schema.to_frame())
