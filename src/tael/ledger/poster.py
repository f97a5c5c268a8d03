"""Group commit: callers who come while a commit is on its way share the next one.

Nobody waits on purpose and there is no timer. A caller who finds nobody posting posts at once; for those who
come meanwhile a thread of the Poster's own takes over, which posts all that wait with one commit, and then all
that have come in that time.

Source: architecture, section 2; performance, section 4; reliability, section 3a (lost connection at COMMIT).
"""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Final

from psycopg import InterfaceError, OperationalError, errors

from tael.ledger.book import MAIN, Book
from tael.ledger.entry import Entry, Posted, Refused, Replayed, Verdict
from tael.ledger.memory import Memory
from tael.ledger.post import post_each
from tael.ledger.refusals import AccountBusy, KeyInFlight
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from psycopg import Connection

TRIES: Final = 5
BATCH_MAX: Final = 1_000
PATIENCE_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.05
_IDLE_SECONDS: Final = 10.0
_HURRY: Final = "SET LOCAL lock_timeout = '100ms'"


class OutcomeUnknown(Refusal):
    """The database went away in the middle, and it could not be learned whether the entry was booked."""

    code = "outcome_unknown"
    because: ClassVar[Because] = "busy"
    rule = "T4"
    remedy = "Send the same request again under the same key: it is booked once, whatever happened."
    retry = True


class _Waiting:
    """One caller's entry, and the gate at which he waits for its verdict.

    The callers of a batch wake each other up, one after the other: so they do not all fight for the
    interpreter at once, and the clerk is at the next batch already.
    """

    __slots__ = ("behind", "entry", "failure", "gate", "gone", "verdict")

    def __init__(self, entry: Entry) -> None:
        entry.digest()  # in the caller's own time, while others' entries are on their way
        self.entry = entry
        self.gate = threading.Lock()
        self.gate.acquire()
        self.verdict: Verdict | None = None
        self.failure: BaseException | None = None
        self.behind: _Waiting | None = None  # whom this caller is to wake up
        self.gone = False  # interrupted: he wakes nobody up

    def wake(self) -> None:
        """Let the caller go, or in his stead those behind him."""
        waiting: _Waiting | None = self
        while waiting is not None:
            with contextlib.suppress(RuntimeError):  # the gate is open already
                waiting.gate.release()
            waiting = waiting.behind if waiting.gone else None

    def wake_next(self) -> None:
        """Pass it on."""
        if self.behind is not None:
            self.behind.wake()

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
        self._begin()

    def _begin(self) -> None:
        self._mutex = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._busy = False  # somebody posts: a caller who came alone, or the clerk
        self._clerk: threading.Thread | None = None
        self._work = threading.Semaphore(0)  # what wakes the clerk
        self._connection: Connection | None = None
        self._memory = Memory()
        self._process = os.getpid()

    def post(self, entry: Entry) -> Posted | Replayed:
        """Book one entry durably and give its verdict; the commit is shared with whoever waits too.

        Raises:
            Refusal: the entry's own refusal.
            AccountBusy: a row stayed locked, or his turn did not come, for too long; nothing was written.
            OutcomeUnknown: the database went away; the same entry may be sent again.
        """
        if self._process != os.getpid():  # a fork has neither its parent's clerk nor his connection
            self._begin()
        waiting = _Waiting(entry)
        with self._mutex:
            self._queue.append(waiting)
            alone, self._busy = not self._busy, True
        try:
            if alone:
                self._post_alone()
            else:
                self._wait(waiting)
        finally:
            waiting.wake_next()
        return waiting.answer()

    def _wait(self, waiting: _Waiting) -> None:
        """Wait for the verdict.

        Who has waited long enough leaves the queue, and nothing of his was written; whose entry is on
        its way waits for the outcome.
        """
        try:
            came = waiting.gate.acquire(timeout=PATIENCE_SECONDS)
            if not came and not self._leave(waiting):
                waiting.gate.acquire(timeout=PATIENCE_SECONDS)
        except BaseException:  # interrupted
            waiting.gone = True
            self._leave(waiting)
            raise

    def _leave(self, waiting: _Waiting) -> bool:
        """Take a caller out of the queue; not one whose entry is on its way."""
        with self._mutex:
            if waiting not in self._queue:
                return False
            self._queue.remove(waiting)
        waiting.failure = AccountBusy(
            "others were posting for all of the time that a request may wait"
        )
        return True

    def forget(self, accounts: Iterable[int]) -> None:
        """Ask anew how these accounts stand: another connection of this program has moved them.

        It need not be told, since nothing is written by what is remembered wrongly; it saves the detour.
        """
        self._memory.forget(accounts)

    def close(self) -> None:
        """Give the connection back. A later call opens a new one."""
        with self._mutex:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _post_alone(self) -> None:
        """Post as one who found nobody posting, and leave to the clerk what has come meanwhile."""
        try:
            self._post_waiting()
        finally:
            with self._mutex:
                more = self._busy = bool(self._queue)
                if more and self._clerk is None:
                    self._clerk = threading.Thread(target=self._serve, name="poster", daemon=True)
                    self._clerk.start()
            if more:
                self._work.release()

    def _serve(self) -> None:
        """Be the clerk: post for all that wait, again and again, as long as there are any.

        One thread does it and keeps at it: handing over from caller to caller would leave the
        database idle for as long as it takes each of them to wake up.
        """
        while True:
            called = self._work.acquire(timeout=_IDLE_SECONDS)
            with self._mutex:
                if not called and not self._busy:
                    self._clerk = None
                    return
            while called and self._post_waiting():
                pass

    def _post_waiting(self) -> bool:
        """Post for all that wait and answer them; tell whether there were any, else nobody is posting now."""
        with self._mutex:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_MAX))]
            self._busy = bool(batch)
        if not batch:
            return False
        try:
            self._answer(batch)
        finally:
            for waiting, behind in pairwise(batch):
                waiting.behind = behind
            batch[0].wake()
        return True

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
                if attempt == 0 and not hurried:
                    verdicts = self._memory.post(connection, entries, book=self._book)
                    if verdicts is not None:
                        return verdicts
                with connection.transaction():
                    if hurried:
                        connection.execute(_HURRY)
                    return post_each(connection, entries, book=self._book, memory=self._memory)
            except (KeyInFlight, AccountBusy) as busy:
                self._memory.clear()
                if attempt == TRIES - 1 or _has_waited(busy):
                    raise
            except (OperationalError, InterfaceError) as failure:
                lost = failure
                self._forget()
            except BaseException:
                self._memory.clear()
                raise
        message = "the database did not answer, and what became of the request is not known"
        raise OutcomeUnknown(message) from lost

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
            self._connection.autocommit = True
            # the same few statements again and again: planning each anew costs more than running it
            self._connection.execute("SET plan_cache_mode = force_generic_plan")
        return self._connection

    def _forget(self) -> None:
        self._memory.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
