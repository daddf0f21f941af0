"""One row per contact: all that segments are made of."""

from phoneseg.profiles.build import build_profiles
from phoneseg.profiles.contact import build_contact_base
from phoneseg.profiles.rfm_scores import score_purchases

__all__ = ["build_contact_base", "build_profiles", "score_purchases"]
