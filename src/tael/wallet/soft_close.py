"""The soft closing of a month (關賬): while it is being closed, only who may post late does, and says why.

It comes before the closing proper, which nobody gets past, and can be taken back until then. What is told
without a day of its own lands in the first open month and keeps its true day.

Source: I35; peers-settlement-invest A38; peers-ledger, section 3 (period close).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from tael import books, ledger
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.wallet.models import SoftClosing
from tael.wallet.period import Month, MonthNotOver, month_of

if TYPE_CHECKING:
    from datetime import datetime

REASON_MAX: Final = 200


class PeriodClosing(Refusal):
    """The month is being closed: it takes nothing more from whoever may not post late."""

    code = "period_closing"
    because: ClassVar[Because] = "conflict"
    rule = "A38"
    remedy = (
        "Book it on an open day, ask a finance checker to open the month again, or let somebody"
        " who may both record and post late do it, with a reason."
    )


class MonthNotClosing(Refusal):
    """The month is not being closed, or has been closed for good."""

    code = "month_not_closing"
    because: ClassVar[Because] = "conflict"
    rule = "A38"
    remedy = "See the state of the month; a closed one is not opened again."


@books.atomic
def soft_close_month(*, month: Month, actor: str, at: datetime) -> SoftClosing:
    """Begin to close a month and all before it. Again changes nothing.

    Raises:
        MonthNotOver: its last day is not over yet.
        PeriodNotAhead: it has been closed for good.

    Source: A38.
    """
    if at < month.ends:
        last = Month.at_place(month_of(at).place - 1)
        message = f"The month {month} is not over."
        raise MonthNotOver(message, field="month", there=str(month), allowed=f"through {last}")
    closed = ledger.closed_through(books.connection())
    if closed is not None and month.last_moment <= closed:
        message = f"the books are closed through {closed.isoformat()}"
        raise ledger.PeriodNotAhead(message, field="through", there=closed.isoformat())
    row, new = SoftClosing.objects.get_or_create(
        through=month.last_moment,
        reopened_at=None,
        defaults={"closed_at": at, "closed_by": actor},
    )
    if new:
        details = {"through": month.last_moment.isoformat()}
        _note("period.soft_close", f"period:{month}", actor, at, **details)
    return row


@books.atomic
def reopen_month(*, month: Month, reason: str, actor: str, at: datetime) -> None:
    """Open a month again that is being closed, and all behind it.

    Raises:
        MonthNotClosing: it is open, or closed for good.
        TextMalformed: there is no reason.

    Source: A38.
    """
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    hard = ledger.closed_through(books.connection())
    standing = SoftClosing.objects.select_for_update().filter(reopened_at__isnull=True)
    rows = list(standing.filter(through__gte=month.last_moment).order_by("id"))
    if not rows or (hard is not None and month.last_moment <= hard):
        message = f"The month {month} is not being closed."
        raise MonthNotClosing(message, field="month", there=str(month))
    for row in rows:
        row.reopened_at, row.reopened_by, row.reason = at, actor, why
        row.save(update_fields=["reopened_at", "reopened_by", "reason"])
    _note("period.reopen", f"period:{month}", actor, at, reason=why)


def soft_closed_through() -> datetime | None:
    """Tell through which moment the books are being closed, if they are. One query.

    Source: A38.
    """
    standing = SoftClosing.objects.filter(reopened_at__isnull=True).order_by("-through")
    return standing.values_list("through", flat=True).first()


def check_open(moment: datetime, *, actor: str, at: datetime, reason: str = "") -> None:
    """Refuse what is to take effect in a month that is being closed, unless a reason is given for it.

    Who may give one is asked at the door. It is written into the audit trail. For the moment only: the caller's
    transaction keeps the two together.

    Raises:
        PeriodClosing: naming the moment after which the books are open.
        TextMalformed: the reason is too long.

    Source: A38.
    """
    through = soft_closed_through()
    if through is None or moment > through:
        return
    if not reason:
        message = f"{moment.isoformat()} lies in a month that is being closed."
        allowed = f"after {through.isoformat()}, or a reason for posting late"
        raise PeriodClosing(message, field="at", there=moment.isoformat(), allowed=allowed)
    note_late(f"moment:{moment.isoformat()}", reason, actor=actor, at=at)


@books.atomic
def note_late(subject: str, reason: str, *, actor: str, at: datetime, **details: str) -> None:
    """Write down that somebody has posted into a month that is being closed, and why.

    Raises:
        TextMalformed: the reason is too long.

    Source: A38.
    """
    why = parse_text(reason, field="late_reason", longest=REASON_MAX)
    _note("period.late", subject, actor, at, reason=why, **details)


def _note(action: str, subject: str, actor: str, at: datetime, **details: str) -> None:
    audit.record(actor=actor, action=action, subject=subject, at=at, details=details)
