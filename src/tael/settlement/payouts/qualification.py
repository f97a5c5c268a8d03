"""Whether a merchant account may be paid out (提現資格): every reason why not, at once.

Source: B-33, B-34; A-B4, A-B5; peers-settlement-invest A16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple

from tael import books
from tael.money.fee import Fee
from tael.parties.customer import customer
from tael.parties.payee import payee as find_payee
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import amounts_now, check_usable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.models import Terms

Way = Literal["manual", "automatic"]
NOTHING: Final = 0


class NotQualified(Refusal):
    """The account may not be paid out now, or not so much of it."""

    code = "withdrawal_not_qualified"
    because: ClassVar[Because] = "conflict"
    rule = "B-34"
    remedy = "Wait until the account holds more than its minimum, or ask for less."


class Judged(NamedTuple):
    """What a withdrawal would be, and every reason that is in its way.

    Args:
        amount: leaves the account. fee: what it costs. net: is paid. left: what the account holds then.
        refusals: none where it may be made.
    """

    amount: Money
    fee: Money
    net: Money
    left: Money
    refusals: tuple[Refusal, ...]


def judge(
    account: MerchantAccount,
    terms: Terms,
    *,
    amount: Money | None,
    payee: int | None,
    way: Way = "manual",
) -> Judged:
    """Judge a withdrawal as things stand, without making it; the figures are a quote.

    Args:
        amount: how much leaves the account; None is all of it. payee: None is not judged.

    Source: B-33, B-34; A-B4, A-B5; A16.
    """
    held = amounts_now([account])[account.number]
    wanted = held if amount is None else amount
    reasons = _reasons(account, held, wanted, payee, minimum_of(account, terms, way))
    fee = net = account.money(NOTHING)
    if wanted.minor > 0 and wanted.currency == account.currency:
        try:
            net, fee = after_fee(terms, wanted)
        except Refusal as refusal:
            reasons.append(refusal)
    left = account.money(held.minor - wanted.minor)
    return Judged(wanted, fee, net, left, tuple(reasons))


def after_fee(terms: Terms, amount: Money) -> tuple[Money, Money]:
    """Give what is paid of an amount, and what it costs.

    Raises:
        FeeExceedsAmount; NotQualified: the fee takes all of it.

    Source: A16.
    """
    net, fee = Fee.parse(terms.fee, amount.currency).split_gross(amount)
    if net.minor <= 0:
        raise _no_rest(amount, fee)
    return net, fee


def minimum_of(account: MerchantAccount, terms: Terms, way: Way) -> Money:
    """Give what the account must hold more of, for one of the two ways.

    Source: B-33; A-B4.
    """
    least = terms.minimum_manual if way == "manual" else terms.minimum_automatic
    return account.money(least)


def check_held(account: MerchantAccount, held: Money, wanted: Money, minimum: Money) -> None:
    """Refuse a balance that is not above the minimum, or less than what is wanted.

    Raises:
        NotQualified.

    Source: B-34; A-B4, A-B5.
    """
    if held <= minimum:
        message = (
            f"Merchant account {account.number} holds {held}, which is not more than {minimum}."
        )
        raise NotQualified(
            message, field="account", there=str(held), allowed=f"more than {minimum}"
        )
    if wanted > held:
        message = f"Merchant account {account.number} holds {held}."
        raise NotQualified(message, field="amount", there=str(held), allowed=f"at most {held}")


def check_asked(account: MerchantAccount, wanted: Money) -> None:
    """Refuse an amount that is not above zero, or in another currency.

    Raises:
        NotQualified.

    Source: A-B5.
    """
    if wanted.currency != account.currency or wanted.minor <= 0:
        allowed = f"above 0 {account.currency.code}"
        message = "This amount cannot be withdrawn."
        raise NotQualified(message, field="amount", there=str(wanted), allowed=allowed)


def _reasons(
    account: MerchantAccount, held: Money, wanted: Money, payee: int | None, minimum: Money
) -> list[Refusal]:
    checks: list[Callable[[], object]] = [
        lambda: check_usable(account),
        lambda: customer(account.owner),
        lambda: books.currency(account.currency.code),
        lambda: check_held(account, held, min(wanted, held), minimum),
        lambda: check_asked(account, wanted),
        lambda: payee is None or find_payee(payee, account.owner),
    ]
    if wanted.currency == account.currency and held > minimum:
        checks.append(lambda: check_held(account, held, wanted, minimum))
    found = []
    for check in checks:
        try:
            check()
        except Refusal as refusal:
            found.append(refusal)
    return found


def _no_rest(wanted: Money, fee: Money) -> NotQualified:
    message = f"The fee of {fee} takes all of it."
    return NotQualified(message, field="amount", there=str(wanted), allowed=f"more than {fee}")
