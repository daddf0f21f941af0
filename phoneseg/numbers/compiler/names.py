"""The names of places, carriers and time zones by the first digits of a number, in all languages at once."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from phoneseg.numbers.compiler.symbolic_digits import Undecided
from phoneseg.numbers.languages import WITHOUT_ENGLISH

Names = tuple[str | None, ...]
"""A name per language, in the order of a language list; None where there is none."""


class PrefixTree:
    """What the longest known prefix of a number says, as `_prefix_description_for_number` finds it.

    Args:
        values: Index of a value by prefix.
        default: Index where no prefix is known.
    """

    def __init__(self, values: Mapping[str, int], default: int) -> None:
        self._default = default
        self._root: dict[str, Any] = {}  # a node holds the nodes of the next digits, and its own value under ""
        for prefix, value in values.items():
            node = self._root
            for digit in prefix:
                node = node.setdefault(digit, {})
            node[""] = value

    def find(self, start: str, unknown_count: int) -> int:
        """Return the value of the longest prefix.

        Raises:
            Undecided: A longer prefix may apply, depending on digits that are not known.
        """
        node, value = self._root, self._default
        for digit in start:
            if digit not in node:
                return value
            node = node[digit]
            value = node.get("", value)
        if unknown_count and any(node):
            raise Undecided
        return value


class PrefixNames:
    """Names by prefix in several languages.

    Attributes:
        languages: The languages, English first.
        rows: Each combination of names once, a name per language; the first holds none.
        tree: The index in `rows` by prefix.
    """

    def __init__(self, by_prefix: Mapping[str, Mapping[str, str]]) -> None:
        self.languages = _languages(by_prefix)
        nothing: Names = (None,) * len(self.languages)
        self.rows = [nothing]
        row_of = {nothing: 0}
        resolved: dict[str, int] = {}
        for prefix in sorted(by_prefix, key=len):
            names = self._resolve(by_prefix[prefix], _shorter(prefix, resolved))
            resolved[prefix] = row_of.setdefault(names, len(self.rows))
            if resolved[prefix] == len(self.rows):
                self.rows.append(names)
        self.tree = PrefixTree(resolved, default=0)

    def _resolve(self, own: Mapping[str, str], shorter: int) -> Names:
        """Return the names of a prefix; a language that it lacks takes English, or what the next shorter prefix has.

        The source of the rule is `_find_lang` and `_prefix_description_for_number`.
        """
        if "en" in own and len(own) == 1:
            english = own["en"]
            return tuple(
                other if language in WITHOUT_ENGLISH else english
                for language, other in zip(self.languages, self.rows[shorter], strict=True)
            )
        return tuple(
            _own_name(own, language) or other
            for language, other in zip(self.languages, self.rows[shorter], strict=True)
        )


def _shorter(prefix: str, resolved: Mapping[str, int]) -> int:
    """Return the row of the longest prefix that is shorter."""
    return next((resolved[prefix[:at]] for at in range(len(prefix) - 1, 0, -1) if prefix[:at] in resolved), 0)


def _own_name(names: Mapping[str, str], language: str) -> str | None:
    if language in names:
        return names[language]
    if language == "zh_Hant":
        return names.get("zh")
    return None if language in WITHOUT_ENGLISH else names.get("en")


def _languages(by_prefix: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    others = {language for names in by_prefix.values() for language in names} - {"en"}
    return ("en", *sorted(others))


@cache
def areas() -> PrefixNames:
    """Return the names of areas by prefix."""
    from phonenumbers.geodata import GEOCODE_DATA

    return PrefixNames(GEOCODE_DATA)


@cache
def carriers() -> PrefixNames:
    """Return the names of carriers by prefix."""
    from phonenumbers.carrierdata import CARRIER_DATA

    return PrefixNames(CARRIER_DATA)


class Zones:
    """Time zones by prefix.

    Attributes:
        rows: Each combination of zones once; the first is the unknown zone.
        tree: The index in `rows` by prefix.
    """

    def __init__(self) -> None:
        from phonenumbers.timezone import UNKNOWN_TIMEZONE
        from phonenumbers.tzdata import TIMEZONE_DATA

        self.rows = list(dict.fromkeys([(UNKNOWN_TIMEZONE,), *TIMEZONE_DATA.values()]))
        row_of = {row: index for index, row in enumerate(self.rows)}
        self.tree = PrefixTree({prefix: row_of[row] for prefix, row in TIMEZONE_DATA.items()}, default=0)


@cache
def zones() -> Zones:
    """Return the time zones by prefix."""
    return Zones()


def country_names(region: str, languages: Iterable[str]) -> Names:
    """Return a region's names (`_region_display_name`); a name such as "*de" stands under another language."""
    from phonenumbers.geodata.locale import LOCALE_DATA

    names = LOCALE_DATA.get(region, {})

    def name(language: str) -> str | None:
        found = names.get(language.partition("_")[0], "")
        return (names.get(found[1:], "") if found.startswith("*") else found) or None

    return tuple(name(language) for language in languages)


@cache
def country_languages() -> tuple[str, ...]:
    """Return the languages that regions have names in, English first."""
    from phonenumbers.geodata.locale import LOCALE_DATA

    return _languages(LOCALE_DATA)
