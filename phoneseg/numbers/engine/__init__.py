"""Numbers a column at a time: texts to a tape of digits, digits through tries, leaves to columns.

A batch goes through these rooms:

- `cells` (and `irregular`, for what is not just digits and punctuation): texts become places on a `tape` of digits.
- `national`: the parse trie finds calling code and national digits.
- `answers`: the class trie finds what the number is; a column per field, texts written by `texts`.
"""

from phoneseg.numbers.engine.engine import Engine
from phoneseg.numbers.engine.lookup import Lookup

__all__ = ["Engine", "Lookup"]
