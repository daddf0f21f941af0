"""What is repaired in phone cells, and what is no number at all."""

from pydantic import Field

from phoneseg.settings.section import Section


class RepairSettings(Section):
    """Which damage of phone cells is repaired. A cell that holds one valid number is never changed."""

    split: bool = Field(True, description="Several numbers in one cell become one row each.")
    float: bool = Field(True, description="The point and zeros of a number that was stored as a float are cut off.")
    letters: bool = Field(True, description="Letters that were read for digits become those digits, such as O for 0.")
    trunk_zero: bool = Field(True, description="A leading zero that was lost is added, one too many is cut off.")
    area_code: bool = Field(
        True, description="A later number of a cell that lacks its area or calling code takes it from the one before."
    )


class HygieneSettings(Section):
    """Which cells are quarantined though libphonenumber may read a number in them."""

    quarantine_placeholders: bool = Field(
        True, description="Numbers that fill a field, such as 0000000 and 1234567890, are quarantined."
    )
    quarantine_notation: bool = Field(
        True, description="Powers of ten that lost digits in a spreadsheet, such as 4.91513E+12, are quarantined."
    )
    quarantine_shared: bool = Field(
        True,
        description="Numbers that more than `people.max_persons_per_number` persons share are quarantined.",
    )
    repair: RepairSettings = RepairSettings()
