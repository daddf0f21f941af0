"""What the shipped tables were compiled from, as a digest: `python -m tests.unit.numbers.shipped_digest` writes it.

`make tables` does so after it has compiled. A test compares the digest in a moment, where compiling takes a minute; the
slow part compiles.
"""

import hashlib
from pathlib import Path
from typing import Final

from phoneseg import numbers
from phoneseg.numbers import metadata_version, store

FILE: Final = Path(__file__).with_suffix(".txt")
SHIPPED: Final = store.SHIPPED_FOLDER / f"phonenumbers-{metadata_version()}.npz"


def digest() -> str:
    """Return the SHA-256 of the compiler, of what it shares with the engine, and of the tables."""
    package = Path(numbers.__file__).parent
    sources = [*sorted((package / "compiler").glob("*.py")), package / "languages.py", package / "tables.py"]
    found = hashlib.sha256()
    for file in (*sources, SHIPPED):
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


if __name__ == "__main__":
    FILE.write_text(f"{digest()}\n", encoding="utf-8")
