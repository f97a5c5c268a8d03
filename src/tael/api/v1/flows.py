"""Flow records (資金流水) over HTTP: found by their numbers, listed, and taken back."""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from ninja import Query, Router

from tael.api.call import ApiRequest, Call
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Amount,
    Cursor,
    Limit,
    Moment,
    Number,
    PlainNumber,
    Said,
)
from tael.api.paging import number_of, paged, place_of
from tael.api.reach import instruction, own_wallet
from tael.api.v1.flow_shapes import FlowOut, flow_out
from tael.api.v1.operations import receipt_answer
from tael.api.v1.shapes import Page
from tael.api.wire import ReceiptOut
from tael.refusal import Refusal
from tael.wallet.flow import FlowRecord, flow_record, wallet_flow
from tael.wallet.flow_search import Wanted, all_records, find_by_pno, find_by_sno
from tael.wallet.operation import Operation
from tael.wallet.refund import refund

router = Router(tags=["flow records"])

NumberAsked = Annotated[str | None, Query(max_length=64, pattern="^[!-~]+$")]
OperationAsked = Annotated[
    Literal["recharge", "deduct", "transfer", "freeze", "unfreeze", "withdraw", "exchange"] | None,
    Query(),
]
ChannelAsked = Annotated[str | None, Query(pattern="^[A-Za-z][0-9A-Za-z_]{0,31}$")]


class FlowsOut(Page):
    """A page of flow records, newest first. It can be short without being the last one."""

    data: list[FlowOut]


class WalletNeeded(Refusal):
    """A key that is bound to a customer lists the records of one of his wallets at a time."""

    code = "wallet_needed"
    rule: ClassVar[str] = "T14"
    remedy = "Name a wallet, a sno or a pno."


class ReverseIn(Said):
    """What of a record is to be taken back."""

    amount: Amount | None = None
    wallet: Number | None = None


@endpoint(router, "GET", "/flows", answers=FlowsOut, problems={404})
def list_flows(
    request: ApiRequest,
    sno: NumberAsked = None,
    pno: NumberAsked = None,
    wallet: PlainNumber | None = None,
    operation: OperationAsked = None,
    channel: ChannelAsked = None,
    since: Moment | None = None,
    until: Moment | None = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """Search flow records: by `sno` or `pno`, of a wallet, or all; by operation, channel and time.

    `since` is included and `until` excluded, by booking time.
    """
    call = request.call
    wanted = Wanted(
        operation=None if operation is None else Operation[operation.upper()],
        channel=channel,
        since=since,
        until=until,
    )
    if sno is not None or pno is not None:
        found = find_by_sno(sno, limit=limit) if sno is not None else find_by_pno(pno or "")
        chosen = [
            record for record in _chosen(found, wanted, call) if pno is None or record.pno == pno
        ]
        if wallet is not None:
            number = own_wallet(call, wallet).number
            chosen = [
                record
                for record in chosen
                if any(change.wallet.number == number for change in record.changes)
            ]
        return Answer(paged([flow_out(each, customer=call.customer) for each in chosen], None))
    if wallet is not None:
        return _of_wallet(call, wallet, wanted, cursor, limit)
    if call.customer is not None:
        raise WalletNeeded("Name one of the wallets.", field="wallet")
    page = all_records(wanted, limit=limit, before=number_of(cursor))
    return Answer(paged([flow_out(each, customer=None) for each in page.records], page.before))


@endpoint(router, "GET", "/flows/{number}", answers=FlowOut)
def get_flow(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show one flow record."""
    call = request.call
    return Answer(flow_out(flow_record(number, owner=call.customer), customer=call.customer))


@endpoint(
    router,
    "POST",
    "/flows/{number}/reverse",
    answers=ReceiptOut,
    status=CREATED,
    moves_money=True,
)
def reverse_flow(request: ApiRequest, number: PlainNumber, body: ReverseIn) -> Answer:
    """Take a record back (沖正), wholly or in part; each part returns to where it was taken from."""
    call = request.call
    flow_record(number, owner=call.customer)
    receipt = refund(
        entry_id=number,
        instruction=instruction(call, body),
        amount=None if body.amount is None else body.amount.money(),
        wallet=None if body.wallet is None else own_wallet(call, body.wallet),
    )
    return receipt_answer(call, receipt)


def _of_wallet(call: Call, number: int, wanted: Wanted, cursor: str | None, limit: int) -> Answer:
    wallet = own_wallet(call, number)
    page = wallet_flow(wallet, limit=limit, cursor=place_of(cursor))
    records = [line.record for line in page.lines]
    past = wanted.since is not None and any(each.booked_at < wanted.since for each in records)
    return Answer(
        paged(
            [flow_out(each, customer=call.customer) for each in _chosen(records, wanted, call)],
            None if past else page.next,
        )
    )


def _chosen(records: Iterable[FlowRecord], wanted: Wanted, call: Call) -> list[FlowRecord]:
    """Keep what is wanted and within the key's reach."""
    return [
        record
        for record in records
        if wanted.operation in {None, record.operation}
        and wanted.channel in {None, record.channel}
        and (wanted.since is None or record.booked_at >= wanted.since)
        and (wanted.until is None or record.booked_at < wanted.until)
        and (
            call.customer is None
            or any(change.wallet.owner == call.customer for change in record.changes)
        )
    ]
