"""Many operations, one batch: their entries are written together, in their order, with one commit.

Each operation runs up to where it posts, which tells its entry. The entries of neighbours are then one
batch of the ledger, and each operation runs once more, as a repetition whose answer is known already.
An operation that changes rows of its own cannot wait for others: it runs by itself, in its place.

Source: architecture, section 2 (batches), section 5 (batch with a verdict per item).
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.db import connection as django_connection

from tael import ledger
from tael.ledger import Refused
from tael.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tael.ledger import Entry, Posted, Replayed, Verdict

Answer = TypeVar("Answer")


class _Learned(BaseException):
    """The operation came to where it posts. No `except Exception` may stop it on its way."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry


class _RunsAlone(BaseException):
    """The operation has a transaction of its own."""


class _Learning:
    """Stands in for posting while entries are being learned."""

    def __init__(self) -> None:
        self.depth = _depth()

    def post(self, entry: Entry) -> Posted | Replayed:
        raise (_Learned(entry) if _depth() == self.depth else _RunsAlone())

    def refuse_to_wait(self) -> None:
        raise _RunsAlone


class _Telling:
    """Stands in for posting when the verdict is known."""

    def __init__(self, entry: Entry, verdict: Verdict) -> None:
        self.entry = entry
        self.verdict = verdict

    def post(self, entry: Entry) -> Posted | Replayed:
        if (entry.key, entry.digest()) != (self.entry.key, self.entry.digest()):
            raise RuntimeError("the operation asked for something else the second time")
        if isinstance(self.verdict, Refused):
            raise self.verdict.refusal
        return self.verdict

    def refuse_to_wait(self) -> None:
        """Let the operation write by itself."""


_memory: Final[ContextVar[dict[object, Any] | None]] = ContextVar("memory", default=None)
_standing_in: Final[ContextVar[_Learning | _Telling | None]] = ContextVar("posting", default=None)


def stand_in() -> _Learning | _Telling | None:
    """Give what stands in for posting now, if anything does."""
    return _standing_in.get()


def once_in_a_batch(what: object, read: Callable[[], Answer]) -> Answer:
    """Read something; while operations run together, the first reading serves them all.

    For facts that none of the operations changes, such as whether a customer has been stopped.

    Args:
        what: names the fact among all that are kept.

    Source: architecture, section 5.
    """
    memory = _memory.get()
    if memory is None:
        return read()
    if what not in memory:
        memory[what] = read()
    known: Answer = memory[what]
    return known


def together(
    operations: Sequence[Callable[[], Answer]],
    *,
    post_all: Callable[[Sequence[Entry]], list[Verdict]],
    all_or_nothing: bool = False,
) -> list[Answer | Refusal]:
    """Run operations in their order and give the answer or the refusal of each.

    Args:
        operations: each a call that posts at most one entry outside a transaction of its own.
        post_all: writes entries in one batch, in one transaction.
        all_or_nothing: stop at the first refusal, which is then the last of the answers; the caller's
            transaction takes everything back.

    Source: architecture, section 5.
    """
    remembering = _memory.set({})
    try:
        return _together(operations, post_all, all_or_nothing=all_or_nothing)
    finally:
        _memory.reset(remembering)


def _together(
    operations: Sequence[Callable[[], Answer]],
    post_all: Callable[[Sequence[Entry]], list[Verdict]],
    *,
    all_or_nothing: bool,
) -> list[Answer | Refusal]:
    answers: dict[int, Answer | Refusal] = {}
    learned: dict[int, Entry] = {}

    def flush() -> None:
        if learned:
            _finish(operations, learned, answers, post_all)
            learned.clear()

    for place, operation in enumerate(operations):
        try:
            with _posting_by(_Learning()):
                answers[place] = operation()
        except _Learned as at_the_post:
            learned[place] = at_the_post.entry
        except _RunsAlone:
            flush()
            answers[place] = _answer(operation)
        except Refusal as refusal:
            answers[place] = refusal
        if all_or_nothing and isinstance(answers.get(place), Refusal):
            break
    flush()
    return (
        _up_to_first_refusal(answers) if all_or_nothing else [answers[at] for at in sorted(answers)]
    )


def _finish(
    operations: Sequence[Callable[[], Answer]],
    learned: dict[int, Entry],
    answers: dict[int, Answer | Refusal],
    post_all: Callable[[Sequence[Entry]], list[Verdict]],
) -> None:
    """Post what was learned, and let each operation go on from its verdict."""
    try:
        verdicts = post_all(list(learned.values()))
    except (ledger.KeyInFlight, ledger.AccountBusy):
        for place in learned:  # one that somebody else is at must not stop its neighbours
            answers[place] = _answer(operations[place])
        return
    for (place, entry), verdict in zip(learned.items(), verdicts, strict=True):
        with _posting_by(_Telling(entry, verdict)):
            answers[place] = _answer(operations[place])


def _answer(operation: Callable[[], Answer]) -> Answer | Refusal:
    try:
        return operation()
    except Refusal as refusal:
        return refusal


def _up_to_first_refusal(answers: dict[int, Any]) -> list[Any]:
    given = []
    for place in sorted(answers):
        given.append(answers[place])
        if isinstance(answers[place], Refusal):
            break
    return given


@contextmanager
def _posting_by(who: _Learning | _Telling) -> Iterator[None]:
    before = _standing_in.set(who)
    try:
        yield
    finally:
        _standing_in.reset(before)


def _depth() -> int:
    """Tell how many transactions and savepoints are open."""
    return len(django_connection.savepoint_ids) + 1 if django_connection.in_atomic_block else 0
