"""What one writer remembers of the accounts he moved last, so that he need not ask before he posts again.

A batch that is judged against memory is written only if the database finds every account, locked, exactly as
remembered; else nothing is written and the batch goes the long way. So memory can be wrong and never does harm.

Source: architecture, section 2 (cached balances); performance, section 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg import Cursor, errors

from tael.ledger.batch import Batch, accounts_of
from tael.ledger.lock import Locked, Scene
from tael.ledger.refusals import KeyInFlight
from tael.ledger.taken_back import Taken
from tael.ledger.write import write_unchanged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from psycopg import Connection

    from tael.ledger.book import Book
    from tael.ledger.entry import Entry, Verdict
    from tael.ledger.numbers import Numbers

ACCOUNTS_MAX: Final = 50_000  # some 15 MB
DETOUR_MAX: Final = 64  # batches
LONG_SINCE: Final = 16  # batches
_OPEN: Final = 1
_LOOK_UP: Final = """
    SELECT a.id, c.id, a.currency, array_position('{client,house,custody,suspense}'::text[], a.class),
        coalesce(a.floor, -9000000000000000000), a.balance, a.version, a.last_posting,
        CASE WHEN a.closed_at IS NOT NULL THEN 5
            ELSE array_position('{none,debit,credit,both}'::text[], a.blocked) END,
        (SELECT max(p.closed_through) FROM {book}.period AS p)
    FROM {book}.account AS a JOIN {book}.currency AS c ON c.code = a.currency
    WHERE a.id = ANY(%s)
"""


class Memory:
    """The accounts as this writer left them. Not for two threads at once, but for ``forget``."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._accounts: dict[int, Locked] = {}
        self._closed_through: datetime | None = None
        self._detour = 0  # batches that still go the long way, others being at the same accounts
        self._last_detour = 0
        self._since = LONG_SINCE  # batches posted since memory was last found wrong

    def post(
        self, connection: Connection, entries: Sequence[Entry], *, book: Book
    ) -> list[Verdict] | None:
        """Post a batch in one statement; None where it has to go the long way: then nothing is written.

        Args:
            connection: in autocommit: the statement is its own transaction.

        Raises:
            KeyInFlight: a row was held for longer than the connection waits.
        """
        scene = self._scene(connection, entries, book)
        if scene is None:
            return None
        self.forget(scene.accounts)  # from here on they are the batch's, not ours
        batch = Batch(entries, scene, Taken())
        batch.judge_all()
        if not batch.all_accepted:  # a refusal is worth a look at how things stand now
            return None
        try:
            numbers = write_unchanged(connection, book, entries, batch.digests, batch.lines, scene)
        except KeyInFlight as twin:
            if isinstance(twin.__cause__, errors.UniqueViolation):
                return None  # it is written by now: the long way gives the first answer
            raise
        if numbers is None:
            self._begin_anew()
            return None
        self._since = min(self._since + 1, LONG_SINCE)
        batch.recall(connection, book)
        batch.number(numbers)
        self.keep(scene, numbers)
        return batch.verdicts

    def _begin_anew(self) -> None:
        """Forget everything, since another has been at work; keep off if he still is.

        Who was away for long finds many accounts moved: he asks for each once, and goes on. Who was
        told the same only a few batches ago shares his accounts with others.
        """
        self.clear()
        self._last_detour = (
            0 if self._since >= LONG_SINCE else min(2 * self._last_detour + 1, DETOUR_MAX)
        )
        self._detour, self._since = self._last_detour, 0

    def _scene(self, connection: Connection, entries: Sequence[Entry], book: Book) -> Scene | None:
        if self._detour:
            self._detour -= 1
            return None
        if any(entry.reverses is not None for entry in entries):
            return None
        wanted = accounts_of(entries)
        unknown = [number for number in wanted if number not in self._accounts]
        if unknown:
            self._look_up(connection, unknown, book)
        accounts = {number: self._accounts.get(number) for number in wanted}
        known = {number: one for number, one in accounts.items() if one and one.block == _OPEN}
        return Scene(known, {}, self._closed_through) if len(known) == len(wanted) else None

    def _look_up(self, connection: Connection, numbers: list[int], book: Book) -> None:
        """Read accounts as they stand, without locking them: the fence comes with the writing."""
        cursor = Cursor(connection).execute(book.sql(_LOOK_UP), [numbers], binary=True)
        for *columns, closed_through in cursor.fetchall():
            self._accounts[columns[0]] = Locked(*columns)
            self._closed_through = closed_through

    def keep(self, scene: Scene, numbers: Numbers) -> None:
        """Remember the accounts of a batch that has been written with these numbers."""
        if len(self._accounts) > ACCOUNTS_MAX:
            self._accounts.clear()
        for account in scene.accounts.values():
            if account.version != account.version_read:
                account.version_read = account.version
                account.last = numbers.posting_first - 1 - account.last
        self._accounts.update(scene.accounts)
        self._closed_through = scene.closed_through

    def forget(self, numbers: Iterable[int]) -> None:
        """Forget accounts that another has moved; any thread may say so at any time."""
        for number in numbers:
            self._accounts.pop(number, None)

    def clear(self) -> None:
        """Forget everything: what was posted last may not have been written."""
        self._accounts.clear()
