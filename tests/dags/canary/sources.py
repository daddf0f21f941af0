"""The tables that the numbers are planted in, and their settings."""

import json
from pathlib import Path
from typing import Final

import polars as pl

from phoneseg.quality import shipped_suites_folder
from tests.dags.canary.planted import JUNK, KEY, NUMBERS, country

HOOK: Final = """
from pathlib import Path

def write(failure):
    with (failure.config_file.parent / "hook.txt").open("a") as file:
        file.write(f"{failure!r}\\n")
"""
TOML: Final = """\
[warehouse]
url = "{url}"
lock_wait_s = 0.2

[privacy]
token_key_file = "token.key"

[operations]
on_failure = "canary_hook:write"

[contacts.crm]
query = "SELECT * FROM crm.customer"
id = "id"
phones = ["mobile", "home"]
region_column = "country"
created_at = "created_at"
attributes = ["rank"]

[activity.calls]
kind = "call"
table = "crm.call"
phone = "caller"
region_column = "country"
occurred_at = "at"
counterparty = "other"
is_inbound = true

[consent.app]
table = "crm.consent"
phone = "number"
region_column = "country"
channel = "call"
status_column = "status"
at = "at"

[objection.letters]
table = "crm.objection"
phone = "number"

[suppression.robinson]
table = "crm.robinson"
phone = "number"
"""

FAILING: Final = {
    "phone_number": ("phone_e164", "phone_international", "phone_national", "national_significant_number"),
    "quarantine_raw": ("phone_raw",),
    "contact_phone": ("phone_token",),
}


def tables() -> dict[str, pl.DataFrame]:
    """Return the source tables by name: each number in one handwriting after the other."""
    cells = [(text, country(number)) for number, texts in NUMBERS.items() for text in texts]
    cells += [(number, country(number)) for number in NUMBERS] + [(junk, "DE") for junk in JUNK]
    written = pl.DataFrame(cells, ["mobile", "country"], orient="row").with_row_index("id", offset=1)
    began = pl.lit("2026-06-01 10:00:00").str.to_datetime()
    numbers = pl.DataFrame({"number": list(NUMBERS)})
    return {
        "customer": written.with_columns(
            home=pl.col("mobile").shift(-5), created_at=began, rank=pl.col("id").cast(pl.Int32)
        ),
        "call": written.select(caller="mobile", other=pl.col("mobile").shift(7), country="country", at=began),
        "consent": written.select(number="mobile", country="country", status=pl.lit("granted"), at=began),
        "objection": numbers.head(2),
        "robinson": numbers.tail(3),
    }


def write_folder(folder: Path, url: str) -> None:
    """Write settings, key and failure hook, and suites: `few` checks of each table, and `failing` ones."""
    (folder / "phoneseg.toml").write_text(TOML.format(url=url))
    key = folder / "token.key"
    key.write_text(KEY)
    key.chmod(0o600)
    (folder / "canary_hook.py").write_text(HOOK)
    for name, failing in (("few", {}), ("failing", FAILING)):
        (folder / name).mkdir()
        for file in shipped_suites_folder().glob("*.json"):
            suite = json.loads(file.read_text())
            suite["expectations"] = [
                *suite["expectations"][:1],
                *(
                    {"type": "expect_column_values_to_match_regex", "kwargs": {"column": column, "regex": "^never$"}}
                    for column in failing.get(suite["name"], ())
                ),
            ]
            (folder / name / file.name).write_text(json.dumps(suite))
