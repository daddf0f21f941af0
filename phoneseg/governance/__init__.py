"""What persons and their officers may ask for: erasure, access, retention, and new keys."""

from phoneseg.governance.access import export_person
from phoneseg.governance.erasure import erase, serve_requests
from phoneseg.governance.receipts import Receipt
from phoneseg.governance.requests import Request, RequestKind, request_contact, request_number
from phoneseg.governance.retention import apply_retention
from phoneseg.governance.rotation import KeyUse, list_keys, rotate_keys

__all__ = [
    "KeyUse",
    "Receipt",
    "Request",
    "RequestKind",
    "apply_retention",
    "erase",
    "export_person",
    "list_keys",
    "request_contact",
    "request_number",
    "rotate_keys",
    "serve_requests",
]
