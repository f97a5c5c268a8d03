"""Exchange rates (匯率) over HTTP: `/rates`."""

from typing import Annotated

from ninja import Query, Router

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Body, CurrencyCode, Cursor, Limit, RateText
from tael.api.paging import page, paged
from tael.api.v1.shapes import RateOut, RatesOut, rate_out
from tael.channels.queries import rate_history, rates
from tael.channels.rate import set_rate as enter_rate

router = Router(tags=["rates"])

PairCode = Annotated[str, Query(pattern="^[A-Z][A-Z0-9]{2,11}$")]


class RateIn(Body):
    """How many units of one currency a unit of another buys, from now on."""

    from_currency: CurrencyCode
    to_currency: CurrencyCode
    value: RateText


@endpoint(router, "GET", "/rates", answers=RatesOut)
def list_rates(request: ApiRequest) -> Answer:
    """List the rate of each pair that is in force now."""
    return Answer(paged([rate_out(row) for row in rates(at=request.call.received_at)], None))


@endpoint(router, "POST", "/rates", answers=RateOut, status=CREATED, problems={409})
def set_rate(request: ApiRequest, body: RateIn) -> Answer:
    """Set a rate; those before it stay in the history."""
    call = request.call
    made = enter_rate(
        from_currency=body.from_currency,
        to_currency=body.to_currency,
        value=body.value,
        actor=call.actor,
        at=call.received_at,
    )
    return Answer(rate_out(made))


@endpoint(router, "GET", "/rates/history", answers=RatesOut)
def list_rate_history(
    request: ApiRequest,  # noqa: ARG001 - every key sees the same
    from_currency: PairCode,
    to_currency: PairCode,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the rates that one pair has had, newest first."""
    return Answer(
        page(
            lambda before, most: rate_history(
                from_currency=from_currency, to_currency=to_currency, before=before, limit=most
            ),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.pk,
            write=rate_out,
        )
    )
