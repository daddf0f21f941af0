"""The synthetic warehouse behind `phoneseg demo`: people, their numbers as people write them, and what they do.

Nothing in it belongs to a real person except by chance.
"""

from phoneseg.demo.warehouse_database import demo_server
from phoneseg.demo.writer import DemoSummary, is_demo_complete, write_demo

__all__ = ["DemoSummary", "demo_server", "is_demo_complete", "write_demo"]
