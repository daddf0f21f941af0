"""A column of numbers gets columns of fields, in its rows and order."""

from decimal import Decimal
from importlib.metadata import version

import phonenumbers
import polars as pl
import pytest
from phonenumbers import geocoder
from polars.testing import assert_frame_equal

from phoneseg.numbers import DEFAULT_FIELDS, FIELDS, ReadCounts, languages, metadata_version, normalize


def test_the_nine_default_fields_of_a_number() -> None:
    frame = pl.DataFrame({"raw": ["(650) 253-0000"], "region": ["US"]})
    fields = {
        "phone_e164": "+16502530000",
        "phone_international": "+1 650-253-0000",
        "is_possible": True,
        "is_valid": True,
        "number_type": "FIXED_LINE_OR_MOBILE",
        "region_code": "US",
        "original_carrier_name": None,
        "location_name": "Mountain View, CA",
        "time_zones": ["America/Los_Angeles"],
    }
    expected = pl.DataFrame([{"raw": "(650) 253-0000", "region": "US", **fields}], {**frame.schema, **_schema(fields)})
    assert_frame_equal(normalize(frame), expected)


def test_all_other_fields_of_a_number() -> None:
    frame = pl.DataFrame({"raw": ["020 7946 0018"], "region": ["GB"]})
    fields = {
        "phone_national": "020 7946 0018",
        "phone_rfc3966": "tel:+44-20-7946-0018",
        "validation_result": "IS_POSSIBLE",
        "country_calling_code": 44,
        "national_significant_number": "2079460018",
        "national_destination_code": "20",
        "is_geographic": True,
        "is_carrier_portable": True,
        "extension": None,
    }
    assert set(fields) | set(DEFAULT_FIELDS) == set(FIELDS)
    expected = pl.DataFrame([{"raw": "020 7946 0018", "region": "GB", **fields}], {**frame.schema, **_schema(fields)})
    assert_frame_equal(normalize(frame, fields=tuple(fields)), expected)


def _schema(fields: dict[str, object]) -> dict[str, pl.DataType]:
    return {name: FIELDS[name] for name in fields}


def _e164(raws: list[str | None], regions: list[str | None]) -> list[str | None]:
    frame = pl.DataFrame({"raw": raws, "region": regions}, {"raw": pl.String, "region": pl.String})
    return normalize(frame, fields=["phone_e164"]).get_column("phone_e164").to_list()


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("650 253 0000", "us", "+16502530000"),
        ("650 253 0000", "Us", "+16502530000"),
        ("011 44 20 7946 0018", "US", "+442079460018"),
        ("+44 (0)20 7946 0018", "US", "+442079460018"),
        ("\uff0b44 20 7946 0018", None, "+442079460018"),
        ("tel:+1-650-253-0000;ext=12", None, "+16502530000"),
        ("650-253-0000 x12", "US", "+16502530000"),
        ("1-650-CALL-ABC", "US", "+16502255222"),
        ("\u0666\u0665\u0660 \u0662\u0665\u0663 \u0660\u0660\u0660\u0660", "US", "+16502530000"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("650 253 0000", None, None),
        ("650 253 0000", "ZZ", None),
        ("650 253 0000", "USA", None),
        ("650 253 0000", "", None),
        ("", "US", None),
        ("\u00a0", "US", None),
        ("hello", "US", None),
        (None, "US", None),
        (None, None, None),
    ],
)
def test_a_number_is_read_as_libphonenumber_reads_it(raw: str | None, region: str | None, e164: str | None) -> None:
    assert _e164([raw], [region]) == [e164]


def test_one_text_in_two_regions_is_two_numbers() -> None:
    assert _e164(["020 7946 0018"] * 3, ["GB", "DE", None]) == ["+442079460018", "+492079460018", None]


def test_rows_and_their_order_are_kept() -> None:
    raws = ["b", "+16502530000", None, "+442079460018", "+16502530000", "b", None]
    frame = pl.DataFrame({"k": range(7), "raw": raws, "region": [None] * 7}, schema_overrides={"region": pl.String})
    result = normalize(frame, fields=["is_valid"])
    assert_frame_equal(result.drop("is_valid"), frame)
    assert result.get_column("is_valid").to_list() == [None, True, None, True, True, None, None]


def test_an_unparseable_number_has_nothing_but_its_error_and_a_null_not_even_that() -> None:
    frame = pl.DataFrame({"raw": ["hello", None], "region": ["US", "US"]})
    result = normalize(frame, fields=tuple(FIELDS)).select(tuple(FIELDS))
    assert result.get_column("validation_result").to_list() == ["NOT_A_NUMBER", None]
    others = result.drop("validation_result")
    assert sum(others.null_count().row(0)) == others.height * others.width


@pytest.mark.parametrize(
    ("raw", "region", "result"),
    [
        ("6502530000", None, "INVALID_COUNTRY_CODE"),
        ("+999 123 4567", "US", "INVALID_COUNTRY_CODE"),
        ("x", "US", "NOT_A_NUMBER"),
        ("011 44", "US", "TOO_SHORT_AFTER_IDD"),
        ("+44 1", None, "TOO_SHORT_NSN"),
        ("6" * 300, "US", "TOO_LONG"),
        ("650253", "US", "TOO_SHORT"),
        ("650253000000", "US", "TOO_LONG"),
        ("2530000", "US", "IS_POSSIBLE_LOCAL_ONLY"),
        ("+1 650 253 0000", None, "IS_POSSIBLE"),
    ],
)
def test_what_is_wrong_has_libphonenumbers_name(raw: str, region: str | None, result: str) -> None:
    frame = pl.DataFrame({"raw": [raw], "region": [region]}, schema_overrides={"region": pl.String})
    assert normalize(frame, fields=["validation_result"]).get_column("validation_result").to_list() == [result]


def test_fields_come_in_the_order_asked_for() -> None:
    frame = pl.DataFrame({"raw": ["+16502530000"], "region": ["US"]})
    assert normalize(frame, fields=["region_code", "is_valid"]).columns == ["raw", "region", "region_code", "is_valid"]
    assert_frame_equal(normalize(frame, fields=[]), frame)


def test_an_unknown_field_is_refused_with_those_that_there_are() -> None:
    frame = pl.DataFrame({"raw": ["+16502530000"], "region": ["US"]})
    for kind in (frame, frame.lazy()):
        with pytest.raises(ValueError, match=r"^unknown field 'shoe_size'; there is: phone_e164, .*_portable$"):
            normalize(kind, fields=["is_valid", "shoe_size"])


def test_without_a_region_column_only_a_plus_can_be_read() -> None:
    frame = pl.DataFrame({"phone": ["+16502530000", "6502530000"]})
    result = normalize(frame, phone="phone", region=None, fields=["is_valid"])
    assert result.get_column("is_valid").to_list() == [True, None]


@pytest.mark.parametrize("dtype", [pl.Null, pl.String])
def test_an_empty_frame_gets_the_columns(dtype: type[pl.DataType]) -> None:
    frame = pl.DataFrame(schema={"raw": dtype, "region": dtype})
    assert_frame_equal(normalize(frame, fields=tuple(FIELDS)), pl.DataFrame(schema={**frame.schema, **FIELDS}))


def test_a_frame_of_nulls_gets_nulls_of_the_right_type() -> None:
    result = normalize(pl.DataFrame({"raw": [None, None], "region": [None, None]}), fields=tuple(FIELDS))
    assert result.select(tuple(FIELDS)).schema == FIELDS
    assert sum(result.null_count().row(0)) == 2 * result.width


def test_a_region_can_be_categorical() -> None:
    frame = pl.DataFrame({"raw": ["020 7946 0018"], "region": pl.Series(["gb"], dtype=pl.Categorical)})
    assert normalize(frame, fields=["region_code"]).get_column("region_code").to_list() == ["GB"]


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_a_lazy_frame_gives_what_an_eager_one_gives(engine: str) -> None:
    frame = pl.DataFrame({"k": [1, 2, 3], "raw": ["+16502530000", None, "020 7946 0018"], "region": [None, "US", "gb"]})
    eager, lazy = normalize(frame, fields=tuple(FIELDS)), normalize(frame.lazy(), fields=tuple(FIELDS))
    assert lazy.collect_schema() == eager.schema
    assert_frame_equal(lazy.collect(engine=engine), eager)
    chosen = lazy.filter(pl.col("k") > 1).select("is_valid")
    assert_frame_equal(chosen.collect(engine=engine), eager.filter(pl.col("k") > 1).select("is_valid"))


def test_the_metadata_version_is_that_of_the_installed_phonenumbers() -> None:
    assert metadata_version() == version("phonenumbers")


def test_a_region_can_be_one_for_all_rows() -> None:
    frame = pl.DataFrame({"raw": ["030 1234567", "+16502530000", "020 7946 0018"]})
    result = normalize(frame, region=pl.lit("de"), fields=["region_code"])
    assert result.get_column("region_code").to_list() == ["DE", "US", "DE"]
    lazy = normalize(frame.lazy(), region=pl.lit("de"), fields=["region_code"])
    assert_frame_equal(lazy.collect(), result)


def test_many_batches_give_what_single_rows_give() -> None:
    texts = ["+16502530000", None, "020 7946 0018 x5", "hello", "030 12;phone-context=+49", "\u0661\u0662\u0663"]
    frame = pl.DataFrame({"raw": texts, "region": ["US", "GB", "GB", None, "DE", "EG"]})
    once = normalize(frame, fields=tuple(FIELDS))
    many = normalize(pl.concat([frame] * 40_000), fields=tuple(FIELDS))
    assert_frame_equal(many, pl.concat([once] * 40_000))


def test_cells_that_phonenumbers_was_asked_of_are_counted() -> None:
    counts = ReadCounts()
    frame = pl.DataFrame({"raw": ["+16502530000", "12345;phone-context=+49", "x"] * 50_000, "region": "US"})
    normalize(frame, fields=["is_valid"], counts=counts)
    assert (counts.rows, counts.fallback_rows) == (150_000, 50_000)
    normalize(frame.head(3).lazy(), fields=["is_valid"], counts=counts).collect()
    assert (counts.rows, counts.fallback_rows) == (150_003, 50_001)


def test_names_come_in_every_language_that_phonenumbers_has() -> None:
    assert languages()[0] == "en"
    assert {"de", "zh", "zh_Hant", "ja", "ko", "ru", "iw"} <= set(languages())
    frame = pl.DataFrame({"raw": ["+886 2 2345 6789"], "region": ["TW"]})
    fields = ["location_name", "location_name_de", "location_name_zh", "location_name_zh_Hant"]
    row = normalize(frame, fields=fields).row(0, named=True)
    number = phonenumbers.parse("+886223456789")
    assert row["location_name"] == geocoder.description_for_number(number, "en")
    assert row["location_name_de"] == geocoder.description_for_number(number, "de")
    assert row["location_name_zh"] == geocoder.description_for_number(number, "zh")
    assert row["location_name_zh_Hant"] == geocoder.description_for_number(number, "zh", script="Hant")


def test_an_unknown_language_is_refused_with_those_that_there_are() -> None:
    frame = pl.DataFrame({"raw": ["+16502530000"], "region": ["US"]})
    with pytest.raises(ValueError, match=r"^no names in language 'xx'; there is: en, "):
        normalize(frame, fields=["location_name_xx"])


@pytest.mark.parametrize(
    "column", [pl.Series([301234567.0]), pl.Series([Decimal("30.00")]), pl.Series([["030"]]), pl.Series([True])]
)
def test_a_column_that_does_not_hold_numbers_as_they_were_written_is_refused(column: pl.Series) -> None:
    frame = pl.DataFrame({"raw": column, "region": "DE"})
    for kind in (frame, frame.lazy()):
        with pytest.raises(TypeError, match=r"^column 'raw' is .*, and phone numbers are texts"):
            normalize(kind)
    with pytest.raises((TypeError, pl.exceptions.ComputeError), match="phone numbers are texts"):
        frame.select(pl.col("raw").phone.e164("DE"))


def test_whole_numbers_are_read_as_their_digits() -> None:
    frame = pl.DataFrame({"raw": [6502530000, None], "region": "US"})
    assert normalize(frame, fields=["phone_e164"])["phone_e164"].to_list() == ["+16502530000", None]


def test_a_missing_column_is_named_with_what_to_do() -> None:
    frame = pl.DataFrame({"mobile": ["030 1234567"]})
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match=r"^no column 'raw' \(phone\); there is: mobile$"):
        normalize(frame)
    with pytest.raises(
        pl.exceptions.ColumnNotFoundError, match=r"^no column 'DE' \(region\); pl\.lit\(\"DE\"\) is one"
    ):
        normalize(frame, phone="mobile", region="DE")


def test_one_field_may_be_given_by_its_name_alone_and_twice() -> None:
    frame = pl.DataFrame({"raw": ["+16502530000"], "region": ["US"]})
    once = normalize(frame, fields="is_valid")
    assert once.columns == ["raw", "region", "is_valid"]
    assert_frame_equal(normalize(frame, fields=["is_valid", "is_valid"]), once)


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_a_region_may_depend_on_other_rows(engine: str) -> None:
    frame = pl.DataFrame({"raw": ["030 1234567"] * 200_000}).with_row_index()
    frame = frame.with_columns(region=pl.when(pl.col("index") == 0).then(pl.lit("DE")))
    for region in (pl.col("region").first(), pl.col("region").forward_fill()):
        lazy = normalize(frame.lazy(), region=region, fields=["is_valid"])
        assert lazy.collect_schema().names() == ["index", "raw", "region", "is_valid"]
        assert lazy.collect(engine=engine)["is_valid"].all()
    with pytest.raises(pl.exceptions.ShapeError, match="the region gives 1000 rows"):
        normalize(frame, region=pl.col("region").head(1000))


def test_names_of_columns_are_no_patterns() -> None:
    frame = pl.DataFrame({"^phone.*$": ["+49 30 123456"], "phone2": ["x"], "*": ["DE"]})
    result = normalize(frame, phone="^phone.*$", region="*", fields=["phone_e164"])
    assert result["phone_e164"].to_list() == ["+4930123456"]
