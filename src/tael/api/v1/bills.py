"""Bills (賬單) over HTTP: `/bills`, what is on them, and what becomes of them.

Source: B-17 to B-23, B-26, E-13; peers-settlement-invest A10 to A12, A39.
"""

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router

from tael import books
from tael.api.call import ApiRequest, Call
from tael.api.endpoint import Answer, endpoint
from tael.api.fields import PAGE_DEFAULT, Cursor, Day, Filter, Limit, Nothing, PlainNumber, Why
from tael.api.paging import page
from tael.api.reach import own_or_any
from tael.api.v1.bill_shapes import (
    BillActOut,
    BillsOut,
    BillTotalsOut,
    State,
    WholeBillOut,
    bill_out,
    whole_bill_out,
)
from tael.api.v1.files import KINDS, LanguageAsked, StatementFormat, taken
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.merchant_accounts import reached
from tael.api.v1.merchant_shapes import AccrualsOut, CodeAsked, accrual_out
from tael.api.wire import money_out
from tael.documents.bill_document import bill_document
from tael.documents.settlement_lists import BILLS, RECORDS
from tael.money import parse_amount
from tael.settlement.bills import bill as billing
from tael.settlement.bills.bill import Bill
from tael.settlement.bills.bill_search import (
    BillsWanted,
    bill_facts,
    bill_totals,
    bills,
    records_behind,
)
from tael.settlement.records.accrual_search import accruals

router = Router(tags=["bills"])

StateAsked = Annotated[State | None, Query()]
StyleAsked = Annotated[
    Literal["net", "reversal"] | None,
    Query(description="Of the line; reversals have one of their own where terms say so."),
]
BoundAsked = Annotated[
    str | None,
    Query(
        pattern=r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,8})?$",
        description="Of the total; it needs a currency.",
    ),
]


class BillFilter(Filter):
    """Which bills are meant. `since` and `until` are of the period's last day, both included."""

    owner: PlainNumber | None = None
    account: PlainNumber | None = None
    currency: CodeAsked = None
    state: StateAsked = None
    since: Day | None = None
    until: Day | None = None
    least: BoundAsked = None
    most: BoundAsked = None
    run: PlainNumber | None = None

    def wanted(self, call: Call) -> BillsWanted:
        """Read it; a merchant's key finds what has been issued to him.

        Raises:
            UnknownCustomer, UnknownMerchantAccount: out of the key's reach.
            UnknownCurrency; those of ``parse_amount``.
        """
        if self.account is not None:
            reached(call, self.account, field="account")
        least, most = read_bounds(self.least, self.most, self.currency or "")
        return BillsWanted(
            **self.model_dump(include={"account", "currency", "state", "since", "until", "run"}),
            least=least,
            most=most,
            owner=own_or_any(call, self.owner),
            issued=call.customer is not None,
        )


BillAsked = Annotated[BillFilter, Query()]


def read_bound(text: str, currency: str, *, field: str) -> int:
    """Read a bound of totals, which may be below zero, in minor units.

    Raises:
        UnknownCurrency: an amount needs one that is registered; those of ``parse_amount``.
    """
    unit = books.currency(currency, field="currency")
    minor = parse_amount(text.removeprefix("-"), unit, field=field, allow_zero=True).minor
    return -minor if text.startswith("-") else minor


def read_bounds(
    least: str | None, most: str | None, currency: str
) -> tuple[int | None, int | None]:
    """Read both bounds of a filter, in minor units of its currency; None where there is none.

    Raises:
        UnknownCurrency: an amount needs one that is registered; those of ``parse_amount``.
    """
    return (
        None if least is None else read_bound(least, currency, field="least"),
        None if most is None else read_bound(most, currency, field="most"),
    )


@endpoint(router, "GET", "/bills", answers=BillsOut, problems={404})
def list_bills(
    request: ApiRequest,
    asked: BillAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List bills, the newest first. `since` and `until` are of the period's last day, both included."""
    wanted = asked.wanted(request.call)
    return Answer(
        page(
            lambda before, many: bills(wanted, before=before, limit=many),
            cursor=cursor,
            limit=limit,
            place=lambda seen: seen.bill.pk,
            write=bill_out,
        )
    )


@endpoint(router, "GET", "/bills/totals", answers=BillTotalsOut, problems={404})
def get_bill_totals(
    request: ApiRequest,
    asked: BillAsked,
) -> Answer:
    """Add up all bills of a filter, by currency."""
    wanted = asked.wanted(request.call)
    data = [
        {
            "bills": one.bills,
            "void": one.void,
            "records": one.records,
            "total": money_out(one.total),
        }
        for one in bill_totals(wanted)
    ]
    return Answer({"data": data})


@endpoint(router, "GET", "/bills/file", answers=None, answer_types=KINDS[:2], problems={404})
def download_bills(request: ApiRequest, asked: BillAsked, file: FileAsked) -> HttpResponse:
    """Download the bills that a filter finds as csv or xlsx, the newest first."""
    return list_file(request.call, BILLS, asked.wanted(request.call), file)


@endpoint(router, "GET", "/bills/{number}", answers=WholeBillOut)
def get_bill(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show one bill with its lines."""
    return Answer(whole_bill_out(bill_facts(number, owner=request.call.customer)))


@endpoint(router, "GET", "/bills/{number}/file", answers=None, answer_types=KINDS)
def download_bill(
    request: ApiRequest,
    number: PlainNumber,
    format: StatementFormat,  # noqa: A002 - the word of the address
    language: LanguageAsked = "en",
) -> HttpResponse:
    """Download a bill as PDF, xlsx or csv; the same bill gives the same bytes."""
    facts = bill_facts(number, owner=request.call.customer)
    return taken(request.call, bill_document(facts, format, language), rows=len(facts.lines))


@endpoint(router, "GET", "/bills/{number}/records", answers=AccrualsOut)
def list_bill_records(
    request: ApiRequest,
    number: PlainNumber,
    kind: CodeAsked = None,
    style: StyleAsked = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the business records behind a bill, or behind the line of a kind and style."""
    facts = bill_facts(number, owner=request.call.customer)
    wanted = records_behind(facts, kind=kind or "", style=style or "")
    return Answer(
        page(
            lambda before, many: accruals(wanted, before=before, limit=many),
            cursor=cursor,
            limit=limit,
            place=lambda view: view.row.pk,
            write=accrual_out,
        )
    )


@endpoint(router, "GET", "/bills/{number}/records/file", answers=None, answer_types=KINDS[:2])
def download_bill_records(
    request: ApiRequest,
    number: PlainNumber,
    file: FileAsked,
    kind: CodeAsked = None,
    style: StyleAsked = None,
) -> HttpResponse:
    """Download the business records behind a bill, or behind one of its lines, as csv or xlsx."""
    facts = bill_facts(number, owner=request.call.customer)
    wanted = records_behind(facts, kind=kind or "", style=style or "")
    return list_file(request.call, RECORDS, wanted, file, name=f"bill-{number}-records")


@endpoint(
    router,
    "POST",
    "/bills/{number}/review",
    answers=WholeBillOut,
    asks_key=True,
    problems={409},
)
def review_bill(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001
    """Say that a draft is right."""
    told = request.call.instruction()
    return _done(billing.review_bill(number=number, instruction=told))


@endpoint(
    router,
    "POST",
    "/bills/{number}/reopen",
    answers=WholeBillOut,
    asks_key=True,
    problems={409},
)
def reopen_bill(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001
    """Make a reviewed bill a draft again."""
    told = request.call.instruction()
    return _done(billing.reopen_bill(number=number, instruction=told))


@endpoint(
    router,
    "POST",
    "/bills/{number}/refresh",
    answers=WholeBillOut,
    asks_key=True,
    problems={409},
)
def refresh_bill(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001
    """Let a draft take what has been recorded or confirmed since, for its period or before."""
    told = request.call.instruction()
    return _done(billing.refresh_bill(number=number, instruction=told))


@endpoint(
    router, "POST", "/bills/{number}/issue", answers=BillActOut, moves_money=True, problems={409}
)
def issue_bill(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001
    """Issue a bill: its total enters the account, also one below zero. Issuing it again changes nothing."""
    told = request.call.instruction()
    return _done(billing.issue_bill(number=number, instruction=told))


@endpoint(
    router,
    "POST",
    "/bills/{number}/replace",
    answers=BillActOut,
    moves_money=True,
    problems={409},
)
def replace_bill(request: ApiRequest, number: PlainNumber, body: Why) -> Answer:
    """Make a bill void and answer with its successor, a draft with the same records and what is new."""
    told = request.call.instruction()
    return _done(billing.replace_bill(number=number, reason=body.reason, instruction=told))


def _done(row: Bill) -> Answer:
    return Answer(whole_bill_out(bill_facts(row.pk)))
