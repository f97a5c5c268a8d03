"""Remittances (打款記錄) over HTTP: one side declares what it has paid, the other confirms or disputes it.

A key that is bound to a customer speaks for the merchant, any other for the platform.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router

from tael.api.call import ApiRequest, Call
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Amount,
    Body,
    Cursor,
    Day,
    Filter,
    Limit,
    LineText,
    Nothing,
    Number,
    PlainNumber,
    Why,
)
from tael.api.paging import page
from tael.api.reach import STAFF_CHANNEL, ChannelReserved, own_or_any
from tael.api.v1.files import KINDS
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.merchant_shapes import CodeAsked
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_or_none, moment_out, money_out
from tael.documents.settlement_lists import REMITTANCES
from tael.settlement.accounts.merchant_account import merchant_account, merchant_account_of
from tael.settlement.remittances import remittance as remitting
from tael.settlement.remittances.remittance_search import (
    RemittancesWanted,
    RemittanceView,
    remittance_totals,
    remittances,
    view_of,
)

if TYPE_CHECKING:
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.remittances.remittance import Remitted, Side

router = Router(tags=["remittances"])

State = Literal["declared", "confirmed", "disputed", "withdrawn", "expired"]
Payer = Literal["merchant", "platform"]


class RemittanceIn(Body):
    """What one's own side has paid the other."""

    account: Number
    amount: Amount
    channel: LineText
    flow_number: LineText
    paid_on: Day
    note: LineText = ""


class RemittanceOut(Out):
    """A remittance as it stands; the merchant's account moves by `change` when it is confirmed."""

    number: int
    account: int
    owner: int
    payer: Payer
    amount: MoneyOut
    change: MoneyOut
    channel: str
    flow_number: str
    paid_on: date
    note: str
    state: State
    declared_at: datetime
    declared_by: str
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    entry: int | None


class ConfirmedOut(RemittanceOut):
    """A remittance that was confirmed, or would have been (`dry_run`)."""

    dry_run: bool


class RemittancesOut(Page):
    """A page of remittances, newest first."""

    data: list[RemittanceOut]


class RemittanceTotalOut(Out):
    """What all remittances of a filter come to in one currency."""

    remittances: int
    by_merchants: MoneyOut
    by_platform: MoneyOut


class RemittanceTotalsOut(Out):
    """The sums, by currency."""

    data: list[RemittanceTotalOut]


class RemittanceFilter(Filter):
    """Which remittances are meant; days are those of payment, both included."""

    owner: PlainNumber | None = None
    account: PlainNumber | None = None
    payer: Payer | None = None
    state: State | None = None
    currency: CodeAsked = None
    channel: Annotated[str, Query(max_length=32)] = ""
    flow_number: Annotated[str, Query(max_length=64)] = ""
    since: Day | None = None
    until: Day | None = None

    def wanted(self, call: Call) -> RemittancesWanted:
        """Read it.

        Raises:
            UnknownCustomer: out of the key's reach.
        """
        said = self.model_dump(include={"account", "channel", "flow_number", "since", "until"})
        return RemittancesWanted(
            owner=own_or_any(call, self.owner),
            payer=self.payer or "",
            state=self.state or "",
            currency=self.currency or "",
            **said,
        )


RemittanceAsked = Annotated[RemittanceFilter, Query()]


def remittance_out(view: RemittanceView) -> dict[str, Any]:
    """Write a remittance."""
    row = view.row
    return {
        "number": row.pk,
        "account": view.account.number,
        "owner": view.account.owner,
        "payer": row.payer,
        "amount": money_out(view.amount),
        "change": money_out(view.change),
        "channel": row.channel,
        "flow_number": row.flow_number,
        "paid_on": row.paid_on.isoformat(),
        "note": row.note,
        "state": row.state,
        "declared_at": moment_out(row.declared_at),
        "declared_by": row.declared_by,
        "decided_at": moment_or_none(row.decided_at),
        "decided_by": row.decided_by,
        "reason": row.reason,
        "entry": row.entry,
    }


@endpoint(router, "GET", "/remittances", answers=RemittancesOut, problems={404})
def list_remittances(
    request: ApiRequest,
    asked: RemittanceAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List remittances, newest first."""
    wanted = asked.wanted(request.call)
    return Answer(
        page(
            lambda before, most: remittances(wanted, before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda view: int(view.row.pk),
            write=remittance_out,
        )
    )


@endpoint(router, "GET", "/remittances/totals", answers=RemittanceTotalsOut, problems={404})
def get_remittance_totals(request: ApiRequest, asked: RemittanceAsked) -> Answer:
    """Add up all remittances of a filter, by currency."""
    data = [
        {
            "remittances": one.remittances,
            "by_merchants": money_out(one.by_merchants),
            "by_platform": money_out(one.by_platform),
        }
        for one in remittance_totals(asked.wanted(request.call))
    ]
    return Answer({"data": data})


@endpoint(router, "GET", "/remittances/file", answers=None, answer_types=KINDS[:2], problems={404})
def download_remittances(
    request: ApiRequest, asked: RemittanceAsked, file: FileAsked
) -> HttpResponse:
    """Download the remittances that a filter finds as csv or xlsx, newest first."""
    return list_file(request.call, REMITTANCES, asked.wanted(request.call), file)


@endpoint(
    router,
    "POST",
    "/remittances",
    answers=RemittanceOut,
    status=CREATED,
    asks_key=True,
    problems={404, 409},
)
def declare_remittance(request: ApiRequest, body: RemittanceIn) -> Answer:
    """Say that one's own side has paid the other; no account moves until the other confirms it."""
    call = request.call
    if body.channel == STAFF_CHANNEL and call.customer is not None:
        raise ChannelReserved("The channel is the back office's.", field="channel")
    done = remitting.declare_remittance(
        account=_account(call, body.account),
        side=_side(call),
        amount=body.amount.money(),
        channel=body.channel,
        flow_number=body.flow_number,
        paid_on=body.paid_on,
        note=body.note,
        instruction=call.instruction(),
    )
    return _answer(done)


@endpoint(router, "GET", "/remittances/{number}", answers=RemittanceOut)
def get_remittance(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show one remittance."""
    row = remitting.remittance(number, owner=request.call.customer)
    return Answer(remittance_out(view_of(row)))


@endpoint(router, "POST", "/remittances/{number}/confirm", answers=ConfirmedOut, moves_money=True)
def confirm_remittance(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001 - nothing is said
    """Confirm, as the side that was paid, that the money has come: the merchant's account moves."""
    call = request.call
    done = remitting.confirm_remittance(
        number=number, side=_side(call), owner=call.customer, instruction=call.instruction()
    )
    further = {"dry_run": call.dry_run} | ({"entry": None} if call.dry_run else {})
    return _answer(done, **further)


@endpoint(
    router,
    "POST",
    "/remittances/{number}/dispute",
    answers=RemittanceOut,
    asks_key=True,
    problems={404, 409},
)
def dispute_remittance(request: ApiRequest, number: PlainNumber, body: Why) -> Answer:
    """Say, as the side that should have been paid, that the money has not come."""
    call = request.call
    done = remitting.dispute_remittance(
        number=number,
        side=_side(call),
        owner=call.customer,
        reason=body.reason,
        instruction=call.instruction(),
    )
    return _answer(done)


@endpoint(
    router,
    "POST",
    "/remittances/{number}/withdraw",
    answers=RemittanceOut,
    asks_key=True,
    problems={404, 409},
)
def withdraw_remittance(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001 - nothing is said
    """Take back what one's own side has declared and the other has not decided."""
    call = request.call
    done = remitting.withdraw_remittance(
        number=number, side=_side(call), owner=call.customer, instruction=call.instruction()
    )
    return _answer(done)


def _side(call: Call) -> "Side":
    return "platform" if call.customer is None else "merchant"


def _account(call: Call, number: int) -> "MerchantAccount":
    if call.customer is None:
        return merchant_account(number)
    return merchant_account_of(call.customer, number)


def _answer(done: "Remitted", **further: Any) -> Answer:
    """Answer with what the step left, in words that a repetition can say again."""
    return Answer(remittance_out(view_of(done.remittance)) | further, replayed=done.replayed)
