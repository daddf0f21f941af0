"""The number engine against other ways to the same answers, side by side in one run.

    python benchmarks/numbers.py [--rows N]... [--sample N] [--quick] [--install-rivals]

Rates depend on the machine; the ratios are what to keep. Rivals that are not installed are named and skipped. They are
the C++ library, for which g++ and Debian's libphonenumber-dev are needed, goldenflow, in the Python that
BENCH_GOLDENFLOW_PYTHON names, and libphonenumber-js, in the folder whose node_modules BENCH_LIBPHONENUMBER_JS names.
--install-rivals puts the last two into the user's cache folder. All numbers are made up.
"""

import sys
from pathlib import Path

_HERE = str(Path(__file__).resolve().parent)
if _HERE in sys.path:
    # Behind the standard library, or this file would hide the module `numbers` that numpy and others import.
    sys.path.remove(_HERE)
    sys.path.append(_HERE)

if __name__ == "numbers":
    # Another benchmark of this folder runs, and something that it imports wants the standard library's module.
    import os
    from importlib.util import module_from_spec, spec_from_file_location

    _spec = spec_from_file_location("numbers", Path(os.__file__).with_name("numbers.py"))
    assert _spec is not None
    assert _spec.loader is not None
    sys.modules["numbers"] = module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["numbers"])


def main() -> None:
    """Read the command line, measure, and print the tables."""
    import argparse
    import os
    import platform
    import tempfile
    from importlib.metadata import version

    from number_engine.columns import write_columns
    from number_engine.engine_table import THREADS, print_engine, print_stages
    from number_engine.install import install_rivals
    from number_engine.processes import in_fresh_process
    from number_engine.rival_table import print_rivals

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, action="append", help="rows of the engine's columns; 1 and 10 million")
    parser.add_argument("--sample", type=int, help="rows that each rival gets; 50,000")
    parser.add_argument("--quick", action="store_true", help="200,000 rows, and 10,000 for the rivals")
    parser.add_argument("--install-rivals", action="store_true", help="first install goldenflow and libphonenumber-js")
    asked = parser.parse_args()
    sizes = sorted(asked.rows or ([200_000] if asked.quick else [1_000_000, 10_000_000]))
    sample = asked.sample or (10_000 if asked.quick else 50_000)
    if asked.install_rivals:
        install_rivals()
    versions = ", ".join(f"{name} {version(name)}" for name in ("phoneseg", "polars", "phonenumbers"))
    print(f"Python {platform.python_version()}, {versions}, {os.cpu_count()} cores")
    print(
        "The full job: parse, possible, valid, type, region, E.164, INTERNATIONAL, carrier, area (English), time zones"
    )
    with tempfile.TemporaryDirectory() as folder:
        in_fresh_process(write_columns, max(THREADS), Path(folder), sizes)
        full_job = print_engine(Path(folder), sizes)
        ordinary = Path(folder) / f"ordinary-{sizes[0]}.parquet"
        print_rivals(ordinary, min(sample, sizes[0]), full_job)
        print_stages(ordinary)


if __name__ == "__main__":
    main()
