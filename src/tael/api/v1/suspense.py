"""Money in suspense (待查款項) over HTTP: seen, and given its place by two people."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from ninja import Router

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Cursor, Limit, Number, PlainNumber, ReasonText, Said
from tael.api.paging import page
from tael.api.reach import instruction
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_or_none, moment_out, money_out
from tael.books import currencies
from tael.money import Money
from tael.wallet import suspense_proposal as proposing
from tael.wallet.order_search import payments_in_suspense, proposals_of
from tael.wallet.suspense import item, left_of
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.wallet.models import GatewayPayment
    from tael.wallet.suspense_proposal import Proposed, SuspenseProposal

router = Router(tags=["suspense"])

State = Literal["proposed", "returning", "done", "dropped", "declined"]


class PlaceIn(Said):
    """Where the money belongs, and how one knows."""

    wallet: Number
    reason: ReasonText


class BecauseIn(Said):
    """Why the money goes back, or why a proposal is dropped."""

    reason: ReasonText


class SuspenseProposalOut(Out):
    """What somebody proposed to do with an item. `wallet` is None where it goes back to its payer."""

    number: int
    item: int
    act: Literal["place", "return"]
    wallet: int | None
    amount: MoneyOut
    state: State
    reason: str
    proposed_at: datetime
    decided_at: datetime | None
    entry: int | None


class ProposedOut(SuspenseProposalOut):
    """A proposal as this step left it."""

    dry_run: bool


class ItemOut(Out):
    """A payment of which money is in suspense."""

    number: int
    channel: str
    gateway_number: str
    amount: MoneyOut
    in_suspense: MoneyOut
    order: int | None
    at: datetime
    proposals: list[SuspenseProposalOut]


class ItemsOut(Page):
    """A page of items, newest first."""

    data: list[ItemOut]


def proposal_out(row: "SuspenseProposal") -> dict[str, Any]:
    """Write a proposal."""
    return {
        "number": row.pk,
        "item": row.payment,
        "act": row.act,
        "wallet": row.wallet,
        "amount": money_out(Money(row.amount, currencies()[row.currency].currency)),
        "state": row.state,
        "reason": row.decision or row.reason,
        "proposed_at": moment_out(row.proposed_at),
        "decided_at": moment_or_none(row.decided_at),
        "entry": row.entry,
    }


def item_out(row: "GatewayPayment") -> dict[str, Any]:
    """Write an item; what was proposed for it is added by the caller."""
    unit = currencies()[row.currency].currency
    return {
        "number": row.pk,
        "channel": row.gateway,
        "gateway_number": row.number,
        "amount": money_out(Money(row.amount, unit)),
        "in_suspense": money_out(Money(left_of(row), unit)),
        "order": row.order,
        "at": moment_out(row.at),
        "proposals": [],
    }


def _answer(done: "Proposed") -> Answer:
    return Answer(proposal_out(done.proposal), replayed=done.replayed)


@endpoint(router, "GET", "/suspense", answers=ItemsOut)
def list_suspense(
    request: ApiRequest,  # noqa: ARG001 - the framework's
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List money that came in and found no wallet, newest first."""
    found = page(
        lambda before, most: payments_in_suspense(before=before, limit=most),
        cursor=cursor,
        limit=limit,
        place=lambda row: row.pk,
        write=item_out,
    )
    proposed = proposals_of(row["number"] for row in found["data"])
    for row in found["data"]:
        row["proposals"] = [proposal_out(one) for one in proposed.get(row["number"], [])]
    return Answer(found)


@endpoint(router, "GET", "/suspense/{number}", answers=ItemOut)
def get_suspense_item(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001 - the framework's
    """Show one item with what was proposed for it."""
    row = item_out(item(number))
    proposed = proposals_of([number]).get(number, [])
    return Answer(row | {"proposals": [proposal_out(one) for one in proposed]})


@endpoint(
    router,
    "POST",
    "/suspense/{number}/place",
    answers=ProposedOut,
    status=CREATED,
    moves_money=True,
)
def propose_placing(request: ApiRequest, number: PlainNumber, body: PlaceIn) -> Answer:
    """Propose to place all of an item in a wallet; a second person confirms."""
    return _answer(
        proposing.propose_placing(
            number=number,
            wallet=find_wallet(body.wallet),
            reason=body.reason,
            instruction=instruction(request.call, body),
        )
    )


@endpoint(
    router,
    "POST",
    "/suspense/{number}/return",
    answers=ProposedOut,
    status=CREATED,
    moves_money=True,
)
def propose_return(request: ApiRequest, number: PlainNumber, body: BecauseIn) -> Answer:
    """Propose to give all of an item back to its payer over its gateway; a second person confirms."""
    said = instruction(request.call, body)
    return _answer(proposing.propose_return(number=number, reason=body.reason, instruction=said))


@endpoint(
    router,
    "POST",
    "/suspense-proposals/{number}/confirm",
    answers=ProposedOut,
    moves_money=True,
)
def confirm_suspense_proposal(request: ApiRequest, number: PlainNumber, body: Said) -> Answer:
    """Confirm as the second person: the money has its place, or the gateway is asked to return it."""
    said = instruction(request.call, body)
    return _answer(proposing.confirm_proposal(number=number, instruction=said))


@endpoint(
    router,
    "POST",
    "/suspense-proposals/{number}/drop",
    answers=ProposedOut,
    moves_money=True,
)
def drop_suspense_proposal(request: ApiRequest, number: PlainNumber, body: BecauseIn) -> Answer:
    """Drop a proposal; the money is in suspense as before."""
    said = instruction(request.call, body)
    return _answer(proposing.drop_proposal(number=number, reason=body.reason, instruction=said))
