"""The namespace `phone` gives what `normalize` gives."""

import os
import subprocess
import sys

import polars as pl
import pytest
from polars.testing import assert_frame_equal, assert_series_equal

from phoneseg.numbers import DEFAULT_FIELDS, FIELDS, PhoneExpressions, normalize

FRAME = pl.DataFrame(
    {"raw": ["030 12345678", "+44 20 7946 0018 ext. 5", None, "x"], "region": ["de", None, "DE", "DE"]},
    schema={"raw": pl.String, "region": pl.String},
)


def test_parse_gives_the_default_fields_in_a_struct() -> None:
    parsed = FRAME.select(parsed=pl.col("raw").phone.parse(pl.col("region"))).unnest("parsed")
    assert_frame_equal(parsed, normalize(FRAME).select(DEFAULT_FIELDS))


def test_parse_gives_the_fields_that_are_named() -> None:
    fields = ["is_valid", "location_name_de"]
    parsed = FRAME.lazy().select(pl.col("raw").phone.parse("DE", fields=fields).struct.unnest())
    assert_frame_equal(parsed.collect(), normalize(FRAME, region=pl.lit("DE"), fields=fields).select(fields))


@pytest.mark.parametrize("field", list(FIELDS))
def test_every_field_has_a_method_of_its_own(field: str) -> None:
    method = field.removeprefix("phone_")
    asked = FRAME.select(getattr(pl.col("raw").phone, method)(pl.col("region"))).to_series()
    assert_series_equal(asked.rename(field), normalize(FRAME, fields=[field]).get_column(field))


def test_names_come_in_a_language() -> None:
    frame = pl.DataFrame({"raw": ["+49 89 1234567", "+86 139 1234 5678"]})
    places = frame.select(pl.col("raw").phone.location_name(language="de")).to_series()
    carriers = frame.select(pl.col("raw").phone.original_carrier_name(language="zh")).to_series()
    assert places[0] == "M\u00fcnchen"
    assert carriers[1] == "\u4e2d\u56fd\u79fb\u52a8"


def test_one_region_serves_all_rows_and_none_serves_those_with_a_plus() -> None:
    assert FRAME.select(pl.col("raw").phone.e164("DE")).to_series().to_list()[0] == "+493012345678"
    assert FRAME.select(pl.col("raw").phone.e164()).to_series().to_list()[:2] == [None, "+442079460018"]


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_an_expression_works_in_filters_and_groups(engine: str) -> None:
    lazy = (
        FRAME.lazy().filter(pl.col("raw").phone.is_valid("DE")).group_by("region").agg(pl.col("raw").phone.e164("DE"))
    )
    assert lazy.collect(engine=engine).height == 2


def test_an_empty_column_gives_an_empty_column() -> None:
    empty = FRAME.clear().select(pl.col("raw").phone.e164("DE"))
    assert_frame_equal(empty, pl.DataFrame(schema={"raw": pl.String}))


def test_an_unknown_field_or_language_is_refused_before_any_row_is_read() -> None:
    with pytest.raises(ValueError, match="unknown field 'shoe_size'"):
        PhoneExpressions(pl.col("raw")).field("shoe_size")
    with pytest.raises(ValueError, match="no names in language 'xx'; there is: en, aa"):
        PhoneExpressions(pl.col("raw")).location_name(language="xx")


IN_EVERY_CONTEXT = """
from concurrent.futures import ThreadPoolExecutor
import polars as pl
from phoneseg.numbers import normalize

frame = pl.DataFrame({"raw": ["0171 1234567 ext. 5", "tel: 030 123456", "+44 20 7946 0018"] * 70_000})
frame = frame.with_row_index().with_columns(group=pl.col("index") % 3)
e164, is_valid = pl.col("raw").phone.e164("DE"), pl.col("raw").phone.is_valid("DE")
for engine in ("in-memory", "streaming"):
    assert frame.lazy().filter(is_valid).collect(engine=engine).height == len(frame)
    two = frame.lazy().select(e164.alias("a"), is_valid.alias("b"), e164.str.len_bytes().alias("c"))
    assert two.collect(engine=engine)["b"].all()
    grouped = frame.lazy().group_by("group").agg(e164.alias("a"), is_valid.alias("b"))
    assert grouped.collect(engine=engine).height == 3
    read = [normalize(frame.lazy(), region=pl.lit("DE"), fields=["phone_e164"]) for _ in range(4)]
    assert pl.concat(read).collect(engine=engine).height == 4 * len(frame)
    assert read[0].join(read[1], on="index").collect(engine=engine).height == len(frame)
assert frame.select(e164.first().over("group")).height == len(frame)
assert [each.height for each in pl.collect_all(read)] == [len(frame)] * 4
groups = frame.group_by("group").map_groups(lambda group: normalize(group, region=pl.lit("DE")))
assert groups.height == len(frame)
with ThreadPoolExecutor(4) as threads:
    assert len(list(threads.map(lambda _: normalize(frame, region=pl.lit("DE")), range(4)))) == 4
print("done")
"""


@pytest.mark.parametrize("threads", ["1", "2"])
def test_many_odd_cells_are_read_in_every_context_and_no_thread_waits_for_ever(threads: str) -> None:
    environment = {**os.environ, "POLARS_MAX_THREADS": threads}
    command = [sys.executable, "-c", IN_EVERY_CONTEXT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "done\n"


def test_one_number_can_be_read_in_many_regions() -> None:
    read = FRAME.select(pl.lit("030 12345678").phone.e164(pl.col("region"))).to_series()
    assert read.to_list() == ["+493012345678", None, "+493012345678", "+493012345678"]


def test_a_struct_of_no_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="a struct needs a field"):
        PhoneExpressions(pl.col("raw")).parse("DE", fields=[])
