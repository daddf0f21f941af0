"""docs/hygiene.md: the states of numbers, the kinds of issues and the score of a source, out of the code."""

from typing import Final

from docs.pages.markdown import bullets, code, code_block, page, table
from phoneseg.contracts import NUMBER_STATES, QUALITY_PARTS, SEVERITIES
from phoneseg.hygiene import EVIDENCE, all_issue_kinds
from phoneseg.publish import COVERED_REGIONS
from phoneseg.settings import IssueSettings, QualityWeights

_COMMANDS: Final = """\
phoneseg rnd export ask.csv --config phoneseg.toml          # numbers in clear, mode 600
# upload ask.csv at reassigned.us, download the answers
phoneseg rnd import answers.csv --config phoneseg.toml --answered-on 2026-07-15
rm ask.csv answers.csv"""


def render() -> str:
    """Return the page."""
    return page(
        "The hygiene of numbers and contacts",
        "phoneseg/hygiene/",
        "Three tables tell what is wrong after cells were read and repaired: "
        "[`number_state`](tables.md#number_state), whether a contact can still be reached by a number; "
        "[`hygiene_issue`](tables.md#hygiene_issue), what to mend; and [`quality_score`](tables.md#quality_score), how "
        "good a source is, over time. None holds a number or another value of a source.",
        _states(),
        _lists(),
        _database(),
        _issues(),
        _score(),
    )


def _states() -> str:
    return "\n\n".join(
        (
            "## States of numbers",
            "Each number of each contact has one. A number that looks reassigned or disconnected is neither active, "
            "cooling nor dormant, however lately somebody was reached by it.",
            table(("state", "meaning"), [(code(state), meaning) for state, meaning in NUMBER_STATES.items()]),
            "It rests on calls and messages of the activity sources that name the number, or the contact by its id. Of "
            "rows by id, only those count whose channel goes to a phone, and the settings say to which: "
            "[`sent_to`](settings.md#activity), else the primary phone. Map `delivery_status`, and `failure_reason` "
            "where there is one: without them, nothing of a message is known but that it was sent.",
            table(
                ("evidence", "meaning", "weight"),
                [(code(name), meaning, f"{weight:g}") for name, (weight, meaning) in EVIDENCE.items()],
            ),
            "A failure for good (unknown subscriber, not in service) is another thing than one that may pass (phone "
            "off, memory full): the bounds of both, and of the states, stand under "
            "[`hygiene.number_state`](settings.md#hygienenumber_state). Failures count in a row: one sign of life "
            "begins anew.",
            bullets(
                (
                    "`confirmed_at` is when the contact itself last showed that the number is its own: when it was "
                    "created, gave consent, or wrote or called as itself and not by its number alone. What happened "
                    "before that speaks against nobody: the number may have had another holder.",
                    "A number is *disconnected* where a list says so on that day or later, or where messages failed "
                    "one after the other.",
                    "It is *reassigned* where a list says so; where it was dead for `aging_days` at least, and then "
                    "somebody was reached by it; or where another contact came with it that long after it died. Two "
                    "contacts with one number are no evidence by themselves: families and double rows have that.",
                    "`state_confidence` is one less the product of what is left of each weight (a noisy or). The "
                    "weights are judgement, not measurement.",
                )
            ),
            "A suspicion forbids nothing: [`contact_permission`](tables.md#contact_permission) stays as it is. Leave "
            "such numbers out in a definition, with `number_state NOT IN ('suspected_disconnected', "
            "'suspected_reassigned')`.",
        )
    )


def _lists() -> str:
    return (
        "## Lists\n\nNumbers that a carrier or a provider says are disconnected, reassigned or in use come as "
        "[`number_list`](settings.md#number_list): a table or query with a number, a status and a date. Every run "
        "reads the rows from before its `as_of`. A disconnection counts for contacts that confirmed the number on that "
        "day or before; one that is followed by a sign of life sooner than a number can be given away is taken for an "
        "error of the list."
    )


def _database() -> str:
    return "\n\n".join(
        (
            "## The Reassigned Numbers Database",
            "The database of the FCC (reassigned.us; 47 CFR 64.1200(m)) answers whether a number of the United States "
            "was permanently disconnected on a day or later. The day is the last at which the caller knew that the "
            "number was the contact's, which is `confirmed_at`.",
            code_block("", _COMMANDS),
            bullets(
                (
                    "`export` writes one line for each number and day: ten digits, a comma, a date such as "
                    "`2026-06-30`, without a heading. Numbers of the regions "
                    f"{', '.join(COVERED_REGIONS)} that are valid are asked about.",
                    "`import` takes lines of number, date and `yes`, `no` or `no_data`, with or without a heading. It "
                    "refuses the whole file for one wrong line, and names line and column. Table "
                    "[`rnd_answer`](tables.md#rnd_answer) keeps the answers as tokens; the same question again "
                    "replaces its answer. What is about a number that nobody has any more stays out, so that no "
                    "answer brings back who was erased.",
                    "From `--answered-on` on, runs take yes for a disconnection on the day that was asked about or "
                    "later, and no for a sign of life on the day of the answer. An answer of no data says nothing.",
                    "A yes ends with the next confirmation of the contact: then ask again.",
                    "The layout follows public descriptions of the query: a number, and a date as YYYY-MM-DD. The "
                    "database's own user guide, which is behind its registration, has the last word: compare the first "
                    "file with it.",
                )
            ),
        )
    )


def _issues() -> str:
    kinds = all_issue_kinds(IssueSettings())
    return "\n\n".join(
        (
            "## Issues",
            f"An issue is about a phone, a quarantined cell, or a contact. Its severity is one of "
            f"{', '.join(map(code, SEVERITIES))}; what may well be as it is, such as a foreign number of somebody who "
            "moved, is an info. Evidence is codes, regions and hours, never a value of a source.",
            table(
                ("kind", "about", "what it says", "suggested fix"),
                [(code(kind.name), kind.subject, kind.description, kind.suggested_fix) for kind in kinds],
            ),
            "What helps goes by the evidence here:",
            table(
                ("kind", "evidence", "suggested fix"),
                [(code(kind.name), code(why), fix) for kind in kinds for why, fix in kind.fixes.items()],
            ),
            "A kind is one file under `phoneseg/hygiene/issues/`, with an `IssueKind` named `KIND`, or a `build_kind` "
            "that takes the [settings](settings.md#hygieneissues).",
        )
    )


def _score() -> str:
    weights = QualityWeights().model_dump()
    rows = [(code(name), f"{meaning}.", f"{weights[name]:g}") for name, meaning in QUALITY_PARTS.items()]
    return "\n\n".join(
        (
            "## The score of a source",
            "`quality_score` is 100 times the mean of five shares, by their "
            "[weights](settings.md#hygienequality); a share of nothing, such as the freshness of a source of whose "
            "numbers nothing was seen, stays out with its weight.",
            table(("part", "share", "weight"), rows),
            "Consistency counts contradictions that are warnings: kinds `mobile_field_fixed_line`, "
            "`region_against_address`, `region_against_language`, `several_countries` and `time_zone_against_address`. "
            "What is quarantined is not valid, a number that is shared by too many neither. "
            "Numbers of a family count against uniqueness, so that two sources compare by it only where both hold the "
            "same sort of contacts. [`sql/source_quality.sql`](questions.md) tells which source gets worse.",
        )
    )
