"""Segments that are not as big as they were: a slip in a definition, or in a source, should not reach anybody."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import CONTACTABLE, OBJECTION, PIPELINE_RUN, RISK, SEGMENT_SIZE
from phoneseg.errors import SegmentJumpError
from phoneseg.run import Run, as_utc
from phoneseg.settings import SegmentSettings
from phoneseg.warehouse import Warehouse

_SHOWN: Final = 5
_KEY: Final = ("segment_kind", "segment_code")
_SIZES: Final = {name: SEGMENT_SIZE.schema[name] for name in (*_KEY, "contact_count")}


@dataclass(frozen=True)
class EarlierSizes:
    """The segments at the nearest published `as_of` that is not later than the run's.

    Attributes:
        as_of: That `as_of`.
        sizes: `segment_kind`, `segment_code` and `contact_count` of each segment that had members.
        rules: Keys of the kinds and definitions that there were; null where an older phoneseg did not write them down.
    """

    as_of: datetime
    sizes: pl.DataFrame
    rules: frozenset[str] | None


def check_segment_sizes(
    warehouse: Warehouse, connection: sa.Connection, run: Run, rules: Collection[str]
) -> EarlierSizes | None:
    """Check that no segment changed its size by more than its share.

    Args:
        warehouse: The warehouse.
        connection: A connection.
        run: A run that is loaded.
        rules: Keys of its kinds and definitions: `kind`, or `kind:code`.

    Returns:
        What the sizes were compared with; null for the first run, and for one that accepts all sizes.

    Raises:
        SegmentJumpError: Some did; the message names the worst.
    """
    earlier = None if run.accept_sizes else _read_earlier(warehouse, connection, run)
    if earlier is None:
        return None
    now = _read_sizes(connection, sa.select(warehouse.naming.staging(SEGMENT_SIZE, run.run_id)))
    jumps = find_jumps(earlier, now, rules, run.settings.segments)
    if len(jumps):
        worst = "; ".join(map(_told, jumps.head(_SHOWN).iter_rows(named=True)))
        more = f"; and {len(jumps) - _SHOWN} more" if len(jumps) > _SHOWN else ""
        raise SegmentJumpError(
            f"{len(jumps)} segments changed by more than segments.max_change_pct = "
            f"{run.settings.segments.max_change_pct:g} % since {earlier.as_of:%Y-%m-%d %H:%M}; nothing was published: "
            f"{worst}{more}. `phoneseg plan` shows what edited definitions change. If that is right, run once with "
            "--accept-sizes (Param accept_sizes)"
        )
    return earlier


def find_jumps(
    earlier: EarlierSizes, now: pl.DataFrame, rules: Collection[str], settings: SegmentSettings
) -> pl.DataFrame:
    """Return the segments whose size jumped, the biggest change first.

    A segment counts that has, or had, `max_change_from_contacts` members, and whose kind or definition there was
    before and is still: who adds or removes one wants that. Without members it has the size 0. Where fewer may be
    contacted, or more object, it is no jump: who said so should not wait until somebody accepts it. Nor where all risks
    come or go at once: monitoring began or ended, or the mode is another.

    Args:
        earlier: The segments as they were.
        now: The same columns of the segments as they are.
        rules: Keys of the kinds and definitions that there are.
        settings: Which change is a jump.

    Returns:
        `segment_kind`, `segment_code`, `before`, `now`.
    """
    both = earlier.sizes.rename({"contact_count": "before"}).join(
        now.rename({"contact_count": "now"}), on=_KEY, how="full", coalesce=True
    )
    change, biggest = (pl.col("now") - pl.col("before")).abs(), pl.max_horizontal("before", "now")
    is_new = ~_has_rule(earlier.rules) if earlier.rules is not None else pl.col("before") == 0
    return (
        both.with_columns(pl.col("before", "now").fill_null(0))
        .filter(
            biggest >= settings.max_change_from_contacts,
            change * 100 > pl.col("before") * settings.max_change_pct,
            _has_rule(rules),
            ~is_new,
            ~_is_refusal(),
            ~_is_switch(),
        )
        .sort(change, "segment_kind", "segment_code", descending=[True, False, False])
    )


def _is_refusal() -> pl.Expr:
    """Return whether fewer contacts allow something than before, or more object."""
    kind, is_less = pl.col("segment_kind"), pl.col("now") < pl.col("before")
    return (kind.eq(CONTACTABLE) & is_less) | (kind.eq(OBJECTION) & ~is_less)


def _is_switch() -> pl.Expr:
    """Return whether a segment is one of risk, and all of those together had no member, or have none now."""
    kind = pl.col("segment_kind")
    has_none = (pl.col(name).sum().over(kind) == 0 for name in ("before", "now"))
    return kind.eq(RISK) & pl.any_horizontal(*has_none)


def _has_rule(keys: Collection[str]) -> pl.Expr:
    kind, code = map(pl.col, _KEY)
    return kind.is_in(list(keys)) | (kind + ":" + code).is_in(list(keys))


def _told(row: dict[str, object]) -> str:
    before, now = int(str(row["before"])), int(str(row["now"]))
    share = f" ({100 * (now - before) / before:+.0f} %)" if before else ""
    return f"{row['segment_kind']}:{row['segment_code']} {before:,} -> {now:,}{share}"


def _read_earlier(warehouse: Warehouse, connection: sa.Connection, run: Run) -> EarlierSizes | None:
    log, size = warehouse.naming.published(PIPELINE_RUN), warehouse.naming.published(SEGMENT_SIZE)
    published = sa.select(log.c.as_of, log.c.definition_versions).where(
        log.c.state == "published", log.c.pipeline == run.pipeline.value, log.c.as_of <= run.as_of
    )
    row = connection.execute(published.order_by(log.c.as_of.desc(), log.c.published_at.desc()).limit(1)).first()
    if row is None:
        return None
    sizes = _read_sizes(connection, sa.select(size).where(size.c.as_of == row.as_of))
    rules = None if row.definition_versions is None else frozenset(json.loads(row.definition_versions))
    return EarlierSizes(as_utc(row.as_of), sizes, rules)


def _read_sizes(connection: sa.Connection, statement: sa.Select[*tuple[object, ...]]) -> pl.DataFrame:
    rows = [tuple(row._mapping[name] for name in _SIZES) for row in connection.execute(statement)]
    return pl.DataFrame(rows, _SIZES, orient="row")
