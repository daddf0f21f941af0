"""The languages that libphonenumber's names come in."""

from typing import Final

ENGLISH: Final = "en"

WITHOUT_ENGLISH: Final = frozenset({"zh", "zh_Hant", "ja", "ko"})
"""Languages whose readers are not offered an English name instead (`_may_fall_back_to_english`)."""


def split_language(language: str) -> tuple[str, str | None]:
    """Return language and script, as `phonenumbers` takes them: "zh_Hant" is Chinese in traditional script."""
    name, _, script = language.partition("_")
    return name, script or None
