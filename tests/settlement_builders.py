"""The things that tests of the settlement talk about, in the words of the domain and with safe defaults."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from builders import STAFF, a_customer, an_instruction, money
from tael.settlement.accounts.merchant_account import amounts_now, open_merchant_account
from tael.settlement.accounts.terms import AccountTerms, set_terms
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.models import Bill, BusinessKind, Source
from tael.settlement.records.accrual import Told, record_accrual
from tael.settlement.records.reversal import reverse_accrual
from tael.settlement.registry import add_kind, add_source

if TYPE_CHECKING:
    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.models import Accrual

OCTOBER = date(2026, 10, 14)
IN_NOVEMBER = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_NUMBERS = count(1)


def the_shop() -> str:
    """A source of business records, registered once."""
    if not Source.objects.filter(pk="shop").exists():
        add_source(
            code="shop",
            name="The shop",
            zone="Asia/Shanghai",
            first_day=date(2026, 1, 1),
            actor=STAFF,
            at=IN_NOVEMBER,
        )
    return "shop"


def a_kind(code: str = "service", *, unit: str = "", direction: str = "either") -> str:
    """A kind of business, registered once."""
    if not BusinessKind.objects.filter(pk=code).exists():
        add_kind(
            code=code,
            names={"en": code.capitalize(), "zh-hans": code, "zh-hant": code},
            unit=unit,
            direction=direction,
            actor=STAFF,
            at=IN_NOVEMBER,
        )
    return code


def a_merchant_account(currency: str = "CNY", owner: int | None = None) -> MerchantAccount:
    """A merchant's account, with nothing on it."""
    return open_merchant_account(
        owner=owner or a_customer(name="Corner Shop"),
        currency=currency,
        actor=STAFF,
        at=IN_NOVEMBER,
    )


def signed(text: str, currency: str = "CNY") -> Money:
    """An amount above or below zero."""
    amount = money(text.removeprefix("-"), currency)
    return -amount if text.startswith("-") else amount


def told(amount: str, *, number: str | None = None, currency: str = "CNY", **given: Any) -> Told:
    """What the shop tells of one act; in October unless said."""
    kind = a_kind(given.pop("kind", "service"), unit=given.pop("unit", ""))
    quantity = given.pop("quantity", None)
    return Told(
        **{
            "source": the_shop(),
            "kind": kind,
            "number": number or f"N{next(_NUMBERS)}",
            "amount": signed(amount, currency),
            "day": OCTOBER,
            "quantity": None if quantity is None else Decimal(quantity),
            **given,
        }
    )


def a_record(
    account: MerchantAccount, amount: str, *, confirmed: bool = True, **given: Any
) -> Accrual:
    """A business record of the account; confirmed and in October unless said."""
    what = told(amount, currency=account.currency.code, **given)
    return record_accrual(
        account=account, told=what, confirmed=confirmed, actor=STAFF, at=IN_NOVEMBER
    ).accrual


def a_reversal(original: Accrual, amount: str | None = None, **given: Any) -> Accrual:
    """A reversal of a record, the whole of what is left of it unless said."""
    account = original.account
    return reverse_accrual(
        source=original.source_id,
        kind=original.kind_id,
        reversed_number=original.number,
        number=given.pop("number", None) or f"R{next(_NUMBERS)}",
        amount=None if amount is None else money(amount, account.currency),
        actor=STAFF,
        at=IN_NOVEMBER,
        **{"day": OCTOBER, **given},
    ).accrual


def amount_of(account: MerchantAccount) -> str:
    """What is on the account, as text."""
    return amounts_now([account])[account.number].text


def some_terms(account: MerchantAccount, **given: Any) -> None:
    """Terms agreed on for the account, the usual ones but for what is given."""
    set_terms(
        account=account,
        terms=AccountTerms(**{"zone": "Asia/Shanghai", **given}),
        instruction=an_instruction(at=IN_NOVEMBER),
    )


def the_bill(account: MerchantAccount, *, day: date = date(2026, 11, 1)) -> Bill | None:
    """The bill that the run of a day makes for the account; None where it makes none."""
    run_bills(day=day, actor="system", at=IN_NOVEMBER)
    return Bill.objects.filter(account=account.number, made_at=IN_NOVEMBER).order_by("-pk").first()
