"""What `benchmarks/numbers.py` measures: generated columns, the engine, and what it is compared with."""
