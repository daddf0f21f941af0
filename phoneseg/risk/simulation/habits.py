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
    "ordinary": Habit(
        share=0.65,
        calls_per_day=4,
        incoming_ratio=1.0,
        stranger_share=0.1,
        contact_count=22,
        callback_share=0.7,
        devices_per_number=1.04,
    ),
    "heavy_talker": Habit(
        share=0.06,
        calls_per_day=24,
        incoming_ratio=0.8,
        stranger_share=0.12,
        contact_count=60,
        callback_share=0.8,
        hours=EVENING,
        duration_s=170,
    ),
    "new_sim": Habit(
        share=0.04,
        calls_per_day=6,
        incoming_ratio=0.7,
        stranger_share=0.3,
        contact_count=15,
        callback_share=0.7,
        new_share=1.0,
    ),
    "family": Habit(
        share=0.06,
        calls_per_day=5,
        incoming_ratio=1.0,
        stranger_share=0.08,
        contact_count=18,
        callback_share=0.8,
        numbers_per_device=3,
    ),
    "traveller": Habit(
        share=0.03,
        calls_per_day=9,
        incoming_ratio=0.6,
        stranger_share=0.35,
        contact_count=30,
        callback_share=0.6,
        cell_count=25,
        main_cell_share=0.2,
        devices_per_number=1.6,
        international_share=0.3,
    ),
    "taxi": Habit(
        share=0.035,
        calls_per_day=32,
        incoming_ratio=0.9,
        stranger_share=0.65,
        contact_count=25,
        callback_share=0.45,
        hours=NIGHT,
        weekend_factor=1.3,
        answered_share=0.8,
        duration_s=45,
        messages_per_day=1.0,
        cell_count=40,
        main_cell_share=0.08,
    ),
    "courier": Habit(
        share=0.035,
        calls_per_day=45,
        incoming_ratio=0.22,
        stranger_share=0.82,
        contact_count=15,
        callback_share=0.75,
        hours=OFFICE,
        weekend_factor=0.4,
        answered_share=0.75,
        duration_s=35,
        messages_per_day=2.0,
        cell_count=30,
        main_cell_share=0.1,
    ),
    "field_sales": Habit(
        share=0.02,
        calls_per_day=22,
        incoming_ratio=0.35,
        stranger_share=0.65,
        contact_count=40,
        callback_share=0.8,
        hours=OFFICE,
        weekend_factor=0.1,
        answered_share=0.6,
        duration_s=160,
        messages_per_day=4.0,
        cell_count=12,
        main_cell_share=0.35,
    ),
    "call_centre": Habit(
        share=0.015,
        calls_per_day=110,
        incoming_ratio=0.07,
        stranger_share=0.88,
        contact_count=10,
        callback_share=0.8,
        hours=OFFICE,
        weekend_factor=0.2,
        answered_share=0.35,
        duration_s=75,
        messages_per_day=0.0,
        message_ratio=0.0,
        cell_count=1,
        main_cell_share=1.0,
        numbers_per_device=4,
        international_share=0,
    ),
    "office_gateway": Habit(
        share=0.01,
        calls_per_day=55,
        incoming_ratio=0.12,
        stranger_share=0.35,
        contact_count=60,
        callback_share=0.6,
        hours=OFFICE,
        weekend_factor=0.1,
        answered_share=0.65,
        duration_s=130,
        messages_per_day=0.0,
        message_ratio=0.0,
        cell_count=1,
        main_cell_share=1.0,
        numbers_per_device=8,
    ),
    "phone_kiosk": Habit(
        share=0.01,
        calls_per_day=40,
        incoming_ratio=0.06,
        stranger_share=0.85,
        contact_count=12,
        callback_share=0.8,
        answered_share=0.65,
        duration_s=95,
        messages_per_day=0.0,
        message_ratio=0.0,
        cell_count=1,
        main_cell_share=1.0,
        numbers_per_device=2,
    ),
    "phone_trader": Habit(
        share=0.01,
        calls_per_day=14,
        incoming_ratio=0.8,
        stranger_share=0.45,
        contact_count=30,
        callback_share=0.6,
        cell_count=4,
        main_cell_share=0.75,
        devices_per_number=3.5,
    ),
    "machine": Habit(
        share=0.025,
        calls_per_day=2,
        incoming_ratio=0.1,
        stranger_share=0.0,
        contact_count=2,
        callback_share=0.5,
        hours=ROUND_THE_CLOCK,
        answered_share=0.9,
        duration_s=15,
        messages_per_day=22.0,
        message_ratio=0.05,
        cell_count=1,
        main_cell_share=1.0,
    ),
}
"""Honest numbers. Call centres, offices that call through a few SIMs, and kiosks where people pay to call look most
like SIM boxes."""

SIM_BOXES: Final = {
    "naive": Habit(
        share=0.0,
        calls_per_day=170,
        incoming_ratio=0.01,
        stranger_share=0.97,
        contact_count=5,
        callback_share=0.9,
        hours=EVENING,
        weekend_factor=1.1,
        answered_share=0.55,
        duration_s=190,
        messages_per_day=0.0,
        message_ratio=0.0,
        cell_count=1,
        main_cell_share=1.0,
        numbers_per_device=16,
        new_share=0.5,
        international_share=0,
    ),
    "rate_limited": Habit(
        share=0.0,
        calls_per_day=26,
        incoming_ratio=0.01,
        stranger_share=0.96,
        contact_count=5,
        callback_share=0.9,
        hours=EVENING,
        weekend_factor=1.1,
        answered_share=0.55,
        duration_s=190,
        messages_per_day=0.0,
        message_ratio=0.0,
        cell_count=1,
        main_cell_share=1.0,
        numbers_per_device=16,
        new_share=0.5,
        international_share=0,
    ),
    "human_like": Habit(
        share=0.0,
        calls_per_day=20,
        incoming_ratio=0.1,
        stranger_share=0.75,
        contact_count=20,
        callback_share=0.9,
        answered_share=0.6,
        duration_s=180,
        messages_per_day=0.5,
        message_ratio=0.5,
        cell_count=4,
        main_cell_share=0.7,
        new_share=0.3,
        international_share=0.01,
    ),
    "rotating_sims": Habit(
        share=0.0,
        calls_per_day=60,
        incoming_ratio=0.02,
        stranger_share=0.95,
        contact_count=5,
        callback_share=0.9,
        hours=EVENING,
        weekend_factor=1.1,
        answered_share=0.55,
        duration_s=190,
        messages_per_day=0.0,
        message_ratio=0.0,
        cell_count=2,
        main_cell_share=0.9,
        devices_per_number=4,
        new_share=0.7,
        duty_days=3,
        international_share=0,
    ),
    "mixed_messages": Habit(
        share=0.0,
        calls_per_day=34,
        incoming_ratio=0.25,
        stranger_share=0.85,
        contact_count=12,
        callback_share=0.5,
        hours=EVENING,
        answered_share=0.55,
        duration_s=180,
        messages_per_day=9.0,
        message_ratio=0.8,
        cell_count=3,
        main_cell_share=0.85,
        numbers_per_device=4,
        new_share=0.4,
        international_share=0.01,
    ),
}
"""SIM boxes by their level of evasion. The strategies are those that makers of SIM boxes sell (Kouam et al., 2021)."""
