"""Definitions of segments for the demo: what an analyst would write."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from phoneseg.demo.folder import replace_when_done

SEGMENTS_FOLDER: Final = "segments"

_VALUE: Final = """\
# Segments by what contacts spend. `where` is SQL that is true for the members; docs/definitions.md lists its columns.
# `phoneseg plan` shows what an edit changes before anything is published.

[groups.value_tier]                  # a contact is in one segment of a group at most: the lowest priority wins
name = "Value tier"
description = "What a contact spent in the last year, in the currency of the settings."

[[segment]]
code = "gold"
name = "Gold"
description = "Spent 500 or more in the last year."
owner = "crm-team"
where = "amount_sum_365d >= 500"
group = "value_tier"
priority = 1

[[segment]]
code = "silver"
name = "Silver"
description = "Spent 100 or more in the last year."
owner = "crm-team"
where = "amount_sum_365d >= 100"
group = "value_tier"
priority = 2

[[segment]]
code = "bronze"
name = "Bronze"
description = "Purchased something in the last year."
owner = "crm-team"
where = "purchase_count_365d > 0"
group = "value_tier"
priority = 3

[[segment]]
code = "lapsed_valuable"
name = "Lapsed, but valuable"
description = "Spent 300 or more in all, and nothing in the last four months."
owner = "crm-team"
where = "amount_sum_all >= 300 AND days_since_last_purchase > 120"
"""

_REACH: Final = """\
# Segments by how contacts can be reached.

[[segment]]
code = "reachable_by_phone"
name = "Reachable by phone"
description = "Has a valid number that may be a mobile, and does not leave most of our calls unanswered."
owner = "contact-center"
where = \"\"\"
number_type_segment IN ('MOBILE', 'FIXED_LINE_OR_MOBILE')
AND COALESCE(answered_share_365d, 1) >= 0.3  -- no share where we never called
\"\"\"

[[segment]]
code = "sms_campaign"
name = "SMS campaign"
description = "Allows SMS for marketing, and is on no list that forbids it."
owner = "contact-center"
where = "ARRAY_CONTAINS(contactable_segments, 'sms:marketing')"

[[segment]]
code = "german_speaking"
name = "German-speaking countries"
description = "Has a number of Germany, Austria, Switzerland or Liechtenstein."
owner = "contact-center"
where = "country_segment IN ('DE', 'AT', 'CH', 'LI')"

[[segment]]
code = "win_back_call"
name = "Call to win back"
description = "Lapsed, but valuable, and reachable by phone."
owner = "contact-center"
where = "is_lapsed_valuable AND is_reachable_by_phone"   # members of the other two
"""

_FILES: Final = {"reach.toml": _REACH, "value.toml": _VALUE}


def keep_or_write_segments(folder: Path) -> bool:
    """Write the files of `segments/` unless there is such a folder, which may hold somebody's own.

    Args:
        folder: The demo's folder.

    Returns:
        Whether they were written.
    """
    segments = folder / SEGMENTS_FOLDER
    if segments.exists():
        return False
    segments.mkdir()
    for name, text in _FILES.items():
        with replace_when_done(segments / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return True
