"""What a suite asks of the rows of a run that reads only what changed."""

from datetime import timedelta

import pytest
from runs import AS_OF, execute, on_warehouses, run_pipeline

from phoneseg.errors import AuditError
from phoneseg.settings import Settings

pytestmark = pytest.mark.all_checks

NEXT = AS_OF + timedelta(days=1)
LATER = "TIMESTAMP '2026-07-20 10:00'"  # after every watermark of the demo


@on_warehouses("duckdb", "postgresql")
def test_a_share_that_the_suite_asks_of_all_rows_is_not_asked_of_a_few_changed_ones(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    execute(any_settings, f"UPDATE crm.customer SET mobile = '+49 1', updated_at = {LATER} WHERE customer_id = 100001")
    execute(any_settings, f"UPDATE crm.customer SET home_phone = NULL, updated_at = {LATER} WHERE customer_id = 100001")
    assert run_pipeline(any_settings, NEXT)["is_incremental"]
    execute(any_settings, f"UPDATE crm.customer SET mobile = '0000', home_phone = NULL, updated_at = {LATER}")
    execute(any_settings, f"UPDATE webshop.account SET phone = '+49 30 1', updated_at = {LATER}")
    execute(any_settings, f"UPDATE support.requester SET callback_number = '+49 30 1', updated_at = {LATER}")
    with pytest.raises(AuditError, match="contact_phone: expect_column_values_to_be_in_set"):
        run_pipeline(any_settings, NEXT)
