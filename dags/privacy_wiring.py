"""What the tasks of `enforce_privacy` call: counts come back, and nothing that names a person."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException
from airflow_settings import read_settings

from phoneseg import governance
from phoneseg.errors import StopError, told_without_values

log = logging.getLogger(__name__)


def serve_open_requests() -> dict[str, int]:
    """Serve the open requests; return how many there were, and the rows that went.

    Raises:
        AirflowFailException: Somebody has to mend something first, such as a request that cannot be served.
    """
    try:
        with told_without_values("enforce_privacy"):
            receipts, refused = governance.serve_requests(read_settings(), dry_run=_is_dry_run())
    except StopError as error:
        raise AirflowFailException(str(error)) from error
    counts = {"request_count": len(receipts), "row_count": sum(each.row_count for each in receipts)}
    log.info("requests served: %s, rows erased: %s", counts["request_count"], counts["row_count"])
    if refused:
        told = "; ".join(f"{count}: {reason}" for reason, count in refused.items())
        raise AirflowFailException(f"some requests cannot be served, the others are: {told}")
    return counts


def expire_rows() -> dict[str, int]:
    """Apply the retention of the settings; return the rows that went, by table.

    Raises:
        AirflowFailException: Somebody has to mend something first.
    """
    try:
        with told_without_values("enforce_privacy"):
            counts = governance.apply_retention(read_settings(), datetime.now(UTC), dry_run=_is_dry_run())
    except StopError as error:
        raise AirflowFailException(str(error)) from error
    log.info("older than the settings keep it: %s", counts or "nothing")
    return counts


def _is_dry_run() -> bool:
    context: Mapping[str, Any] = get_current_context()
    return bool(context["params"]["dry_run"])
