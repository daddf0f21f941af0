"""When numbers of one block, or accounts with something in common, belong together more than chance allows."""

from typing import Annotated, Self

from annotated_types import Ge, Gt, Lt
from pydantic import Field, model_validator

from phoneseg.settings.section import Section

Hours = Annotated[float, Gt(0)]
Lines = Annotated[int, Ge(2), Lt(1000)]


class NumberClusterSettings(Section):
    """When numbers of one block that appear or act together are a cluster."""

    min_numbers: int = Field(6, ge=3, description="Fewer numbers are no cluster.")
    burst_hours: tuple[Hours, ...] = Field(
        (1, 6, 24, 72), min_length=1, description="Widths, in hours, of the windows that are scanned for a burst."
    )
    line_spans: tuple[Lines, ...] = Field(
        (20, 100, 500), min_length=1, description="Widths, in numbers, of the stretches that are scanned for a run."
    )
    max_false_discovery_rate: float = Field(
        0.01, gt=0, lt=1, description="Share of false alarms that is accepted, for each sign."
    )
    min_signs: int = Field(
        2, ge=1, le=3, description="So many of the three signs (dense block, burst, run of numbers) make a cluster."
    )
    numbers_per_device: float = Field(
        2.5, gt=1, description="More numbers than so many times their devices share devices."
    )
    one_sided_pct: float = Field(
        97, ge=50, le=100, description="A cluster of which so many percent of the calls go out is one-sided."
    )
    same_counterparty_pct: float = Field(
        50, gt=0, le=100, description="One counterparty with so many percent of the cluster's events is in common."
    )
    min_events_per_number: float = Field(
        1, ge=0, description="Of a cluster with fewer events for each number, behaviour says nothing."
    )


class RingSettings(Section):
    """When accounts that share devices, numbers or counterparties are a ring."""

    max_accounts_per_device: int = Field(12, ge=2, description="A device of more accounts is public, such as a till.")
    max_accounts_per_number: int = Field(12, ge=2, description="A number of more accounts is a switchboard's.")
    max_accounts_per_counterparty: int = Field(
        8, ge=2, description="A counterparty of more accounts is a shop, a bank or a doctor."
    )
    min_shared_counterparties: int = Field(
        3, ge=1, description="So many counterparties in common join two accounts; one may be a friend."
    )
    min_accounts: int = Field(6, ge=2, description="Fewer accounts are a family.")
    max_accounts: int = Field(
        2000, ge=3, description="A component of more accounts is taken apart, by lower bounds on what is shared."
    )
    min_redundancy: float = Field(
        0.3, ge=0, description="A ring has spare links if it has so many for each account more than connect it."
    )
    crowd: int = Field(
        8, ge=2, description="A device, number or counterparty of so many accounts of the ring is crowded."
    )
    many_accounts: int = Field(20, ge=2, description="So many accounts are more than chance joins, but once or twice.")
    min_signs: int = Field(
        1, ge=1, le=4, description="So many of the signs (spare links, crowd, made together, many) make a ring."
    )
    high_signs: int = Field(2, ge=1, le=4, description="The risk is high where there are so many of them.")
    created_together_h: float = Field(48, gt=0, description="Accounts made within so many hours are made together ...")
    created_together_pct: float = Field(60, gt=0, le=100, description="... if they are so many percent of the ring.")

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.high_signs < self.min_signs:
            raise ValueError(f"`high_signs` has to be at least `min_signs`, which is {self.min_signs}")
        if self.max_accounts < self.min_accounts:
            raise ValueError(f"`max_accounts` has to be at least `min_accounts`, which is {self.min_accounts}")
        return self


class ClusterAmountSettings(Section):
    """When the money of a cluster or ring is not that of as many others."""

    min_members: int = Field(4, ge=2, description="Of fewer members that paid, money says nothing.")
    min_equal_members: int = Field(4, ge=2, description="So many members have to have paid one and the same amount.")
    common_price_pct: float = Field(
        5, gt=0, le=100, description="An amount that more percent of all who pay have paid is a price, and no sign."
    )
    sleep_days: float = Field(14, gt=0, description="A member that was silent for so many days had been asleep.")
    waking_h: float = Field(24, gt=0, description="Members that wake within so many hours wake together.")
    max_false_discovery_rate: float = Field(0.01, gt=0, lt=1, description="Share of false alarms that is accepted.")
    high_p_value: float = Field(1e-6, gt=0, lt=1, description="The risk is high at an adjusted p-value up to this.")


class ClusterRiskSettings(Section):
    """Clusters of numbers and rings of accounts."""

    number_cluster: NumberClusterSettings = NumberClusterSettings()
    ring: RingSettings = RingSettings()
    amounts: ClusterAmountSettings = ClusterAmountSettings()
