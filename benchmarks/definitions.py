"""What definitions of segments cost: 20 of them and 200, with the same number of memberships in all.

    python benchmarks/definitions.py [CONTACTS]

Profiles are made in parts, as a run reads them, so that any number of contacts fits in memory. Timed is how long it
takes to find the members by the definitions, and to write them into the stage; and to find them together with the
members of the segment kinds, as the verb `segment` does.
"""

import resource
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl

from phoneseg.contracts import CONTACT_PROFILE, SEGMENT_MEMBERSHIP
from phoneseg.run import Stage
from phoneseg.segments import KindParameters, SegmentRules, all_kinds
from phoneseg.segments.definitions import DefinitionRules, assign_definitions
from phoneseg.settings import Definition, ProfileSettings, SegmentSettings, WrittenDefinitions
from phoneseg.settings.profile import DEFAULT_WINDOWS_DAYS

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
PART_CONTACTS = 250_000
MEMBERSHIPS_PER_CONTACT = 2
COUNTRIES = ("DE", "AT", "FR", "GB", "US", "IN", "BR", "JP", "NG", "MX")


def make_profiles(first: int, count: int) -> pl.DataFrame:
    """Return profiles of the contacts `first` and following, the same whoever asks."""
    rng = np.random.default_rng(first)
    seconds = pl.Series(rng.integers(0, 1000 * 86_400, count) * 1_000_000).cast(pl.Duration("us"))
    made = pl.DataFrame(
        {
            "contact_id": np.arange(first, first + count),
            "source": pl.repeat("crm", count, eager=True),
            "is_valid": rng.random(count) < 0.95,
            "region_code": pl.Series(COUNTRIES).gather(rng.integers(0, len(COUNTRIES), count)),
            "amount_sum_365d": rng.random(count) * 1000,
            "event_count_90d": rng.integers(0, 1000, count),
            "last_purchase_at": pl.repeat(AS_OF, count, eager=True) - seconds,
        }
    ).with_columns(contact_id=pl.lit("crm:") + pl.col("contact_id").cast(pl.String))
    missing = [name for name in CONTACT_PROFILE.column_names if name not in made.columns]
    return CONTACT_PROFILE.conform(made.lazy().with_columns(pl.lit(None).alias(name) for name in missing)).collect()


def make_rules(count: int) -> SegmentRules:
    """Return that many definitions, each for its share of the contacts, and all kinds."""
    rng, share = np.random.default_rng(count), MEMBERSHIPS_PER_CONTACT / count
    definitions = []
    for number in range(count):
        low = rng.random() * 1000 * (1 - 2 * share)
        between = f"BETWEEN {low:.0f} AND {low + 2000 * share:.0f}"
        listed = ", ".join(f"'{country}'" for country in rng.permutation(COUNTRIES)[:5])
        wheres = (
            f"amount_sum_365d {between} AND country_segment IN ({listed})",
            f"event_count_90d {between} AND days_since_last_purchase < 500",
            f"amount_sum_365d {between} AND days_since_last_purchase >= 500 AND NOT is_d{number - 1}",
        )
        where = wheres[number % len(wheres)]
        definitions.append(Definition(f"d{number}", f"D {number}", "A segment.", "benchmark", where))
    kinds = all_kinds(KindParameters(AS_OF, SegmentSettings(), ProfileSettings()))
    written = WrittenDefinitions(tuple(definitions))
    return SegmentRules(kinds, DefinitionRules.of(written, kinds, DEFAULT_WINDOWS_DAYS, AS_OF))


def main(contacts: int) -> None:
    """Print the table."""
    rules = {count: make_rules(count) for count in (20, 200)}
    members, found, written, whole = (dict.fromkeys(rules, 0.0) for _ in range(4))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        stage = Stage(Path(folder))
        append = {count: stack.enter_context(stage.append(SEGMENT_MEMBERSHIP, f"members-{count}")) for count in rules}
        for first in range(0, contacts, PART_CONTACTS):
            profiles = make_profiles(first, min(PART_CONTACTS, contacts - first))
            for count, each in rules.items():
                began = perf_counter()
                rows = assign_definitions(profiles, each.definitions)
                found[count] += perf_counter() - began
                append[count](rows)
                written[count] += perf_counter() - began
                members[count] += len(rows)
                began = perf_counter()
                each.assign(profiles)
                whole[count] += perf_counter() - began
    lines = {
        "memberships": members,
        "members found, s": found,
        "members found and written, s": written,
        "found with the kinds, s": whole,
    }
    print(f"{contacts:,} contacts{'20 definitions':>30}{'200 definitions':>18}  ratio")
    for label, (small, large) in ((label, figures.values()) for label, figures in lines.items()):
        print(f"{label:<28}{small:>16,.2f}{large:>18,.2f}  {large / small:>5.2f}")
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
