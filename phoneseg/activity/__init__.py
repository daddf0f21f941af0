"""Whose activity is it? Rows that name an id or a number become events of contacts."""

from phoneseg.activity.match import (
    KNOWN_PHONE,
    add_known_tokens,
    list_contacts,
    match_activity,
    scan_known_phones,
    scan_named_numbers,
    scan_phones,
    scan_unread,
)
from phoneseg.activity.numbers import NUMBER, list_numbers

__all__ = [
    "KNOWN_PHONE",
    "NUMBER",
    "add_known_tokens",
    "list_contacts",
    "list_numbers",
    "match_activity",
    "scan_known_phones",
    "scan_named_numbers",
    "scan_phones",
    "scan_unread",
]
