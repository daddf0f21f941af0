"""The figures of activity in DuckDB's SQL, by the definitions in the docstrings of `phoneseg.profiles`.

`w` is the position of the shortest window that an event is in, so `w <= 1` is: within the second shortest. Events are
ordered once for all window functions, and summed by contact and `w` before they are summed by window: an aggregate with
a FILTER for each figure and window, straight over the events, takes twice as long. Sums of doubles are exact here, as
their whole numbers stay below 2^53, and take two thirds of the time of integers, which DuckDB widens to 128 bits.
"""

from typing import Final

from phoneseg.contracts.activity import ACTIVITY_KINDS
from phoneseg.contracts.profile import window_suffixes
from phoneseg.settings.profile import DEFAULT_WINDOWS_DAYS

_HOUR_US: Final = 3_600_000_000
_DAY_US: Final = 24 * _HOUR_US
_RESPONSE_HOURS: Final = 24
_DAYS: Final = DEFAULT_WINDOWS_DAYS
_SUFFIXES: Final = window_suffixes(_DAYS)
_COUNTS: Final = {
    "event_count": "true",
    "call_in_count": "kind = 'call' AND is_inbound",
    "call_out_count": "kind = 'call' AND NOT is_inbound",
    "message_in_count": "kind = 'message' AND is_inbound",
    "message_out_count": "kind = 'message' AND NOT is_inbound",
    "purchase_count": "kind = 'purchase'",
    "visit_count": "kind = 'visit'",
    "active_days": "is_last_of_day",
}
_PARTS_OF_SHARES: Final = {
    "attempts": "is_attempt",
    "answers": "delay_us IS NOT NULL",
    "asked": "kind = 'call' AND NOT is_inbound AND is_answered IS NOT NULL",
    "picked_up": "kind = 'call' AND NOT is_inbound AND is_answered",
    "nights": "hour >= 22 OR hour < 6",
    "clocked": "hour IS NOT NULL",
    "priced": "price IS NOT NULL",
}
_FROM_CONTACT: Final = "(is_inbound OR kind IN ('purchase', 'visit'))"
_SUMMED: Final = _COUNTS | _PARTS_OF_SHARES
_JOINED: Final = ("sums", "gaps", "delays", "hours", "weekdays", "parties", "repeats", "channels")
_AS_OF_US: Final = "getvariable('as_of_us')"


def _each(*figures: str) -> str:
    """Return figures of each window as a list; in them, <w> stands for its position and <s> for its suffix."""
    written = (each.replace("<w>", str(w)).replace("<s>", s) for w, s in enumerate(_SUFFIXES) for each in figures)
    return ",\n    ".join(written)


CONTACT: Final = """
CREATE OR REPLACE TEMP TABLE contact AS
SELECT row_number() OVER () AS contact, contact_id, contact_created_at,
    coalesce(known_zone.zone, of_hint.zone, of_number.zone) AS time_zone
FROM read_parquet(getvariable('contacts')) AS base
LEFT JOIN known_zone ON known_zone.zone = base.time_zones
LEFT JOIN sole_zone AS of_hint ON of_hint.region = base.region_hint
LEFT JOIN sole_zone AS of_number ON of_number.region = base.region_code
"""

ZONE_HOUR: Final = f"""
CREATE OR REPLACE TEMP TABLE zone_hour AS
SELECT zone, hour, epoch_us(timezone(zone, make_timestamptz(hour * {_HOUR_US}))) - hour * {_HOUR_US} AS offset_us
FROM (SELECT DISTINCT time_zone AS zone FROM contact WHERE time_zone IS NOT NULL),
    (SELECT unnest(range(min(epoch_us(occurred_at)) // {_HOUR_US}, {_AS_OF_US} // {_HOUR_US} + 1)) AS hour
     FROM read_parquet(getvariable('activity')))
"""
"""How far off UTC each zone is in each hour, as all of these change on the hour: to ask for each event takes longer."""

EVENT: Final = f"""
CREATE OR REPLACE TEMP TABLE event AS
SELECT contact, at_us, at_us // {_DAY_US} AS day, kind, is_inbound, is_answered, counterparty,
    (CASE {" ".join(f"WHEN at_us >= {_AS_OF_US} - {days * _DAY_US} THEN {w}" for w, days in enumerate(_DAYS))}
     ELSE {len(_DAYS)} END)::UTINYINT AS w,
    is_inbound IS FALSE AND (kind = 'message' OR (kind = 'call' AND is_answered IS FALSE)) AS is_attempt,
    CASE WHEN kind = 'purchase' THEN amount_e4 END AS price,
    CASE WHEN kind IN ('message', 'purchase') THEN coalesce(lower(channel), kind) ELSE kind END AS channel,
    ((at_us + offset_us) // {_HOUR_US} % 24)::UTINYINT AS hour,
    (((at_us + offset_us) // {_DAY_US} + 3) % 7 + 1)::UTINYINT AS weekday
FROM (SELECT *, epoch_us(occurred_at) AS at_us FROM read_parquet(getvariable('activity'))
      WHERE occurred_at < make_timestamptz({_AS_OF_US}))
JOIN contact USING (contact_id)
LEFT JOIN zone_hour ON zone_hour.zone = contact.time_zone AND zone_hour.hour = at_us // {_HOUR_US}
"""

# Of events at one moment attempts stand last, so that the answer to an attempt is later than it.
_ORDERED: Final = f"""
ordered AS (
  SELECT * EXCLUDE (reply_us),
    CASE WHEN is_attempt AND reply_us - at_us <= {_RESPONSE_HOURS * _HOUR_US} THEN reply_us - at_us END AS delay_us
  FROM (
    SELECT contact, at_us, w, kind, is_inbound, is_answered, is_attempt, price, hour,
      at_us // 1000000 - lag(at_us // 1000000) OVER one_by_one AS gap_s,
      lag(w) OVER one_by_one AS gap_w,
      lead(day) OVER one_by_one IS DISTINCT FROM day AS is_last_of_day,
      min(CASE WHEN is_inbound AND kind IN ('call', 'message') THEN at_us END) OVER from_here AS reply_us
    FROM event
    WINDOW one_by_one AS (PARTITION BY contact ORDER BY at_us, is_attempt),
      from_here AS (one_by_one ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
  )
)"""

_SUMS: Final = f"""
by_window AS (
  SELECT contact, w, min(at_us) AS first_activity_us, max(at_us) AS last_activity_us,
    max(at_us) FILTER {_FROM_CONTACT} AS last_engagement_us,
    min(at_us) FILTER (kind = 'purchase') AS first_purchase_us,
    {", ".join(f"max(at_us) FILTER (kind = '{kind}') AS last_{kind}_us" for kind in ACTIVITY_KINDS)},
    {", ".join(f"count(*) FILTER (at_us >= {_AS_OF_US} - {2 * d * _DAY_US})::DOUBLE AS both_{d}d" for d in _DAYS)},
    {", ".join(f"count(*) FILTER ({rule})::DOUBLE AS {name}" for name, rule in _SUMMED.items())},
    sum(price)::DOUBLE AS amount, max(price) AS highest
  FROM ordered GROUP BY contact, w
), sums AS (
  SELECT contact, min(first_activity_us) AS first_activity_us, max(last_activity_us) AS last_activity_us,
    max(last_engagement_us) AS last_engagement_us, min(first_purchase_us) AS first_purchase_us,
    {", ".join(f"max(last_{kind}_us) AS last_{kind}_us" for kind in ACTIVITY_KINDS)},
    {", ".join(f"sum(both_{days}d) AS both_{days}d" for days in _DAYS)},
    {_each(*(f"sum(CASE WHEN w <= <w> THEN {name} END) AS {name}_<s>" for name in (*_SUMMED, "amount")))},
    {_each("max(CASE WHEN w <= <w> THEN highest END) AS highest_<s>")}
  FROM by_window GROUP BY contact
)"""

_GAPS: Final = f"""
by_gap_window AS (
  SELECT contact, gap_w, count(*) AS n, sum(gap_s) AS total, sum(gap_s * gap_s) AS square
  FROM ordered WHERE gap_s IS NOT NULL GROUP BY contact, gap_w
), gaps AS (
  SELECT contact,
    {_each(*(f"sum({part}) FILTER (gap_w <= <w>) AS gap_{part}_<s>" for part in ("n", "total", "square")))}
  FROM by_gap_window GROUP BY contact
)"""

_DELAYS: Final = f"""
delays AS (
  SELECT contact, {_each("median(delay_us) FILTER (w <= <w>) AS delay_us_<s>")}
  FROM ordered WHERE delay_us IS NOT NULL GROUP BY contact
)"""


def _count_by(code: str, name: str) -> str:
    return f"""
{name} AS (
  SELECT contact, {code}, {_each("count(*) FILTER (w <= <w>) AS n_<s>")}
  FROM event WHERE {code} IS NOT NULL GROUP BY contact, {code}
)"""


_CLOCK: Final = f"""
{_count_by("hour", "by_hour")}, hours AS (
  SELECT contact, {_each("max(n_<s> * 32 + 31 - hour) AS hour_<s>")} FROM by_hour GROUP BY contact
), {_count_by("weekday", "by_weekday")}, weekdays AS (
  SELECT contact, {_each("max(n_<s> * 32 + 31 - weekday) AS weekday_<s>")} FROM by_weekday GROUP BY contact
)"""

_PARTIES: Final = f"""
{_count_by("counterparty", "by_party")}, parties AS (
  SELECT contact, {
    _each(
        "count(*) FILTER (n_<s> > 0) AS counterparty_count_<s>",
        "sum(n_<s>::DOUBLE) AS met_<s>",
        "sum(n_<s> * ln(greatest(n_<s>, 1))) AS terms_<s>",
    )
}
  FROM by_party GROUP BY contact
)"""

_REPEATS: Final = """
by_purchase_day AS (
  SELECT contact, day, sum(price)::DOUBLE AS amount FROM event WHERE kind = 'purchase' GROUP BY contact, day
), repeats AS (
  SELECT contact, count(*) - 1 AS repeat_purchase_days, max(day) - min(day) AS repeat_purchase_span_days,
    avg(amount) FILTER (is_later) / 10000 AS repeat_purchase_amount_mean
  FROM (SELECT *, day > min(day) OVER (PARTITION BY contact) AS is_later FROM by_purchase_day) GROUP BY contact
)"""

_CHANNELS: Final = f"""
by_channel AS (
  SELECT contact, channel, count(*) AS n, max(at_us) AS last_us FROM event
  WHERE w < {len(_DAYS)} AND {_FROM_CONTACT} GROUP BY contact, channel
), channels AS (
  SELECT contact, first(channel ORDER BY n DESC, last_us DESC, channel) AS preferred_channel
  FROM by_channel GROUP BY contact
)"""

_SPREAD: Final = "sqrt((gap_n_<s> * gap_square_<s> - gap_total_<s> * gap_total_<s>)::DOUBLE)"
_OF_WINDOW: Final = (
    *(f"coalesce({name}_<s>, 0)::INTEGER AS {name}_<s>" for name in (*_COUNTS, "counterparty_count")),
    "ln(nullif(met_<s>, 0)) - terms_<s> / nullif(met_<s>, 0) AS counterparty_entropy_<s>",
    "amount_<s> / 10000 AS amount_sum_<s>",
    "amount_<s> / (nullif(priced_<s>, 0) * 10000) AS amount_mean_<s>",
    "highest_<s> / 10000 AS amount_max_<s>",
    "gap_total_<s> / (gap_n_<s> * 3600) AS gap_mean_hours_<s>",
    f"{_SPREAD} / (gap_n_<s> * 3600) AS gap_std_hours_<s>",
    "answers_<s> / nullif(attempts_<s>, 0) AS response_rate_<s>",
    "delay_us_<s> / 1000000 AS response_delay_median_s_<s>",
    "picked_up_<s> / nullif(asked_<s>, 0) AS answered_share_<s>",
    "nights_<s> / nullif(clocked_<s>, 0) AS night_share_<s>",
    "(CASE WHEN hour_<s> >= 32 THEN 31 - hour_<s> % 32 END)::SMALLINT AS busiest_hour_<s>",
    "(CASE WHEN weekday_<s> >= 32 THEN 31 - weekday_<s> % 32 END)::SMALLINT AS busiest_weekday_<s>",
)
_TRENDS: Final = ", ".join(
    f"(2 * coalesce(sums.event_count_{d}d, 0) - both_{d}d) / nullif(both_{d}d, 0) AS trend_{d}d" for d in _DAYS
)
_INSTANTS: Final = (
    "first_activity",
    "last_activity",
    "last_engagement",
    "first_purchase",
    *(f"last_{kind}" for kind in ACTIVITY_KINDS),
)

FIGURES: Final = f"""
WITH {", ".join((_ORDERED, _SUMS, _GAPS, _DELAYS, _CLOCK, _PARTIES, _REPEATS, _CHANNELS))}
SELECT contact_id, time_zone, least(contact_created_at, make_timestamptz(first_activity_us)) AS first_seen_at,
    {", ".join(f"make_timestamptz({name}_us) AS {name}_at" for name in _INSTANTS)},
    repeat_purchase_days::INTEGER AS repeat_purchase_days,
    repeat_purchase_span_days::INTEGER AS repeat_purchase_span_days, repeat_purchase_amount_mean, preferred_channel,
    {_each(*_OF_WINDOW)},
    {_TRENDS}
FROM contact
{" ".join(f"LEFT JOIN {name} USING (contact)" for name in _JOINED)}
"""
"""One row per contact of `contact`, in any order: what `phoneseg.profiles` makes of its activity, but the seasons."""
