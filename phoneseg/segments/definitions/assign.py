"""Definitions applied to profiles: whole columns of true and false, and then the members of each."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from phoneseg.segments.definitions.columns import group_column, member_column
from phoneseg.segments.definitions.rules import DefinitionRules
from phoneseg.settings.definition_files import WrittenDefinitions

_NAMES = ("segment_kind", "segment_code", "segment_name", "definition_version")


def assign_definitions(profile: pl.DataFrame, rules: DefinitionRules) -> pl.DataFrame:
    """Return the members of all definitions.

    Rules that wait for no other definition are evaluated together. The cost of a definition is its rule and its
    members, and hardly more.

    Args:
        profile: Rows of the contact profile; who objects to profiling is no member by a definition that does that.
        rules: The definitions.

    Returns:
        `contact_id`, `source`, `segment_kind`, `segment_code`, `segment_name`, `definition_version`, one row per
        contact and segment; no nulls.
    """
    definitions = rules.written.definitions
    masks = find_members(profile, rules)
    is_allowed = ~profile["has_objection"].fill_null(False)
    masks |= {each.code: masks[each.code] & is_allowed for each in definitions if each.key in rules.profiling}
    # Column by column: Polars filters a frame of two text columns three times as slowly as the two.
    columns = [
        pl.concat([profile[name].clear(), *(profile[name].filter(masks[each.code]) for each in definitions)])
        for name in ("contact_id", "source")
    ]
    names = pl.DataFrame(
        [(each.kind, each.code, each.name, rules.versions[each.key]) for each in definitions],
        dict.fromkeys(_NAMES, pl.String),
        orient="row",
    )
    sizes = [int(masks[each.code].sum()) for each in definitions]
    of_member = pl.Series(np.repeat(np.arange(len(definitions), dtype=np.uint32), sizes))
    return pl.concat([pl.DataFrame(columns), names[of_member]], how="horizontal")


def find_members(profile: pl.DataFrame, rules: DefinitionRules) -> dict[str, pl.Series]:
    """Return by code which of the profiles are members; true or false, never null.

    Args:
        profile: Rows of the contact profile.
        rules: The definitions.
    """
    is_true: dict[str, pl.Series] = {}
    # The first column is there so that all rows are, even where no rule reads a column, or none but `as_of`.
    inputs = profile.select(
        pl.col("contact_id").alias(""), *(each.expression.alias(name) for name, each in rules.inputs.items())
    )
    found = pl.concat([inputs.select(""), rules.conditions.find_out(inputs)], how="horizontal")
    for codes in _generations(rules):
        referred = frozenset[str]().union(*(rules.wheres[code].columns for code in codes))
        memberships = [each for each in _membership_columns(is_true, rules.written) if each.name in referred]
        # What reads a membership together with other columns is no condition, and reads them here.
        read = found.with_columns(*memberships, *(inputs[name] for name in sorted(referred) if name in inputs))
        generation = read.select(pl.col(""), *(rules.conditions.rules[code].alias(f"rule {code}") for code in codes))
        is_true |= {code: _without_nulls(generation[f"rule {code}"]) for code in codes}
    return _members(is_true, rules.written)


def _without_nulls(mask: pl.Series) -> pl.Series:
    return mask.fill_null(False) if mask.null_count() else mask


def _generations(rules: DefinitionRules) -> Iterator[list[str]]:
    """Yield codes whose rules need only the definitions of earlier lists."""
    depth: dict[object, int] = {}
    for step in rules.dependencies.order:
        below = max((depth[need] for need in rules.dependencies.needs[step]), default=0)
        depth[step] = below if step.is_member else below + 1
    by_depth: dict[int, list[str]] = {}
    for step in rules.dependencies.order:
        if not step.is_member:
            by_depth.setdefault(depth[step], []).append(step.code)
    yield from (by_depth[each] for each in sorted(by_depth))


def _members(is_true: Mapping[str, pl.Series], written: WrittenDefinitions) -> dict[str, pl.Series]:
    """Return by code who is a member, as far as the rules that decide it are known.

    In a group a contact is a member of the first segment alone whose rule is true.
    """
    members: dict[str, pl.Series] = {}
    for ranked in written.rankings:
        taken: pl.Series | None = None
        for each in ranked:
            if each.code not in is_true:
                break
            rule = is_true[each.code]
            members[each.code] = rule if taken is None else rule & ~taken
            taken = rule if taken is None else taken | rule
    return members


def _membership_columns(is_true: Mapping[str, pl.Series], written: WrittenDefinitions) -> Iterator[pl.Series]:
    """Yield the columns by which a rule can refer to other definitions, as far as they are known."""
    members = _members(is_true, written)
    for code, mask in members.items():
        yield mask.alias(member_column(code))
    for group in written.groups:
        codes = [each.code for each in written.members_of(group)]
        if codes and all(code in members for code in codes):
            yield _segment_of_group(members, codes).alias(group_column(group))


def _segment_of_group(members: Mapping[str, pl.Series], codes: list[str]) -> pl.Series:
    of_group = pl.DataFrame([members[code].alias(code) for code in codes])
    segment = pl.coalesce(pl.when(pl.col(code)).then(pl.lit(code)) for code in codes)
    return of_group.select(segment).to_series()
