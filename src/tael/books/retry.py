"""Trying again after the database lost a connection or broke a transaction off, a few times only.

Source: reliability, section 6 (at most five retries with jitter, then a definite answer); T4, T6, T7.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

import django.db
import psycopg
from django.db import connection as django_connection
from psycopg import errors

from tael import ledger
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

PAUSES_SECONDS: Final = (0.03, 0.09, 0.27, 0.81, 2.4)

# The server stops or starts (57P..), drops us (08...), is full (53300), or chose us as the victim (40...).
_PASSING: Final = frozenset(
    {
        "40001",
        "40P01",
        "53300",
        "57P01",
        "57P02",
        "57P03",
        "08000",
        "08001",
        "08003",
        "08004",
        "08006",
    }
)
_BROKEN_OFF: Final = frozenset({"40001", "40P01"})
_TOO_SLOW: Final = (errors.LockNotAvailable, errors.QueryCanceled)


class Busy(Refusal):
    """The database could not give a row or an answer within the time that a request may take."""

    code = "busy"
    because: ClassVar[Because] = "busy"
    rule = "T7"
    remedy = "Wait a second and send the same request again."
    retry = True


def persist(attempt: Callable[[], Answer]) -> Answer:
    """Make an attempt that stands alone and carries its own keys; repeat it after a passing fault.

    Raises:
        Busy: a lock or a statement took too long; not repeated here, the caller decides.
        OutcomeUnknown: the connection was still lost at the last attempt.
        KeyInFlight: another request was still writing under the key at the last attempt.

    Source: reliability, section 6.
    """
    for pause in PAUSES_SECONDS:
        try:
            return attempt()
        except ledger.KeyInFlight:
            pass
        except (psycopg.Error, django.db.Error) as error:
            if not _passes(error):
                raise
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries, no secret
    try:
        return attempt()
    except (psycopg.Error, django.db.Error) as error:
        if not _passes(error):
            raise
        if _cause(error).sqlstate in _BROKEN_OFF:
            raise Busy("the database broke the transaction off again and again") from error
        raise ledger.OutcomeUnknown("the connection to the database was lost") from error


def _passes(error: psycopg.Error | django.db.Error) -> bool:
    """Tell whether another attempt can help, and drop a connection that cannot be used again.

    Raises:
        Busy: it took too long.
    """
    cause = _cause(error)
    if isinstance(cause, _TOO_SLOW):
        raise Busy("the database did not come to it in time") from error
    if cause.sqlstate in _BROKEN_OFF:
        return True
    lost = cause.sqlstate in _PASSING or (
        cause.sqlstate is None
        and isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
    )
    if lost:
        django_connection.close()
    return lost


def _cause(error: psycopg.Error | django.db.Error) -> psycopg.Error:
    """Give the driver's own error: Django hides it, with its SQLSTATE, as the cause of its own."""
    if isinstance(error, psycopg.Error):
        return error
    return (
        error.__cause__ if isinstance(error.__cause__, psycopg.Error) else psycopg.Error(str(error))
    )
