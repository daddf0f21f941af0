"""Repair leaves alone what is fine, loses nothing, and gives the same rows whatever stands beside a cell."""

from collections import Counter

import phonenumbers
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat
from polars.testing import assert_frame_equal

from phoneseg.contracts import CONTACT_QUARANTINE, PARSED_PHONE, QUARANTINE_RAW, RAW_PHONE
from phoneseg.hygiene import QUARANTINE_REASONS, read_cells
from phoneseg.numbers import read_phones
from phoneseg.privacy import TokenKey, add_tokens
from phoneseg.settings import HygieneSettings

KEY = TokenKey(b"a key for tests alone")
WITHOUT_REASONS = HygieneSettings(quarantine_placeholders=False, quarantine_notation=False)
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
FORMATS = (
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
)


@st.composite
def valid_cells(draw: st.DrawFn) -> tuple[str, str]:
    """Draw one valid number as it may be written, and the region it is of."""
    region = draw(st.sampled_from(REGIONS))
    kinds = [phonenumbers.example_number_for_type(region, kind) for kind in phonenumbers.PhoneNumberType.values()]
    number = draw(st.sampled_from([kind for kind in kinds if kind is not None]))
    nsn = phonenumbers.national_significant_number(number)
    kept = draw(st.integers(1, len(nsn)))
    varied = nsn[:kept] + draw(st.text("0123456789", min_size=len(nsn) - kept, max_size=len(nsn) - kept))
    text = f"+{number.country_code}{varied}"
    if phonenumbers.is_valid_number(other := phonenumbers.parse(text)):
        number = other
    written = phonenumbers.format_number(number, draw(st.sampled_from(FORMATS)))
    written = written.translate(str.maketrans({sign: draw(st.sampled_from(" -./")) for sign in " -"}))
    before = draw(st.sampled_from(["", "", " ", "tel: ", "(", "'"]))
    behind = draw(st.sampled_from(["", "", " ", " x12", " ext. 5", " #5", ", 123", ";ext=1234567"]))
    return before + written + behind, region


damaged = st.one_of(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
    st.text("0123456789+()-. /,;|&xoOlISB\nEe\x1f\u00a0\uff0b\u0661", min_size=1, max_size=40),
    st.lists(valid_cells().map(lambda cell: cell[0]), min_size=1, max_size=4).map(" / ".join),
    st.builds(
        "{}{}{}".format,
        valid_cells().map(lambda cell: cell[0]),
        st.sampled_from([".0", ";", "\n", " or ", "O"]),
        st.text("0123456789 ", max_size=12),
    ),
)


def _frame(cells: list[tuple[str, str | None]]) -> pl.DataFrame:
    rows = [
        {
            "contact_id": f"crm:{place}",
            "source": "crm",
            "phone_column": "phone",
            "position": 1,
            "phone_rank": 1,
            "phone_raw": raw,
            "region_hint": region,
            "is_hint_unknown": False,
        }
        for place, (raw, region) in enumerate(cells)
    ]
    return pl.DataFrame(rows, RAW_PHONE.schema)


many_cells = st.lists(
    st.tuples(damaged, st.one_of(st.none(), st.sampled_from(["US", "GB", "DE", "IT", "DZ", "AR", "ZZ"]))), max_size=8
)


@settings(deadline=None, max_examples=150)
@given(st.lists(valid_cells(), min_size=1, max_size=8))
def test_a_cell_with_one_valid_number_is_never_changed(cells: list[tuple[str, str]]) -> None:
    plain, _ = read_phones(_frame(list(cells)))
    valid = plain.filter("is_valid")
    repaired = read_cells(_frame(list(cells)), WITHOUT_REASONS).phones.select(plain.columns)
    kept = repaired.join(valid.select("contact_id"), on="contact_id", how="semi").sort("contact_id", "position")
    assert_frame_equal(kept, valid.sort("contact_id"))


@settings(deadline=None, max_examples=100)
@given(many_cells)
def test_each_cell_is_a_row_at_position_1_and_its_further_numbers_follow(cells: list[tuple[str, str | None]]) -> None:
    read = read_cells(_frame(cells), HygieneSettings())
    key = ("contact_id", "position")
    rows = [*read.phones.select(key).rows(), *read.quarantined.select(key).rows()]
    assert len(rows) == len(set(rows)) == read.number_count
    counts = Counter(contact for contact, _ in rows)
    assert set(counts) == {f"crm:{place}" for place in range(len(cells))}
    assert set(rows) == {(contact, position + 1) for contact, count in counts.items() for position in range(count)}


@settings(deadline=None, max_examples=100)
@given(many_cells)
def test_a_repair_makes_a_valid_number_that_stands_in_its_cell_once(cells: list[tuple[str, str | None]]) -> None:
    frame = _frame(cells)
    plain, _ = read_phones(frame)
    read = read_cells(frame, WITHOUT_REASONS)
    assert set(plain.filter("is_valid")["contact_id"]) <= set(read.phones.filter("is_valid")["contact_id"])
    alone = read.phones.filter(pl.col("repair").is_not_null() & ~pl.col("repair").str.starts_with("split"))
    assert alone["is_valid"].all()
    split = read.phones.filter(pl.col("repair").str.starts_with("split"))
    assert set(split["contact_id"]) == set(split.filter("is_valid")["contact_id"])
    assert split.select("contact_id", "phone_e164").is_unique().all()


@settings(deadline=None, max_examples=100)
@given(many_cells)
def test_no_cell_leaves_a_null_or_an_unknown_reason(cells: list[tuple[str, str | None]]) -> None:
    read = read_cells(_frame(cells), HygieneSettings())
    parsed = PARSED_PHONE.conform(add_tokens(read.phones, KEY).lazy()).collect()
    for table, rows in (
        (PARSED_PHONE, parsed),
        (CONTACT_QUARANTINE, CONTACT_QUARANTINE.conform(read.quarantined.lazy()).collect()),
        (QUARANTINE_RAW, QUARANTINE_RAW.conform(read.quarantined.lazy()).collect()),
    ):
        required = [column.name for column in table.columns if not column.nullable]
        assert rows.select(required).null_count().sum_horizontal().to_list() in ([0], [])
    assert set(read.quarantined["quarantine_reason"]) <= set(QUARANTINE_REASONS)


@settings(deadline=None, max_examples=25)
@given(many_cells)
def test_a_cell_is_repaired_alike_alone_and_among_others(cells: list[tuple[str, str | None]]) -> None:
    together = read_cells(_frame(cells), HygieneSettings())
    columns = ("position", "phone_e164", "repair")
    for place, cell in enumerate(cells):
        alone = read_cells(_frame([cell]), HygieneSettings())
        here = together.phones.filter(contact_id=f"crm:{place}").select(columns).sort("position")
        assert here.rows() == alone.phones.select(columns).sort("position").rows()
