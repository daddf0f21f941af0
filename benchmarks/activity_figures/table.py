"""The figures of the benchmark, printed."""

from activity_figures.measure import Measured
from activity_figures.steps import Cost


def print_costs(measured: Measured) -> None:
    """Print what each step took, and how phoneseg and DuckDB compare."""
    rows = measured.row_count
    print(f"\n{rows:,} rows of activity, {measured.contact_count:,} contacts")
    print(f"{'':<20}{'wall s':>10}{'CPU s':>10}{'rows/s':>12}{'CPU us/row':>12}{'peak GB':>9}")
    both = measured.profile.then(measured.segment)
    steps = {"profile": measured.profile, "segment": measured.segment, "both": both, "DuckDB": measured.duckdb}
    for name, cost in steps.items():
        print(
            f"{name:<20}{cost.wall_s:>10,.1f}{cost.cpu_s:>10,.1f}{rows / cost.wall_s:>12,.0f}"
            f"{cost.cpu_s / rows * 1e6:>12.2f}{cost.peak_gb:>9.2f}"
        )
    for name, cost in (("profile", measured.profile), ("profile and segment", both)):
        print(f"{name} at {_speed(cost, measured.duckdb)} of DuckDB with the figures alone")


def print_differences(measured: Measured) -> bool:
    """Print how many figures differ, and of which columns; return whether none does."""
    count = sum(measured.differing.values())
    columns = "".join(f"; {name}: {cells:,}" for name, cells in measured.differing.items())
    print(f"{count:,} of {measured.compared_count:,} figures differ{columns}", flush=True)
    return not count


def _speed(ours: Cost, theirs: Cost) -> str:
    return f"{theirs.wall_s / ours.wall_s:.2f} times the speed ({theirs.cpu_s / ours.cpu_s:.2f} by CPU seconds)"
