"""Writing a wallet operation into the books, and saying a refusal in the wallet's own figures.

Source: F-09, F-22, F-38; architecture, section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tael import books, ledger
from tael.refusal import Because, Refusal
from tael.wallet.figures import figures_now
from tael.wallet.receipt import Receipt, receipt
from tael.wallet.wallet import WalletDisabled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tael.books import Instruction
    from tael.ledger import Draw, Entry, Kind, Leg, Posted, Replayed
    from tael.money import Money
    from tael.wallet.operation import Operation
    from tael.wallet.wallet import Wallet


class InsufficientFunds(ledger.InsufficientFunds):
    """The wallet holds less than the amount in the part that the operation may draw on."""

    def __init__(
        self, message: str, *, account: int, wanted: Money, available: Money, there: str
    ) -> None:
        """Say in money what the ledger says in minor units, with all figures of the wallet."""
        super().__init__(message, account=account, wanted=wanted.minor, available=available.minor)
        self.there = there
        self.allowed = f"at most {available}"


class LockedFunds(Refusal):
    """The wallet's liquid funds would do, but part of them is locked: it may only be consumed."""

    code = "locked_funds"
    because: ClassVar[Because] = "conflict"
    rule = "F-08"
    remedy = "Ask for no more than is withdrawable; locked funds can be spent."
    retry = True


def entry_for(
    *,
    kind: Kind,
    operation: Operation,
    legs: Sequence[Leg | Draw],
    instruction: Instruction,
    data: Mapping[str, Any] | None = None,
    content: tuple[Any, ...] | None = None,
) -> Entry:
    """Make the entry of an operation from what was instructed.

    Args:
        content: what was asked, where the legs follow from live state; compared on replay.

    Raises:
        SnoMalformed: the caller's serial number is not one of this operation.

    Source: F-20, F-22; A-F2.
    """
    keys = instruction.entry_keys(operation=int(operation))
    return ledger.Entry(
        kind=kind,
        legs=tuple(legs),
        key=keys.key,
        aliases=keys.aliases,
        effective_at=instruction.at,
        actor=instruction.actor,
        channel=instruction.channel,
        sno=instruction.sno,
        pno=instruction.pno,
        code=instruction.code,
        info=instruction.info,
        data=data,
        content=content,
    )


def already_done(instruction: Instruction) -> bool:
    """Tell whether the instruction's key or serial number has been carried out before.

    What is in the way of a new operation, such as a customer stopped since, is not in the way of a
    repetition: it gets its first answer. Asked only when something is in the way.

    Source: reliability, T4 and section 3a (same key, finished).
    """
    keys = instruction.entry_keys()
    connection = books.connection()
    return any(ledger.find_entry(connection, key) for key in (keys.key, *keys.aliases))


def entry_of(instruction: Instruction) -> int | None:
    """Give the flow record that the instruction's key has made, if it has made one.

    Source: F-22; reliability, T9.
    """
    found = ledger.find_entry(books.connection(), instruction.entry_keys().key)
    return None if found is None else found.entry_id


def book(entry: Entry, *wallets: Wallet) -> Posted | Replayed:
    """Write the entry; inside a transaction with it, else together with everybody's.

    Raises:
        InsufficientFunds, LockedFunds: naming the figures of the wallet that cannot give.
        WalletDisabled: one of the wallets is switched off.
        KeyReused: the key or the serial number stands for something else.

    Source: F-09, F-38.
    """
    entry.watch = _figures_of(wallets)
    return _in_own_words(lambda: books.post(entry), wallets, second="target")


def book_now(entry: Entry, *wallets: Wallet) -> Posted | Replayed:
    """Write the entry as the last step of the caller's transaction; see ``book``.

    Source: architecture, section 2.
    """
    entry.watch = _figures_of(wallets)
    return _in_own_words(lambda: books.post_now(entry), wallets, second="target")


def _figures_of(wallets: Sequence[Wallet]) -> tuple[int, ...]:
    """Name the accounts that the receipt tells the balances of, so that it need not read them."""
    return tuple(account for wallet in wallets for account in wallet.accounts)


def taken_back(call: Callable[[], ledger.Verdict], *wallets: Wallet) -> Posted | Replayed:
    """Carry out a reversal; a wallet that cannot give back what it got says so in its figures.

    Source: F-38; I12.
    """

    def reversal() -> Posted | Replayed:
        verdict = call()
        if isinstance(verdict, ledger.Refused):
            raise verdict.refusal
        return verdict

    return _in_own_words(reversal, wallets)


def receipt_for(
    posted: Posted | Replayed,
    operation: Operation,
    instruction: Instruction,
    *wallets: Wallet,
    amount: Money,
    received: Money | None = None,
    hold: int | None = None,
) -> Receipt:
    """Write the receipt of an operation that was booked.

    Source: A-F15.
    """
    return receipt(
        posted,
        operation=operation,
        amount=amount,
        touched=wallets,
        sno=instruction.sno,
        received=received,
        hold=hold,
    )


def _in_own_words(
    post: Callable[[], Posted | Replayed], wallets: Sequence[Wallet], *, second: str = "wallet"
) -> Posted | Replayed:
    """Let a refusal name wallets; `second` is the caller's word for any but the first of them."""
    try:
        return post()
    except ledger.InsufficientFunds as refusal:
        short = _owner_of(refusal.account, wallets)
        if short is None:
            raise
        wanted, left = short.money(refusal.wanted), short.money(refusal.available)
        raise shortage(short, wanted, account=refusal.account, available=left) from refusal
    except ledger.AccountBlocked as refusal:
        blocked = _owner_of(refusal.account, wallets)
        if blocked is None:
            raise
        message = f"Wallet {blocked.number} is switched off."
        field = "wallet" if blocked == wallets[0] else second
        raise WalletDisabled(message, field=field, there=str(blocked.number)) from refusal


def shortage(wallet: Wallet, amount: Money, *, account: int, available: Money) -> Refusal:
    """Say what a wallet holds to one who asked for more.

    Args:
        account: the one of its accounts that could not give.
        available: what the operation could have had.

    Source: F-08, F-09.
    """
    figures = figures_now([wallet])[wallet.number]
    there = f"withdrawable {figures.withdrawable}, locked {figures.locked}, frozen {figures.frozen}"
    if account == wallet.free and figures.locked and figures.liquid >= amount > available:
        message = f"{figures.locked} of wallet {wallet.number} is locked and may only be consumed."
        allowed = f"at most {available}"
        return LockedFunds(message, field="amount", there=there, allowed=allowed)
    part = {wallet.frozen: "frozen funds", wallet.locked: "locked funds"}.get(account, "funds")
    return InsufficientFunds(
        f"The {part} of wallet {wallet.number} are less than {amount}.",
        account=account,
        wanted=amount,
        available=available,
        there=there,
    )


def _owner_of(account: int, wallets: Sequence[Wallet]) -> Wallet | None:
    return next((wallet for wallet in wallets if account in wallet.accounts), None)
