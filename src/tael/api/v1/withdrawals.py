"""Reviewed withdrawals (審核提現) over HTTP: applied for, then approved, refused or cancelled."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Query, Router

from tael.api.call import ApiRequest, Call
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Amount,
    Cursor,
    Limit,
    Number,
    PlainNumber,
    ReasonText,
    Said,
)
from tael.api.paging import page
from tael.api.reach import instruction, named_wallet, own_or_any, own_wallet
from tael.api.v1.shapes import Page
from tael.api.wire import (
    MoneyOut,
    Out,
    ReceiptOut,
    moment_or_none,
    moment_out,
    money_out,
    receipt_out,
)
from tael.payouts import withdrawal as withdrawing
from tael.payouts.lifecycle import WithdrawalState
from tael.payouts.queries import withdrawals
from tael.wallet.wallet import wallet as find_wallet

if TYPE_CHECKING:
    from tael.payouts.withdrawal import AppliedWithdrawal, Withdrawal

router = Router(tags=["withdrawals"])

State = Literal["applied", "reviewed", "withdrawn", "returned", "cancelled"]


class WithdrawalIn(Said):
    """An application to have money paid out."""

    wallet: Number | None = None
    owner: Number | None = None
    amount: Amount
    payee: Number


class ApproveIn(Said):
    """An approval; it names the payee account where the application could not."""

    payee: Number | None = None


class RefuseIn(Said):
    """Why an application is refused; the customer reads it."""

    reason: ReasonText


class WithdrawalOut(Out):
    """An application as it stands."""

    number: int
    wallet: int
    owner: int
    payee: int | None
    amount: MoneyOut
    state: State
    hold: int
    applied_at: datetime
    reviewed_at: datetime | None
    decided_at: datetime | None
    reason: str


class WithdrawalsOut(Page):
    """A page of applications, newest first."""

    data: list[WithdrawalOut]


class DecisionOut(Out):
    """An application as this step left it, and the receipt of the entry that the step made.

    An approval above the check limit leaves it `reviewed`, books nothing and has no receipt.
    """

    number: int | None
    wallet: int
    owner: int
    payee: int | None
    amount: MoneyOut
    state: State
    reason: str
    receipt: ReceiptOut | None
    dry_run: bool


def withdrawal_out(row: "Withdrawal") -> dict[str, Any]:
    """Write an application."""
    return {
        "number": row.pk,
        "wallet": row.wallet,
        "owner": row.owner,
        "payee": row.payee,
        "amount": money_out(find_wallet(row.wallet).money(row.amount)),
        "state": row.state,
        "hold": row.hold,
        "applied_at": moment_out(row.applied_at),
        "reviewed_at": moment_or_none(row.reviewed_at),
        "decided_at": moment_or_none(row.decided_at),
        "reason": row.reason,
    }


def _answer(
    call: Call, done: "AppliedWithdrawal", *, state: WithdrawalState, reason: str
) -> Answer:
    """Answer with what the step did, in words that a repetition can say again."""
    row = done.withdrawal
    return Answer(
        {
            "number": None if call.dry_run and state == WithdrawalState.APPLIED else row.pk,
            "wallet": row.wallet,
            "owner": row.owner,
            "payee": row.payee,
            "amount": money_out(find_wallet(row.wallet).money(row.amount)),
            "state": state.value,
            "reason": reason,
            "receipt": None
            if done.receipt is None
            else receipt_out(done.receipt, customer=call.customer, dry_run=call.dry_run),
        },
        replayed=done.replayed,
    )


@endpoint(router, "GET", "/withdrawals", answers=WithdrawalsOut, problems={404})
def list_withdrawals(
    request: ApiRequest,
    owner: PlainNumber | None = None,
    wallet: PlainNumber | None = None,
    state: Annotated[State | None, Query()] = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List applications, newest first."""
    call = request.call
    owner = own_or_any(call, owner)
    if wallet is not None:
        own_wallet(call, wallet)
    wanted = None if state is None else WithdrawalState(state)
    return Answer(
        page(
            lambda before, most: withdrawals(
                state=wanted, owner=owner, wallet=wallet, before=before, limit=most
            ),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.pk,
            write=withdrawal_out,
        )
    )


@endpoint(router, "POST", "/withdrawals", answers=DecisionOut, status=CREATED, moves_money=True)
def apply_for_withdrawal(request: ApiRequest, body: WithdrawalIn) -> Answer:
    """Apply to have money paid out: it is set aside until somebody decides."""
    call = request.call
    money = body.amount.money()
    done = withdrawing.apply_withdrawal(
        wallet=named_wallet(
            call, number=body.wallet, owner=body.owner, currency=money.currency.code
        ),
        amount=money,
        payee=body.payee,
        instruction=instruction(call, body),
    )
    return _answer(call, done, state=WithdrawalState.APPLIED, reason="")


@endpoint(router, "GET", "/withdrawals/{number}", answers=WithdrawalOut)
def get_withdrawal(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show one application."""
    return Answer(withdrawal_out(withdrawing.withdrawal(number, owner=request.call.customer)))


@endpoint(
    router,
    "POST",
    "/withdrawals/{number}/approve",
    answers=DecisionOut,
    moves_money=True,
)
def approve_withdrawal(request: ApiRequest, number: PlainNumber, body: ApproveIn) -> Answer:
    """Approve an application: the money leaves, or above the check limit waits for a second person."""
    call = request.call
    done = withdrawing.approve_withdrawal(
        number=number, payee=body.payee, instruction=instruction(call, body)
    )
    booked = done.receipt is not None
    state = WithdrawalState.WITHDRAWN if booked else WithdrawalState.REVIEWED
    return _answer(call, done, state=state, reason="")


@endpoint(
    router,
    "POST",
    "/withdrawals/{number}/confirm",
    answers=DecisionOut,
    moves_money=True,
)
def confirm_withdrawal(request: ApiRequest, number: PlainNumber, body: Said) -> Answer:
    """Confirm what somebody else has approved above the check limit: the money leaves."""
    call = request.call
    done = withdrawing.confirm_withdrawal(number=number, instruction=instruction(call, body))
    return _answer(call, done, state=WithdrawalState.WITHDRAWN, reason="")


@endpoint(
    router,
    "POST",
    "/withdrawals/{number}/refuse",
    answers=DecisionOut,
    moves_money=True,
)
def refuse_withdrawal(request: ApiRequest, number: PlainNumber, body: RefuseIn) -> Answer:
    """Refuse an application: the money is liquid again. Not by the one who applied."""
    call = request.call
    done = withdrawing.refuse_withdrawal(
        number=number, reason=body.reason, instruction=instruction(call, body)
    )
    return _answer(call, done, state=WithdrawalState.RETURNED, reason=done.withdrawal.reason)


@endpoint(
    router,
    "POST",
    "/withdrawals/{number}/cancel",
    answers=DecisionOut,
    moves_money=True,
)
def cancel_withdrawal(request: ApiRequest, number: PlainNumber, body: Said) -> Answer:
    """Cancel an application that nobody has decided."""
    call = request.call
    row = withdrawing.withdrawal(number, owner=call.customer)
    done = withdrawing.cancel_withdrawal(
        number=number, owner=row.owner, instruction=instruction(call, body)
    )
    return _answer(call, done, state=WithdrawalState.CANCELLED, reason="")
