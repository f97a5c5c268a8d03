"""Group commit: callers who come while a commit is on its way share the next one.

Nobody waits on purpose and there is no timer: the first caller who finds nobody posting posts for all that
wait, commits once, and hands over to the first of those who came meanwhile.

Source: architecture, section 2; performance, section 4; reliability, section 3a (lost connection at COMMIT).
"""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, ClassVar, Final

from psycopg import InterfaceError, OperationalError, errors

from tael.ledger.book import MAIN, Book
from tael.ledger.entry import Entry, Posted, Refused, Replayed, Verdict
from tael.ledger.post import post
from tael.ledger.refusals import AccountBusy, KeyInFlight
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection

TRIES: Final = 5
BATCH_MAX: Final = 1_000
PATIENCE_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.05
_HURRY: Final = "SET LOCAL lock_timeout = '100ms'"


class OutcomeUnknown(Refusal):
    """The database went away in the middle, and it could not be learned whether the entry was booked."""

    code = "outcome_unknown"
    because: ClassVar[Because] = "busy"
    rule = "T4"
    remedy = "Send the same request again under the same key: it is booked once, whatever happened."
    retry = True


class _Waiting:
    """One caller's entry, and the gate at which he waits for its verdict or for his turn to lead."""

    __slots__ = ("elected", "entry", "failure", "gate", "verdict")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.elected = False  # it is his turn to lead, and nobody else's
        self.gate = threading.Lock()
        self.gate.acquire()
        self.verdict: Verdict | None = None
        self.failure: BaseException | None = None

    @property
    def answered(self) -> bool:
        return self.verdict is not None or self.failure is not None

    def answer(self) -> Posted | Replayed:
        if self.failure is not None:
            raise self.failure
        if isinstance(self.verdict, Refused):
            raise self.verdict.refusal
        if self.verdict is None:
            message = "no answer came in time"
            raise OutcomeUnknown(message)
        return self.verdict


def _has_waited(failure: Exception) -> bool:
    """Tell whether a request has waited for another as long as one may, so that no more is to be tried."""
    return isinstance(failure, AccountBusy) or isinstance(
        failure.__cause__, errors.LockNotAvailable
    )


class Poster:
    """Turns many single calls of ``post`` into few commits. Safe for any number of threads.

    Args:
        connect: opens a connection of the Poster's own, not in autocommit.
        book: the set of books.
    """

    def __init__(self, connect: Callable[[], Connection], *, book: Book = MAIN) -> None:
        """Open nothing yet: the first call connects, in the process that makes it."""
        self._connect = connect
        self._book = book
        self._mutex = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._leading = False
        self._connection: Connection | None = None
        self._process = os.getpid()

    def post(self, entry: Entry) -> Posted | Replayed:
        """Book one entry durably and give its verdict; the commit is shared with whoever waits too.

        Raises:
            Refusal: the entry's own refusal.
            AccountBusy: a row stayed locked, or his turn did not come, for too long; nothing was written.
            OutcomeUnknown: the database went away; the same entry may be sent again.
        """
        waiting = _Waiting(entry)
        with self._mutex:
            self._queue.append(waiting)
            lead, self._leading = not self._leading, True
        if not lead:
            lead = self._wait(waiting)
        if lead:
            self._lead()
        return waiting.answer()

    def _wait(self, waiting: _Waiting) -> bool:
        """Wait for the verdict or for the turn to lead, and tell whether it is the turn.

        There is one leader at any time: he has the connection. Who has waited long enough leaves the
        queue, and nothing of his was written; who is in a leader's hands waits for the outcome.
        """
        try:
            came = waiting.gate.acquire(timeout=PATIENCE_SECONDS)
            if not came and not self._leave(waiting):
                waiting.gate.acquire(timeout=PATIENCE_SECONDS)
        except BaseException:  # interrupted: those behind must not wait for one who has gone
            with self._mutex:
                if waiting in self._queue:
                    self._queue.remove(waiting)
            if waiting.elected:
                self._hand_over()
            raise
        return waiting.elected

    def _leave(self, waiting: _Waiting) -> bool:
        """Take a caller out of the queue; not one who leads or whom a leader has taken along."""
        with self._mutex:
            if waiting.elected or waiting not in self._queue:
                return False
            self._queue.remove(waiting)
        waiting.failure = AccountBusy(
            "others were posting for all of the time that a request may wait"
        )
        return True

    def close(self) -> None:
        """Give the connection back. A later call opens a new one."""
        with self._mutex:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _lead(self) -> None:
        """Post for all that wait, then hand over to the first of those who came meanwhile."""
        with self._mutex:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_MAX))]
        try:
            self._answer(batch)
        finally:
            self._hand_over()
            for waiting in batch:
                with contextlib.suppress(
                    RuntimeError
                ):  # the leader himself does not wait at his gate
                    waiting.gate.release()

    def _hand_over(self) -> None:
        with self._mutex:
            heir = self._queue[0] if self._queue else None
            self._leading = heir is not None
            if heir is not None:
                heir.elected = True
                heir.gate.release()

    def _answer(self, batch: list[_Waiting], *, hurried: bool = False) -> None:
        try:
            verdicts = self._post([waiting.entry for waiting in batch], hurried=hurried)
        except Exception as failure:  # noqa: BLE001 - each caller gets his own failure raised
            if len(batch) > 1 and not isinstance(failure, OutcomeUnknown):
                # one entry must not fail its neighbours: each is posted alone, and since all have
                # waited for a row that was held, none waits for long again
                for waiting in batch:
                    self._answer([waiting], hurried=_has_waited(failure))
                return
            for waiting in batch:
                waiting.failure = failure
            return
        for waiting, verdict in zip(batch, verdicts, strict=True):
            waiting.verdict = verdict

    def _post(self, entries: list[Entry], *, hurried: bool) -> list[Verdict]:
        """Post and commit; after a lost connection ask again under the same keys."""
        lost: Exception | None = None
        for attempt in range(TRIES):
            if attempt:
                time.sleep(_PAUSE_SECONDS * (2**attempt) * (0.5 + random.random()))  # noqa: S311 - jitter
            try:
                connection = self._open()
                try:
                    if hurried:
                        connection.execute(_HURRY)
                    verdicts = post(connection, entries, book=self._book)
                    connection.commit()
                except BaseException:
                    with contextlib.suppress(OperationalError, InterfaceError):
                        connection.rollback()
                    raise
            except (KeyInFlight, AccountBusy) as busy:
                if attempt == TRIES - 1 or _has_waited(busy):
                    raise
            except (OperationalError, InterfaceError) as failure:
                lost = failure
                self._forget()
            else:
                return verdicts
        message = "the database did not answer, and what became of the request is not known"
        raise OutcomeUnknown(message) from lost

    def _open(self) -> Connection:
        if self._process != os.getpid():  # a fork must not share its parent's connection
            self._connection = None
            self._process = os.getpid()
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
        return self._connection

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
