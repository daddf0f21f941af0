"""Files of the demo folder: each is written under a temporary name and renamed into place."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from phoneseg.demo.countries import load_countries
from phoneseg.errors import StopError

WAREHOUSE_FILE: Final = "warehouse.duckdb"
SETTINGS_FILE: Final = "phoneseg.toml"
TOKEN_KEY_FILE: Final = "token.key"  # noqa: S105 - a file name, not a password
TRUTH_FOLDER: Final = "truth"

_TOKEN_KEY_BYTES: Final = 32

_SETTINGS: Final = """\
# The settings of the demo. Paths are relative to this file.
# Any of them can be overridden by an environment variable that starts with PHONESEG_.

[warehouse]
url = "{url}"  # an SQLAlchemy URL: where the contacts are and where the segments go
output_schema = "phoneseg"  # the schema that phoneseg publishes into

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
birth_date = "birth_date"
gender = "gender"
city = "city"
postal_code = "postal_code"
first_name = "first_name"           # tell which contacts are one person; they are compared, never published
last_name = "last_name"
email = "email"
attributes = ["language"]           # further columns, for segments of your own

[contacts.webshop]
table = "webshop.account"
id = "account_id"
phones = ["phone"]
region_column = "billing_country"   # names of countries work as well as codes
created_at = "registered_at"
updated_at = "updated_at"
birth_date = "date_of_birth"
city = "city"
postal_code = "postal_code"
full_name = "full_name"
email = "email"

[contacts.support]
table = "support.requester"
id = "requester_id"
phones = ["callback_number"]
region_column = "country_code"
created_at = "first_seen_at"
updated_at = "updated_at"
full_name = "name"
email = "email"
attributes = ["preferred_language"]

# One section per activity source: what contacts do. A row belongs to the contact that it names by id or by number.

[activity.calls]
kind = "call"
table = "telephony.call"
phone = "phone_number"              # whoever has the number; E.164 for most, so no region is needed
occurred_at = "started_at"          # in UTC, as no time_zone says otherwise
direction = "direction"             # inbound is from the contact
duration_s = "duration_s"
is_answered = "is_answered"
counterparty = "agent"
pipelines = ["segment_contacts"]    # the daily run alone reads it; without this, monitor_activity does, too

[activity.messages]
kind = "message"
table = "messaging.message"
contact_id = "customer_id"
contacts = "crm"                    # whose ids those are
occurred_at = "sent_at"
direction = "direction"
channel = "channel"
campaign = "campaign"
delivery_status = "delivery_status" # delivered, failed ...
failure_reason = "failure_reason"   # tells a number that nobody has from a phone that is switched off
sent_to = "mobile"                  # which number of the customer messages go to
pipelines = ["segment_contacts"]

[activity.purchases]
kind = "purchase"
table = "webshop.purchase"
contact_id = "account_id"
contacts = "webshop"
occurred_at = "purchased_at"
is_inbound = true
amount = "amount"
currency_column = "currency"
campaign = "campaign"
pipelines = ["segment_contacts"]

# Records of a whole network, for monitor_activity alone: most numbers are of no contact, and the daily run skips them.

[activity.network_calls]
kind = "call"
query = "SELECT * FROM telephony.call_record WHERE kind = 'call'"
phone = "phone_number"
occurred_at = "started_at"
direction = "direction"             # inbound is from the number
counterparty = "other_number"       # who was at the other end; a number, if it reads as one
duration_s = "duration_s"
is_answered = "is_answered"
campaign = "campaign"
cell = "cell"                       # what SIM boxes and rings are told by
device = "device"
pipelines = ["monitor_activity"]

[activity.network_messages]
kind = "message"
query = "SELECT * FROM telephony.call_record WHERE kind = 'message'"
phone = "phone_number"
occurred_at = "started_at"
direction = "direction"
counterparty = "other_number"
campaign = "campaign"
cell = "cell"
device = "device"
pipelines = ["monitor_activity"]

# What monitor_activity is told beforehand. docs/risk.md says what its signals mean.

[risk]
mode = "on"                         # numbers with a signal make members of the segments of kind risk

[risk.calendar]
table = "fraud.known_cause"         # own campaigns and outages are no spikes

[risk.prefix_list]
table = "fraud.prefix_list"         # allow, monitor or block

[risk.rates]
table = "fraud.termination_rate"    # to estimate what SIM boxes cost

# Who may be contacted: consent by channel and purpose, objections to profiling, and lists of numbers not to contact.

[consent.preferences]
table = "crm.consent"
contact_id = "customer_id"
contacts = "crm"
channel_column = "channel"
purpose_column = "purpose"
status_column = "status"            # granted or withdrawn, yes or no, ...: the newest row decides
at = "decided_at"

[consent.newsletter]
table = "webshop.account"
contact_id = "account_id"
contacts = "webshop"
channel = "email"
purpose = "marketing"
status_column = "newsletter"
at = "registered_at"

[objection.profiling]
table = "crm.objection"
contact_id = "customer_id"
contacts = "crm"
status_column = "status"
at = "decided_at"

[suppression.do_not_call]
table = "telephony.do_not_call"
phone = "phone_number"
channel = "call"
valid_from = "listed_at"
valid_until = "delisted_at"

# What others say of numbers: disconnected for good, or given to somebody else.

[number_list.carriers]
table = "telephony.number_status"
phone = "phone_number"
status_column = "status"
at = "status_at"

[privacy.contact]
default = "opt_in"                  # nobody is contactable without consent

[profile]
currency = "EUR"                    # amounts are converted by these rates; in other currencies they do not count

[profile.exchange_rates]
{rates}
"""
_RATE_DIGITS: Final = 6


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


def keep_or_write_settings(folder: Path, url: str) -> bool:
    """Write `phoneseg.toml` unless there is one, which may hold somebody's changes.

    Args:
        folder: The demo's folder.
        url: The warehouse's; it may hold a password.

    Returns:
        Whether it was written.
    """
    path = folder / SETTINGS_FILE
    if path.exists():
        return False
    with replace_when_done(path) as temporary:
        write = write_private if "@" in url else Path.write_text
        write(temporary, _SETTINGS.replace("{url}", url).replace("{rates}", _write_rates()))
    return True


def _write_rates() -> str:
    """Write what one unit of each currency of the demo is worth in euros, a line each."""
    units_per_usd = {country.currency: country.units_per_usd for country in load_countries()}
    euros = units_per_usd.pop("EUR")
    return "\n".join(
        f"{currency} = {euros / units:.{_RATE_DIGITS}g}" for currency, units in sorted(units_per_usd.items())
    )


def check_folder(folder: Path, backend: str) -> None:
    """Check that a demo may be written into the folder.

    Args:
        folder: The demo's folder, which may be missing.
        backend: `duckdb` or `postgresql`.

    Raises:
        StopError: It holds a warehouse that is no demo, or settings that name another kind of warehouse.
    """
    if (folder / WAREHOUSE_FILE).exists() and not (folder / TRUTH_FOLDER).exists():
        raise StopError(f"{folder / WAREHOUSE_FILE} was not made by `phoneseg demo`: choose another folder")
    settings = folder / SETTINGS_FILE
    if not settings.exists():
        return
    named = re.search(r'^url *= *"(\w+)', settings.read_text(encoding="utf-8"), re.MULTILINE)
    if named and named[1] != backend:
        raise StopError(f"{settings} is of a demo on {named[1]}: choose another folder for one on {backend}")


def keep_or_write_token_key(folder: Path) -> bool:
    """Write a random `token.key` unless there is one: another key would orphan every published token.

    Returns:
        Whether it was written.
    """
    path = folder / TOKEN_KEY_FILE
    if path.exists():
        return False
    with replace_when_done(path) as temporary:
        write_private(temporary, secrets.token_hex(_TOKEN_KEY_BYTES) + "\n")
    return True


def write_private(path: Path, text: str) -> None:
    """Write a new file that is at no moment readable by others."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
