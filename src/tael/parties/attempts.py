"""How often a secret may be tried: at most ten times in a quarter of an hour, each try counted first.

The count stands in the database, under what is tried and not under where it comes from: an address can be
made up or shared, a login name cannot. It is raised and committed before the secret is looked at, so that
tries made at the same moment are counted one by one. A browser in which the user has signed in before is
counted apart, so that strangers who use up a name's tries keep nobody out of his own browser.

Source: reliability T16; OWASP, device cookies.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from tael import books
from tael.parties.models import Attempts
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import datetime

MOST: Final = 10
WINDOW: Final = timedelta(minutes=15)

_COUNT: Final = """
    INSERT INTO parties_attempts AS held (digest, since, tries) VALUES (%(digest)s, %(at)s, 1)
    ON CONFLICT (digest) DO UPDATE SET
        since = CASE WHEN held.since <= %(start)s THEN excluded.since ELSE held.since END,
        tries = CASE WHEN held.since <= %(start)s THEN 1 ELSE held.tries + 1 END
    RETURNING tries
"""


class TooManyAttempts(Refusal):
    """It was tried too often; further tries are not looked at for a while."""

    code = "too_many_attempts"
    because: ClassVar[Because] = "too_often"
    rule = "T16"
    remedy = "Wait a quarter of an hour, or use a browser in which you have signed in before."
    retry = True
    wait_seconds = int(WINDOW.total_seconds())

    first = False  # whether it is the first try that was not looked at


def count_attempt(*what: str, at: datetime) -> None:
    """Count a try, and refuse it when there were too many in this quarter of an hour.

    Args:
        what: what is tried: the words of it, in order, for example ("sign-in", login).

    Raises:
        TooManyAttempts: the secret must not be looked at.

    Source: T16.
    """
    assert not books.in_transaction(), "a try is counted also when what follows is rolled back"
    facts = {"digest": _digest(what), "at": at, "start": at - WINDOW}
    row = books.connection().execute(_COUNT, facts).fetchone()
    assert row is not None, "an upsert gives its row"
    if row[0] > MOST:
        refusal = TooManyAttempts(
            "This was tried too often.", allowed=f"{MOST} times in 15 minutes"
        )
        refusal.first = row[0] == MOST + 1
        raise refusal


def forget_attempts(*what: str, at: datetime) -> None:
    """Begin to count anew, because the right secret was given."""
    Attempts.objects.filter(digest=_digest(what)).update(tries=0, since=at)


def _digest(what: tuple[str, ...]) -> bytes:
    return hashlib.sha256("\0".join(what).encode("utf-8", "replace")).digest()
