"""Bills, lines of merchant accounts and what tests of them talk about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from builders import STAFF, a_customer, an_instruction
from settlement_builders import a_record, signed, the_bill
from tael.settlement.accounts.merchant_account import open_merchant_account
from tael.settlement.models import Adjustment
from tael.settlement.remittances.adjustment import adjust
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.models import Bill


def an_account_since(
    at: datetime, *, name: str = "default", owner: int | None = None
) -> MerchantAccount:
    """A merchant account that was opened at a moment."""
    return open_merchant_account(
        owner=owner or a_customer(name="Corner Shop"),
        currency="CNY",
        name=name,
        actor=STAFF,
        at=at,
    )


def a_line(account: MerchantAccount, amount: str, *, at: datetime) -> int:
    """A line of the account that took effect at a moment, by an adjustment; gives the entry's number."""
    made = adjust(
        account=account,
        amount=signed(amount),
        reason="as agreed",
        instruction=an_instruction(at=at, actor=STAFF),
    )
    assert isinstance(made, Adjustment)
    return made.entry


def an_account_of_two_months() -> tuple[MerchantAccount, date]:
    """An account with lines in the two whole months before this one, for a door that reads the clock.

    Returns:
        the account, and the last day of the earlier month, at whose end it held 20.00; then 170.00.
    """
    today = datetime.now(business_zone()).date()  # noqa: TID251 - the door's clock
    last = today.replace(day=1) - timedelta(days=1)
    middle = last.replace(day=1) - timedelta(days=1)

    def on(month: date, day: int) -> datetime:
        return datetime(month.year, month.month, day, tzinfo=UTC)

    account = an_account_since(on(middle, 1))
    a_line(account, "100.00", at=on(middle, 5))
    a_line(account, "-80.00", at=on(middle, 6))
    a_line(account, "150.00", at=on(last, 5))
    return account, middle


def a_billed_month(account: MerchantAccount, *amounts: str) -> Bill:
    """The bill of October over these records."""
    for amount in amounts:
        a_record(account, amount)
    made = the_bill(account)
    assert made is not None
    return made
