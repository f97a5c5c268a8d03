"""How merchant accounts, terms and business records look on the wire.

Source: E-10 to E-12; architecture, section 5.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, WithJsonSchema

from tael import books
from tael.api.fields import AmountText, CurrencyCode
from tael.api.fields import Body as RequestBody
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_or_none, moment_out, money_out
from tael.money import Money
from tael.settlement.accounts.merchant_account import MerchantAccount
from tael.settlement.accounts.merchant_search import MerchantAccountView
from tael.settlement.accounts.terms import Terms
from tael.settlement.records.accrual_search import AccrualTotal, AccrualView, plain_quantity
from tael.settlement.registry import BusinessKind, Source
from tael.settlement.signed_amount import parse_signed_amount

BusinessNumber = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^[!-~]{1,64}$",
            "description": "The number of the act in the business system.",
            "examples": ["WO-20261121-17"],
        }
    ),
]
RegistryCode = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "pattern": r"^[a-z0-9][a-z0-9_.-]{0,31}$", "examples": ["service"]}
    ),
]
CodeAsked = Annotated[str | None, Query(max_length=32)]
QuantityText = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,6})?$",
            "description": "Decimal text in the unit of the kind. Never a number.",
            "examples": ["12.5"],
        }
    ),
]
SignedAmountText = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,8})?$",
            "description": "Decimal text; with a minus sign what the merchant pays.",
            "examples": ["-30.00"],
        }
    ),
]
AmountOrNone = Annotated[AmountText | None, Field(description="In the currency of the account.")]


class SignedAmount(RequestBody):
    """An amount above or below zero."""

    amount: SignedAmountText
    currency: CurrencyCode

    def money(self, *, field: str = "amount") -> Money:
        """Read the amount.

        Raises:
            UnknownCurrency, CurrencyDisabled, and those of ``parse_signed_amount``.
        """
        currency = books.currency(self.currency, field=f"{field}.currency")
        return parse_signed_amount(self.amount, currency, field=f"{field}.amount")


class MerchantAccountOut(Out):
    """A merchant account with what is owed: above zero by the platform, below zero by the merchant."""

    number: int
    owner: int
    currency: str
    name: str
    amount: MoneyOut
    reserve: MoneyOut
    enabled: bool
    opened_at: datetime


class MerchantAccountsOut(Page):
    """A page of merchant accounts, by number."""

    data: list[MerchantAccountOut]


class TermsOut(Out):
    """What is agreed about an account. Without a number nothing was agreed on, and the usual terms hold."""

    number: int | None
    account: int
    cycle: Literal["day", "week", "month"]
    anchor: int
    settle_after: int
    business_days: bool
    calendar: str
    zone: str
    review: bool
    grace_hours: int | None
    minimum_manual: MoneyOut
    minimum_automatic: MoneyOut
    fee: str
    reserve_percent: str
    reserve_days: int
    collect_from: int | None
    collect_most: MoneyOut | None
    reversal_style: Literal["red", "blue"]
    set_at: datetime | None


class TermsSetOut(Out):
    """The terms that are in force now, or the number of the proposal that waits for a second person."""

    terms: TermsOut | None
    proposal: int | None


class TermsHistoryOut(Page):
    """A page of terms, the newest first; the first of all is in force."""

    data: list[TermsOut]


class BusinessKindOut(Out):
    """A kind of business."""

    code: str
    names: dict[str, str]
    unit: str
    direction: Literal["in", "out", "either"]
    enabled: bool


class BusinessKindsOut(Page):
    """All kinds of business."""

    data: list[BusinessKindOut]


class SourceOut(Out):
    """A business system that records come from."""

    code: str
    name: str
    zone: str
    first_day: date
    enabled: bool


class SourcesOut(Page):
    """All sources."""

    data: list[SourceOut]


class AccrualOut(Out):
    """A business record."""

    record: Annotated[int, Field(description="Its number in Tael.")]
    account: int
    source: str
    kind: str
    number: str
    type: Literal["normal", "reversal"]
    reversed_number: Annotated[
        str | None, Field(description="The number of the record that it reverses.")
    ]
    state: Literal["pending", "confirmed", "failed"]
    amount: MoneyOut
    gross: MoneyOut | None
    quantity: str | None
    unit: str
    day: Annotated[date, Field(description="By which it is billed.")]
    occurred_on: date
    bill: Annotated[int | None, Field(description="The bill that took it; none is unsettled.")]
    origin: Literal["at_once", "import", "check"]
    reversed: Annotated[MoneyOut, Field(description="How much reversals have taken back.")]
    facts: dict[str, Any] | None
    note: str
    recorded_at: datetime
    decided_at: datetime | None


class AccrualsOut(Page):
    """A page of business records, the newest first."""

    data: list[AccrualOut]


def merchant_account_out(view: MerchantAccountView) -> dict[str, Any]:
    """Write a merchant account."""
    return {
        "number": view.number,
        "owner": view.account.owner,
        "currency": view.account.currency.code,
        "name": view.account.name,
        "amount": money_out(view.amount),
        "reserve": money_out(view.reserve),
        "enabled": view.disabled_at is None,
        "opened_at": moment_out(view.opened_at),
    }


def terms_out(account: MerchantAccount, row: Terms) -> dict[str, Any]:
    """Write terms."""
    most = row.collect_most
    percent = f"{row.reserve_percent:f}"
    return {
        "number": row.pk,
        "account": account.number,
        "cycle": row.cycle,
        "anchor": row.anchor,
        "settle_after": row.settle_after,
        "business_days": row.business_days,
        "calendar": row.calendar,
        "zone": row.zone,
        "review": row.review,
        "grace_hours": row.grace_hours,
        "minimum_manual": money_out(account.money(row.minimum_manual)),
        "minimum_automatic": money_out(account.money(row.minimum_automatic)),
        "fee": row.fee,
        "reserve_percent": percent.rstrip("0").rstrip(".") if "." in percent else percent,
        "reserve_days": row.reserve_days,
        "collect_from": row.collect_from,
        "collect_most": None if most is None else money_out(account.money(most)),
        "reversal_style": row.reversal_style,
        "set_at": moment_or_none(row.set_at) if row.pk else None,
    }


def business_kind_out(row: BusinessKind) -> dict[str, Any]:
    """Write a kind of business."""
    return {
        "code": row.code,
        "names": row.names,
        "unit": row.unit,
        "direction": row.direction,
        "enabled": row.switched_off_at is None,
    }


def source_out(row: Source) -> dict[str, Any]:
    """Write a source; where it is asked, and its secret, are nobody's business here."""
    return {
        "code": row.code,
        "name": row.name,
        "zone": row.zone,
        "first_day": row.first_day.isoformat(),
        "enabled": row.switched_off_at is None,
    }


class AccrualTotalOut(Out):
    """What the records of a filter come to in one currency."""

    records: int
    income: MoneyOut
    expense: MoneyOut
    net: MoneyOut


class AccrualTotalsOut(Out):
    """The sums, by currency."""

    data: list[AccrualTotalOut]


def accrual_total_out(one: AccrualTotal) -> dict[str, Any]:
    """Write what records come to."""
    return {
        "records": one.records,
        "income": money_out(one.income),
        "expense": money_out(one.expense),
        "net": money_out(one.net),
    }


def accrual_out(view: AccrualView) -> dict[str, Any]:
    """Write a business record."""
    row = view.row
    return {
        "record": row.pk,
        "account": view.account.number,
        "source": row.source_id,
        "kind": row.kind_id,
        "number": row.number,
        "type": row.type,
        "reversed_number": row.reversed_number,
        "state": row.state,
        "amount": money_out(view.amount),
        "gross": None if view.gross is None else money_out(view.gross),
        "quantity": plain_quantity(row.quantity) or None,
        "unit": view.unit,
        "day": row.day.isoformat(),
        "occurred_on": row.occurred_on.isoformat(),
        "bill": row.bill,
        "origin": row.origin,
        "reversed": money_out(view.reversed),
        "facts": row.facts,
        "note": row.note,
        "recorded_at": moment_out(row.recorded_at),
        "decided_at": moment_or_none(row.decided_at),
    }
