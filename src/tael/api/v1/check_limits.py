"""Above which amounts withdrawals need a second person, over HTTP: `/withdrawal-limits`."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from ninja import Router
from pydantic import WithJsonSchema

from tael import books
from tael.api.call import ApiRequest
from tael.api.endpoint import Answer, endpoint
from tael.api.fields import Body
from tael.api.paging import paged
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_out, money_out
from tael.money import Money, parse_amount
from tael.payouts.check_limit import in_force, set_check_limit
from tael.payouts.queries import check_limits

if TYPE_CHECKING:
    from tael.payouts.check_limit import CheckLimit

router = Router(tags=["withdrawals"])

Code = Annotated[str, WithJsonSchema({"type": "string", "examples": ["CNY"]})]
Text = Annotated[str, WithJsonSchema({"type": "string", "examples": ["10000.00"]})]


class LimitIn(Body):
    """The amount above which a second person confirms; without one a single person is enough."""

    currency: Code
    amount: Text | None = None


class LimitOut(Out):
    """What is in force for a currency."""

    currency: str
    amount: MoneyOut | None
    set_at: datetime | None


class LimitsOut(Page):
    """The limits in force."""

    data: list[LimitOut]


def limit_out(row: "CheckLimit") -> dict[str, Any]:
    """Write a limit."""
    unit = books.currencies()[row.currency].currency
    return {
        "currency": row.currency,
        "amount": None if row.amount is None else money_out(Money(row.amount, unit)),
        "set_at": moment_out(row.set_at),
    }


def read_limit(text: str, currency: str) -> Money:
    """Read a limit; zero is one.

    Raises:
        UnknownCurrency, CurrencyDisabled; the refusals of ``parse_amount``.
    """
    return parse_amount(text, books.currency(currency), allow_zero=True)


@endpoint(router, "GET", "/withdrawal-limits", answers=LimitsOut)
def list_withdrawal_limits(request: ApiRequest) -> Answer:  # noqa: ARG001 - every key sees the same
    """List above which amounts a second person confirms withdrawals."""
    return Answer(paged([limit_out(row) for row in check_limits()], None))


@endpoint(router, "POST", "/withdrawal-limits", answers=LimitOut)
def set_withdrawal_limit(request: ApiRequest, body: LimitIn) -> Answer:
    """Set above which amount of a currency a second person confirms withdrawals, from now on."""
    call = request.call
    amount = None if body.amount is None else read_limit(body.amount, body.currency)
    set_check_limit(currency=body.currency, amount=amount, actor=call.actor, at=call.received_at)
    now = in_force(body.currency)
    if now is None:
        return Answer({"currency": body.currency, "amount": None, "set_at": None})
    return Answer(limit_out(now))
