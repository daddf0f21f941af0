"""How sorts of numbers behave: honest ones, some of which look like SIM boxes, and SIM boxes that evade detection."""

from dataclasses import dataclass
from typing import Final

DAYTIME, OFFICE, EVENING, NIGHT, ROUND_THE_CLOCK = "daytime", "office", "evening", "night", "round_the_clock"

HOUR_WEIGHTS: Final = {
    DAYTIME: (1, 1, 0, 0, 0, 1, 3, 6, 8, 9, 9, 10, 11, 10, 9, 9, 10, 12, 13, 13, 11, 8, 5, 2),
    OFFICE: (0, 0, 0, 0, 0, 0, 0, 2, 9, 12, 12, 11, 7, 10, 12, 11, 10, 5, 1, 0, 0, 0, 0, 0),
    EVENING: (3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 13, 15, 16, 16, 13, 9, 5),
    NIGHT: (9, 8, 7, 6, 4, 4, 5, 6, 5, 4, 4, 4, 4, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 11),
    ROUND_THE_CLOCK: (1,) * 24,
}
"""How much happens in each hour of the day."""


@dataclass(frozen=True)
class Habit:
    """How the numbers of one sort behave, on average; each number draws its own around that.

    Attributes:
        share: Share of the numbers that are of the sort.
        calls_per_day: Outgoing calls of a working day.
        incoming_ratio: Incoming calls for one outgoing call.
        stranger_share: Share of outgoing calls to somebody who is none of the contacts.
        contact_count: Contacts that the other calls go to, the first of them most often.
        callback_share: Share of incoming calls from somebody whom the number called.
        hours: When it calls, of HOUR_WEIGHTS.
        weekend_factor: Calls of a day of the weekend, for one of a working day.
        answered_share: Share of outgoing calls that are picked up.
        duration_s: Mean seconds of a call that is picked up.
        messages_per_day: Outgoing messages.
        message_ratio: Incoming messages for one outgoing message.
        cell_count: Cells that it is seen in.
        main_cell_share: Share of its events in the first of them.
        numbers_per_device: Numbers that share one device, at the most.
        devices_per_number: Devices that it is used in, on average.
        international_share: Share of outgoing calls that go abroad.
        new_share: Share of the numbers that began within the watched days.
        duty_days: One of so many days is a day at work, the others are silent.
    """

    share: float
    calls_per_day: float
    incoming_ratio: float
    stranger_share: float
    contact_count: int
    callback_share: float
    hours: str = DAYTIME
    weekend_factor: float = 1.0
    answered_share: float = 0.7
    duration_s: float = 110.0
    messages_per_day: float = 3.0
    message_ratio: float = 1.2
    cell_count: int = 6
    main_cell_share: float = 0.5
    numbers_per_device: int = 1
    devices_per_number: float = 1.0
    international_share: float = 0.02
    new_share: float = 0.03
    duty_days: int = 1


HONEST: Final = {
    "ordinary": Habit(0.65, 4, 1.0, 0.1, 22, 0.7, devices_per_number=1.04),
    "heavy_talker": Habit(0.06, 24, 0.8, 0.12, 60, 0.8, EVENING, duration_s=170),
    "new_sim": Habit(0.04, 6, 0.7, 0.3, 15, 0.7, new_share=1.0),
    "family": Habit(0.06, 5, 1.0, 0.08, 18, 0.8, numbers_per_device=3),
    "traveller": Habit(
        0.03, 9, 0.6, 0.35, 30, 0.6, cell_count=25, main_cell_share=0.2, devices_per_number=1.6, international_share=0.3
    ),
    "taxi": Habit(0.035, 32, 0.9, 0.65, 25, 0.45, NIGHT, 1.3, 0.8, 45, 1.0, cell_count=40, main_cell_share=0.08),
    "courier": Habit(0.035, 45, 0.22, 0.82, 15, 0.75, OFFICE, 0.4, 0.75, 35, 2.0, cell_count=30, main_cell_share=0.1),
    "field_sales": Habit(
        0.02, 22, 0.35, 0.65, 40, 0.8, OFFICE, 0.1, 0.6, 160, 4.0, cell_count=12, main_cell_share=0.35
    ),
    "call_centre": Habit(
        0.015, 110, 0.07, 0.88, 10, 0.8, OFFICE, 0.2, 0.35, 75, 0.0, 0.0, 1, 1.0, 4, international_share=0
    ),
    "office_gateway": Habit(0.01, 55, 0.12, 0.35, 60, 0.6, OFFICE, 0.1, 0.65, 130, 0.0, 0.0, 1, 1.0, 8),
    "phone_kiosk": Habit(0.01, 40, 0.06, 0.85, 12, 0.8, DAYTIME, 1.0, 0.65, 95, 0.0, 0.0, 1, 1.0, 2),
    "phone_trader": Habit(0.01, 14, 0.8, 0.45, 30, 0.6, cell_count=4, main_cell_share=0.75, devices_per_number=3.5),
    "machine": Habit(0.025, 2, 0.1, 0.0, 2, 0.5, ROUND_THE_CLOCK, 1.0, 0.9, 15, 22.0, 0.05, 1, 1.0),
}
"""Honest numbers. Call centres, offices that call through a few SIMs, and kiosks where people pay to call look most
like SIM boxes."""

SIM_BOXES: Final = {
    "naive": Habit(
        0.0,
        170,
        0.01,
        0.97,
        5,
        0.9,
        EVENING,
        1.1,
        0.55,
        190,
        0.0,
        0.0,
        1,
        1.0,
        16,
        new_share=0.5,
        international_share=0,
    ),
    "rate_limited": Habit(
        0.0, 26, 0.01, 0.96, 5, 0.9, EVENING, 1.1, 0.55, 190, 0.0, 0.0, 1, 1.0, 16, new_share=0.5, international_share=0
    ),
    "human_like": Habit(
        0.0,
        20,
        0.1,
        0.75,
        20,
        0.9,
        DAYTIME,
        1.0,
        0.6,
        180,
        0.5,
        0.5,
        4,
        0.7,
        1,
        new_share=0.3,
        international_share=0.01,
    ),
    "rotating_sims": Habit(
        0.0,
        60,
        0.02,
        0.95,
        5,
        0.9,
        EVENING,
        1.1,
        0.55,
        190,
        0.0,
        0.0,
        2,
        0.9,
        1,
        4,
        new_share=0.7,
        duty_days=3,
        international_share=0,
    ),
    "mixed_messages": Habit(
        0.0,
        34,
        0.25,
        0.85,
        12,
        0.5,
        EVENING,
        1.0,
        0.55,
        180,
        9.0,
        0.8,
        3,
        0.85,
        4,
        new_share=0.4,
        international_share=0.01,
    ),
}
"""SIM boxes by their level of evasion. The strategies are those that makers of SIM boxes sell (Kouam et al., 2021)."""
