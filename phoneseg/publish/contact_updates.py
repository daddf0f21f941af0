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
    same = sa.select(staged.c.contact_id).join(shown, is_same).subquery()
    outdated = noted.delete().where(~sa.exists(sa.select(sa.literal(1)).where(same.c.contact_id == noted.c.contact_id)))
    if replacement.is_partial:
        replaced = replacement.staging(RESEGMENTED_CONTACT)
        is_replaced = replaced.c.contact_id == noted.c.contact_id
        outdated = outdated.where(sa.exists(sa.select(sa.literal(1)).where(is_replaced)))
    connection.execute(outdated)
    changed = sa.select(staged.c.contact_id, staged.c.source, sa.literal(published_at, noted.c.updated_at.type)).where(
        ~sa.exists(sa.select(sa.literal(1)).where(is_same))
    )
    connection.execute(noted.insert().from_select(list(CONTACT_UPDATE.column_names), changed))
