"""Writing entries: on Django's connection inside a transaction, else together with everybody's by group commit.

Every retry sends the same keys again, so an entry whose commit was not heard of is found, not repeated.

Source: architecture, sections 2 and 3; reliability, section 6; T4, T6.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from django.db import connection as django_connection
from django.db import transaction

from tael import ledger
from tael.books.connect import connection, in_transaction
from tael.books.process_poster import close_poster, forget_accounts, process_poster
from tael.books.retry import Busy, persist
from tael.books.together import stand_in, together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tael.ledger import Entry, Posted, Replayed, Verdict
    from tael.refusal import Refusal

__all__ = [
    "Busy",
    "atomic",
    "close_poster",
    "post",
    "post_all_now",
    "post_now",
    "post_together",
    "rehearse",
    "repeatable",
]

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def post(entry: Entry) -> Posted | Replayed:
    """Write one entry; it is durable when this returns, unless the caller's own transaction is open.

    Inside an atomic block it is written on Django's connection and shares the block's fate. Outside
    it goes through the process's Poster, which commits it together with what other threads post.

    Raises:
        Refusal: a rule of the ledger says no; nothing was written.
        OutcomeUnknown: the connection was lost and does not come back; send the same again.

    Source: architecture, section 3.
    """
    instead = stand_in()
    if instead is not None:
        return instead.post(entry)
    if in_transaction():
        return post_now(entry)
    return process_poster().post(entry)


def post_now(entry: Entry) -> Posted | Replayed:
    """Write one entry on Django's connection, inside the caller's atomic block.

    For operations that also change rows of their own: call it as their last step, so that the rows
    of money are locked as shortly as can be.

    Raises:
        Refusal: a rule of the ledger says no; nothing was written.

    Source: architecture, section 2.
    """
    (posted,) = post_all_now([entry])
    return posted


def post_all_now(entries: Sequence[Entry]) -> list[Posted | Replayed]:
    """Write entries on Django's connection, inside the caller's atomic block: all of them, or none.

    See ``post_now``.

    Raises:
        Refusal: a rule of the ledger says no to one of them; nothing was written.

    Source: architecture, section 2.
    """
    if not in_transaction():
        raise transaction.TransactionManagementError("post_now needs the caller's atomic block")
    instead = stand_in()
    if instead is not None:
        instead.refuse_to_wait()
    verdicts = ledger.post(connection(), entries, atomic=True)
    _tell_the_poster(verdicts)
    return cast("list[Posted | Replayed]", verdicts)


def post_together(
    operations: Sequence[Callable[[], Answer]], *, all_or_nothing: bool = False
) -> list[Answer | Refusal]:
    """Carry out many operations in their order; neighbours share one batch of the ledger and one commit.

    Inside an atomic block all of it shares the block's fate. Outside, what has been answered is durable.

    Args:
        operations: each a call of one operation that carries a key of its own.
        all_or_nothing: stop at the first refusal, which is then the last of the answers; the caller,
            inside an atomic block, takes everything back.

    Source: architecture, section 5 (batch with a verdict per item).
    """
    return together(operations, post_all=_post_all, all_or_nothing=all_or_nothing)


def atomic(operation: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Make an operation that carries a key one transaction: a savepoint inside another, else retried.

    A refusal takes back everything that the operation wrote. The outermost one is repeated, with the
    same arguments and so the same key, when the connection is lost or the database broke it off.

    Raises:
        Busy: the database did not come to it in time; nothing was written.
        OutcomeUnknown: the connection was lost and does not come back; send the same again.

    Source: reliability, section 6; T6.
    """

    @wraps(operation)
    def one_transaction(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        def once() -> Answer:
            with transaction.atomic():
                return operation(*args, **kwargs)

        return once() if in_transaction() else persist(once)

    return one_transaction


def repeatable(operation: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Let an operation that ends with ``post`` and carries a key stand alone: repeated as ``atomic`` is.

    It opens no transaction, so that its entry can share a commit; what it reads before may be lost
    with a connection all the same.

    Raises:
        Busy, OutcomeUnknown: as ``atomic``.

    Source: reliability, section 6; T6.
    """

    @wraps(operation)
    def repeated(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        if in_transaction():
            return operation(*args, **kwargs)
        return persist(lambda: operation(*args, **kwargs))

    return repeated


def rehearse(operation: Callable[[], Answer]) -> Answer:
    """Run an operation for its answer or its refusal, and take everything back (a dry run).

    It is the real path, to its end: constraints that wait for the commit are tested too. What must
    not happen in a rehearsal, such as a message to the outside, is tied to the commit by
    ``transaction.on_commit`` and so does not happen.

    Raises:
        Refusal: the operation would be refused.

    Source: seed 1 operations, as `?dry_run=true`; architecture, section 5.
    """
    with transaction.atomic():
        answer = operation()
        with django_connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return answer


@atomic
def _post_all(entries: Sequence[Entry]) -> list[Verdict]:
    verdicts = ledger.post(connection(), entries)
    _tell_the_poster(verdicts)
    return verdicts


def _tell_the_poster(verdicts: Sequence[Verdict]) -> None:
    """When this is committed, what the process's Poster remembers of the accounts is out of date."""
    moved = {leg.account for one in verdicts if isinstance(one, ledger.Posted) for leg in one.legs}
    transaction.on_commit(lambda: forget_accounts(moved))
