"""Permissions of the contacts of a part: what the sources say, and what the settings say where they say nothing."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from phoneseg.contracts import CONTACT_PERMISSION, DECIDED_PERMISSION, OBJECTING_CONTACT, PERMISSION_SUBJECT
from phoneseg.run import Run
from phoneseg.settings import ContactPolicy

_SUBJECT: Final = ("contact_id", "channel", "purpose")


@dataclass(frozen=True)
class Permissions:
    """What holds for the contacts of one part.

    Attributes:
        decided: Rows of DECIDED_PERMISSION.
        objecting: Rows of OBJECTING_CONTACT.
        subjects: Rows of PERMISSION_SUBJECT.
        policy: What holds where no source says anything.
    """

    decided: pl.LazyFrame
    objecting: pl.LazyFrame
    subjects: pl.DataFrame
    policy: ContactPolicy

    def list_permissions(self, profiles: pl.DataFrame) -> pl.DataFrame:
        """Return what the contacts may be contacted by and for, and why.

        Args:
            profiles: Rows of the contact profile, all of the part.

        Returns:
            Rows of CONTACT_PERMISSION: one for each contact and subject.
        """
        has_number = pl.col("valid_phone_count") > 0
        asked = profiles.lazy().select("contact_id", "source", has_number=has_number)
        told = asked.join(self.subjects.lazy(), how="cross").join(self.decided, on=_SUBJECT, how="left")
        is_granted, reason = pl.col("is_granted"), self._reason()
        decided_at = (
            pl.when(reason == "suppressed")
            .then("suppressed_at")
            .when(reason.is_in(["withdrawn", "consent"]) & is_granted.is_not_null())
            .then("granted_at")
        )
        is_contactable = reason.is_in(["consent", "not_withdrawn"])
        rows = told.with_columns(is_contactable=is_contactable, reason=reason, decided_at=decided_at)
        return CONTACT_PERMISSION.conform(rows).collect()

    def _reason(self) -> pl.Expr:
        """Return why a contact may be contacted, or not."""
        channel, is_granted = pl.col("channel"), pl.col("is_granted")
        needs_consent = channel.replace_strict(
            {name: rule == "opt_in" for name, rule in self.policy.channels.items()},
            default=self.policy.default == "opt_in",
            return_dtype=pl.Boolean,
        )
        needs_number = ~channel.is_in(self.policy.numberless_channels)
        return (
            pl.when(pl.col("is_suppressed").fill_null(False))
            .then(pl.lit("suppressed"))
            .when(is_granted.eq_missing(False))
            .then(pl.lit("withdrawn"))
            .when(is_granted.is_null() & needs_consent)
            .then(pl.lit("no_consent"))
            .when(needs_number & ~pl.col("has_number"))
            .then(pl.lit("invalid_number"))
            .when(is_granted)
            .then(pl.lit("consent"))
            .otherwise(pl.lit("not_withdrawn"))
        )

    def add_to(self, profiles: pl.DataFrame, permissions: pl.DataFrame) -> pl.DataFrame:
        """Add `contactable` and `has_objection` to profiles.

        Args:
            profiles: Rows of the contact profile, without what it says of consent.
            permissions: Rows of CONTACT_PERMISSION of those contacts.

        Returns:
            The profiles in their order and with the columns in theirs.
        """
        allowed = permissions.lazy().filter("is_contactable")
        code = pl.concat_str("channel", pl.lit(":"), "purpose").sort().str.join(",")
        contactable = allowed.group_by("contact_id").agg(contactable=code)
        objecting = self.objecting.select("contact_id", has_objection=pl.lit(True))
        known = profiles.lazy().drop("contactable", "has_objection")
        for each in (contactable, objecting):
            known = known.join(each, on="contact_id", how="left", maintain_order="left")
        return known.with_columns(pl.col("has_objection").fill_null(False)).select(profiles.columns).collect()


def scan_permissions(run: Run) -> list[Permissions]:
    """Return what holds for the contacts of each part, in the order of the parts of the profiles.

    Raises:
        StopError: `normalize` has not decided it.
    """
    stage, policy = run.stage, run.settings.privacy.contact
    subjects = stage.scan(PERMISSION_SUBJECT.name).collect()
    decided, objecting = (stage.scan_parts(table.name) for table in (DECIDED_PERMISSION, OBJECTING_CONTACT))
    return [Permissions(*part, subjects, policy) for part in zip(decided, objecting, strict=True)]
