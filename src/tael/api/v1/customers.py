"""Customers (用戶) over HTTP: `/customers`."""

from typing import Annotated

from ninja import Query, Router

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Body, Cursor, Limit, LineText, Number, PlainNumber, Why
from tael.api.paging import page, paged
from tael.api.reach import own_customer
from tael.api.v1.shapes import CustomerOut, CustomersOut, customer_out
from tael.parties.customer import customer, disable, enable, register
from tael.parties.queries import customers

router = Router(tags=["customers"])


class RegisterIn(Body):
    """A customer to be registered."""

    name: LineText
    number: Number | None = None


@endpoint(router, "GET", "/customers", answers=CustomersOut)
def list_customers(
    request: ApiRequest,
    text: Annotated[
        str,
        Query(
            max_length=200,
            pattern="^[^\\x00-\\x1f]*$",
            description="A number, or a part of the name.",
        ),
    ] = "",
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List customers by number."""
    own = request.call.customer
    if own is not None:
        return Answer(paged([customer_out(customer(own, disabled_too=True))], None))
    return Answer(
        page(
            lambda after, most: customers(text=text, after=after, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.number,
            write=customer_out,
        )
    )


@endpoint(router, "POST", "/customers", answers=CustomerOut, status=CREATED, problems={409})
def register_customer(request: ApiRequest, body: RegisterIn) -> Answer:
    """Register a customer; without a number the next free one from 10001 up is given."""
    call = request.call
    made = register(name=body.name, number=body.number, actor=call.actor, at=call.received_at)
    return Answer(customer_out(made))


@endpoint(router, "GET", "/customers/{number}", answers=CustomerOut)
def get_customer(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show one customer."""
    own_customer(request.call, number, field="number")
    return Answer(customer_out(customer(number, disabled_too=True, field="number")))


@endpoint(router, "POST", "/customers/{number}/disable", answers=CustomerOut)
def disable_customer(request: ApiRequest, number: PlainNumber, body: Why) -> Answer:
    """Stop a customer's operations from the next one on; balances stay."""
    call = request.call
    done = disable(number=number, reason=body.reason, actor=call.actor, at=call.received_at)
    return Answer(customer_out(done))


@endpoint(router, "POST", "/customers/{number}/enable", answers=CustomerOut)
def enable_customer(request: ApiRequest, number: PlainNumber, body: Why) -> Answer:
    """Let a customer's operations go on."""
    call = request.call
    done = enable(number=number, reason=body.reason, actor=call.actor, at=call.received_at)
    return Answer(customer_out(done))
