"""Phone cells as people fill them in: which number a cell means, and how it is written there."""

from __future__ import annotations

from typing import Final

import numpy as np
import phonenumbers
import polars as pl

from phoneseg.demo.countries import load_countries
from phoneseg.demo.damages import DAMAGES, NO_NUMBER
from phoneseg.demo.draws import Integers, draw_chance, draw_favourite, draw_index, open_generator
from phoneseg.demo.person_numbers import ROLES, NumberBook
from phoneseg.demo.phone_numbers import find_idd_prefix

PHONE_COLUMNS: Final = (("crm", "mobile"), ("crm", "home_phone"), ("webshop", "phone"), ("support", "callback_number"))

_ROLE_WEIGHTS: Final = {
    # Which of a person's numbers is meant, in the order of ROLES: mobile, second, home, business, special. Most have
    # no company line and give their mobile instead.
    "mobile": (64, 4, 2, 30, 0),
    "home_phone": (10, 2, 63, 25, 0),
    "phone": (42, 8, 13, 35, 2),
    "callback_number": (14, 9, 12, 62, 3),
}
_EMPTY_SHARES: Final = {"mobile": 0.06, "home_phone": 0.2, "phone": 0.1, "callback_number": 0.03}
_KINDS_OF_EMPTY: Final = {"null": 74, "empty_string": 18, "blank": 8}
_AMBIGUOUS_REGIONS: Final = ("AR", "HK")
"""Here even well-written numbers may be misread: AR takes a 15 for a mobile's mark, HK's exit code a digit more."""

_TEXT_SHARE: Final = 0.006
_PLACEHOLDER_SHARE: Final = 0.011


def write_phone_cells(rows: pl.DataFrame, book: NumberBook, seed: int) -> pl.DataFrame:
    """Fill in every phone cell of the three sources.

    Args:
        rows: One row per contact: source, contact_id, person (position), region_code (the true one).
        book: The numbers and whose they are.
        seed: The demo's seed.

    Returns:
        One row per phone cell in the order of `PHONE_COLUMNS` and then of `rows`: contact_id, phone_column, written
        (null, blank, text or number), number (row of `book.numbers` that is meant, null without one), person,
        region_code, phone_e164, second_phone_e164 (of two numbers in one cell), damage, is_recoverable, shared_kind.
    """
    cells = pl.concat(
        [
            _choose_numbers(rows.filter(pl.col("source") == source), column, book, seed)
            for source, column in PHONE_COLUMNS
        ]
    )
    rng = open_generator(seed, "handwriting")
    prepared = _prepare(rng, cells, book)
    written = _write(prepared, _draw_damages(rng, prepared))
    return _judge(_fill_without_number(rng, written)).select(
        "contact_id",
        "phone_column",
        "written",
        "number",
        "person",
        "region_code",
        "phone_e164",
        "second_phone_e164",
        "damage",
        "is_recoverable",
        "shared_kind",
    )


def _choose_numbers(rows: pl.DataFrame, column: str, book: NumberBook, seed: int) -> pl.DataFrame:
    """Choose which number each cell of a column means, another for cells with two, and what stands in the others.

    `number` is null and `damage` names the kind of cell where there is no number.
    """
    rng = open_generator(seed, f"cells of {column}")
    owned = book.of_person[rows["person"]]
    role = pl.Series(draw_index(rng, len(rows), _ROLE_WEIGHTS[column]))
    wanted = pl.coalesce(pl.when(role == place).then(pl.col(name)) for place, name in enumerate(ROLES))
    # Whoever has no such number gives the mobile or the line at home, but a home column is left empty.
    number = wanted if column == "home_phone" else pl.coalesce(wanted, "mobile", "home")
    numbers = owned.select(number=number, second=pl.coalesce("second", "home", "business"))
    chance = pl.Series(rng.random(len(rows)))
    kind = (
        pl.when(chance < _TEXT_SHARE)
        .then(pl.lit("text"))
        .when(chance < _TEXT_SHARE + _PLACEHOLDER_SHARE)
        .then(pl.lit("placeholder"))
    )
    empty = pl.Series(list(_KINDS_OF_EMPTY)).gather(draw_index(rng, len(rows), list(_KINDS_OF_EMPTY.values())))
    is_empty = pl.col("number").is_null() | pl.Series(draw_chance(rng, len(rows), _EMPTY_SHARES[column]))
    return (
        pl.concat([rows.select("contact_id", "person", "region_code"), numbers], how="horizontal")
        .with_columns(phone_column=pl.lit(column), damage=pl.when(is_empty).then(pl.lit(empty)).otherwise(kind))
        .with_columns(number=pl.when(pl.col("damage").is_null()).then("number"))
        .with_columns(second=pl.when(pl.col("number") != pl.col("second")).then("second"))
    )


def _prepare(rng: np.random.Generator, cells: pl.DataFrame, book: NumberBook) -> pl.DataFrame:
    """Add what the damages write with: the standard forms, the exit code of the person's region, and noise."""
    forms = book.numbers.select(
        "e164",
        "international",
        "national",
        "national_significant_number",
        "calling_code",
        "shared_kind",
        number_region="region_code",
    )[cells["number"].fill_null(0)]
    second = book.numbers.select(second_international="international", second_e164="e164")[cells["second"].fill_null(0)]
    idd = {country.region_code: find_idd_prefix(country.region_code) for country in load_countries()}
    noise = pl.Series("noise", rng.integers(0, 2**40, len(cells)))
    prepared = pl.concat([cells, forms, second], how="horizontal").with_columns(
        noise,
        pl.when(pl.col("second").is_not_null()).then(pl.col("second_international", "second_e164")),
        idd=pl.col("region_code").replace_strict(idd, return_dtype=pl.String),
        is_foreign=pl.col("region_code") != pl.col("number_region"),
    )
    way = pl.col("noise") % 3
    casual = (
        pl.when(way == 0)
        .then(pl.col("e164"))
        .when((way == 1) | pl.col("is_foreign"))
        .then(pl.col("international"))
        .otherwise(pl.col("national"))
    )
    return prepared.with_columns(casual=casual)


def _draw_damages(rng: np.random.Generator, cells: pl.DataFrame) -> Integers:
    """Draw a position in `DAMAGES` for each cell."""
    own = draw_index(rng, len(cells), [damage.share for damage in DAMAGES])
    foreign = draw_index(rng, len(cells), [damage.foreign_share for damage in DAMAGES])
    return np.where(cells["is_foreign"].to_numpy(), foreign, own)


def _write(cells: pl.DataFrame, drawn: Integers) -> pl.DataFrame:
    """Write each number in its drawn way; `is_recoverable` is null where the digits decide.

    Cells without a number keep their order and get no text yet.
    """
    is_ambiguous = pl.col("region_code").is_in(_AMBIGUOUS_REGIONS)
    placed = cells.with_row_index("place").with_columns(drawn=pl.Series(drawn))
    parts = [placed.filter(pl.col("damage").is_not_null()).with_columns(written=pl.lit(None, pl.String))]
    numbered = placed.filter(pl.col("damage").is_null())
    for position, damage in enumerate(DAMAGES):
        parts.append(
            numbered.filter(pl.col("drawn") == position)
            .with_columns(applies=damage.applies)
            .with_columns(
                written=pl.when("applies").then(damage.write).otherwise("international"),
                damage=pl.when("applies").then(pl.lit(damage.name)).otherwise(pl.lit("international")),
                is_recoverable=pl.when(is_ambiguous & pl.lit(damage.is_recoverable))
                .then(None)
                .otherwise(pl.lit(damage.is_recoverable, pl.Boolean) | ~pl.col("applies")),
            )
        )
    return pl.concat(parts, how="diagonal").sort("place")


def _fill_without_number(rng: np.random.Generator, cells: pl.DataFrame) -> pl.DataFrame:
    """Put something into the cells without a number: nothing, blanks, a placeholder or a word."""
    texts = [text for choice in NO_NUMBER.values() for text in choice]
    sizes = np.array([len(choice) for choice in NO_NUMBER.values()], dtype=np.int64)
    kinds = {kind: position for position, kind in enumerate(NO_NUMBER)}
    # Cells with a number get a text as well, which is not used: the draws then do not depend on them.
    kind = cells["damage"].replace_strict(kinds, default=0, return_dtype=pl.Int64).to_numpy()
    place = (np.cumsum(sizes) - sizes)[kind] + draw_favourite(rng, sizes[kind])
    filling = pl.Series(texts, dtype=pl.String).gather(place)
    is_without = pl.col("number").is_null()
    return cells.with_columns(
        written=pl.when(is_without).then(pl.lit(filling)).otherwise("written"),
        is_recoverable=pl.when(is_without).then(pl.lit(False)).otherwise("is_recoverable"),
        shared_kind=pl.when(pl.col("damage") == "placeholder")
        .then(pl.lit("placeholder"))
        .when(~is_without)
        .then("shared_kind"),
        phone_e164=pl.when(~is_without).then("e164"),
        second_phone_e164=pl.when(pl.col("damage") == "two_numbers").then("second_e164"),
    )


def _judge(cells: pl.DataFrame) -> pl.DataFrame:
    """Ask libphonenumber about the cells whose digits decide whether the number is recoverable."""
    open_cells = cells.select("place", "written", "region_code", "phone_e164").filter(cells["is_recoverable"].is_null())
    answers = open_cells.select(
        "place",
        answer=pl.Series(
            [_reads_as(*cell) for cell in open_cells.drop("place").iter_rows()],
            dtype=pl.Boolean,
        ),
    )
    answered = cells.join(answers, on="place", how="left", maintain_order="left")
    return answered.with_columns(is_recoverable=pl.coalesce("is_recoverable", "answer"))


def _reads_as(written: str, region_code: str, phone_e164: str) -> bool:
    try:
        number = phonenumbers.parse(written, region_code)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == phone_e164
