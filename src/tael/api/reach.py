"""How far a key reaches: a key bound to a customer acts on that customer's own things only.

What is another's is answered exactly as what does not exist.

Source: reliability, T14 and section 3a; F-38.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tael.parties.customer import UnknownCustomer
from tael.refusal import Because, Refusal
from tael.wallet.wallet import DEFAULT, UnknownWallet, find_wallet, wallet, wallet_of

if TYPE_CHECKING:
    from tael.api.call import Call
    from tael.api.fields import Said
    from tael.books import Instruction
    from tael.wallet.wallet import Wallet

STAFF_CHANNEL = "Admin"


class ChannelReserved(Refusal):
    """The channel of the back office was named by a key that is bound to a customer."""

    code = "channel_reserved"
    because: ClassVar[Because] = "forbidden"
    rule = "F-03"
    remedy = "Leave the channel away, or name another one."


class OneOfTwo(Refusal):
    """A wallet is named by its number or by its owner, and by exactly one of them."""

    code = "one_of_two"
    rule = "E-02"
    remedy = "Send the number of the wallet, or its owner's number; not both and not none."


def own_wallet(call: Call, number: int, *, field: str = "wallet") -> Wallet:
    """Give a wallet that the key reaches.

    Raises:
        UnknownWallet: there is none, or it is another customer's.
    """
    if call.customer is None:
        return wallet(number, field=field)
    return wallet_of(call.customer, number, field=field)


def own_customer(call: Call, number: int, *, field: str = "customer") -> int:
    """Give the number of a customer whom the key reaches.

    Raises:
        UnknownCustomer: he is another than the one to whom the key is bound.
    """
    if call.customer not in {None, number}:
        raise UnknownCustomer(f"there is no customer {number}", field=field, there=str(number))
    return number


def own_or_any(call: Call, asked: int | None, *, field: str = "owner") -> int | None:
    """Give the customer whose things are asked for: the key's own, the one asked for, or None for all.

    Raises:
        UnknownCustomer: another than the key's own is asked for.
    """
    return call.customer if asked is None else own_customer(call, asked, field=field)


def wallet_or_owner(
    call: Call, *, number: int | None, owner: int | None, currency: str
) -> Wallet | int:
    """Give the wallet that was named, or the owner who may not have one of the currency yet.

    Raises:
        OneOfTwo: both or none were named.
        UnknownWallet, UnknownCustomer: out of reach.
    """
    if (number is None) == (owner is None):
        raise OneOfTwo("Name either the wallet or its owner.", field="wallet")
    if number is not None:
        return own_wallet(call, number)
    assert owner is not None
    own_customer(call, owner, field="owner")
    return find_wallet(owner, currency, name=DEFAULT) or owner


def named_wallet(call: Call, *, number: int | None, owner: int | None, currency: str) -> Wallet:
    """Give the wallet that was named by its number, or by owner and currency.

    Raises:
        OneOfTwo, UnknownWallet, UnknownCustomer.
    """
    found = wallet_or_owner(call, number=number, owner=owner, currency=currency)
    if isinstance(found, int):
        message = f"The customer has no wallet in {currency}."
        raise UnknownWallet(message, field="owner", there=str(found))
    return found


def instruction(call: Call, said: Said, *, key: str | None = None, code: str = "") -> Instruction:
    """Make the instruction of what was said with an operation.

    Args:
        code: of the business operation, where none was said.

    Raises:
        ChannelReserved: a customer's key named the back office.
    """
    if said.channel == STAFF_CHANNEL and call.customer is not None:
        raise ChannelReserved("The channel is the back office's.", field="channel")
    return call.instruction(
        channel=said.channel,
        info=said.info,
        sno=said.sno,
        pno=said.pno,
        code=said.code or code,
        key=key,
    )
