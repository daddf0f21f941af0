"""Rows of activity, each beside the contacts that it belongs to."""

import polars as pl

from phoneseg.activity.numbers import NUMBER
from phoneseg.activity.outcomes import MATCHED, OUTCOME, UNKNOWN_CONTACT
from phoneseg.contracts import ACTIVITY

_MATCHED_COLUMNS = (*ACTIVITY.column_names, "is_unpriced", "outcome", "is_first")


def match_ids(raw_activity: pl.LazyFrame, contacts: pl.DataFrame) -> pl.LazyFrame:
    """Match the rows that name an id and a time.

    Args:
        raw_activity: Rows of RAW_ACTIVITY.
        contacts: `contact_id` of all contacts of the run, each once.

    Returns:
        Of each of those rows the columns of ACTIVITY; `is_unpriced`; `outcome`; and `is_first`: true.
    """
    named = raw_activity.filter(pl.col("contact_id").is_not_null() & pl.col("occurred_at").is_not_null())
    is_known = pl.col("is_known").fill_null(False)
    outcome = pl.when(is_known).then(pl.lit(MATCHED)).otherwise(pl.lit(UNKNOWN_CONTACT)).cast(OUTCOME)
    known = contacts.lazy().select("contact_id", is_known=pl.lit(True))
    matched = named.join(known, on="contact_id", how="left")
    return matched.with_columns(outcome=outcome, is_first=pl.lit(True)).select(_MATCHED_COLUMNS)


def match_numbers(raw_activity: pl.LazyFrame, lookup: pl.DataFrame) -> pl.LazyFrame:
    """Match the rows that name a number and a time.

    Args:
        raw_activity: Rows of RAW_ACTIVITY.
        lookup: The rows of `look_up_numbers`.

    Returns:
        Of each of those rows, once for each contact that has the number and at least once, the columns of ACTIVITY;
        `is_unpriced`; `outcome`; and `is_first`: true in one of them. `contact_id` is null where it is nobody's.
    """
    named = raw_activity.filter(pl.col("phone_raw").is_not_null() & pl.col("occurred_at").is_not_null())
    whose = lookup.lazy().select(*NUMBER, "contact_id", "outcome", "is_first")
    matched = named.drop("contact_id").join(whose, on=NUMBER, how="left", nulls_equal=True)
    return matched.select(_MATCHED_COLUMNS)


def count_parts(id_row_count: int, lookup: pl.DataFrame, contact_count: int, *, events: int, contacts: int) -> int:
    """Return how many parts hold at most so many events and contacts each, if they are alike.

    Args:
        id_row_count: Rows that name an id.
        lookup: The rows of `look_up_numbers`.
        contact_count: Contacts of the run.
        events: Events that a part may hold.
        contacts: Contacts that a part may hold.
    """
    of_numbers = lookup.filter(pl.col("outcome") == MATCHED).get_column("row_count").sum()
    return max(1, -(-(id_row_count + int(of_numbers)) // events), -(-contact_count // contacts))
