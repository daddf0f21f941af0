"""docs/segments.md: every segment kind of the registry, and how to add one."""

from pathlib import Path
from typing import Final

from docs.pages.markdown import bullets, code, code_block, code_list, page, table
from phoneseg.segments import SegmentKind, all_kinds

_EXAMPLE: Final = Path(__file__).with_name("example_kind.py")


def render() -> str:
    """Return the page."""
    kinds = all_kinds()
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
        table(
            ("kind", "family", "exclusive", "what it says of a contact"),
            ((f"[{code(kind.name)}](#{kind.name})", kind.family, _yes(kind), kind.description) for kind in kinds),
        ),
        *(_describe(kind) for kind in kinds),
        _how_to_add(),
    )


def _describe(kind: SegmentKind) -> str:
    facts = (
        f"Family: {kind.family}",
        f"Definition: {kind.definition}",
        f"Version of the definition: {kind.definition_version}",
        f"Exclusive: {_yes(kind)}",
        f"Reads of [`contact_profile`](tables.md#contact_profile): {code_list(kind.inputs)}",
    )
    return f"## {kind.name}\n\n{kind.description}\n\n{bullets(facts)}"


def _yes(kind: SegmentKind) -> str:
    return "yes" if kind.is_exclusive else "no"


def _how_to_add() -> str:
    return "\n\n".join(
        (
            "## How to add a kind",
            "Add one new file under `phoneseg/segments/kinds/`. It holds a `SegmentKind` named `KIND`. Nothing else "
            "has to change: phoneseg finds the file, the tables take every kind, and the next run publishes it. This "
            "is a complete one, `phoneseg/segments/kinds/valid_phones.py`:",
            code_block("python", _EXAMPLE.read_text(encoding="utf-8")),
            bullets(
                (
                    "`code` is a Polars expression that gives the `segment_code` of a profile. Null makes no member.",
                    "`label` gives the segment's name for people. It reads `segment_code` and `inputs`, and is the "
                    "same for all members of a segment.",
                    "`inputs` names every column of `contact_profile` that the two read. A column that the profile "
                    "does not have is an error.",
                    "A kind that is not exclusive has `is_exclusive=False`, and its `code` gives a list of strings.",
                    "Raise `definition_version` whenever the rule changes. It stands beside every member.",
                )
            ),
            "Then run `make docs` for this page and `make test` for the checks.",
        )
    )
