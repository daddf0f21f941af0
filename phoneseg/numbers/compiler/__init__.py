"""From the metadata of `phonenumbers` to packed decision tries: everything libphonenumber knows, asked once.

The stages, each a module:

- `patterns`: libphonenumber's regular expressions, as automata over digits.
- `symbolic_digits`: a number of which only the first digits are known.
- `parse_decisions`: what calling code a number has and which of its digits are national.
- `class_decisions`: what a national number is: region, type, names, formats.
- `tries`: the decisions, digit after digit, as tries with shared branches.
- `packing`: tries and answers as arrays.
"""

from phoneseg.numbers.compiler.compile import compile_tables

__all__ = ["compile_tables"]
