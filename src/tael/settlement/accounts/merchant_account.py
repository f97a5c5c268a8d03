"""The merchant account (商戶賬戶): what the platform and one merchant owe each other in one currency.

Above zero the platform owes the merchant, below zero the merchant owes the platform. The amount is the
balance of its ledger account, which is the sum of its lines and moves with nothing else.

Source: B-01 to B-07, E-10, E-11; A22; I36.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tael import books, ledger
from tael.money import Money
from tael.parties import audit
from tael.parties.customer import customer
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.models import MerchantAccountRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tael.money import Currency

__all__ = [
    "MerchantAccount",
    "MerchantAccountDisabled",
    "UnknownMerchantAccount",
    "amounts_now",
    "disable_merchant_account",
    "enable_merchant_account",
    "merchant_account",
    "merchant_account_of",
    "open_merchant_account",
]

DEFAULT: Final = "default"
NAME_MAX: Final = 40
REASON_MAX: Final = 500
NUMBER_MAX: Final = 2**63 - 1


class UnknownMerchantAccount(Refusal):
    """There is no such merchant account, or it is another merchant's: the two cannot be told apart."""

    code = "unknown_merchant_account"
    because: ClassVar[Because] = "absent"
    rule = "B-01"
    remedy = "Check the number of the merchant account."


class MerchantAccountDisabled(Refusal):
    """The merchant account has been switched off: nothing goes in and nothing goes out."""

    code = "merchant_account_disabled"
    because: ClassVar[Because] = "forbidden"
    rule = "B-01"
    remedy = "Ask the operator to switch the account on."


@dataclass(frozen=True, slots=True)
class MerchantAccount:
    """The facts of a merchant account, which never change; its amount is read from the ledger.

    Args:
        number: from 500001 up. owner: the merchant, a customer's number.
        account: ledger account of what is owed, without a floor. reserve: of what is kept back.
    """

    number: int
    owner: int
    currency: Currency
    name: str
    account: int
    reserve: int

    def money(self, minor: int) -> Money:
        """Give an amount in the account's currency from its minor units."""
        return Money(minor, self.currency)


def merchant_account(number: int, *, field: str = "account") -> MerchantAccount:
    """Give a merchant account by its number.

    Args:
        field: the name of the input, for the refusal.

    Raises:
        UnknownMerchantAccount: there is none.

    Source: E-10.
    """
    row = MerchantAccountRow.objects.filter(pk=number).first() if 0 < number <= NUMBER_MAX else None
    if row is None:
        raise unknown_account(number, field)
    return account_from(row)


def merchant_account_of(owner: int, number: int, *, field: str = "account") -> MerchantAccount:
    """Give a merchant's own account by its number.

    Raises:
        UnknownMerchantAccount: there is none, or it is another merchant's.

    Source: E-10; reliability, T14.
    """
    found = merchant_account(number, field=field)
    if found.owner != owner:
        raise unknown_account(number, field)
    return found


@books.atomic
def open_merchant_account(
    *, owner: int, currency: str, actor: str, at: datetime, name: str = DEFAULT
) -> MerchantAccount:
    """Open a merchant account with its ledger accounts, or give the one that is there already.

    However many ask at once, there is one account per owner, currency and name.

    Args:
        owner: the merchant, a customer's number. currency: its code.
        name: a second account of the same currency needs a name of its own.

    Raises:
        UnknownCustomer, CustomerDisabled: the owner cannot have one.
        UnknownCurrency, CurrencyDisabled: not in that currency.
        TextMalformed: no such name.

    Source: B-01, E-10; I36.
    """
    called = parse_text(name, field="name", longest=NAME_MAX)
    customer(owner)
    unit = books.currency(currency)
    connection = books.connection()
    # The unique constraint would do, but a waiting twin would be refused instead of served.
    connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
        [f"tael:merchant_account:{owner}:{unit.code}:{called}"],
    )
    there = MerchantAccountRow.objects.filter(owner=owner, currency=unit.code, name=called).first()
    if there is not None:
        return account_from(there)
    row = connection.execute("SELECT nextval('merchant_account_number')").fetchone()
    number = int(row[0]) if row else 0
    account, reserve = ledger.open_accounts(
        connection,
        [
            ledger.Opening(f"merchant:{number}:owed", unit.code, "client", None),
            ledger.Opening(f"merchant:{number}:reserve", unit.code, "client", 0),
        ],
    )
    opened = MerchantAccountRow.objects.create(
        number=number,
        owner=owner,
        currency=unit.code,
        name=called,
        account=account,
        reserve=reserve,
        opened_at=at,
        opened_by=actor,
    )
    audit.record(
        actor=actor,
        action="merchant_account.open",
        subject=f"merchant_account:{number}",
        at=at,
        details={"owner": owner, "currency": unit.code, "name": called},
    )
    return account_from(opened)


@books.atomic
def disable_merchant_account(
    *, account: MerchantAccount, actor: str, at: datetime, reason: str
) -> None:
    """Switch a merchant account off: from the commit on nothing goes in or out but what comes back.

    What only gives back what was taken before is no new act: a payout that failed or was returned, a void
    bill, a reserve that is due. One that is off stays so.

    Raises:
        TextMalformed: there is no reason.

    Source: B-01; F-38.
    """
    _switch(account, off=True, actor=actor, at=at, reason=reason)


@books.atomic
def enable_merchant_account(
    *, account: MerchantAccount, actor: str, at: datetime, reason: str
) -> None:
    """Switch a merchant account on again. One that is on stays so.

    Raises:
        TextMalformed: there is no reason.

    Source: B-01; F-38.
    """
    _switch(account, off=False, actor=actor, at=at, reason=reason)


def amounts_now(accounts: Iterable[MerchantAccount]) -> dict[int, Money]:
    """Give the amounts (結餘) of some accounts as they stand, by number. One query.

    Source: B-01, B-06.
    """
    asked = {one.account: one for one in accounts}
    balances = ledger.accounts(books.connection(), ids=asked)
    return {asked[each.id].number: asked[each.id].money(each.balance) for each in balances}


def owner_in(payload: Mapping[str, Any]) -> int:
    """Name the merchant whose ``account`` a proposed act is about; he never decides about it.

    Source: I32; A36.
    """
    return merchant_account(payload["account"]).owner


def account_from(row: MerchantAccountRow) -> MerchantAccount:
    """Give the account of a row that was read.

    Source: E-10.
    """
    unit = books.currencies()[row.currency].currency
    return MerchantAccount(row.number, row.owner, unit, row.name, row.account, row.reserve)


def check_usable(account: MerchantAccount) -> None:
    """Refuse an account that has been switched off, for what does not move money yet.

    Raises:
        MerchantAccountDisabled.
    """
    if MerchantAccountRow.objects.filter(pk=account.number, disabled_at__isnull=False).exists():
        raise disabled_account(account)


def disabled_account(account: MerchantAccount) -> MerchantAccountDisabled:
    """Say that a merchant account is switched off."""
    message = f"Merchant account {account.number} is switched off."
    return MerchantAccountDisabled(message, field="account", there=str(account.number))


def _switch(account: MerchantAccount, *, off: bool, actor: str, at: datetime, reason: str) -> None:
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    row = MerchantAccountRow.objects.select_for_update(no_key=True).get(pk=account.number)
    if (row.disabled_at is not None) == off:
        return
    connection = books.connection()
    for number in sorted((account.account, account.reserve)):
        ledger.block(connection, number, "both" if off else "none")
    MerchantAccountRow.objects.filter(pk=account.number).update(disabled_at=at if off else None)
    audit.record(
        actor=actor,
        action="merchant_account.disable" if off else "merchant_account.enable",
        subject=f"merchant_account:{account.number}",
        at=at,
        details={"reason": why},
    )


def unknown_account(number: int, field: str = "account") -> UnknownMerchantAccount:
    """Say that there is no such merchant account."""
    message = "There is no such merchant account."
    return UnknownMerchantAccount(message, field=field, there=str(number)[:32])
