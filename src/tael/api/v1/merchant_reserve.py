"""What is kept back of an account's bills over HTTP: `/merchant-accounts/{number}/reserve`.

Source: peers-settlement-invest A22.
"""

from datetime import date

from ninja import Router

from tael.api.call import ApiRequest
from tael.api.endpoint import Answer, endpoint
from tael.api.fields import PlainNumber
from tael.api.v1.merchant_accounts import reached
from tael.api.wire import MoneyOut, Out, money_out
from tael.settlement.reserve import kept_back_now

router = Router(tags=["merchant accounts"])


class KeptDayOut(Out):
    """What is given back on a day, and of how many bills."""

    day: date
    amount: MoneyOut
    bills: int


class KeptOut(Out):
    """What is kept back of an account's bills; the days add up to it."""

    amount: MoneyOut
    days: list[KeptDayOut]


@endpoint(router, "GET", "/merchant-accounts/{number}/reserve", answers=KeptOut)
def get_merchant_reserve(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show what is kept back of an account's bills, and when it is given back."""
    kept = kept_back_now(reached(request.call, number))
    days = [
        {"day": one.day, "amount": money_out(one.amount), "bills": one.bills} for one in kept.days
    ]
    return Answer({"amount": money_out(kept.amount), "days": days})
