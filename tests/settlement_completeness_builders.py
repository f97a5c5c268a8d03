"""Lists of a business system, in the words of the domain and with safe defaults."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from builders import STAFF
from settlement_builders import IN_NOVEMBER, OCTOBER, a_kind, the_shop
from tael.settlement.completeness.completeness import check_day
from tael.settlement.records.listed_act import Listed

if TYPE_CHECKING:
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.completeness.completeness import DayChecked
    from tael.settlement.models import Accrual


def an_act(
    account: MerchantAccount, number: str, amount: str = "10.00", /, **given: Any
) -> dict[str, Any]:
    """What the shop lists of one act; a finished service on a day of October unless said."""
    facts = {
        "kind": "service",
        "number": number,
        "account": str(account.number),
        "amount": amount,
        "state": "confirmed",
        "day": OCTOBER.isoformat(),
    }
    return {name: fact for name, fact in {**facts, **given}.items() if fact is not None}


def act_of(record: Accrual, **given: Any) -> dict[str, Any]:
    """The act that a record of ours stands for."""
    facts = {
        "kind": record.kind_id,
        "number": record.number,
        "account": str(record.account_id),
        "amount": f"{record.amount / 100:.2f}",
        "state": record.state,
        "day": record.occurred_on.isoformat(),
        "reversed_number": record.reversed_number,
    }
    return {name: fact for name, fact in {**facts, **given}.items() if fact is not None}


def listed(*acts: dict[str, Any]) -> list[Listed]:
    """A list as an adapter gives it."""
    return [Listed(f"row {place}", facts) for place, facts in enumerate(acts, 1)]


def checked(*acts: dict[str, Any], day: date = OCTOBER) -> DayChecked:
    """The check of one day of the shop, which lists these acts."""
    a_kind()
    return check_day(source=the_shop(), day=day, listed=listed(*acts), actor=STAFF, at=IN_NOVEMBER)
