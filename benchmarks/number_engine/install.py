"""Where the rivals of other package managers are, and their installation when it is asked for."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import which
from typing import Final

CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "phoneseg-benchmarks"
_GOLDENFLOW: Final = CACHE / "goldenflow"
_NEEDS: Final = "import goldenflow_native._native, goldenflow, polars, pyarrow"


def install_rivals() -> None:
    """Install goldenflow and libphonenumber-js into a cache folder of the user; nothing else is changed."""
    CACHE.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", str(_GOLDENFLOW)], check=True)
    packages = ["goldenflow[native,polars]", "goldenflow-native"]
    subprocess.run([str(_GOLDENFLOW / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages], check=True)
    if npm := which("npm"):
        subprocess.run([npm, "install", "--silent", "--prefix", str(CACHE), "libphonenumber-js"], check=True)


def find_goldenflow_python() -> str | None:
    """Return a Python that has goldenflow with its kernel, or None."""
    candidates = [os.environ.get("BENCH_GOLDENFLOW_PYTHON"), str(_GOLDENFLOW / "bin" / "python"), sys.executable]
    for python in candidates:
        if python and Path(python).exists():
            probed = subprocess.run([python, "-c", _NEEDS], capture_output=True, check=False)
            if probed.returncode == 0:
                return python
    return None


def find_node_path() -> str:
    """Return the folders where node looks for packages: the named one, the cache, the global one."""
    folders = [Path(folder) for folder in (os.environ.get("BENCH_LIBPHONENUMBER_JS"), CACHE) if folder]
    paths = [str(folder / "node_modules") for folder in folders]
    if npm := which("npm"):
        paths.append(subprocess.run([npm, "root", "-g"], capture_output=True, text=True, check=False).stdout.strip())
    return os.pathsep.join(paths)
