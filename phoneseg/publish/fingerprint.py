"""What published rows depend on besides the rows of their source."""

import hashlib
import json
from importlib.metadata import version

import phoneseg
from phoneseg.numbers import metadata_version
from phoneseg.privacy import load_token_key
from phoneseg.quality import suites_folder
from phoneseg.run import Run
from phoneseg.segments import SegmentRules


def fingerprint_sources(run: Run) -> dict[str, str]:
    """Return a fingerprint of all that the rows of each source depend on besides the source's own rows.

    Those are its settings, the token key, the segment definitions, the suites, and the versions of phoneseg and of the
    packages that read numbers and countries. When one changes, what was published has to be made anew. Activity and the
    other settings of profiles, such as rates, are not among them: every run makes all profiles, and publishes those
    that differ.

    Raises:
        SettingsError: There is no token key.
    """
    common = {
        "phoneseg": phoneseg.__version__,
        "phonenumbers": metadata_version(),
        "countries": [version("babel"), version("pycountry")],
        "token_key": load_token_key(run.settings).key_id,
        "definitions": SegmentRules.of(run).versions,
        "windows_days": run.settings.profile.windows_days,
        "polars": version("polars"),  # its hashes tell which contacts changed
        "suites": {file.name: file.read_text("utf-8") for file in sorted(suites_folder(run.settings).glob("*.json"))},
    }
    return {
        name: _digest({**common, "source": run.settings.contacts[name].model_dump(mode="json")}) for name in run.sources
    }


def _digest(values: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
