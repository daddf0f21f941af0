"""How many signals of risk there are, for people who look."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from phoneseg.contracts import PIPELINE_RUN, Pipeline
from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.run import as_utc
from phoneseg.warehouse import Warehouse


@dataclass(frozen=True)
class SignalCounts:
    """The signals of one monitored interval.

    Attributes:
        as_of: End of the interval (UTC).
        counts: Kind of signals, risk level, and how many there are, in order.
    """

    as_of: datetime
    counts: list[tuple[str, str, int]]


def count_signals(
    warehouse: Warehouse, connection: sa.Connection, as_of: datetime | None = None
) -> SignalCounts | None:
    """Count the published signals of an interval, or of the newest that was monitored; None where none was."""
    log, signal = (warehouse.naming.published(table) for table in (PIPELINE_RUN, RISK_SIGNAL))
    if as_of is None:
        is_monitored = (log.c.state == "published") & (log.c.pipeline == Pipeline.MONITOR_ACTIVITY.value)
        newest = connection.execute(sa.select(sa.func.max(log.c.as_of)).where(is_monitored)).scalar()
        if newest is None:
            return None
        as_of = as_utc(newest)
    kinds = (signal.c.signal_kind, signal.c.risk_level)
    grouped = sa.select(*kinds, sa.func.count()).where(signal.c.as_of == as_of).group_by(*kinds).order_by(*kinds)
    return SignalCounts(as_of, [(kind, level, int(count)) for kind, level, count in connection.execute(grouped)])
