"""What the rows that a run reads depend on besides the rows of their source."""

import hashlib
import json
from importlib.metadata import version
from typing import Final

import phoneseg
from phoneseg.numbers import metadata_version
from phoneseg.privacy import load_token_key
from phoneseg.quality import suites_folder
from phoneseg.run import Run

_OF_ALL_CONTACTS: Final = {"number_state", "issues", "quality"}
"""Settings of hygiene that decide nothing about reading a cell."""
_CHECKS: Final = {"allow_empty", "max_shrink_pct"}
"""Settings of a source that change no row."""


def fingerprint_sources(run: Run) -> dict[str, str]:
    """Return a fingerprint of all that reading the rows of each source depends on besides the source's own rows.

    Those are its settings, those of hygiene, the token key, the suites that the rows pass, and the versions of phoneseg
    and of the packages that read numbers and countries. When one changes, the source is read whole. What every run does
    for all contacts is not among them: it makes all profiles and memberships anew out of what is published, and
    publishes those that differ. So an edited definition, a window or a rate costs no full read.

    Raises:
        SettingsError: There is no token key.
    """
    common = {
        "phoneseg": phoneseg.__version__,
        "phonenumbers": metadata_version(),
        "countries": [version("babel"), version("pycountry")],
        "token_key": load_token_key(run.settings).key_id,
        "hygiene": run.settings.hygiene.model_dump(mode="json", exclude=_OF_ALL_CONTACTS),
        "polars": version("polars"),  # its texts and patterns clean the cells
        "suites": {file.name: file.read_text("utf-8") for file in sorted(suites_folder(run.settings).glob("*.json"))},
    }
    sources = {name: run.settings.contacts[name].model_dump(mode="json", exclude=_CHECKS) for name in run.sources}
    return {name: _digest({**common, "source": source}) for name, source in sources.items()}


def _digest(values: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
