"""Proposals (複核申請) over HTTP: what takes two people is seen, approved and refused; and above which amounts."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from tael import books
from tael.api.call import ApiRequest
from tael.api.endpoint import Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Body,
    CurrencyCode,
    Cursor,
    Filter,
    Limit,
    LineText,
    Nothing,
    PlainNumber,
    Why,
)
from tael.api.paging import page, paged
from tael.api.reach import STAFF_CHANNEL
from tael.api.v1.check_limits import read_limit
from tael.api.v1.files import KINDS
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_or_none, moment_out, money_out
from tael.approvals.lifecycle import ProposalState
from tael.approvals.limit import limit_in_force, set_approval_limit
from tael.approvals.proposal import approve_proposal as approve
from tael.approvals.proposal import proposal
from tael.approvals.proposal import refuse_proposal as refuse
from tael.approvals.proposal import withdraw_proposal as withdraw
from tael.approvals.proposal_search import (
    ProposalsWanted,
    approval_limits,
    differences,
    proposal_totals,
    proposals,
)
from tael.documents.settlement_lists import PROPOSALS
from tael.money import Money

if TYPE_CHECKING:
    from tael.approvals.limit import ApprovalLimit
    from tael.approvals.proposal import Proposal

router = Router(tags=["proposals"])

State = Literal["proposed", "approved", "refused", "withdrawn", "expired"]


class DifferenceOut(Out):
    """A field as it stood when it was proposed, and as it would be; amounts here are minor units."""

    field: str
    before: Annotated[Any, Field(description="As it stood; null where it was not said.")]
    after: Annotated[Any, Field(description="As proposed; null where it is not changed.")]


class ProposalOut(Out):
    """An act that takes two people, and what became of it."""

    number: int | None
    command: str
    subject: str
    amount: MoneyOut | None
    note: str
    differences: list[DifferenceOut]
    state: State
    proposed_at: datetime
    proposed_by: str
    expires_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    outcome: dict[str, Any] | None


class ApprovedOut(ProposalOut):
    """A proposal that was carried out, or would have been (`dry_run`)."""

    dry_run: bool


class ProposalsOut(Page):
    """A page of proposals, newest first."""

    data: list[ProposalOut]


class ProposalTotalOut(Out):
    """What the proposals of a filter come to in one currency: amounts above zero, and those below."""

    proposals: int
    more: MoneyOut
    less: MoneyOut


class ProposalTotalsOut(Out):
    """The sums, by currency."""

    data: list[ProposalTotalOut]


class ApprovalLimitIn(Body):
    """The amount above which an act takes two people; without one a single person is enough."""

    command: LineText
    currency: CurrencyCode
    amount: LineText | None = None


class ApprovalLimitOut(Out):
    """What is in force for an act in a currency."""

    command: str
    currency: str
    amount: MoneyOut | None
    set_at: datetime | None


class ApprovalLimitsOut(Page):
    """The limits in force."""

    data: list[ApprovalLimitOut]


def proposal_out(row: "Proposal") -> dict[str, Any]:
    """Write a proposal."""
    amount = None
    if row.amount is not None and row.currency is not None:
        amount = money_out(Money(row.amount, books.currencies()[row.currency].currency))
    return {
        "number": row.pk,
        "command": row.command,
        "subject": row.subject,
        "amount": amount,
        "note": row.note,
        "differences": [one._asdict() for one in differences(row)],
        "state": row.state,
        "proposed_at": moment_out(row.proposed_at),
        "proposed_by": row.proposed_by,
        "expires_at": moment_out(row.expires_at),
        "decided_at": moment_or_none(row.decided_at),
        "decided_by": row.decided_by,
        "reason": row.reason,
        "outcome": None if row.outcome is None else dict(sorted(row.outcome.items())),
    }


def approval_limit_out(row: "ApprovalLimit") -> dict[str, Any]:
    """Write a limit."""
    unit = books.currencies()[row.currency].currency
    return {
        "command": row.command,
        "currency": row.currency,
        "amount": None if row.amount is None else money_out(Money(row.amount, unit)),
        "set_at": moment_out(row.set_at),
    }


class ProposalFilter(Filter):
    """Which proposals are meant."""

    state: State | None = None
    command: Annotated[str, Query(max_length=40)] = ""
    subject: Annotated[str, Query(max_length=100)] = ""

    def wanted(self) -> ProposalsWanted:
        """Read it."""
        return ProposalsWanted(
            state=None if self.state is None else ProposalState(self.state),
            command=self.command.replace("\0", ""),
            subject=self.subject.replace("\0", ""),
        )


ProposalAsked = Annotated[ProposalFilter, Query()]


@endpoint(router, "GET", "/proposals", answers=ProposalsOut)
def list_proposals(
    request: ApiRequest,  # noqa: ARG001 - every key that may decide sees the same
    asked: ProposalAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List proposals, newest first."""
    wanted = asked.wanted()
    return Answer(
        page(
            lambda before, most: proposals(wanted, before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.pk,
            write=proposal_out,
        )
    )


@endpoint(router, "GET", "/proposals/totals", answers=ProposalTotalsOut)
def get_proposal_totals(request: ApiRequest, asked: ProposalAsked) -> Answer:  # noqa: ARG001 - as above
    """Add up the amounts of all proposals of a filter, by currency; those without an amount are not counted."""
    data = [
        {
            "proposals": one.proposals,
            "more": money_out(one.more),
            "less": money_out(one.less),
        }
        for one in proposal_totals(asked.wanted())
    ]
    return Answer({"data": data})


@endpoint(router, "GET", "/proposals/file", answers=None, answer_types=KINDS[:2])
def download_proposals(request: ApiRequest, asked: ProposalAsked, file: FileAsked) -> HttpResponse:
    """Download the proposals that a filter finds as csv or xlsx, newest first."""
    return list_file(request.call, PROPOSALS, asked.wanted(), file)


@endpoint(router, "GET", "/proposals/{number}", answers=ProposalOut)
def get_proposal(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001 - as above
    """Show one proposal."""
    return Answer(proposal_out(proposal(number)))


@endpoint(router, "POST", "/proposals/{number}/approve", answers=ApprovedOut, moves_money=True)
def approve_proposal(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001 - nothing is said
    """Approve a proposal of somebody else: it is carried out now, judged as things stand now."""
    call = request.call
    row = approve(number=number, instruction=call.instruction(channel=STAFF_CHANNEL))
    written = proposal_out(row) | {"dry_run": call.dry_run}
    if call.dry_run:  # the numbers of a rehearsal are nobody's
        written["outcome"] = None
    return Answer(written, replayed=row.decided_at != call.received_at)


@endpoint(
    router,
    "POST",
    "/proposals/{number}/refuse",
    answers=ProposalOut,
    asks_key=True,
    problems={404, 409},
)
def refuse_proposal(request: ApiRequest, number: PlainNumber, body: Why) -> Answer:
    """Refuse a proposal of somebody else; nothing is done."""
    call = request.call
    told = call.instruction(channel=STAFF_CHANNEL)
    row = refuse(number=number, reason=body.reason, instruction=told)
    return Answer(proposal_out(row), replayed=row.decided_at != call.received_at)


@endpoint(
    router,
    "POST",
    "/proposals/{number}/withdraw",
    answers=ProposalOut,
    asks_key=True,
    problems={404, 409},
)
def withdraw_proposal(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001 - nothing is said
    """Take back a proposal that the key itself has made."""
    call = request.call
    row = withdraw(number=number, instruction=call.instruction(channel=STAFF_CHANNEL))
    return Answer(proposal_out(row), replayed=row.decided_at != call.received_at)


@endpoint(router, "GET", "/approval-limits", answers=ApprovalLimitsOut)
def list_approval_limits(request: ApiRequest) -> Answer:  # noqa: ARG001 - every key sees the same
    """List above which amounts acts take two people."""
    return Answer(paged([approval_limit_out(row) for row in approval_limits()], None))


@endpoint(router, "POST", "/approval-limits", answers=ApprovalLimitOut, problems={404})
def set_approval_limits(request: ApiRequest, body: ApprovalLimitIn) -> Answer:
    """Set above which amount an act takes two people, from now on."""
    call = request.call
    amount = None if body.amount is None else read_limit(body.amount, body.currency)
    set_approval_limit(
        command=body.command,
        currency=body.currency,
        amount=amount,
        actor=call.actor,
        at=call.received_at,
    )
    now = limit_in_force(body.command, body.currency)
    if now is None:
        unset = {"command": body.command, "currency": body.currency, "amount": None, "set_at": None}
        return Answer(unset)
    return Answer(approval_limit_out(now))
