"""Finding proposals: the inbox of who decides, and what has become of the others.

Source: peers-settlement-invest A36, sections 3.3 and 4.1; I32; reliability T24.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Count, Q, Sum

from tael import books
from tael.approvals.lifecycle import ProposalState
from tael.approvals.models import ApprovalLimit, Proposal
from tael.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

PAGE_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalsWanted:
    """Which proposals are wanted; what is None or empty does not matter.

    Args:
        state: where they stand. command: the code of the act. subject: "merchant_account:500001".
        by: who proposed, as an actor. not_by: who did not; his own are not for him to decide.
        since, until: proposed from the first moment on and before the second.
    """

    state: ProposalState | None = None
    command: str = ""
    subject: str = ""
    by: str = ""
    not_by: str = ""
    since: datetime | None = None
    until: datetime | None = None


class ProposalTotal(NamedTuple):
    """What the proposals of a filter that have an amount come to, in one currency.

    Args:
        more: amounts above zero. less: those below, such as of adjustments that take something.
    """

    proposals: int
    more: Money
    less: Money


class Difference(NamedTuple):
    """One field of what is proposed: as it stands, and as it would be; None where there is no such side."""

    field: str
    before: Any
    after: Any

    @property
    def changes(self) -> bool:
        """Tell whether the act changes it."""
        return bool(self.before != self.after)


def proposals(
    wanted: ProposalsWanted, *, limit: int = 50, before: int | None = None
) -> list[Proposal]:
    """List proposals, newest first. One query.

    Args:
        limit: at most 200. before: the number of the last one seen.

    Source: A36.
    """
    found = _found(wanted).order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found[: min(max(limit, 1), PAGE_MAX)])


def proposal_totals(wanted: ProposalsWanted) -> list[ProposalTotal]:
    """Add up the amounts of all proposals that a filter finds, by currency. One query.

    Those without an amount are not among them.

    Source: A36, A39.
    """
    rows = (
        _found(wanted)
        .filter(amount__isnull=False, currency__in=books.currencies())
        .values_list("currency")
        .order_by("currency")
        .annotate(
            n=Count("id"),
            more=Sum("amount", filter=Q(amount__gt=0), default=0),
            less=Sum("amount", filter=Q(amount__lt=0), default=0),
        )
    )
    known = books.currencies()
    return [
        ProposalTotal(
            n, Money(int(more), known[code].currency), Money(int(less), known[code].currency)
        )
        for code, n, more, less in rows
    ]


def _found(wanted: ProposalsWanted) -> QuerySet[Proposal]:
    equal = {
        "state": wanted.state,
        "command": wanted.command,
        "subject": wanted.subject,
        "proposed_by": wanted.by,
        "proposed_at__gte": wanted.since,
        "proposed_at__lt": wanted.until,
    }
    found = Proposal.objects.filter(**{name: value for name, value in equal.items() if value})
    return found.exclude(proposed_by=wanted.not_by) if wanted.not_by else found


def proposals_waiting(*, at: datetime, but: str = "") -> dict[str, int]:
    """Count the open proposals of each act, by its code; those that are too old are none. One query.

    Args:
        but: an actor whose own are not counted.

    Source: A36; peers-settlement-invest, section 4.1 (checker inbox).
    """
    found = Proposal.objects.filter(state=ProposalState.PROPOSED, expires_at__gt=at)
    if but:
        found = found.exclude(proposed_by=but)
    counted = found.order_by("command").values_list("command").annotate(count=Count("id"))
    return {str(command): int(count) for command, count in counted}


def differences(row: Proposal) -> list[Difference]:
    """Compare what is proposed with how its subject stood, field by field.

    A payload may hold the fields under one name, as terms do; they are compared with those of ``before``.
    What the two do not share stands on one side only.

    Source: peers-settlement-invest, section 3.3 (before/after diff).
    """
    after: dict[str, Any] = {}
    for name, value in row.payload.items():
        after |= value if isinstance(value, dict) else {name: value}
    before = row.before or {}
    names = [*after, *(name for name in before if name not in after)]
    return [Difference(name, before.get(name), after.get(name)) for name in names]


def approval_limits() -> list[ApprovalLimit]:
    """List the limits in force, also those that say there is none, by act and currency. One query.

    Source: I32.
    """
    newest = ApprovalLimit.objects.order_by("command", "currency", "-id")
    return list(newest.distinct("command", "currency"))


def approval_limit_history(*, command: str, currency: str, limit: int = 50) -> list[ApprovalLimit]:
    """List the limits that an act has had in a currency, newest first.

    Source: I32.
    """
    rows = ApprovalLimit.objects.filter(command=command, currency=currency)
    return list(rows.order_by("-id")[: min(max(limit, 1), PAGE_MAX)])
