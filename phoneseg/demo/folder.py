"""Files of the demo folder: each is written under a temporary name and renamed into place."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

WAREHOUSE_FILE: Final = "warehouse.duckdb"
SETTINGS_FILE: Final = "phoneseg.toml"
TOKEN_KEY_FILE: Final = "token.key"  # noqa: S105 - a file name, not a password
TRUTH_FOLDER: Final = "truth"

_TOKEN_KEY_BYTES: Final = 32

_SETTINGS: Final = """\
# The settings of the demo. Paths are relative to this file.
# Any of them can be overridden by an environment variable that starts with PHONESEG_.

[warehouse]
url = "duckdb:///warehouse.duckdb"  # an SQLAlchemy URL: where the contacts are and where the segments go
output_schema = "phoneseg"          # the schema that phoneseg publishes into

[privacy]
token_key_file = "token.key"        # the key behind phone_token; whoever has it can link tokens to numbers

# One section per contact source. A contact is one row of it, known as `<source>:<id>`, for example `crm:100001`.

[contacts.crm]
table = "crm.customer"
id = "customer_id"
phones = ["mobile", "home_phone"]   # the columns with phone numbers, the preferred one first
region_column = "country"           # tells how to read numbers without a country code
created_at = "created_at"           # a contact exists in a run when it was created before the run's as_of
updated_at = "updated_at"
attributes = ["city", "postal_code", "birth_date", "gender", "language"]

[contacts.webshop]
table = "webshop.account"
id = "account_id"
phones = ["phone"]
region_column = "billing_country"   # names of countries work as well as codes
created_at = "registered_at"
updated_at = "updated_at"
attributes = ["city", "postal_code", "date_of_birth"]

[contacts.support]
table = "support.requester"
id = "requester_id"
phones = ["callback_number"]
region_column = "country_code"
created_at = "first_seen_at"
updated_at = "updated_at"
attributes = ["preferred_language"]
"""


@contextmanager
def replace_when_done(path: Path) -> Iterator[Path]:
    """Write a file under a temporary name and rename it into place when the block ends well.

    Args:
        path: The file to write; an existing one stays readable until the end and is then replaced.

    Yields:
        The temporary path in the same folder; nothing is left there when the block raises.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        for leftover in (temporary, temporary.with_name(f"{temporary.name}.wal")):  # DuckDB's log, if it broke
            leftover.unlink(missing_ok=True)


def keep_or_write_settings(folder: Path) -> bool:
    """Write `phoneseg.toml` unless there is one, which may hold somebody's changes.

    Returns:
        Whether it was written.
    """
    path = folder / SETTINGS_FILE
    if path.exists():
        return False
    with replace_when_done(path) as temporary:
        temporary.write_text(_SETTINGS, encoding="utf-8")
    return True


def keep_or_write_token_key(folder: Path) -> bool:
    """Write a random `token.key` unless there is one: another key would orphan every published token.

    Returns:
        Whether it was written.
    """
    path = folder / TOKEN_KEY_FILE
    if path.exists():
        return False
    with replace_when_done(path) as temporary:
        # The mode is given on creation, so that the key is at no moment readable by others.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_TOKEN_KEY_BYTES) + "\n")
    return True
