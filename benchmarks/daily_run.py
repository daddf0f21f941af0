"""How the daily run grows: each verb at one size and at twice that size, side by side in one run.

    python benchmarks/daily_run.py [CONTACTS]

A ratio of 2 is linear; less means that a fixed cost (an import, a connection) still shows.
"""

import resource
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from phoneseg import pipeline
from phoneseg.demo import write_demo
from phoneseg.run import Run
from phoneseg.settings import load_settings

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)


def time_verbs(contacts: int) -> dict[str, float]:
    """Return seconds by verb of a first run on a demo warehouse of `contacts` contacts."""
    with tempfile.TemporaryDirectory() as folder:
        write_demo(Path(folder), contacts=contacts)
        run = Run.open(load_settings(Path(folder) / "phoneseg.toml"), as_of=AS_OF)
        seconds = {}
        for verb in pipeline.VERBS:
            began = perf_counter()
            verb(run)
            seconds[verb.__name__] = perf_counter() - began
        return seconds


def main(contacts: int) -> None:
    """Print the table."""
    time_verbs(1_000)  # imports and caches
    small, large = time_verbs(contacts), time_verbs(2 * contacts)
    print(f"{'verb':<10} {contacts:>12,} {2 * contacts:>12,}  ratio   (seconds, contacts)")
    for verb, seconds in [*small.items(), ("all", sum(small.values()))]:
        twice = large.get(verb, sum(large.values()))
        print(f"{verb:<10} {seconds:>12.2f} {twice:>12.2f}  {twice / seconds:>5.2f}")
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process: {peak_mib:,.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)
