"""When readers last saw a change of each contact: what a sync tool goes on from."""

from datetime import datetime

import sqlalchemy as sa

from phoneseg.contracts import CONTACT_PROFILE, CONTACT_UPDATE, RESEGMENTED_CONTACT
from phoneseg.warehouse.replacement import Replacement


def note_updates(connection: sa.Connection, replacement: Replacement, published_at: datetime) -> None:
    """Note the contacts whose profile or memberships a run changes, and forget those that are gone.

    Args:
        connection: A connection in the publishing transaction, before it changes the profiles.
        replacement: A run that moves the current tables.
        published_at: When it becomes visible.
    """
    noted, staged = replacement.published(CONTACT_UPDATE), replacement.staging(CONTACT_PROFILE)
    shown = replacement.published(CONTACT_PROFILE)
    is_same = (shown.c.contact_id == staged.c.contact_id) & (shown.c.content_hash == staged.c.content_hash)
    replaced = replacement.staging(RESEGMENTED_CONTACT) if replacement.is_partial else noted.alias("all_noted")
    # EXCEPT finds them once. PostgreSQL thinks that no two columns are ever equal by chance, takes a join on the hash
    # for one row, and with NOT EXISTS goes through it for each contact: a hundred seconds at two million of them.
    same = sa.select(staged.c.contact_id).join(shown, is_same)
    outdated = sa.select(replaced.c.contact_id).except_(same)
    connection.execute(noted.delete().where(noted.c.contact_id.in_(outdated)))
    changed = sa.select(staged.c.contact_id, staged.c.source, sa.literal(published_at, noted.c.updated_at.type)).where(
        ~sa.exists(sa.select(sa.literal(1)).where(is_same))
    )
    connection.execute(noted.insert().from_select(list(CONTACT_UPDATE.column_names), changed))
