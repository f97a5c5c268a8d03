"""The seven wallet operations over HTTP, each under its own name.

`/recharge /deduct /transfer /freeze /unfreeze /withdraw /exchange`, and `/quotes` for an exchange.

Source: F-01, F-23 to F-37; architecture, section 5.
"""

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

from ninja import Router

from tael import books
from tael.api.call import MINIMAL, ApiRequest, Call
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import Amount, CurrencyCode, Moment, Number, ReasonText, Said
from tael.api.reach import OneOfTwo, instruction, named_wallet, own_wallet, wallet_or_owner
from tael.api.wire import ReceiptOut, receipt_out
from tael.wallet import deduct as deducting
from tael.wallet import exchange as exchanging
from tael.wallet import freeze as freezing
from tael.wallet import recharge as recharging
from tael.wallet import transfer as transferring
from tael.wallet import unfreeze as unfreezing
from tael.wallet import withdraw as withdrawing
from tael.wallet.receipt import Receipt
from tael.wallet.wallet import wallet as any_wallet

router = Router(tags=["operations"])


class OperationIn(Said):
    """What every operation is told. A wallet is named by its number, or by its owner's.

    With the owner's number it is the default wallet in the amount's currency.
    """

    wallet: Number | None = None
    owner: Number | None = None
    amount: Amount


class RechargeIn(OperationIn):
    """Funds that come in."""

    spend_only: bool = False


class DeductIn(OperationIn):
    """A charge that the house takes."""

    source: Literal["liquid", "frozen"] = "liquid"
    hold: Number | None = None


class TransferIn(OperationIn):
    """Funds that move to the wallet `target`, or to the default wallet of the customer `to`."""

    target: Number | None = None
    to: Number | None = None


class FreezeIn(OperationIn):
    """Funds that are set aside."""

    reason: ReasonText = ""
    expires_at: Moment | None = None


class UnfreezeIn(OperationIn):
    """Frozen funds that are to be liquid again; without a hold, of the oldest first."""

    hold: Number | None = None


class WithdrawIn(OperationIn):
    """Funds that leave to a payee account."""

    payee: Number
    source: Literal["liquid", "frozen"] = "liquid"
    hold: Number | None = None


class ExchangeIn(OperationIn):
    """Funds that are exchanged into the wallet `target`, or into the owner's wallet of `into`."""

    target: Number | None = None
    into: CurrencyCode = None
    quote: Number | None = None
    spend_only: bool = False


def do_recharge(call: Call, body: RechargeIn, key: str | None = None) -> Receipt:
    """Translate a recharge and make the one domain call."""
    money = body.amount.money()
    told = instruction(call, body, key=key)
    into = wallet_or_owner(call, number=body.wallet, owner=body.owner, currency=money.currency.code)
    if isinstance(into, int):
        return recharging.recharge_customer(
            owner=into, amount=money, instruction=told, spend_only=body.spend_only
        )
    return recharging.recharge(
        wallet=into, amount=money, instruction=told, spend_only=body.spend_only
    )


def do_deduct(call: Call, body: DeductIn, key: str | None = None) -> Receipt:
    """Translate a deduction and make the one domain call."""
    money = body.amount.money()
    told = instruction(call, body, key=key)
    wallet = named_wallet(call, number=body.wallet, owner=body.owner, currency=money.currency.code)
    return deducting.deduct(
        wallet=wallet, amount=money, instruction=told, source=body.source, hold=body.hold
    )


def do_transfer(call: Call, body: TransferIn, key: str | None = None) -> Receipt:
    """Translate a transfer and make the one domain call."""
    money = body.amount.money()
    told = instruction(call, body, key=key)
    source = named_wallet(call, number=body.wallet, owner=body.owner, currency=money.currency.code)
    if body.target is not None and body.to is None:
        target = any_wallet(body.target, field="target")
        return transferring.transfer(source=source, target=target, amount=money, instruction=told)
    if body.to is not None and body.target is None:
        return transferring.transfer_to_customer(
            source=source, to=body.to, amount=money, instruction=told
        )
    raise OneOfTwo("Name either the receiving wallet or the receiving customer.", field="target")


def do_freeze(call: Call, body: FreezeIn, key: str | None = None) -> Receipt:
    """Translate a freeze and make the one domain call."""
    money = body.amount.money()
    told = instruction(call, body, key=key)
    wallet = named_wallet(call, number=body.wallet, owner=body.owner, currency=money.currency.code)
    return freezing.freeze(
        wallet=wallet,
        amount=money,
        instruction=told,
        reason=body.reason,
        expires_at=body.expires_at,
    )


def do_unfreeze(call: Call, body: UnfreezeIn, key: str | None = None) -> Receipt:
    """Translate an unfreeze and make the one domain call."""
    money = body.amount.money()
    told = instruction(call, body, key=key)
    wallet = named_wallet(call, number=body.wallet, owner=body.owner, currency=money.currency.code)
    return unfreezing.unfreeze(wallet=wallet, amount=money, instruction=told, hold=body.hold)


def do_withdraw(call: Call, body: WithdrawIn, key: str | None = None) -> Receipt:
    """Translate a withdrawal and make the one domain call."""
    money = body.amount.money()
    told = instruction(call, body, key=key)
    wallet = named_wallet(call, number=body.wallet, owner=body.owner, currency=money.currency.code)
    return withdrawing.withdraw(
        wallet=wallet,
        amount=money,
        payee=body.payee,
        instruction=told,
        source=body.source,
        hold=body.hold,
    )


def do_exchange(call: Call, body: ExchangeIn, key: str | None = None) -> Receipt:
    """Translate an exchange and make the one domain call."""
    money = body.amount.money()
    told = instruction(call, body, key=key)
    source = named_wallet(call, number=body.wallet, owner=body.owner, currency=money.currency.code)
    if body.target is not None and body.into is None:
        return exchanging.exchange(
            source=source,
            target=own_wallet(call, body.target, field="target"),
            amount=money,
            instruction=told,
            quote=body.quote,
            spend_only=body.spend_only,
        )
    if body.into is not None and body.target is None and body.quote is None:
        return exchanging.exchange_into(
            source=source,
            currency=books.currency(body.into, field="into").code,
            amount=money,
            instruction=told,
            spend_only=body.spend_only,
        )
    raise OneOfTwo("Name the wallet `target` (needed for a quote), or `into`.", field="target")


class Performed(NamedTuple):
    """One operation of the API: what it reads and what does it."""

    reads: type[OperationIn]
    does: Callable[..., Receipt]


OPERATIONS: Final[dict[str, Performed]] = {
    "recharge": Performed(RechargeIn, do_recharge),
    "deduct": Performed(DeductIn, do_deduct),
    "transfer": Performed(TransferIn, do_transfer),
    "freeze": Performed(FreezeIn, do_freeze),
    "unfreeze": Performed(UnfreezeIn, do_unfreeze),
    "withdraw": Performed(WithdrawIn, do_withdraw),
    "exchange": Performed(ExchangeIn, do_exchange),
}


def receipt_answer(call: Call, receipt: Receipt) -> Answer:
    """Answer with a receipt."""
    body = receipt_out(receipt, customer=call.customer, dry_run=call.dry_run, brief=call.minimal)
    headers = {"Preference-Applied": MINIMAL} if call.minimal else {}
    return Answer(body, replayed=receipt.replayed, headers=headers)


_MOVES: Final[dict[str, Any]] = {
    "answers": ReceiptOut,
    "status": CREATED,
    "moves_money": True,
}


@endpoint(router, "POST", "/recharge", **_MOVES)
def recharge(request: ApiRequest, body: RechargeIn) -> Answer:
    """Recharge (充值): funds come in and are liquid at once.

    With an owner who has no wallet in the currency yet, his default wallet is opened.
    """
    return receipt_answer(request.call, do_recharge(request.call, body))


@endpoint(router, "POST", "/deduct", **_MOVES)
def deduct(request: ApiRequest, body: DeductIn) -> Answer:
    """Deduct (扣費): the house takes a charge, locked funds first.

    From frozen funds it captures a hold, or the oldest ones.
    """
    return receipt_answer(request.call, do_deduct(request.call, body))


@endpoint(router, "POST", "/transfer", **_MOVES)
def transfer(request: ApiRequest, body: TransferIn) -> Answer:
    """Transfer (轉賬): funds move to another wallet of the same currency; the locked part stays."""
    return receipt_answer(request.call, do_transfer(request.call, body))


@endpoint(router, "POST", "/freeze", **_MOVES)
def freeze(request: ApiRequest, body: FreezeIn) -> Answer:
    """Freeze (凍結): funds are set aside in a hold."""
    return receipt_answer(request.call, do_freeze(request.call, body))


@endpoint(router, "POST", "/unfreeze", **_MOVES)
def unfreeze(request: ApiRequest, body: UnfreezeIn) -> Answer:
    """Unfreeze (解凍): frozen funds are liquid again."""
    return receipt_answer(request.call, do_unfreeze(request.call, body))


@endpoint(router, "POST", "/withdraw", **_MOVES)
def withdraw(request: ApiRequest, body: WithdrawIn) -> Answer:
    """Withdraw (提現): funds leave the site to a payee account, without a review."""
    return receipt_answer(request.call, do_withdraw(request.call, body))


@endpoint(router, "POST", "/exchange", **_MOVES)
def exchange(request: ApiRequest, body: ExchangeIn) -> Answer:
    """Exchange (兌換): into another currency or points, at the rate in force or at a quote."""
    return receipt_answer(request.call, do_exchange(request.call, body))
