"""The synthetic warehouse behind `phoneseg demo`: people, their numbers as people write them, and what they do.

Nothing in it belongs to a real person except by chance.
"""

from phoneseg.demo.writer import DemoSummary, write_demo

__all__ = ["DemoSummary", "write_demo"]
