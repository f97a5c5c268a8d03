"""Transfer (轉賬): funds move from one wallet of the site to another.

Source: F-28, F-29; seed 1, operation type 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from tael import books
from tael.ledger import Kind, Leg
from tael.money import CurrencyMismatch
from tael.parties.customer import customer
from tael.refusal import Because, Refusal
from tael.wallet.booking import book, entry_for, receipt_for
from tael.wallet.operation import Operation
from tael.wallet.permit import permit
from tael.wallet.wallet import default_wallet, find_wallet

if TYPE_CHECKING:
    from tael.books import Instruction
    from tael.money import Money
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

TRANSFER: Final = Kind(
    "wallet.transfer",
    "Transfer",
    moves=("payer's wallet free -m", "receiver's wallet free +m"),
)


class SameWallet(Refusal):
    """Money was to move from a wallet to itself."""

    code = "same_wallet"
    because: ClassVar[Because] = "conflict"
    rule = "A-F24"
    remedy = "Name another wallet to receive."


@books.repeatable
def transfer(*, source: Wallet, target: Wallet, amount: Money, instruction: Instruction) -> Receipt:
    """Move funds to another wallet of the same currency; the locked part stays.

        payer's wallet free            -amount
        receiver's wallet free         +amount

    One entry, which shows as a line on both wallets.

    Args:
        amount: > 0, in the currency of both wallets.

    Raises:
        SameWallet: source and target are one.
        CurrencyMismatch: the wallets, or the amount, differ in currency (that is an exchange).
        InsufficientFunds: there is less; LockedFunds: it is there, but locked.
        CustomerDisabled: payer or receiver has been stopped; and those of ``recharge``.

    Source: F-28, F-29, F-39; A-F24.
    """
    if source.number == target.number:
        message = "A wallet cannot transfer to itself."
        raise SameWallet(message, field="target", there=str(target.number))
    if source.currency != target.currency:
        raise CurrencyMismatch(source.currency, target.currency, field="target")
    permit(wallet=source, amount=amount, instruction=instruction, other=target)
    entry = entry_for(
        kind=TRANSFER,
        operation=Operation.TRANSFER,
        legs=(Leg(source.free, -amount.minor), Leg(target.free, amount.minor)),
        instruction=instruction,
    )
    posted = book(entry, source, target)
    return receipt_for(posted, Operation.TRANSFER, instruction, source, target, amount=amount)


@books.repeatable
def transfer_to_customer(
    *, source: Wallet, to: int, amount: Money, instruction: Instruction
) -> Receipt:
    """Move funds to a customer's default wallet, which is opened with it if there is none.

    A refused transfer opens nothing.

    Args:
        to: the receiving customer.

    Raises:
        UnknownCustomer: there is no such customer; else as ``transfer``.

    Source: F-28, A-F5.
    """
    found = find_wallet(to, source.currency.code)
    if found is not None:
        return transfer(source=source, target=found, amount=amount, instruction=instruction)
    return _first_transfer(source=source, to=to, amount=amount, instruction=instruction)


@books.atomic
def _first_transfer(*, source: Wallet, to: int, amount: Money, instruction: Instruction) -> Receipt:
    customer(to, field="to")
    opened = default_wallet(to, source.currency.code, actor=instruction.actor, at=instruction.at)
    return transfer(source=source, target=opened, amount=amount, instruction=instruction)
