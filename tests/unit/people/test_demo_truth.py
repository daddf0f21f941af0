"""The resolver against the demo's truth, on seeds that nothing was tuned on."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from phoneseg.demo.folder import _SETTINGS
from phoneseg.demo.writer import Demo, build_demo
from phoneseg.extract import PersonReader, SourceReader
from phoneseg.hygiene import read_cells
from phoneseg.people import Resolution, resolve
from phoneseg.privacy import TokenKey, add_tokens
from phoneseg.settings import HygieneSettings, PeopleSettings, Settings, load_settings

AS_OF = datetime(2026, 7, 6, tzinfo=UTC)
KEY = TokenKey(b"a key for tests alone")
KINDS = ("same_person", "household", "business_line", "placeholder")
WITH_PLACEHOLDERS = HygieneSettings(quarantine_placeholders=False)
"""So that there are some to be found: those of the demo are told by their digits otherwise."""


@pytest.fixture
def demo_settings(write_toml: Callable[[str], Path]) -> Settings:
    """The settings that the demo comes with."""
    return load_settings(write_toml(_SETTINGS.format(url="duckdb:///none.duckdb", rates="USD = 1.0")))


@pytest.mark.parametrize(
    ("seed", "contacts"),
    [(101, 20_000), *(pytest.param(seed, 50_000, marks=pytest.mark.slow) for seed in (101, 202, 303))],
)
def test_duplicates_and_kinds_of_numbers_are_those_of_the_truth(
    demo_settings: Settings, seed: int, contacts: int
) -> None:
    demo = build_demo(contacts, seed, lambda _: None)
    persons, phones = _read(demo, demo_settings)
    told = resolve(persons.lazy(), phones.lazy(), PeopleSettings())
    precision, recall = _compare_pairs(demo.truth["person"], told)
    assert precision >= 0.98
    assert recall >= 0.95
    scores = _score_kinds(demo, phones, told)
    assert {kind: score for kind, score in scores.items() if score < 0.9} == {}


def _read(demo: Demo, settings: Settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    persons, phones = [], []
    for name, source in settings.contacts.items():
        reader, rows = SourceReader.of(settings, name), demo.tables[str(source.table)]
        persons.append(PersonReader(reader).read(rows.select(source.person_columns), AS_OF))
        cells = reader.read(rows.select(source.columns), AS_OF).phones
        phones.append(add_tokens(read_cells(cells, WITH_PLACEHOLDERS).phones, KEY))
    return pl.concat(persons), pl.concat(phones)


def _compare_pairs(truth: pl.DataFrame, told: Resolution) -> tuple[float, float]:
    """Return precision and recall of the pairs of contacts that are one person."""
    both = told.canonical.join(truth, on="contact_id")
    found, true, hit = (
        _count_pairs(both, keys)
        for keys in (["canonical_contact_id"], ["person_id"], ["canonical_contact_id", "person_id"])
    )
    return hit / found, hit / true


def _count_pairs(rows: pl.DataFrame, keys: list[str]) -> int:
    sizes = rows.group_by(keys).agg(size=pl.len().cast(pl.Int64))["size"]
    return int((sizes * (sizes - 1) // 2).sum())


def _score_kinds(demo: Demo, phones: pl.DataFrame, told: Resolution) -> dict[str, float]:
    """Return the F1 of each kind, over the numbers that two contacts or more have."""
    kinds = _true_kinds(demo, phones).join(told.shared, on="phone_token", how="full", coalesce=True)
    both, true, found = (
        {kind: kinds.filter(condition(kind)).height for kind in KINDS}
        for condition in (
            lambda kind: (pl.col("true") == kind) & (pl.col("kind") == kind),
            lambda kind: pl.col("true") == kind,
            lambda kind: pl.col("kind") == kind,
        )
    )
    assert min(true.values()) > 0
    return {kind: 2 * both[kind] / (true[kind] + found[kind]) for kind in KINDS}


def _true_kinds(demo: Demo, phones: pl.DataFrame) -> pl.DataFrame:
    """Return the kind of each number that two contacts have: of one that a single person wrote down, same_person."""
    cells = demo.truth["phone_cell"]
    meant = cells.drop_nulls("phone_e164").group_by("phone_e164").agg(pl.col("shared_kind").drop_nulls().first())
    is_filler = pl.col("damage") == "placeholder"
    read = (
        phones.select("contact_id", "phone_column", "phone_token", "phone_e164")
        .join(cells.select("contact_id", "phone_column", "damage"), on=["contact_id", "phone_column"])
        .join(demo.truth["person"].select("contact_id", "person_id"), on="contact_id")
        .join(meant, on="phone_e164", how="left")
        .with_columns(pl.when(is_filler).then(pl.lit("placeholder")).otherwise("shared_kind").alias("shared_kind"))
    )
    numbers = read.group_by("phone_token").agg(
        pl.col("shared_kind").drop_nulls().sort(descending=True).first(),
        contacts=pl.col("contact_id").n_unique(),
        persons=pl.col("person_id").n_unique(),
    )
    is_ones = (pl.col("persons") == 1) & (pl.col("shared_kind") != "placeholder").fill_null(True)
    true = pl.when(is_ones).then(pl.lit("same_person")).otherwise("shared_kind")
    return numbers.filter(pl.col("contacts") > 1).select("phone_token", true=true)
