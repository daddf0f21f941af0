"""How fast contacts are resolved into persons, how right that is, and how much memory it takes.

    python benchmarks/people.py 1000000 1 FOLDER
    python benchmarks/people.py 1000000 10 FOLDER

The contacts of the demo, so many times over: each time with other family names, addresses and numbers. FOLDER takes
the stage. The first call writes the stage, the second one measures.
"""

import resource
import sys
from pathlib import Path
from time import perf_counter, process_time

import polars as pl
from activity_figures.stage import AS_OF, KEY, fill, open_run, write_nothing_kept

from phoneseg.contracts import (
    CONTACT_CANONICAL,
    KEPT_CANONICAL,
    KEPT_SHARED_NUMBER,
    PARSED_PHONE,
    RAW_CONTACT,
    RAW_PERSON,
)
from phoneseg.demo.contact_rows import draw_contact_rows
from phoneseg.demo.contact_sources import build_contact_sources
from phoneseg.demo.handwriting import write_phone_cells
from phoneseg.demo.person_numbers import draw_number_book
from phoneseg.demo.population import draw_population
from phoneseg.demo.spelling import spell_names, write_emails
from phoneseg.extract import PersonReader, SourceReader
from phoneseg.hygiene import read_cells
from phoneseg.people import resolve_people
from phoneseg.privacy import add_tokens
from phoneseg.run import Run
from phoneseg.settings import load_settings

SEED = 1
BATCH_CELLS = 250_000
TRUTH = "truth"
SOURCES = """\
[warehouse]
url = "duckdb:///none.duckdb"

[contacts.crm]
table = "crm.customer"
id = "customer_id"
phones = ["mobile", "home_phone"]
region_column = "country"
first_name = "first_name"
last_name = "last_name"
email = "email"
birth_date = "birth_date"
city = "city"
postal_code = "postal_code"

[contacts.webshop]
table = "webshop.account"
id = "account_id"
phones = ["phone"]
region_column = "billing_country"
full_name = "full_name"
email = "email"
birth_date = "date_of_birth"
city = "city"
postal_code = "postal_code"

[contacts.support]
table = "support.requester"
id = "requester_id"
phones = ["callback_number"]
region_column = "country_code"
full_name = "name"
email = "email"
"""


def write_stage(run: Run, contacts: int, times: int) -> None:
    """Write what `extract` and the reading of phones leave, and whose each contact is."""
    file = run.settings.folder / "sources.toml"
    file.write_text(SOURCES)
    settings, tables, truth = load_settings(file), *_draw(contacts)
    run.stage.create()
    with run.stage.append(RAW_PERSON) as append_persons, run.stage.append(PARSED_PHONE) as append_phones:
        for name, source in settings.contacts.items():
            rows, reader = tables[source.table or ""], SourceReader.of(settings, name)
            persons = PersonReader(reader).read(rows.select(source.person_columns), AS_OF)
            phones = reader.read(rows.select(source.columns), AS_OF).phones
            for copy in range(times):
                append_persons(_vary(persons, copy))
            for cells in phones.iter_slices(BATCH_CELLS):
                read = add_tokens(read_cells(cells, settings.hygiene).phones, KEY)
                for copy in range(times):
                    token = pl.col("phone_token") + (str(copy) if copy else "")
                    append_phones(read.with_columns(_id(copy), phone_token=token))
    run.stage.write(RAW_CONTACT.name, fill(RAW_CONTACT, run.stage.scan(RAW_PERSON.name)))
    for table in (KEPT_CANONICAL, KEPT_SHARED_NUMBER):
        run.stage.write(table.name, table.schema.to_frame().lazy())
    run.stage.write_counts("extract", {"is_partial": False})
    write_nothing_kept(run.stage)
    truth.write_parquet(run.settings.folder / f"{TRUTH}.parquet")


def _draw(contacts: int) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Return the contact tables of the demo, and `contact_id` with `person_id`."""
    rows = draw_contact_rows(contacts, SEED)
    population = draw_population(int(rows["person"].to_numpy().max()) + 1, SEED)
    people = population.persons.with_columns(email=write_emails(population.persons, SEED))
    rows = spell_names(pl.concat([rows, people[rows["person"]]], how="horizontal"), SEED)
    cells = write_phone_cells(rows, draw_number_book(population, SEED), SEED)
    return build_contact_sources(rows, cells, SEED), rows.select("contact_id", "person_id")


def _vary(persons: pl.DataFrame, copy: int) -> pl.DataFrame:
    """Return other persons: their names end otherwise, they were born some days later and live elsewhere."""
    if copy == 0:
        return persons
    letters = "abcdefghij"[copy % 10] + "q"
    return persons.with_columns(
        _id(copy),
        pl.col("last_name", "full_name") + letters,
        pl.concat_str(pl.lit(letters), "email").alias("email"),
        pl.col("birth_date").dt.offset_by(f"{copy}d"),
        pl.col("city", "postal_code") + letters,
    )


def _id(copy: int) -> pl.Expr:
    return pl.col("contact_id") + (f"-{copy}" if copy else "")


def tell_how_right(run: Run) -> None:
    """Print precision and recall of the pairs of contacts of the first copy that are one person."""
    found = run.stage.scan(CONTACT_CANONICAL.name).select("contact_id", person="canonical_contact_id").collect()
    truth = pl.read_parquet(run.settings.folder / f"{TRUTH}.parquet")
    both = truth.join(found, on="contact_id")
    true, told, hit = (_count_pairs(both, keys) for keys in (["person_id"], ["person"], ["person_id", "person"]))
    print(f"duplicate pairs: precision {hit / told:.4f}, recall {hit / true:.4f}")


def _count_pairs(rows: pl.DataFrame, keys: list[str]) -> int:
    sizes = rows.group_by(keys).agg(size=pl.len().cast(pl.Int64))["size"]
    return int((sizes * (sizes - 1) // 2).sum())


def main(contacts: int, times: int, folder: Path) -> None:
    """Print contacts a second, by the clock and by the cores' time, and the peak of memory while resolving."""
    run = open_run(folder)
    if not run.stage.path(RAW_PERSON.name).exists():  # in another process, as writing takes memory, too
        write_stage(run, contacts, times)
        print("written; run it again to measure")
        return
    began, began_cpu = perf_counter(), process_time()
    counts = resolve_people(run, KEY)
    wall_s, cpu_s = perf_counter() - began, process_time() - began_cpu
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    count = run.stage.count(RAW_CONTACT.name)
    print(f"{count:,} contacts are {counts['person_count']:,} persons: {wall_s:.1f} s,")
    print(f"{count / wall_s:,.0f} contacts a second, {count / cpu_s:,.0f} for each core's second; {peak_gb:.1f} GB")
    tell_how_right(run)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
