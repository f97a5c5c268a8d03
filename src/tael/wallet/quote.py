"""Quotes (報價): the figures of an exchange, promised until a moment and honoured once.

Source: F-37, A-F20; I15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tael import books
from tael.refusal import Because, Refusal
from tael.wallet.booking import already_done
from tael.wallet.models import ExchangeQuote
from tael.wallet.permit import permit
from tael.wallet.pricing import price_of

if TYPE_CHECKING:
    from datetime import datetime

    from tael.books import Instruction
    from tael.money import Money
    from tael.wallet.wallet import Wallet

__all__ = [
    "ExchangeQuote",
    "QuoteExpired",
    "QuoteMismatch",
    "QuoteUsed",
    "UnknownQuote",
    "mark_used",
    "promised",
    "quote",
]


class UnknownQuote(Refusal):
    """There is no quote of this number for this wallet."""

    code = "unknown_quote"
    because: ClassVar[Because] = "absent"
    rule = "F-37"
    remedy = "Ask for a quote first."


class QuoteExpired(Refusal):
    """The time for which the figures were promised is over."""

    code = "quote_expired"
    because: ClassVar[Because] = "conflict"
    rule = "F-37"
    remedy = "Ask for a new quote."


class QuoteUsed(Refusal):
    """The quote has been used for an exchange."""

    code = "quote_used"
    because: ClassVar[Because] = "conflict"
    rule = "F-37"
    remedy = "Ask for a new quote."


class QuoteMismatch(Refusal):
    """The exchange differs from what was quoted, or the key stands for another quote."""

    code = "quote_mismatch"
    because: ClassVar[Because] = "conflict"
    rule = "F-37"
    remedy = "Exchange exactly what was quoted, or ask for a new quote."


@books.atomic
def quote(
    *,
    source: Wallet,
    target: Wallet,
    amount: Money,
    expires_at: datetime,
    instruction: Instruction,
) -> ExchangeQuote:
    """Promise the figures of an exchange until a moment. No money moves.

    Args:
        amount: what would be given, > 0, in the source's currency.

    Raises:
        RateMissing, ExchangeTooSmall: it cannot be converted.
        QuoteMismatch: the pair is none, the moment has passed, or the key stands for another quote.
        and those of ``recharge``.

    Source: F-37, A-F20; I15.
    """
    permit(wallet=source, amount=amount, instruction=instruction)
    if source.owner != target.owner or source.currency == target.currency:
        message = "A quote is for two currencies of one customer."
        raise QuoteMismatch(message, field="target", there=str(target.number))
    key = instruction.entry_keys().key
    kept = ExchangeQuote.objects.filter(key=key).first()
    if kept is None:
        kept = _made(source, target, amount, expires_at, instruction)
    asked = {
        "source_id": source.number,
        "target_id": target.number,
        "amount_out": amount.minor,
    }
    for column, value in asked.items():
        if getattr(kept, column) != value:
            message = "The key stands for another quote."
            raise QuoteMismatch(message, field=column.removesuffix("_id"))
    return kept


def _made(
    source: Wallet, target: Wallet, amount: Money, expires_at: datetime, instruction: Instruction
) -> ExchangeQuote:
    """Price and write the quote, or give the one of a parallel twin, who is waited for."""
    if expires_at <= instruction.at:
        message = "The quote would expire before it begins."
        raise QuoteMismatch(message, field="expires_at", there=expires_at.isoformat())
    price = price_of(amount, target.currency, instruction.at)
    key = instruction.entry_keys().key
    made = ExchangeQuote(
        key=key,
        source_id=source.number,
        target_id=target.number,
        amount_out=price.given.minor,
        amount_in=price.taken.minor,
        rate=price.rate,
        rate_text=price.rate_text,
        remainder=price.remainder,
        made_at=instruction.at,
        made_by=instruction.actor,
        expires_at=expires_at,
    )
    ExchangeQuote.objects.bulk_create([made], ignore_conflicts=True)
    return ExchangeQuote.objects.get(key=key)


def promised(
    number: int, *, source: Wallet, target: Wallet, amount: Money, instruction: Instruction
) -> ExchangeQuote:
    """Lock a quote that may be used for this exchange now.

    Raises:
        UnknownQuote, QuoteUsed, QuoteExpired, QuoteMismatch.

    Source: F-37.
    """
    row = None
    if 0 < number < 2**63:
        rows = ExchangeQuote.objects.select_for_update(no_key=True, of=("self",))
        row = rows.filter(pk=number, source=source.number).first()
    if row is None:
        message = "There is no such quote."
        raise UnknownQuote(message, field="quote", there=str(number)[:32])
    if (row.target_id, row.amount_out) != (target.number, amount.minor):
        message = f"Quote {number} is for another exchange."
        there = f"{source.money(row.amount_out)} into wallet {row.target_id}"
        raise QuoteMismatch(message, field="quote", allowed=there)
    if already_done(instruction):
        return row
    if row.entry is not None:
        message = f"Quote {number} has been used."
        raise QuoteUsed(message, field="quote", there=f"entry {row.entry}")
    if row.expires_at <= instruction.at:
        message = f"Quote {number} has expired."
        raise QuoteExpired(message, field="quote", there=row.expires_at.isoformat())
    return row


def mark_used(row: ExchangeQuote, entry_id: int) -> None:
    """Tie the quote to the exchange that used it.

    Source: I15.
    """
    row.entry = entry_id
    row.save(update_fields=["entry"])
