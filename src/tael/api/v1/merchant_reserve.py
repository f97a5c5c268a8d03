"""What is kept back of an account's bills over HTTP: `/merchant-accounts/{number}/reserve`.

Source: peers-settlement-invest A22.
"""

from datetime import date
from typing import Any

from django.http import HttpResponse
from ninja import Router

from tael.api.call import ApiRequest
from tael.api.endpoint import Answer, endpoint
from tael.api.fields import PlainNumber
from tael.api.v1.files import KINDS
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.merchant_accounts import reached
from tael.api.wire import MoneyOut, Out, moment_or_none, money_out
from tael.documents.settlement_lists import RESERVES
from tael.settlement.bills.reserve import Kept, KeptOf, kept_back_now

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


def kept_out(kept: Kept) -> dict[str, Any]:
    """Write what is kept back now, and when it is given back."""
    days = [
        {"day": one.day.isoformat(), "amount": money_out(one.amount), "bills": one.bills}
        for one in kept.days
    ]
    return {"amount": money_out(kept.amount), "days": days}


def kept_bill_out(one: KeptOf) -> dict[str, Any]:
    """Write what was kept back of one bill."""
    return {
        "number": one.number,
        "bill": one.bill,
        "amount": money_out(one.amount),
        "release_on": one.release_on.isoformat(),
        "released_at": moment_or_none(one.released_at),
    }


@endpoint(router, "GET", "/merchant-accounts/{number}/reserve", answers=KeptOut)
def get_merchant_reserve(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show what is kept back of an account's bills, and when it is given back."""
    return Answer(kept_out(kept_back_now(reached(request.call, number))))


@endpoint(
    router,
    "GET",
    "/merchant-accounts/{number}/reserve/file",
    answers=None,
    answer_types=KINDS[:2],
)
def download_merchant_reserve(
    request: ApiRequest, number: PlainNumber, file: FileAsked
) -> HttpResponse:
    """Download of which bills something was kept back and given back, as csv or xlsx."""
    account = reached(request.call, number)
    return list_file(request.call, RESERVES, account, file, name=f"reserves-{number}")
