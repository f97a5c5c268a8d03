"""Money in suspense (待查款項) over HTTP: seen, and given its place by two people."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Query, Router

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Body,
    Cursor,
    Limit,
    LineText,
    Number,
    PlainNumber,
    ReasonText,
    Said,
)
from tael.api.paging import page
from tael.api.reach import instruction
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_or_none, moment_out, money_out
from tael.books import currencies
from tael.money import Money
from tael.wallet import suspense_proposal as proposing
from tael.wallet.order_search import proposals_of
from tael.wallet.suspense import item, left_of
from tael.wallet.suspense_case import assign_item, change_type
from tael.wallet.suspense_search import SuspenseWanted, suspense_items, suspense_totals
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.wallet.models import GatewayPayment
    from tael.wallet.suspense_proposal import Proposed, SuspenseProposal
    from tael.wallet.suspense_search import SuspenseTotal

router = Router(tags=["suspense"])

Type = Literal[
    "unknown_order", "other_currency", "wallet_unable", "bank_line", "wrong_amount", "other"
]
Band = Literal["week", "month", "quarter", "old"]
OwnerAsked = Annotated[str, Query(pattern="^(|nobody|user:[0-9]{1,18})$")]
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
    type: Type
    owner: str | None
    at: datetime
    proposals: list[SuspenseProposalOut]


class AssignIn(Body):
    """Who of the staff looks after an item from now on: a user's number, or null for nobody."""

    owner: Number | None
    reason: LineText = ""


class TypeIn(Body):
    """What sort of money an item is."""

    type: Type


class SuspenseTotalOut(Out):
    """What of one type, age and currency is in suspense."""

    type: Type
    age: Band
    items: int
    amount: MoneyOut


class SuspenseTotalsOut(Out):
    """Money in suspense by type, age and currency."""

    data: list[SuspenseTotalOut]


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
        "type": row.suspense_type,
        "owner": row.suspense_owner,
        "at": moment_out(row.at),
        "proposals": [],
    }


def total_out(one: "SuspenseTotal") -> dict[str, Any]:
    """Write a total."""
    amount = money_out(one.amount)
    return {"type": one.type, "age": one.band, "items": one.items, "amount": amount}


def _wanted(type_: str | None, owner: str, age: str | None, currency: str) -> SuspenseWanted:
    return SuspenseWanted(type=type_ or "", owner=owner, band=age or "", currency=currency)


def _answer(done: "Proposed") -> Answer:
    return Answer(proposal_out(done.proposal), replayed=done.replayed)


@endpoint(router, "GET", "/suspense", answers=ItemsOut)
def list_suspense(
    request: ApiRequest,
    type: Annotated[Type | None, Query()] = None,  # noqa: A002 - the query's own word
    owner: OwnerAsked = "",
    age: Annotated[Band | None, Query()] = None,
    currency: Annotated[str, Query(max_length=12)] = "",
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List money that came in and found no place, newest first."""
    wanted = _wanted(type, owner, age, currency)
    found = page(
        lambda before, most: suspense_items(
            wanted, at=request.call.received_at, before=before, limit=most
        ),
        cursor=cursor,
        limit=limit,
        place=lambda row: row.pk,
        write=item_out,
    )
    proposed = proposals_of(row["number"] for row in found["data"])
    for row in found["data"]:
        row["proposals"] = [proposal_out(one) for one in proposed.get(row["number"], [])]
    return Answer(found)


@endpoint(router, "GET", "/suspense/totals", answers=SuspenseTotalsOut)
def total_suspense(
    request: ApiRequest,
    type: Annotated[Type | None, Query()] = None,  # noqa: A002 - as above
    owner: OwnerAsked = "",
    age: Annotated[Band | None, Query()] = None,
    currency: Annotated[str, Query(max_length=12)] = "",
) -> Answer:
    """Add up money in suspense by type, age and currency."""
    wanted = _wanted(type, owner, age, currency)
    totals = suspense_totals(wanted, at=request.call.received_at)
    return Answer({"data": [total_out(one) for one in totals]})


@endpoint(router, "GET", "/suspense/{number}", answers=ItemOut)
def get_suspense_item(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001 - the framework's
    """Show one item with what was proposed for it."""
    return get_suspense_item_now(number)


def get_suspense_item_now(number: int) -> Answer:
    """Answer with an item as it stands."""
    row = item_out(item(number))
    proposed = proposals_of([number]).get(number, [])
    return Answer(row | {"proposals": [proposal_out(one) for one in proposed]})


@endpoint(
    router, "POST", "/suspense/{number}/owner", answers=ItemOut, asks_key=True, problems={404, 409}
)
def assign_suspense_item(request: ApiRequest, number: PlainNumber, body: AssignIn) -> Answer:
    """Let one of the staff look after an item, or nobody."""
    assign_item(
        number=number, owner=body.owner, reason=body.reason, instruction=request.call.instruction()
    )
    return get_suspense_item_now(number)


@endpoint(
    router, "POST", "/suspense/{number}/type", answers=ItemOut, asks_key=True, problems={404, 409}
)
def change_suspense_type(request: ApiRequest, number: PlainNumber, body: TypeIn) -> Answer:
    """Say what sort of money an item is."""
    change_type(number=number, type_=body.type, instruction=request.call.instruction())
    return get_suspense_item_now(number)


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
