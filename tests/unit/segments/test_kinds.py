"""What every segment kind promises; a new file under `kinds/` is held to it without a line here, but for an example."""

import phonenumbers
import polars as pl
import pytest
from phonenumbers import geocoder
from polars.testing import assert_frame_equal

from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.segments import SegmentKind, all_kinds

MEMBER_COLUMNS = ["contact_id", "source", "segment_kind", "segment_code", "segment_name", "definition_version"]
each_kind = pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.name)


def _reads(expression: pl.Expr) -> set[str]:
    """Return the columns that an expression reads; an element of a list, which has no name, is none."""
    return set(expression.meta.root_names()) - {""}


def _members(kind: SegmentKind, profiles: pl.DataFrame) -> pl.DataFrame:
    return kind.assign(profiles.lazy()).collect().sort("contact_id", "segment_code")


@each_kind
def test_a_kind_describes_itself(kind: SegmentKind) -> None:
    assert kind.name.isidentifier()
    assert kind.name == kind.name.lower()
    assert kind.family
    assert kind.description.endswith(".")
    assert kind.definition.endswith(".")
    assert kind.definition_version


@each_kind
def test_members_have_a_code_a_name_and_a_version(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    members = _members(kind, profiles)
    assert members.columns == MEMBER_COLUMNS
    assert set(members.dtypes) == {pl.String}
    assert len(members) > 0, "no example number is a member: this test shows nothing"
    assert sum(members.null_count().row(0)) == 0
    assert members.filter(pl.any_horizontal(pl.all().str.strip_chars() == "")).height == 0
    assert set(members["segment_kind"]) == {kind.name}
    assert set(members["definition_version"]) == {kind.definition_version}


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
def test_a_kind_reads_no_column_but_those_it_declares(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    assert _reads(kind.code) <= set(kind.inputs)
    assert _reads(kind.label) <= {*kind.inputs, "segment_code"}
    declared = profiles.select("contact_id", "source", *kind.inputs)
    assert_frame_equal(_members(kind, declared), _members(kind, profiles))


@each_kind
def test_a_kind_declares_no_column_that_it_does_not_read(kind: SegmentKind) -> None:
    assert set(kind.inputs) == (_reads(kind.code) | _reads(kind.label)) - {"segment_code"}


@each_kind
def test_no_profiles_give_no_members(kind: SegmentKind, profiles: pl.DataFrame) -> None:
    assert_frame_equal(_members(kind, profiles.clear()), _members(kind, profiles).clear())


@each_kind
def test_a_contact_without_a_phone_is_no_member(kind: SegmentKind) -> None:
    profile = pl.DataFrame([{"contact_id": "crm:1", "source": "crm"}], CONTACT_PROFILE.schema)
    assert _members(kind, profile).rows() == []


LONDON = {"is_valid": True, "is_geographic": True, "country_calling_code": 44, "national_destination_code": "20",
          "region_code": "GB", "location_name": "London", "time_zones": "Europe/London", "number_type": "FIXED_LINE",
          "is_carrier_portable": True}  # fmt: skip
NOT_VALID = {**LONDON, "is_valid": False, "number_type": "UNKNOWN", "original_carrier_name": "O2"}
Example = tuple[dict[str, object], list[tuple[str, str]]]
EXAMPLES: dict[str, list[Example]] = {
    "area_code": [
        (LONDON, [("44-20", "+44 20")]),
        ({**LONDON, "is_geographic": False}, []),
        ({**LONDON, "national_destination_code": None}, []),
        (NOT_VALID, []),
    ],
    "country": [
        (LONDON, [("GB", "United Kingdom")]),
        ({**LONDON, "region_code": "001"}, [("001", "world")]),
        ({**LONDON, "region_code": "AC"}, [("AC", "Ascension Island")]),
        ({**LONDON, "region_code": None}, []),
        (NOT_VALID, []),
    ],
    "location": [
        (LONDON, [("GB:London", "London (GB)")]),
        ({**LONDON, "location_name": "United Kingdom"}, []),
        ({**LONDON, "location_name": None}, []),
        ({**LONDON, "is_geographic": False}, []),
        (NOT_VALID, []),
    ],
    "number_type": [
        (LONDON, [("FIXED_LINE", "Fixed line")]),
        ({**LONDON, "number_type": "FIXED_LINE_OR_MOBILE"}, [("FIXED_LINE_OR_MOBILE", "Fixed line or mobile")]),
        ({**LONDON, "number_type": "NEW_TYPE"}, [("NEW_TYPE", "NEW_TYPE")]),
        (NOT_VALID, [("UNKNOWN", "Not a valid number")]),
    ],
    "original_carrier": [
        ({**LONDON, "original_carrier_name": "O2"}, [("GB:O2", "O2 (GB)")]),
        ({**LONDON, "original_carrier_name": "O2", "region_code": "DE"}, [("DE:O2", "O2 (DE)")]),
        (LONDON, []),
        (NOT_VALID, []),
    ],
    "portability": [
        ({**LONDON, "number_type": "MOBILE"}, [("PORTABLE", "May have another carrier")]),
        ({**LONDON, "number_type": "FIXED_LINE_OR_MOBILE"}, [("PORTABLE", "May have another carrier")]),
        (
            {**LONDON, "number_type": "MOBILE", "is_carrier_portable": False},
            [("NOT_PORTABLE", "Still with its original carrier")],
        ),
        (LONDON, []),
        (NOT_VALID, []),
    ],
    "time_zone": [
        (LONDON, [("Europe/London", "Europe/London")]),
        (
            {**LONDON, "time_zones": "America/New_York,America/Los_Angeles,America/New_York"},
            [("America/Los_Angeles", "America/Los Angeles"), ("America/New_York", "America/New York")],
        ),
        ({**LONDON, "time_zones": "Etc/Unknown"}, []),
        ({**LONDON, "time_zones": None}, []),
        (NOT_VALID, []),
    ],
}


@each_kind
def test_a_kind_has_examples(kind: SegmentKind) -> None:
    assert kind.name in EXAMPLES


@pytest.mark.parametrize(
    ("name", "profile", "segments"), [(name, *each) for name, examples in EXAMPLES.items() for each in examples]
)
def test_a_profile_is_in_the_segments_that_the_definition_says(
    name: str, profile: dict[str, object], segments: list[tuple[str, str]]
) -> None:
    (kind,) = (kind for kind in all_kinds() if kind.name == name)
    rows = pl.DataFrame([{"contact_id": "crm:1", "source": "crm", **profile}], CONTACT_PROFILE.schema)
    assert _members(kind, rows).select("segment_code", "segment_name").rows() == segments


def test_every_type_of_libphonenumber_has_a_name_for_people() -> None:
    types = [phonenumbers.PhoneNumberType.to_string(value) for value in phonenumbers.PhoneNumberType.values()]
    rows = [{"contact_id": f"crm:{name}", "source": "crm", "number_type": name} for name in types]
    (kind,) = (kind for kind in all_kinds() if kind.name == "number_type")
    members = _members(kind, pl.DataFrame(rows, CONTACT_PROFILE.schema))
    assert set(members["segment_code"]) == set(types)
    assert members.filter(pl.col("segment_code") == pl.col("segment_name")).rows() == []


def test_no_location_is_a_whole_country_as_libphonenumber_names_it(profiles: pl.DataFrame) -> None:
    (kind,) = (kind for kind in all_kinds() if kind.name == "location")
    countries = {
        f"{region}:{geocoder.country_name_for_number(phonenumbers.example_number(region), 'en')}"
        for region in phonenumbers.SUPPORTED_REGIONS
    }
    assert sorted(set(_members(kind, profiles)["segment_code"]) & countries) == []
