"""Is a number still its contact's? What was seen of it, and what lists say."""

from phoneseg.hygiene.number_state.decide import EVIDENCE
from phoneseg.hygiene.number_state.match import match_number_states

__all__ = ["EVIDENCE", "match_number_states"]
