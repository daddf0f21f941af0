"""One row per contact: all that segments are made of."""

from phoneseg.profiles.build import build_profiles, score_purchases
from phoneseg.profiles.contact import build_contact_base

__all__ = ["build_contact_base", "build_profiles", "score_purchases"]
