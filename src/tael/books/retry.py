"""Trying again after the database lost a connection or broke a transaction off, a few times only.

Source: reliability, section 6 (at most five retries with jitter, then a definite answer); T4, T6, T7.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeVar

import django.db
import psycopg
from django.db import connection as django_connection
from psycopg import errors
from psycopg_pool import PoolTimeout

from tael import ledger
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")
Fault = Literal["lost", "broken_off", "too_slow", "lasting"]

PAUSES_SECONDS: Final = (0.03, 0.09, 0.27, 0.81, 2.4)

# The server stops or starts (57P01-03), drops us (08..., 25P03 and 57P05 after idling) or is full (53300);
# or it chose us as the victim (40...).
_LOST: Final = frozenset(
    {
        "25P03",
        "53300",
        "57P01",
        "57P02",
        "57P03",
        "57P05",
        "08000",
        "08001",
        "08003",
        "08004",
        "08006",
    }
)
_BROKEN_OFF: Final = frozenset({"40001", "40P01"})
_TOO_SLOW: Final = (errors.LockNotAvailable, errors.QueryCanceled, PoolTimeout)
_WITHOUT_STATE: Final = (psycopg.OperationalError, psycopg.InterfaceError)


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
        Busy: a lock or a statement took too long, which is not repeated here, or the database broke
            the last attempt off as well; nothing was written.
        KeyInFlight: another request was still writing under the key at the last attempt.
        OutcomeUnknown: a connection was lost, perhaps at the commit, and no later attempt had an
            answer of its own.

    Source: reliability, section 6.
    """
    lost = False  # whether an attempt may have been carried out without our hearing of it
    for pause in (*PAUSES_SECONDS, None):
        try:
            return attempt()
        except Refusal as refusal:
            failure: Exception = refusal
            waited = isinstance(refusal.__cause__, errors.LockNotAvailable)  # for all of its time
            passing = isinstance(refusal, ledger.KeyInFlight) and not waited
            if not passing and not (lost and refusal.because == "busy"):
                raise
        except (psycopg.Error, django.db.Error) as error:
            fault = _fault(error)
            if fault == "lasting":
                raise
            failure = error if fault == "lost" else _busy(fault, error)
            passing = fault != "too_slow"
            if fault == "lost":
                lost = True
                _drop_connections()
        if pause is None or not passing:
            break
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries, no secret
    if lost:
        raise ledger.OutcomeUnknown("the connection to the database was lost") from failure
    raise failure


def _fault(error: psycopg.Error | django.db.Error) -> Fault:
    """Sort a failure of the database by whether another attempt can help.

    Django hides the driver's error, with its SQLSTATE, as the cause of its own.
    """
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if not isinstance(cause, psycopg.Error):
        return "lasting"
    if isinstance(cause, _TOO_SLOW):
        return "too_slow"
    if cause.sqlstate in _BROKEN_OFF:
        return "broken_off"
    if cause.sqlstate in _LOST or (cause.sqlstate is None and isinstance(cause, _WITHOUT_STATE)):
        return "lost"
    return "lasting"


def _busy(fault: Fault, error: Exception) -> Busy:
    slow = "the database did not come to it in time"
    busy = Busy(slow if fault == "too_slow" else "the database broke the transaction off each time")
    busy.__cause__ = error
    return busy


def _drop_connections() -> None:
    """Let go of the lost connection, and of those in the pool that were lost with it."""
    django_connection.close()
    pool = getattr(django_connection, "pool", None)
    if pool is not None:
        pool.check()
