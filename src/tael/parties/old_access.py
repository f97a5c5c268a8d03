"""What is left of signing in is forgotten after a while: sessions, one-time codes, links and counted tries.

The audit trail keeps that somebody signed in, from where and when, for ever.

Source: reliability T16, T22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.parties.session import IDLE
from tael.parties.user import INVITATION_LIFE
from tael.postgres.portions import PORTION, in_portions

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

_SESSIONS: Final = """
    DELETE FROM parties_session WHERE id IN (
        SELECT id FROM parties_session WHERE coalesce(ended_at, seen_at + %(idle)s) < %(before)s
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
"""
_CODES: Final = """
    DELETE FROM parties_recovery_code WHERE id IN (
        SELECT id FROM parties_recovery_code WHERE coalesce(used_at, void_at) < %(before)s
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
"""
_LINKS: Final = """
    DELETE FROM parties_invitation WHERE id IN (
        SELECT id FROM parties_invitation WHERE coalesce(used_at, made_at + %(life)s) < %(before)s
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
"""
_ATTEMPTS: Final = """
    DELETE FROM parties_attempts WHERE digest IN (
        SELECT digest FROM parties_attempts WHERE since < %(before)s
        ORDER BY digest LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
"""


def forget_old_sessions(owner: Connection, *, before: datetime, limit: int = PORTION) -> int:
    """Remove sessions that ended, or ran out, before a moment.

    Args:
        owner: a connection of the database's owner.

    Source: T16, T22.
    """
    return in_portions(owner, _SESSIONS, {"before": before, "idle": IDLE}, limit=limit)


def forget_old_codes(owner: Connection, *, before: datetime, limit: int = PORTION) -> int:
    """Remove recovery codes, and links to set a password, that were used or lost their worth before.

    Those that can still be used stay, however old they are.

    Args:
        owner: a connection of the database's owner.

    Source: T16, T22.
    """
    codes = in_portions(owner, _CODES, {"before": before}, limit=limit)
    facts = {"before": before, "life": INVITATION_LIFE}
    return codes + in_portions(owner, _LINKS, facts, limit=limit)


def forget_old_attempts(owner: Connection, *, before: datetime, limit: int = PORTION) -> int:
    """Remove the counts of tries whose quarter of an hour began before a moment.

    Args:
        owner: a connection of the database's owner.
        before: at least a quarter of an hour ago, so that no count in use is lost.

    Source: T16, T22.
    """
    return in_portions(owner, _ATTEMPTS, {"before": before}, limit=limit)
