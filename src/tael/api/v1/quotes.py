"""Quotes (報價) over HTTP: the figures of an exchange, promised until a moment."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from ninja import Router
from pydantic import Field

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import Amount, Body, Number
from tael.api.reach import own_wallet
from tael.api.wire import MoneyOut, Out, moment_out, money_out
from tael.wallet.quote import quote

router = Router(tags=["operations"])

SECONDS_DEFAULT: Final = 60
SECONDS_MAX: Final = 3600


class QuoteIn(Body):
    """An exchange whose figures are asked for."""

    source: Number
    target: Number
    amount: Amount
    seconds: Annotated[
        int, Field(ge=1, le=SECONDS_MAX, description="How long the figures are promised.")
    ] = SECONDS_DEFAULT


class QuoteOut(Out):
    """The figures of an exchange, promised until `expires_at` and honoured once."""

    number: int | None
    source: int
    target: int
    amount: MoneyOut
    received: MoneyOut
    rate: str
    expires_at: datetime
    dry_run: bool


@endpoint(router, "POST", "/quotes", answers=QuoteOut, status=CREATED, moves_money=True)
def make_quote(request: ApiRequest, body: QuoteIn) -> Answer:
    """Promise the figures of an exchange for some seconds. No money moves."""
    call = request.call
    source = own_wallet(call, body.source, field="source")
    target = own_wallet(call, body.target, field="target")
    made = quote(
        source=source,
        target=target,
        amount=body.amount.money(),
        expires_at=call.received_at + timedelta(seconds=body.seconds),
        instruction=call.instruction(),
    )
    return Answer(
        {
            "number": None if call.dry_run else made.pk,
            "source": source.number,
            "target": target.number,
            "amount": money_out(source.money(made.amount_out)),
            "received": money_out(target.money(made.amount_in)),
            "rate": made.rate_text,
            "expires_at": moment_out(made.expires_at),
        },
        replayed=made.made_at != call.received_at,
    )
