"""Bills that nobody has stopped within their terms' grace (寬限期): they are issued by themselves.

Source: peers-settlement-invest A10; B-26.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from tael import books
from tael.parties import audit
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import account_from
from tael.settlement.bills.bill_posting import ToIssue, issue_now
from tael.settlement.lifecycles import BillState
from tael.settlement.models import Bill, Terms

if TYPE_CHECKING:
    from datetime import datetime

log: Final = logging.getLogger(__name__)

CHUNK: Final = 100
_WAITING: Final = [BillState.DRAFT.value, BillState.REVIEWED.value]
_OVER: Final = """
    SELECT b.number FROM settlement_bill AS b JOIN settlement_terms AS t ON t.id = b.terms
    WHERE b.state = ANY(%s) AND b.made_at + make_interval(hours => t.grace_hours) <= %s ORDER BY b.number
"""


def issue_after_grace(*, at: datetime, actor: str = "system", chunk: int = CHUNK) -> int:
    """Issue the bills whose grace is over and give how many; the grace is that of the terms they were made by.

    One that the ledger refuses, such as that of an account which is switched off, waits for the next time
    and stops no other. May run twice at once.

    Postings: see ``bill_posting.issue_now``.

    Source: A10 (grace period).
    """
    rows = books.connection().execute(_OVER, [_WAITING, at]).fetchall()
    numbers = [number for (number,) in rows]
    return sum(
        _issue_some(numbers[place : place + chunk], actor=actor, at=at)
        for place in range(0, len(numbers), chunk)
    )


def _issue_some(numbers: list[int], *, actor: str, at: datetime) -> int:
    try:
        return _issue(numbers, actor=actor, at=at)
    except Refusal as refusal:
        if len(numbers) > 1:  # of one of them; alone, each is issued or left
            return sum(_issue_some([number], actor=actor, at=at) for number in numbers)
        log.warning("bill %s stays: %s: %s", numbers[0], refusal.code, refusal.message)
        return 0


@books.atomic
def _issue(numbers: list[int], *, actor: str, at: datetime) -> int:
    waiting = Bill.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "account"
    )
    rows = list(waiting.filter(pk__in=numbers, state__in=_WAITING).order_by("number"))
    terms = Terms.objects.in_bulk({row.terms for row in rows})
    for row in rows:
        audit.record(
            actor=actor,
            action="bill.issue",
            subject=f"bill:{row.pk}",
            at=at,
            details={"total": row.total, "records": row.records, "reason": "grace"},
        )
    issue_now(
        [ToIssue(row.pk, row.total, account_from(row.account), terms[row.terms]) for row in rows],
        actor=actor,
        at=at,
    )
    return len(rows)
