"""Gender of the contact, as its source says."""

from typing import Final

import polars as pl

from phoneseg.segments.kind import KindParameters, SegmentKind, version_of
from phoneseg.segments.labels import sentence_case

# Words and letters that mean one thing alone in all the languages that use them: `m` is male everywhere, but digits
# are not, as ISO/IEC 5218 writes 1 for male and others 0.
_SPELLINGS: Final = {
    "female": "f female w woman weiblich frau femme féminin feminin mujer femenino femenina feminino feminina donna "
    "femmina kobieta vrouw kvinna kvinde",
    "male": "m male man männlich mann homme masculin hombre masculino maschio uomo mężczyzna mand",
    "other": "x d other divers diverse diverso nonbinary non-binary non_binary nb",
}


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind.

    Args:
        parameters: The settings with further spellings, which go before the shipped ones.
    """
    further = parameters.settings.gender
    codes = {text: code for code, texts in _SPELLINGS.items() for text in texts.split()}
    codes |= {text.strip(" .").lower(): code for code in _SPELLINGS for text in getattr(further, code)}
    written = pl.col("gender").str.strip_chars(" .").str.to_lowercase()
    return SegmentKind(
        name="gender",
        family="demographic",
        description="Gender of the contact, as its source says.",
        definition=(
            "gender of the source by its spelling: F, female, W, ... are female, M, male, ... are male, X, D, other, "
            "divers, ... are other; anything else, and nothing, is unknown."
        ),
        definition_version=version_of("1", (parameters.settings, "gender")),
        is_exclusive=True,
        inputs=("gender",),
        code=written.replace_strict([*codes], [*codes.values()], default=pl.lit("unknown")),
        label=sentence_case(pl.col("segment_code")),
        codes=(*_SPELLINGS, "unknown"),
    )
