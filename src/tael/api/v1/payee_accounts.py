"""Payee accounts (收款賬戶) over HTTP: `/customers/{customer}/payee-accounts`."""

from typing import Annotated

from ninja import Router
from pydantic import WithJsonSchema

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Body, Cursor, Limit, LineText, Nothing, PlainNumber
from tael.api.paging import page
from tael.api.reach import own_customer
from tael.api.v1.shapes import PayeeAccountOut, PayeeAccountsOut, payee_account_out
from tael.parties.customer import customer as find_customer
from tael.parties.payee import add_payee, close_payee, payee
from tael.parties.queries import payees

router = Router(tags=["payee accounts"])

Details = Annotated[
    dict[str, str],
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"type": "string", "maxLength": 200},
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,39}$"},
            "maxProperties": 20,
            "examples": [{"bank": "ICBC", "account": "6222000011112222"}],
        }
    ),
]


class PayeeAccountIn(Body):
    """An account to which withdrawals can be paid."""

    kind: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9_]{1,31}$"})]
    holder: LineText
    details: Details


@endpoint(router, "GET", "/customers/{customer}/payee-accounts", answers=PayeeAccountsOut)
def list_payee_accounts(
    request: ApiRequest,
    customer: PlainNumber,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List a customer's payee accounts, closed ones as well, oldest first."""
    own_customer(request.call, customer)
    find_customer(customer, disabled_too=True)
    return Answer(
        page(
            lambda after, most: payees(customer=customer, closed_too=True, after=after, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.pk,
            write=payee_account_out,
        )
    )


@endpoint(
    router,
    "POST",
    "/customers/{customer}/payee-accounts",
    answers=PayeeAccountOut,
    status=CREATED,
)
def add_payee_account(request: ApiRequest, customer: PlainNumber, body: PayeeAccountIn) -> Answer:
    """Add an account to which the customer's withdrawals can be paid."""
    call = request.call
    own_customer(call, customer)
    made = add_payee(
        customer=customer,
        kind=body.kind,
        holder=body.holder,
        details=body.details,
        actor=call.actor,
        at=call.received_at,
    )
    return Answer(payee_account_out(made))


@endpoint(router, "GET", "/customers/{customer}/payee-accounts/{number}", answers=PayeeAccountOut)
def get_payee_account(request: ApiRequest, customer: PlainNumber, number: PlainNumber) -> Answer:
    """Show one payee account."""
    own_customer(request.call, customer)
    return Answer(payee_account_out(payee(number, customer, field="number", closed_too=True)))


@endpoint(
    router,
    "POST",
    "/customers/{customer}/payee-accounts/{number}/close",
    answers=PayeeAccountOut,
)
def close_payee_account(
    request: ApiRequest,
    customer: PlainNumber,
    number: PlainNumber,
    body: Nothing,  # noqa: ARG001 - an empty object, so that nothing is sent unread
) -> Answer:
    """Let no further withdrawal go to a payee account."""
    call = request.call
    own_customer(call, customer)
    done = close_payee(number=number, customer=customer, actor=call.actor, at=call.received_at)
    return Answer(payee_account_out(done))
