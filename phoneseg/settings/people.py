"""When contacts count as one person, and what a shared number is."""

from pydantic import Field

from phoneseg.settings.section import Section


class PeopleSettings(Section):
    """Bounds of the resolver of people."""

    match_bits: float = Field(
        1.0,
        description="Bits of evidence from which two contacts are one person: 0 is even odds, each bit doubles them.",
    )
    max_persons_per_number: int = Field(
        200,
        ge=2,
        description="A number that more persons share, without one employer, is a placeholder, and is quarantined "
        "unless `hygiene.quarantine_shared` says otherwise. Activity and consent by number stop counting earlier, at "
        "`profile.max_contacts_per_number` contacts.",
    )
