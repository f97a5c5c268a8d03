"""Exchange (兌換): from one currency into another, points included, between a customer's own wallets.

Source: F-34 to F-37; seed 1, operation type 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael import books
from tael.channels.house import house_account
from tael.ledger import Kind, Leg
from tael.refusal import Refusal
from tael.wallet.booking import already_done, book, book_now, entry_for, receipt_for
from tael.wallet.operation import Operation
from tael.wallet.permit import permit
from tael.wallet.pricing import Price, price_of
from tael.wallet.quote import mark_used, promised
from tael.wallet.transfer import SameWallet
from tael.wallet.wallet import UnknownWallet, default_wallet, find_wallet

if TYPE_CHECKING:
    from typing import Any

    from tael.books import Instruction
    from tael.ledger import Entry, Posted, Replayed
    from tael.money import Money
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

EXCHANGE: Final = Kind(
    "wallet.exchange",
    "Exchange",
    mixes=True,
    moves=(
        "wallet A free -x",
        "house fx A +x",
        "house fx B -y",
        "wallet B free +y, or locked +y when it is to be spent only",
    ),
)
EXCHANGE_AT_PAR: Final = Kind(
    "wallet.exchange_at_par",
    "Exchange within one currency",
    moves=("wallet A free -m", "wallet B free +m, or locked +m when it is to be spent only"),
)
"""Carried out as a transfer, kept as an exchange (A-F25)."""


@books.repeatable
def exchange(
    *,
    source: Wallet,
    target: Wallet,
    amount: Money,
    instruction: Instruction,
    quote: int | None = None,
    spend_only: bool = False,
) -> Receipt:
    """Exchange into another currency at the rate in force, or at a quote; one entry or nothing.

        wallet A free            -amount
        house:fx:A               +amount
        house:fx:B               -amount x rate
        wallet B free            +amount x rate     (locked, when ``spend_only``)

    Between two wallets of one currency it is carried out as a transfer. Locked funds stay.

    Args:
        amount: what is given, > 0, in the source's currency.
        quote: a quote made for this exchange; its figures are honoured, once.
        spend_only: what arrives may be consumed only.

    Raises:
        SameWallet, UnknownWallet: target and source are one, or belong to two customers.
        RateMissing, ExchangeTooSmall: it cannot be converted.
        UnknownQuote, QuoteExpired, QuoteUsed, QuoteMismatch: about the quote.
        InsufficientFunds: there is less; LockedFunds: it is there, but locked; and those of
        ``recharge``.

    Source: F-34, F-35, F-36, F-37, F-39; A-F7, A-F20, A-F25; I15, I33.
    """
    _check_pair(source, target)
    permit(wallet=source, amount=amount, instruction=instruction)
    if quote is not None:
        return _at_quote(
            source=source,
            target=target,
            amount=amount,
            instruction=instruction,
            quote=quote,
            spend_only=spend_only,
        )
    if source.currency == target.currency:
        entry = _at_par(source, target, amount, instruction, spend_only=spend_only)
    else:
        try:
            price = price_of(amount, target.currency, instruction.at)
        except Refusal:
            if not already_done(instruction):
                raise
            price = Price(amount, target.money(1), None, "", "")  # not booked: the first answer is
        entry = _entry(source, target, price, instruction, spend_only=spend_only)
    posted = book(entry, source, target)
    return _receipt(posted, source, target, amount, instruction)


@books.repeatable
def exchange_into(
    *,
    source: Wallet,
    currency: str,
    amount: Money,
    instruction: Instruction,
    spend_only: bool = False,
) -> Receipt:
    """Exchange into the owner's default wallet of a currency, opened with it if there is none.

    Raises:
        UnknownCurrency, CurrencyDisabled: no wallet of it can be opened; else as ``exchange``.

    Source: F-35, A-F5.
    """
    found = find_wallet(source.owner, currency)
    if found is not None:
        return exchange(
            source=source,
            target=found,
            amount=amount,
            instruction=instruction,
            spend_only=spend_only,
        )
    return _first_exchange(
        source=source,
        currency=currency,
        amount=amount,
        instruction=instruction,
        spend_only=spend_only,
    )


@books.atomic
def _first_exchange(
    *, source: Wallet, currency: str, amount: Money, instruction: Instruction, spend_only: bool
) -> Receipt:
    target = default_wallet(source.owner, currency, actor=instruction.actor, at=instruction.at)
    return exchange(
        source=source, target=target, amount=amount, instruction=instruction, spend_only=spend_only
    )


@books.atomic
def _at_quote(
    *,
    source: Wallet,
    target: Wallet,
    amount: Money,
    instruction: Instruction,
    quote: int,
    spend_only: bool,
) -> Receipt:
    """Exchange at promised figures: the quote's row is locked, used and tied to the entry."""
    row = promised(quote, source=source, target=target, amount=amount, instruction=instruction)
    price = Price(amount, target.money(row.amount_in), row.rate, row.rate_text, row.remainder)
    entry = _entry(source, target, price, instruction, spend_only=spend_only, quote=quote)
    posted = book_now(entry, source, target)
    if not posted.replayed:
        mark_used(row, posted.entry_id)
    return _receipt(posted, source, target, amount, instruction)


def _entry(
    source: Wallet,
    target: Wallet,
    price: Price,
    instruction: Instruction,
    *,
    spend_only: bool,
    quote: int | None = None,
) -> Entry:
    given, taken = price.given.minor, price.taken.minor
    data: dict[str, Any] = {
        "rate": price.rate,
        "rate_text": price.rate_text,
        "remainder": price.remainder,
    }
    if quote is not None:
        data["quote"] = quote
    return entry_for(
        kind=EXCHANGE,
        operation=Operation.EXCHANGE,
        legs=(
            Leg(source.free, -given),
            Leg(house_account("fx", source.currency.code), given),
            Leg(house_account("fx", target.currency.code), -taken),
            Leg(target.locked if spend_only else target.free, taken),
        ),
        instruction=instruction,
        data=data,
        content=("exchange", source.number, target.number, given, quote, spend_only),
    )


def _at_par(
    source: Wallet, target: Wallet, amount: Money, instruction: Instruction, *, spend_only: bool
) -> Entry:
    into = target.locked if spend_only else target.free
    return entry_for(
        kind=EXCHANGE_AT_PAR,
        operation=Operation.EXCHANGE,
        legs=(Leg(source.free, -amount.minor), Leg(into, amount.minor)),
        instruction=instruction,
    )


def _receipt(
    posted: Posted | Replayed,
    source: Wallet,
    target: Wallet,
    amount: Money,
    instruction: Instruction,
) -> Receipt:
    """Write the receipt; what arrived is read from the entry, which may be an earlier one."""
    arrived = next(leg.amount for leg in posted.legs if leg.account in {target.free, target.locked})
    return receipt_for(
        posted,
        Operation.EXCHANGE,
        instruction,
        source,
        target,
        amount=amount,
        received=target.money(arrived),
    )


def _check_pair(source: Wallet, target: Wallet) -> None:
    if source.number == target.number:
        message = "A wallet cannot be exchanged with itself."
        raise SameWallet(message, field="target", there=str(target.number))
    if source.owner != target.owner:
        message = "There is no such wallet."
        raise UnknownWallet(message, field="target", there=str(target.number))
