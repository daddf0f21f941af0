"""What signals of risk say of contacts: of their own ids and of all their numbers."""

from typing import Final

import polars as pl

from phoneseg.activity import scan_unread
from phoneseg.contracts import ACTIVITY, CONTACT_PHONE, KEPT_PHONE
from phoneseg.contracts.contact_risk import CONTACT_RISK, MEMBER_SIGNAL
from phoneseg.contracts.profile import RISK_COLUMNS
from phoneseg.contracts.risk import RISK_LEVELS
from phoneseg.extract import was_monitored
from phoneseg.run import Run, Stage

_SIGNAL: Final = MEMBER_SIGNAL.key[1:]
_NUMBER, _CONTACT = "number", "contact"
_LOWEST: Final = RISK_LEVELS[0]


def match_risks(run: Run) -> dict[str, int]:
    """Bring signals to the contacts that they are about, those that the run did not read included.

    Writes `contact_risk`, in the parts of `activity`.

    Args:
        run: A run whose phones are read and whose activity is matched.

    Returns:
        Nothing that `pipeline_run` counts.
    """
    stage = run.stage
    risks = CONTACT_RISK.schema.to_frame()
    if stage.count(MEMBER_SIGNAL.name):  # in shadow mode there are none, and phones need not be looked through
        signals = stage.scan(MEMBER_SIGNAL.name)
        risks = summarize_signals(signals, _scan_phones(stage)).collect(engine="streaming")
    with stage.append_parts(CONTACT_RISK, len(stage.scan_parts(ACTIVITY.name))) as append:
        append(risks)
    return {}


def _scan_phones(stage: Stage) -> pl.LazyFrame:
    """Return `contact_id` and `phone_token` of the phones of all contacts of the run, as they will be published."""
    tables = (stage.scan(CONTACT_PHONE.name), scan_unread(stage, KEPT_PHONE.name))
    return pl.concat([rows.select("contact_id", "phone_token") for rows in tables])


def summarize_signals(signals: pl.LazyFrame, phones: pl.LazyFrame) -> pl.LazyFrame:
    """Return the risk of each contact that has a signal.

    Args:
        signals: Rows of MEMBER_SIGNAL.
        phones: `contact_id` and `phone_token`; a number may stand more than once.

    Returns:
        Rows of CONTACT_RISK. A signal about several numbers of a contact counts once.
    """
    of_numbers = signals.filter(pl.col("member_kind") == _NUMBER).join(
        phones, left_on="member", right_on="phone_token", how="inner"
    )
    of_contacts = signals.filter(pl.col("member_kind") == _CONTACT).with_columns(contact_id="member")
    columns = ("contact_id", "risk_level", *_SIGNAL)
    told = pl.concat([each.select(columns) for each in (of_numbers, of_contacts)]).unique()
    risks = told.group_by("contact_id").agg(
        risk_level=pl.col("risk_level").cast(pl.Enum(RISK_LEVELS)).max(),
        risk_reasons=pl.col("signal_kind").unique().sort().str.join(","),
        risk_signal_count=pl.len(),
    )
    return CONTACT_RISK.conform(risks)


def scan_risks(run: Run) -> list[pl.LazyFrame]:
    """Return the rows of CONTACT_RISK of each part, in the order of the parts of the profiles.

    Raises:
        StopError: `match_risks` has not written them.
    """
    return run.stage.scan_parts(CONTACT_RISK.name)


def add_risk(profiles: pl.DataFrame, risks: pl.LazyFrame, run: Run) -> pl.DataFrame:
    """Add `risk_level`, `risk_reasons` and `risk_signal_count` to profiles.

    Args:
        profiles: Rows of the contact profile, all of a part.
        risks: Rows of CONTACT_RISK of the same part.
        run: The run; where it knows of no monitoring, the three are null.

    Returns:
        The profiles in their order and with the columns in theirs; contacts with a phone and without a signal are low.
    """
    if not was_monitored(run):
        return profiles
    plain = profiles.lazy().drop(column.name for column in RISK_COLUMNS)
    is_quiet = pl.col("risk_level").is_null() & (pl.col("phone_count") > 0)
    known = plain.join(risks, on="contact_id", how="left", maintain_order="left").with_columns(
        risk_level=pl.when(is_quiet).then(pl.lit(_LOWEST)).otherwise("risk_level"),
        risk_signal_count=pl.when(is_quiet).then(pl.lit(0, pl.Int32)).otherwise("risk_signal_count"),
    )
    return known.select(profiles.columns).collect()
