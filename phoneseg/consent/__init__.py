"""Who may be contacted by which channel for what, and who objects to profiling?"""

from phoneseg.consent.match import match_permissions
from phoneseg.consent.permit import Permissions, scan_permissions

__all__ = ["Permissions", "match_permissions", "scan_permissions"]
