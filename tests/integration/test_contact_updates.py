"""When each contact was last published with something new, which is what a sync tool goes on from."""

from datetime import datetime, timedelta

import pytest
from runs import AS_OF, execute, query, run_pipeline

from phoneseg.settings import Settings

NEXT = AS_OF + timedelta(days=1)
LATER = "TIMESTAMP '2026-07-20 10:00'"  # after every watermark of the demo
SHOWN = (
    "SELECT contact_id, content_hash, contact_360.updated_at FROM phoneseg.contact_360 "
    "INNER JOIN phoneseg.contact_profile USING (contact_id)"
)


def shown(settings: Settings) -> dict[str, tuple[int, datetime]]:
    return {name: (content_hash, at) for name, content_hash, at in query(settings, SHOWN).iter_rows()}


@pytest.mark.parametrize("is_full", [False, True])
def test_updated_at_moves_for_the_contacts_that_a_run_changes_and_for_no_other(
    any_settings: Settings, is_full: bool
) -> None:
    run_pipeline(any_settings)
    before = shown(any_settings)
    execute(any_settings, f"UPDATE crm.customer SET mobile = '+49 1', updated_at = {LATER} WHERE customer_id = 100001")
    gone = max(name for name in before if name.startswith("crm:"))
    execute(any_settings, f"DELETE FROM crm.customer WHERE customer_id = {gone.removeprefix('crm:')}")
    assert run_pipeline(any_settings, NEXT, full=is_full)["is_incremental"] == (not is_full)
    after = shown(any_settings)
    kept = before.keys() & after.keys()
    changed = {name for name in kept if before[name][0] != after[name][0]}
    moved = {name for name in kept if before[name][1] != after[name][1]}
    assert moved == changed
    assert "crm:100001" in changed
    assert kept - changed
    assert before.keys() - after.keys() == {gone}
    assert len({at for _, at in before.values()}) == 1
    assert {after[name][1] for name in moved | (after.keys() - kept)} == {max(at for _, at in after.values())}
