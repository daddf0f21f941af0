"""phoneseg: segments contacts by their phone numbers."""

__version__ = "0.1.0"
