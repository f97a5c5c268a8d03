"""Holds (凍結) over HTTP: listed, shown, captured and released, wholly or in part."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Query, Router

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Amount, Cursor, Limit, PlainNumber, Said
from tael.api.paging import page
from tael.api.reach import instruction, own_wallet
from tael.api.v1.operations import receipt_answer
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, ReceiptOut, moment_or_none, moment_out, money_out
from tael.wallet import queries
from tael.wallet.deduct import deduct
from tael.wallet.unfreeze import unfreeze
from tael.wallet.wallet import Wallet
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.wallet.hold import Hold

router = Router(tags=["holds"])

OnlyOpen = Annotated[
    Literal["open"] | None, Query(description="Only those of which something is left.")
]


class HoldOut(Out):
    """Money set aside in one wallet: what was, and what has become of it."""

    number: int
    wallet: int
    state: Literal["open", "captured", "released", "expired"]
    amount: MoneyOut
    captured: MoneyOut
    released: MoneyOut
    rest: MoneyOut
    reason: str
    expires_at: datetime | None
    opened_at: datetime
    flow: int


class MoveOut(Out):
    """One change of a hold."""

    event: Literal["capture", "release", "expire"]
    amount: MoneyOut
    flow: int
    at: datetime


class HoldDetailOut(HoldOut):
    """A hold with its history."""

    moves: list[MoveOut]


class HoldsOut(Page):
    """A page of holds, newest first."""

    data: list[HoldOut]


class PartIn(Said):
    """What of a hold is meant. The amount is always said, so that a repetition asks for the same."""

    amount: Amount


def hold_out(hold: "Hold", wallet: Wallet) -> dict[str, Any]:
    """Write a hold."""
    return {
        "number": hold.pk,
        "wallet": wallet.number,
        "state": hold.state,
        "amount": money_out(wallet.money(hold.amount)),
        "captured": money_out(wallet.money(hold.captured)),
        "released": money_out(wallet.money(hold.released)),
        "rest": money_out(wallet.money(hold.rest)),
        "reason": hold.reason,
        "expires_at": moment_or_none(hold.expires_at),
        "opened_at": moment_out(hold.opened_at),
        "flow": hold.entry,
    }


@endpoint(router, "GET", "/holds", answers=HoldsOut, problems={404})
def list_holds(
    request: ApiRequest,
    wallet: PlainNumber,
    state: OnlyOpen = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List a wallet's holds, newest first."""
    own = own_wallet(request.call, wallet)
    return Answer(
        page(
            lambda before, most: queries.holds(
                own, only_open=state == "open", before=before, limit=most
            ),
            cursor=cursor,
            limit=limit,
            place=lambda hold: hold.pk,
            write=lambda hold: hold_out(hold, own),
        )
    )


@endpoint(router, "GET", "/holds/{number}", answers=HoldDetailOut)
def get_hold(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show one hold with its history."""
    hold = queries.hold(number, owner=request.call.customer)
    wallet = find_wallet(hold.wallet_id)
    moves = [
        {
            "event": move.event,
            "amount": money_out(wallet.money(move.amount)),
            "flow": move.entry,
            "at": moment_out(move.at),
        }
        for move in queries.hold_moves(hold)
    ]
    return Answer(hold_out(hold, wallet) | {"moves": moves})


@endpoint(
    router,
    "POST",
    "/holds/{number}/capture",
    answers=ReceiptOut,
    status=CREATED,
    moves_money=True,
)
def capture_hold(request: ApiRequest, number: PlainNumber, body: PartIn) -> Answer:
    """Capture a hold, wholly or in part: the house takes it as a charge."""
    call = request.call
    hold = queries.hold(number, owner=call.customer)
    receipt = deduct(
        wallet=find_wallet(hold.wallet_id),
        amount=body.amount.money(),
        instruction=instruction(call, body),
        source="frozen",
        hold=number,
    )
    return receipt_answer(call, receipt)


@endpoint(
    router,
    "POST",
    "/holds/{number}/release",
    answers=ReceiptOut,
    status=CREATED,
    moves_money=True,
)
def release_hold(request: ApiRequest, number: PlainNumber, body: PartIn) -> Answer:
    """Release a hold, wholly or in part: the money is liquid again."""
    call = request.call
    hold = queries.hold(number, owner=call.customer)
    receipt = unfreeze(
        wallet=find_wallet(hold.wallet_id),
        amount=body.amount.money(),
        hold=number,
        instruction=instruction(call, body),
    )
    return receipt_answer(call, receipt)
