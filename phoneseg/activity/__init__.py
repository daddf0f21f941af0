"""Whose activity is it? Rows that name an id or a number become events of contacts."""

from phoneseg.activity.match import match_activity

__all__ = ["match_activity"]
