"""Refund (退款) and reversal (冲正) of a wallet operation: each part goes back to where it was taken from.

A consumption that drew locked money first gives locked money back last, and never as free money.

Source: F-08, F-27; architecture, section 3; I7, I12.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from tael import books, ledger
from tael.ledger import Kind, Leg
from tael.ledger.taken_back import read_taken
from tael.parties import audit
from tael.refusal import Because, Refusal
from tael.wallet.booking import already_done, book_now, receipt_for, taken_back
from tael.wallet.figures import figures_after
from tael.wallet.gateway_refund import rest_of
from tael.wallet.kinds import OPERATIONS, OUT_OF_FROZEN, REVERSIBLE
from tael.wallet.permit import check_amount, check_channel
from tael.wallet.unfreeze import UNFREEZE
from tael.wallet.wallet import Wallet, wallets_of

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.ledger import EntryRecord, Posted, Replayed
    from tael.money import Money
    from tael.wallet.receipt import Receipt

REFUND: Final = Kind(
    "wallet.refund",
    "Refund of an operation",
    mixes=True,
    moves=("each account of the original: back by at most what it moved",),
)


class NotReversible(Refusal):
    """This sort of entry is not taken back; there is an operation of its own for it."""

    code = "not_reversible"
    because: ClassVar[Because] = "conflict"
    rule = "I12"
    remedy = "Unfreeze what was frozen; a reversal is not reversed."


class RefundWhole(Refusal):
    """An exchange is taken back wholly or not at all: a part of it has no price."""

    code = "refund_whole"
    because: ClassVar[Because] = "conflict"
    rule = "I15"
    remedy = "Name no amount, or exchange back."


@books.atomic
def refund(
    *,
    entry_id: int,
    instruction: Instruction,
    amount: Money | None = None,
    wallet: Wallet | None = None,
) -> Receipt:
    """Take an operation back, wholly or in part; never more than it moved, however often it is asked.

        each account of the original   the opposite of its leg, or a part of it, last drawn first

    What had come out of frozen funds goes back and is liquid: its hold is over.

    Args:
        entry_id: the operation's entry.
        amount: a part, > 0; None takes back all that is left.
        wallet: only if the operation is one of this wallet.

    Raises:
        UnknownEntry: there is no such operation, or it is not this wallet's.
        UnknownChannel, ChannelDisabled, ChannelCurrencyRefused: about the channel.
        NotReversible, RefundWhole: it cannot be taken back so.
        AlreadyReversed, OverReversed: that much is not left of it, or of the payment that it credited,
            which the gateway has taken back.
        InsufficientFunds: the money has been spent; the refusal names what is there.

    Source: F-27; I7, I12; architecture, section 3 (refund of a consumption).
    """
    original = ledger.read_entry(books.connection(), entry_id)
    owners = wallets_of(leg.account for leg in original.legs)
    touched = _touched(original, owners)
    if not touched or (wallet is not None and wallet not in touched):
        raise _unknown(entry_id)
    if original.kind not in REVERSIBLE:
        message = f"An entry of kind {original.kind} is not taken back."
        raise NotReversible(message, field="entry", there=original.kind)
    check_channel(instruction, touched[0])
    if amount is not None:
        _check_part(amount, touched)
    _check_payment(original, touched[0], amount, instruction)
    operation = OPERATIONS[original.kind]
    keys = instruction.entry_keys(operation=int(operation))
    try:
        posted = taken_back(
            lambda: ledger.reverse(
                books.connection(),
                entry_id,
                key=keys.key,
                aliases=keys.aliases,
                actor=instruction.actor,
                effective_at=instruction.at,
                amount=None if amount is None else amount.minor,
                kind=REFUND,
                channel=instruction.channel,
                sno=instruction.sno,
                pno=instruction.pno,
                code=instruction.code,
                info=instruction.info,
                # all of a wallet's accounts at once: what comes back into frozen goes on to free
                watch=tuple(account for wallet in touched for account in wallet.accounts),
            ),
            *touched,
        )
    except ledger.OverReversed as refusal:
        raise _more_than_left(entry_id, touched[0], amount) from refusal
    # a repetition finds what the first one thawed
    thawed = original.kind in OUT_OF_FROZEN and _make_liquid(touched[0], posted, instruction)
    if not posted.replayed:
        audit.record(
            actor=instruction.actor,
            action="wallet.refund",
            subject=f"entry:{entry_id}",
            at=instruction.at,
            details={"refund": posted.entry_id, "info": instruction.info},
        )
    gone_back = abs(sum(leg.amount for leg in posted.legs if leg.account in touched[0].accounts))
    done = receipt_for(posted, operation, instruction, *touched, amount=touched[0].money(gone_back))
    return replace(done, _figures=figures_after(thawed, touched)) if thawed else done


def _touched(original: EntryRecord, owners: dict[int, Wallet]) -> tuple[Wallet, ...]:
    """Give the wallets of an entry, the one that gave first."""
    legs = sorted(original.legs, key=lambda leg: leg.amount > 0)
    return tuple(dict.fromkeys(owners[leg.account] for leg in legs if leg.account in owners))


def _check_part(amount: Money, touched: tuple[Wallet, ...]) -> None:
    if len({wallet.currency for wallet in touched}) > 1:
        message = "An exchange is taken back wholly or not at all."
        raise RefundWhole(message, field="amount", there=str(amount))
    check_amount(amount, touched[0])


def _check_payment(
    original: EntryRecord, wallet: Wallet, amount: Money | None, instruction: Instruction
) -> None:
    """Refuse to take back once more what the gateway has taken back of the payment behind an entry."""
    rest = rest_of(original)
    if rest is None:
        return
    wanted = rest.entry if amount is None else amount.minor
    if wanted <= rest.payment or already_done(instruction):
        return
    if rest.payment <= 0:
        message = "The gateway has taken back the payment that this entry credited."
        raise ledger.AlreadyReversed(message, field="entry", there=str(original.entry_id))
    left = wallet.money(rest.payment)
    message = f"The gateway has taken back part of the payment; {left} is left of it."
    raise ledger.OverReversed(message, field="amount", there=str(left), allowed=f"at most {left}")


def _more_than_left(entry_id: int, wallet: Wallet, amount: Money | None) -> ledger.OverReversed:
    """Say what is left of an entry as the wallet's money; the ledger knows its accounts in minor units."""
    left = read_taken(books.connection(), [entry_id]).left(entry_id)
    rest = wallet.money(abs(sum(left.get(account, 0) for account in wallet.accounts)))
    message = f"{rest} is left of the entry, not {amount}."
    return ledger.OverReversed(message, field="amount", there=str(rest), allowed=f"at most {rest}")


def _make_liquid(
    wallet: Wallet, posted: Posted | Replayed, instruction: Instruction
) -> Posted | Replayed:
    """Thaw what has gone back into frozen: no open hold stands behind it."""
    minor = sum(leg.amount for leg in posted.legs if leg.account == wallet.frozen)
    entry = ledger.Entry(
        kind=UNFREEZE,
        legs=(Leg(wallet.frozen, -minor), Leg(wallet.free, minor)),
        key=ledger.key_of("wallet.refund", str(posted.entry_id)),
        effective_at=instruction.at,
        actor=instruction.actor,
        channel=instruction.channel,
        code=instruction.code,
        info=instruction.info,
        data={"refund": posted.entry_id},
    )
    return book_now(entry, wallet)


def _unknown(entry_id: int) -> ledger.UnknownEntry:
    message = "There is no such operation."
    return ledger.UnknownEntry(message, field="entry", there=str(entry_id)[:32])
