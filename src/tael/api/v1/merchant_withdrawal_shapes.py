"""How merchants' withdrawals look on the wire.

Source: E-15; SM-06; architecture, section 5.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Query

from tael.api.fields import Amount, Body, LineText, Number, ReasonText
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_or_none, moment_out, money_out
from tael.settlement.payouts.payout_explained import Explained
from tael.settlement.payouts.withdrawal_search import WithdrawalSeen, WithdrawalTotal

if TYPE_CHECKING:
    from tael.refusal import Refusal

Trade = Literal["applying", "succeeded", "failed", "cancelled"]
Payout = Literal[
    "waiting",
    "held",
    "batched",
    "exported",
    "unknown",
    "paid",
    "failed",
    "returned",
    "cancelled",
]
PayoutAsked = Annotated[Payout | Literal["open"] | None, Query()]
TradeAsked = Annotated[Trade | None, Query()]
WayAsked = Annotated[Literal["manual", "automatic"] | None, Query()]
BoundAsked = Annotated[str | None, Query(max_length=40)]


class WithdrawalQuoteIn(Body):
    """What would be withdrawn; without an amount all of it."""

    account: Number
    amount: Amount | None = None
    payee: Number | None = None


class ApplyIn(Body):
    """An application to be paid out."""

    account: Number
    amount: Amount
    payee: Number


class CancelIn(Body):
    """Why an application is cancelled, if there is something to say."""

    reason: ReasonText = ""


class FlowNumberIn(Body):
    """The bank's number of a payment."""

    flow_number: LineText


class ReasonOut(Out):
    """What is in the way of a withdrawal."""

    code: str
    message: str
    field: str | None
    there: str | None
    allowed: str | None


class WithdrawalQuoteOut(Out):
    """What a withdrawal would be; it can be made where there is no reason against it."""

    account: int
    amount: MoneyOut
    fee: MoneyOut
    net: MoneyOut
    left: MoneyOut
    qualified: bool
    reasons: list[ReasonOut]


class MerchantWithdrawalOut(Out):
    """An application as it stands; `amount` = `fee` + `net`."""

    number: int | None
    account: int
    owner: int
    way: Literal["manual", "automatic"]
    occasion: date | None
    amount: MoneyOut
    fee: MoneyOut
    net: MoneyOut
    payee: int
    trade_state: Trade
    payout_state: Payout
    channel: str | None
    flow_number: str | None
    paid_on: date | None
    reason: str
    entry: int | None
    closing_entry: int | None
    bounce_entry: int | None
    applied_at: datetime
    closed_at: datetime | None


class StepOut(MerchantWithdrawalOut):
    """An application as a step left it, or would have (`dry_run`)."""

    dry_run: bool


class MerchantWithdrawalsOut(Page):
    """A page of applications, newest first."""

    data: list[MerchantWithdrawalOut]


class WithdrawalTotalOut(Out):
    """What all applications of a filter come to in one currency."""

    withdrawals: int
    amount: MoneyOut
    fee: MoneyOut
    net: MoneyOut


class WithdrawalTotalsOut(Out):
    """The totals of a filter, one for each currency."""

    data: list[WithdrawalTotalOut]


class ExplainedPartOut(Out):
    """What the account's details of one kind since the last payout come to."""

    what: str
    lines: int
    came: MoneyOut
    went: MoneyOut


class ExplainedOut(Out):
    """A payout to the cent: opening + parts = there; there - amount = left."""

    previous: int | None
    opening: MoneyOut
    parts: list[ExplainedPartOut]
    there: MoneyOut
    amount: MoneyOut
    fee: MoneyOut
    net: MoneyOut
    left: MoneyOut
    adds_up: bool


def merchant_withdrawal_out(one: WithdrawalSeen) -> dict[str, Any]:
    """Write an application."""
    row = one.row
    return {
        "number": row.pk,
        "account": one.account.number,
        "owner": one.account.owner,
        "way": row.way,
        "occasion": None if row.occasion is None else row.occasion.isoformat(),
        "amount": money_out(one.amount),
        "fee": money_out(one.fee),
        "net": money_out(one.net),
        "payee": row.payee,
        "trade_state": row.trade_state,
        "payout_state": row.payout_state,
        "channel": row.channel,
        "flow_number": row.flow_number,
        "paid_on": None if row.paid_on is None else row.paid_on.isoformat(),
        "reason": row.reason,
        "entry": row.entry,
        "closing_entry": row.closing_entry,
        "bounce_entry": row.bounce_entry,
        "applied_at": moment_out(row.applied_at),
        "closed_at": moment_or_none(row.closed_at),
    }


def reason_out(refusal: "Refusal") -> dict[str, Any]:
    """Write what is in the way of a withdrawal."""
    return {
        "code": refusal.code,
        "message": refusal.message,
        "field": refusal.field,
        "there": refusal.there,
        "allowed": refusal.allowed,
    }


def total_out(one: WithdrawalTotal) -> dict[str, Any]:
    """Write what all applications of a filter come to in one currency."""
    return {
        "withdrawals": one.withdrawals,
        "amount": money_out(one.amount),
        "fee": money_out(one.fee),
        "net": money_out(one.net),
    }


def explained_out(found: Explained) -> dict[str, Any]:
    """Write why a payout is as high as it is."""
    return {
        "previous": found.previous,
        "opening": money_out(found.opening),
        "parts": [
            {
                "what": part.word,
                "lines": part.lines,
                "came": money_out(part.came),
                "went": money_out(part.went),
            }
            for part in found.parts
        ],
        "there": money_out(found.there),
        "amount": money_out(found.amount),
        "fee": money_out(found.fee),
        "net": money_out(found.net),
        "left": money_out(found.left),
        "adds_up": found.adds_up,
    }
