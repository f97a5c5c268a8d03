"""Currencies (貨幣) and points over HTTP: `/currencies`."""

from typing import Annotated, Literal, Self

from ninja import Router
from pydantic import Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from tael import books
from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import Body, LineText
from tael.api.paging import paged
from tael.api.v1.shapes import CurrenciesOut, CurrencyOut, currency_out
from tael.channels.currency import (
    add_currency as register_own,
)
from tael.channels.currency import (
    add_iso_currency,
    disable_currency,
    enable_currency,
)
from tael.channels.queries import currencies

router = Router(tags=["currencies"])

CodeInPath = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[A-Z][A-Z0-9]{2,11}$"})]


class CurrencyIn(Body):
    """A currency of ISO 4217 by its code alone; an own one or points with decimals and name."""

    code: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[A-Z][A-Z0-9]{2,11}$"})]
    exponent: Annotated[int, Field(ge=0, le=8)] | None = None
    kind: Literal["money", "points"] = "money"
    name: LineText | None = None

    @model_validator(mode="after")
    def own_or_standard(self) -> Self:
        """Take decimals and name together, or neither."""
        if (self.exponent is None) != (self.name is None):
            raise PydanticCustomError("own", "An own currency has both exponent and name.")
        if self.exponent is None and self.kind != "money":
            raise PydanticCustomError("own", "Points are an own currency, with exponent and name.")
        return self


class CurrencyChange(Body):
    """What is to be changed about a currency."""

    enabled: bool


@endpoint(router, "GET", "/currencies", answers=CurrenciesOut)
def list_currencies(request: ApiRequest) -> Answer:  # noqa: ARG001 - every key sees the same
    """List all registered currencies, those switched off as well."""
    return Answer(paged([currency_out(state) for state in currencies()], None))


@endpoint(router, "POST", "/currencies", answers=CurrencyOut, status=CREATED, problems={404, 409})
def add_currency(request: ApiRequest, body: CurrencyIn) -> Answer:
    """Take a currency of ISO 4217, an own one, or a sort of points into use."""
    call = request.call
    if body.exponent is None or body.name is None:
        made = add_iso_currency(code=body.code, actor=call.actor, at=call.received_at)
    else:
        made = register_own(
            code=body.code,
            exponent=body.exponent,
            kind=body.kind,
            name=body.name,
            actor=call.actor,
            at=call.received_at,
        )
    return Answer(currency_out(books.currencies()[made.code]))


@endpoint(router, "PATCH", "/currencies/{code}", answers=CurrencyOut)
def change_currency(request: ApiRequest, code: CodeInPath, body: CurrencyChange) -> Answer:
    """Switch a currency on or off; balances stay as they are."""
    call = request.call
    switch = enable_currency if body.enabled else disable_currency
    switch(code=code, actor=call.actor, at=call.received_at)
    return Answer(currency_out(books.currencies()[code]))
