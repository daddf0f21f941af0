"""What the benchmark does, each step in a process of its own."""

import resource
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from activity_figures.contacts import make_contacts
from activity_figures.events import make_events
from activity_figures.stage import open_run, write_nothing_kept
from phoneseg import pipeline
from phoneseg.contracts import RAW_ACTIVITY, RAW_CONTACT, RAW_PHONE

_BATCH_CONTACTS: Final = 250_000


@dataclass(frozen=True)
class Cost:
    """What a step took: seconds by the clock and of all cores, and the peak memory of its process in GB."""

    wall_s: float
    cpu_s: float
    peak_gb: float

    @classmethod
    def since(cls, began: float, began_cpu: float) -> "Cost":
        """Return the cost of this process since two readings of `perf_counter` and `process_time`."""
        peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return cls(perf_counter() - began, process_time() - began_cpu, peak_kib * 1024 / 1e9)

    def then(self, later: "Cost") -> "Cost":
        """Return the cost of both, one after the other."""
        return Cost(self.wall_s + later.wall_s, self.cpu_s + later.cpu_s, max(self.peak_gb, later.peak_gb))


def has_stage(folder: Path) -> bool:
    """Return whether `normalize` ended in the folder: it writes its counts last."""
    return (open_run(folder).stage.folder / "normalize.json").exists()


def write_stage(folder: Path, row_count: int, contact_count: int) -> None:
    """Write what `extract` leaves, and normalize it."""
    run = open_run(folder)
    stage = run.stage
    stage.create()
    write_nothing_kept(stage)
    with stage.append(RAW_CONTACT) as append_contacts, stage.append(RAW_PHONE) as append_phones:
        for first in range(0, contact_count, _BATCH_CONTACTS):
            contacts, phones = make_contacts(first, min(_BATCH_CONTACTS, contact_count - first))
            append_contacts(contacts.collect())
            append_phones(phones.collect())
    with stage.append(RAW_ACTIVITY) as append:
        for rows in make_events(row_count, contact_count):
            append(rows.collect())
    pipeline.normalize(run)
    for table in (RAW_ACTIVITY, RAW_PHONE):  # nobody reads them any more
        stage.path(table.name).unlink()


def run_verb(folder: Path, name: str) -> Cost:
    """Run a verb on the stage."""
    run, verb = open_run(folder), getattr(pipeline, name)
    began, began_cpu = perf_counter(), process_time()
    verb(run)
    return Cost.since(began, began_cpu)
