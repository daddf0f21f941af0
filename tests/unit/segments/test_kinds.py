"""The members of every segment kind by example: a new file under `kinds/` needs one here."""

from datetime import UTC, date, datetime, timedelta

import phonenumbers
import polars as pl
import pytest
from phonenumbers import geocoder

from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.segments import KindParameters, SegmentKind, all_kinds
from phoneseg.settings import ProfileSettings, SegmentSettings
from phoneseg.settings.risk import RiskSettings

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
PARAMETERS = KindParameters(
    AS_OF, SegmentSettings(attributes=("language", "plan")), ProfileSettings(), risk=RiskSettings(mode="on")
)


def _kind(name: str, parameters: KindParameters = PARAMETERS) -> SegmentKind:
    return next(kind for kind in all_kinds(parameters) if kind.name == name)


def _members(kind: SegmentKind, profiles: pl.DataFrame) -> pl.DataFrame:
    return kind.assign(profiles.lazy()).collect().sort("contact_id", "segment_code")


def _segments(kind: SegmentKind, profile: dict[str, object]) -> list[tuple[str, str]]:
    rows = pl.DataFrame([{"contact_id": "crm:1", "source": "crm", **profile}], CONTACT_PROFILE.schema)
    return _members(kind, rows).select("segment_code", "segment_name").rows()


def _days_ago(days: float) -> datetime:
    return AS_OF - timedelta(days=days)


LONDON = {"is_valid": True, "is_geographic": True, "country_calling_code": 44, "national_destination_code": "20",
          "region_code": "GB", "location_name": "London", "time_zones": "Europe/London", "number_type": "FIXED_LINE",
          "is_carrier_portable": True}  # fmt: skip
NOT_VALID = {**LONDON, "is_valid": False, "number_type": "UNKNOWN", "original_carrier_name": "O2"}
UNKNOWN_AGE = [("unknown", "Unknown age")]


def _scores(recency: int, frequency: int, monetary: int | None) -> dict[str, object]:
    return {"recency_score": recency, "frequency_score": frequency, "monetary_score": monetary}


Example = tuple[dict[str, object], list[tuple[str, str]]]
EXAMPLES: dict[str, list[Example]] = {
    "area_code": [
        (LONDON, [("44-20", "+44 20")]),
        ({**LONDON, "is_geographic": False}, []),
        ({**LONDON, "national_destination_code": None}, []),
        (NOT_VALID, []),
    ],
    "contactable": [
        ({"contactable": "call:*"}, [("call:*", "call: *")]),
        (
            {"contactable": "email:news,sms:marketing"},
            [("email:news", "email: news"), ("sms:marketing", "sms: marketing")],
        ),
        ({}, []),
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
    "number_state": [
        ({"number_state": "suspected_reassigned"}, [("suspected_reassigned", "Suspected reassigned")]),
        ({"number_state": "unknown"}, [("unknown", "Nothing seen of the number")]),
        ({}, []),
    ],
    "number_type": [
        (LONDON, [("FIXED_LINE", "Fixed line")]),
        ({**LONDON, "number_type": "FIXED_LINE_OR_MOBILE"}, [("FIXED_LINE_OR_MOBILE", "Fixed line or mobile")]),
        (NOT_VALID, [("UNKNOWN", "Not a valid number")]),
    ],
    "objection": [
        ({"has_objection": True}, [("profiling", "Objects to profiling")]),
        ({"has_objection": False}, []),
        ({}, []),
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
    "age_band": [
        ({"birth_date": date(2000, 7, 1)}, [("25-34", "25 to 34 years")]),  # 26 today
        ({"birth_date": date(2001, 7, 2)}, [("18-24", "18 to 24 years")]),  # 25 tomorrow
        ({"birth_date": date(2001, 7, 1)}, [("25-34", "25 to 34 years")]),
        ({"birth_date": date(2026, 7, 1)}, [("0-17", "0 to 17 years")]),
        ({"birth_date": date(2026, 7, 2)}, UNKNOWN_AGE),
        ({"birth_date": date(1906, 7, 1)}, [("65+", "65+ years")]),
        ({"birth_date": date(1905, 7, 1)}, UNKNOWN_AGE),
        ({"birth_date": date(1970, 1, 1)}, UNKNOWN_AGE),
        ({"birth_date": date(1970, 1, 2)}, [("55-64", "55 to 64 years")]),
        ({"birth_date": None}, UNKNOWN_AGE),
    ],
    "attribute": [
        (
            {"attributes": '{"language":" DE ","plan":"Gold","colour":"red"}'},
            [("language:de", "language: de"), ("plan:gold", "plan: gold")],
        ),
        (
            {"attributes": '{"language":""}'},
            [("language:unknown", "language: unknown"), ("plan:unknown", "plan: unknown")],
        ),
        ({"attributes": None}, [("language:unknown", "language: unknown"), ("plan:unknown", "plan: unknown")]),
    ],
    "engagement": [
        ({}, [("none", "None")]),
        ({"call_out_count_90d": 9, "message_out_count_90d": 9, "call_in_count_365d": 9}, [("none", "None")]),
        ({"call_in_count_90d": 1}, [("low", "Low")]),
        ({"call_in_count_90d": 1, "purchase_count_90d": 1}, [("medium", "Medium")]),
        ({"message_in_count_90d": 3, "visit_count_90d": 2}, [("medium", "Medium")]),
        ({"message_in_count_90d": 3, "visit_count_90d": 3}, [("high", "High")]),
        ({"message_in_count_90d": 1, "response_delay_median_s_90d": 3600.0}, [("medium", "Medium")]),
        ({"message_in_count_90d": 1, "response_delay_median_s_90d": 3601.0}, [("low", "Low")]),
        ({"message_in_count_90d": 7, "response_delay_median_s_90d": 1.0}, [("high", "High")]),
    ],
    "gender": [
        *(({"gender": text}, [("female", "Female")]) for text in ("F", "female", " Weiblich ", "FEMME", "w")),
        *(({"gender": text}, [("male", "Male")]) for text in ("m", "Male", "männlich", "m.")),
        *(({"gender": text}, [("other", "Other")]) for text in ("X", "d", "non-binary")),
        *(({"gender": text}, [("unknown", "Unknown")]) for text in (None, "", "1", "?", "n/a", "fem ale")),
    ],
    "income_band": [
        ({"income_amount": 0.0}, [("0-15000", "Income 0 to below 15000")]),
        ({"income_amount": 14999.99}, [("0-15000", "Income 0 to below 15000")]),
        ({"income_amount": 15000.0}, [("15000-30000", "Income 15000 to below 30000")]),
        ({"income_amount": 1e9}, [("100000+", "Income 100000+")]),
        *(
            ({"income_amount": amount}, [("unknown", "Unknown income")])
            for amount in (None, -1.0, float("nan"), float("inf"))
        ),
    ],
    "lifecycle": [
        ({}, [("never_active", "Never active")]),
        ({"first_seen_at": _days_ago(400)}, [("never_active", "Never active")]),
        ({"first_seen_at": _days_ago(30)}, [("new", "New")]),
        ({"first_seen_at": _days_ago(31), "last_engagement_at": _days_ago(30)}, [("active", "Active")]),
        ({"first_seen_at": _days_ago(99), "last_engagement_at": _days_ago(30.1)}, [("cooling", "Cooling")]),
        ({"first_seen_at": _days_ago(99), "last_engagement_at": _days_ago(91)}, [("dormant", "Dormant")]),
        ({"first_seen_at": _days_ago(999), "last_engagement_at": _days_ago(365)}, [("dormant", "Dormant")]),
        ({"first_seen_at": _days_ago(999), "last_engagement_at": _days_ago(366)}, [("lost", "Lost")]),
        ({"last_engagement_at": _days_ago(1)}, [("active", "Active")]),
    ],
    "peak_season": [
        (
            {"purchase_seasons": "christmas,ramadan_eid"},
            [("christmas", "Christmas"), ("ramadan_eid", "Ramadan and Eid")],
        ),
        ({"purchase_seasons": "black_friday"}, [("black_friday", "Black Friday")]),
        ({"purchase_seasons": None}, []),
    ],
    "place_type": [
        ({"place_type": "urban"}, [("urban", "Urban")]),
        ({"place_type": "town"}, [("town", "Town")]),
        ({"place_type": "rural"}, [("rural", "Rural")]),
        ({}, [("unknown", "Unknown")]),
    ],
    "preferred_channel": [
        ({"preferred_channel": "sms"}, [("sms", "SMS")]),
        ({"preferred_channel": " E-Mail"}, [("e-mail", "E-mail")]),
        ({"preferred_channel": " "}, [("unknown", "Unknown")]),
        ({}, [("unknown", "Unknown")]),
    ],
    "rfm": [
        ({}, [("no_purchase", "No purchase")]),
        (_scores(5, 5, 5), [("champions", "Champions")]),
        (_scores(5, 4, 3), [("champions", "Champions")]),  # the mean 3.5 counts as 4
        (_scores(5, 4, 2), [("potential_loyalist", "Potential loyalist")]),
        (_scores(5, 1, 1), [("new_customers", "New customers")]),
        (_scores(4, 1, 1), [("promising", "Promising")]),
        (_scores(4, 5, 5), [("loyal", "Loyal")]),
        (_scores(3, 3, 3), [("need_attention", "Need attention")]),
        (_scores(3, 1, 2), [("about_to_sleep", "About to sleep")]),
        (_scores(1, 5, 5), [("cant_lose", "Can't lose")]),
        (_scores(2, 4, 4), [("at_risk", "At risk")]),
        (_scores(2, 2, 2), [("hibernating", "Hibernating")]),
        (_scores(1, 1, 1), [("lost", "Lost")]),
        (_scores(5, 4, None), [("champions", "Champions")]),  # amounts without a rate have no score
    ],
    "risk": [
        ({"risk_level": "high"}, [("high", "High risk")]),
        ({"risk_level": "monitor"}, [("monitor", "Risk to monitor")]),
        ({"risk_level": "low"}, [("low", "Low risk")]),
        ({}, []),
    ],
}


def test_every_kind_has_examples() -> None:
    assert {kind.name for kind in all_kinds(PARAMETERS)} == set(EXAMPLES)


@pytest.mark.parametrize(
    ("name", "profile", "segments"), [(name, *each) for name, examples in EXAMPLES.items() for each in examples]
)
def test_a_profile_is_in_the_segments_that_the_definition_says(
    name: str, profile: dict[str, object], segments: list[tuple[str, str]]
) -> None:
    assert _segments(_kind(name), profile) == segments


def test_every_type_of_libphonenumber_has_a_name_for_people() -> None:
    types = [phonenumbers.PhoneNumberType.to_string(value) for value in phonenumbers.PhoneNumberType.values()]
    assert set(_kind("number_type").codes or ()) == set(types)
    names = [_segments(_kind("number_type"), {"number_type": name}) for name in types]
    assert [code for ((code, name),) in names if code == name] == []


def test_no_location_is_a_whole_country_as_libphonenumber_names_it(phone_profiles: pl.DataFrame) -> None:
    countries = {
        f"{region}:{geocoder.country_name_for_number(phonenumbers.example_number(region), 'en')}"
        for region in phonenumbers.SUPPORTED_REGIONS
    }
    members = _members(_kind("location"), phone_profiles)
    assert len(members) > 100
    assert sorted(set(members["segment_code"]) & countries) == []


def test_every_pair_of_scores_is_in_a_named_rfm_segment() -> None:
    scores = range(1, 6)
    rows = [
        {"contact_id": f"crm:{recency}{frequency}{monetary}", "source": "crm", **_scores(recency, frequency, monetary)}
        for recency in scores
        for frequency in scores
        for monetary in scores
    ]
    codes = set(_members(_kind("rfm"), pl.DataFrame(rows, CONTACT_PROFILE.schema))["segment_code"])
    assert codes == set(SegmentSettings().rfm)


def _with(segments: dict[str, object], profile: dict[str, object] | None = None) -> KindParameters:
    return KindParameters(AS_OF, SegmentSettings(**segments), ProfileSettings(**(profile or {})))  # type: ignore[arg-type]  # pydantic checks the values


def test_named_rfm_segments_of_the_settings_replace_the_shipped_ones_and_the_first_that_fits_counts() -> None:
    named = {
        "best": {"recency": [5, 5], "frequency_monetary": [5, 5]},
        "good": {"recency": [4, 5], "frequency_monetary": [3, 5]},
    }
    kind = _kind("rfm", _with({"rfm": named}))
    scores = [(5, 5, 5), (4, 5, 5), (1, 5, 5)]
    assert [_segments(kind, _scores(*each))[0][0] for each in scores] == ["best", "good", "other"]
    assert kind.codes == ("best", "good", "other", "no_purchase")


def test_bounds_of_the_settings_move_members_and_stand_in_the_definition() -> None:
    lifecycle = _kind("lifecycle", _with({"lifecycle": {"active_days": 7, "cooling_days": 10, "dormant_days": 20}}))
    assert _segments(lifecycle, {"last_engagement_at": _days_ago(8)}) == [("cooling", "Cooling")]
    assert "cooling 10, dormant 20" in lifecycle.definition
    ages = _kind("age_band", _with({"age": {"bands_from_years": [21], "placeholder_birth_dates": ["2000-02-29"]}}))
    assert ages.codes == ("0-20", "21+", "unknown")
    assert _segments(ages, {"birth_date": date(2000, 2, 29)}) == UNKNOWN_AGE
    assert _segments(ages, {"birth_date": date(1970, 1, 1)}) == [("21+", "21+ years")]
    incomes = _kind("income_band", _with({"income": {"bands_from": [999.5]}}))
    assert incomes.codes == ("0-999.50", "999.50+", "unknown")
    assert _kind("income_band", _with({"income": {"bands_from": [0.001]}})).codes == ("0-0.001", "0.001+", "unknown")
    genders = _kind("gender", _with({"gender": {"female": ["2", "Nainen"], "other": ["m"]}}))
    written = ["nainen", "2", "M", "f"]
    assert [_segments(genders, {"gender": each})[0][0] for each in written] == ["female", "female", "other", "female"]


def test_engagement_reads_the_window_of_the_settings() -> None:
    parameters = _with(
        {"engagement": {"window_days": 14, "medium_from_count": 2, "high_from_count": 3}}, {"windows_days": [14, 365]}
    )
    kind = _kind("engagement", parameters)
    assert all(column.endswith("_14d") for column in kind.inputs)
    assert "14 days" in kind.description


def test_who_was_born_on_29_february_is_a_year_older_on_1_march() -> None:
    born = {"birth_date": date(2008, 2, 29)}
    codes = [
        _segments(_kind("age_band", KindParameters(at, PARAMETERS.settings, PARAMETERS.profile)), born)[0][0]
        for at in (datetime(2026, 2, 28, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
    ]
    assert codes == ["0-17", "18-24"]


def test_in_shadow_mode_nobody_has_a_risk() -> None:
    shadow = _kind("risk", KindParameters(AS_OF, PARAMETERS.settings, PARAMETERS.profile))
    assert _segments(shadow, {"risk_level": "high"}) == []
    assert shadow.definition_version != _kind("risk").definition_version


def test_without_attributes_in_the_settings_nobody_is_in_a_segment_of_one() -> None:
    assert _segments(_kind("attribute", _with({})), {"attributes": '{"language":"de"}'}) == []
