"""What is not kept for ever, and for how many days it is: one table, which docs/settings.md explains.

Never in it: the journal, the audit trail, and what proves a booking (used quotes, notices' rows).

Source: reliability T22; section 3a.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings

from tael.outbox.old_events import forget_old_events
from tael.outbox.rotation import forget_ended_secrets
from tael.parties.old_access import forget_old_attempts, forget_old_codes, forget_old_sessions
from tael.settlement.records.old_imports import forget_old_imports
from tael.wallet.old_notices import forget_old_notices
from tael.wallet.old_quotes import forget_old_quotes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Protocol

    from psycopg import Connection

    class Forgets(Protocol):
        """What removes things in portions."""

        def __call__(self, owner: Connection, *, before: datetime) -> int:
            """Remove what ended before a moment, and tell how much it was."""


RETENTION: Final[Mapping[str, Forgets]] = {
    "notices": forget_old_notices,
    "events": forget_old_events,
    "quotes": forget_old_quotes,
    "sessions": forget_old_sessions,
    "codes": forget_old_codes,
    "attempts": forget_old_attempts,
    "imports": forget_old_imports,
}


def kept_days(name: str) -> int:
    """Tell for how many days something is kept: one of RETENTION, or "jobs".

    Source: T22.
    """
    days: int = settings.KEPT_DAYS[name]
    return days


def forget_old(owner: Connection, *, at: datetime) -> dict[str, int]:
    """Forget what is older than its setting, and tell how much of each there was. Safe to repeat.

    Args:
        owner: a connection of the database's owner: the application may remove none of it.

    Source: T22.
    """
    forgotten = {"secrets": forget_ended_secrets(at=at)}
    for name, forget in RETENTION.items():
        forgotten[name] = forget(owner, before=at - timedelta(days=kept_days(name)))
    return {name: count for name, count in forgotten.items() if count}
