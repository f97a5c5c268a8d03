"""Adjustments (調賬) of merchant accounts and collections (自動扣款) from wallets, over HTTP."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router

from tael.api.call import ApiRequest, Call
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Body,
    Cursor,
    Day,
    Filter,
    Limit,
    Nothing,
    Number,
    PlainNumber,
    ReasonText,
)
from tael.api.paging import page
from tael.api.reach import own_or_any
from tael.api.v1.files import KINDS
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.merchant_shapes import CodeAsked, SignedAmount
from tael.api.v1.proposals import ProposalOut, proposal_out
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_out, money_out
from tael.approvals.proposal import Proposal
from tael.documents.settlement_lists import ADJUSTMENTS, COLLECTIONS
from tael.documents.wallet_statement import start_of
from tael.settlement.accounts.merchant_account import account_from, merchant_account
from tael.settlement.remittances.adjustment import adjust, adjustment
from tael.settlement.remittances.adjustment_search import (
    AdjustmentsWanted,
    AdjustmentView,
    CollectionsWanted,
    CollectionView,
    MovesTotal,
    adjustment_totals,
    adjustments,
    collection_totals,
    collections,
)
from tael.settlement.remittances.collection import collect_debt

router = Router(tags=["adjustments"])


class AdjustmentIn(Body):
    """A correction of a merchant account; below zero it takes from the merchant."""

    account: Number
    amount: SignedAmount
    reason: ReasonText


class AdjustmentOut(Out):
    """A correction that was made."""

    number: int | None
    account: int
    amount: MoneyOut
    reason: str
    made_at: datetime
    made_by: str | None
    approved_by: str | None
    proposal: int | None
    entry: int | None


class AdjustedOut(Out):
    """The correction, or above the limit the proposal that waits for a second person."""

    adjustment: AdjustmentOut | None
    proposal: ProposalOut | None
    dry_run: bool


class AdjustmentsOut(Page):
    """A page of adjustments, newest first."""

    data: list[AdjustmentOut]


class CollectionOut(Out):
    """What was taken from a wallet for what its owner owed."""

    number: int | None
    account: int
    wallet: int
    amount: MoneyOut
    day: date
    at: datetime
    entry: int | None


class CollectedOut(CollectionOut):
    """What was taken, or would have been (`dry_run`)."""

    dry_run: bool


class CollectionsOut(Page):
    """A page of collections, newest first."""

    data: list[CollectionOut]


class MovesTotalOut(Out):
    """What all adjustments or collections of a filter come to in one currency; `went` is not above zero."""

    moves: int
    came: MoneyOut
    went: MoneyOut


class MovesTotalsOut(Out):
    """The sums, by currency."""

    data: list[MovesTotalOut]


class MovesFilter(Filter):
    """Which moves of merchant accounts are meant; days are both included."""

    owner: PlainNumber | None = None
    account: PlainNumber | None = None
    currency: CodeAsked = None
    since: Day | None = None
    until: Day | None = None

    def adjustments(self, call: Call) -> AdjustmentsWanted:
        """Read it; days are of the business zone.

        Raises:
            UnknownCustomer: out of the key's reach.
        """
        return AdjustmentsWanted(
            owner=own_or_any(call, self.owner),
            account=self.account,
            currency=self.currency or "",
            since=None if self.since is None else start_of(self.since),
            until=None if self.until is None else start_of(self.until + timedelta(days=1)),
        )


class CollectionFilter(MovesFilter):
    """Which collections are meant; days are of the zone of the account's terms."""

    wallet: PlainNumber | None = None

    def collections(self, call: Call) -> CollectionsWanted:
        """Read it.

        Raises:
            UnknownCustomer: out of the key's reach.
        """
        asked = self.model_dump(exclude={"owner", "currency"})
        whose = own_or_any(call, self.owner)
        return CollectionsWanted(owner=whose, currency=self.currency or "", **asked)


AdjustmentAsked = Annotated[MovesFilter, Query()]
CollectionAsked = Annotated[CollectionFilter, Query()]


def adjustment_out(view: AdjustmentView, *, house: bool = True) -> dict[str, Any]:
    """Write an adjustment; who of the house made it is told to the house only."""
    row = view.row
    return {
        "number": row.pk,
        "account": view.account.number,
        "amount": money_out(view.amount),
        "reason": row.reason,
        "made_at": moment_out(row.made_at),
        "made_by": row.made_by if house else None,
        "approved_by": row.approved_by if house else None,
        "proposal": row.proposal,
        "entry": row.entry,
    }


def collection_out(view: CollectionView) -> dict[str, Any]:
    """Write a collection."""
    row = view.row
    return {
        "number": row.pk,
        "account": view.account.number,
        "wallet": row.wallet,
        "amount": money_out(view.amount),
        "day": row.day.isoformat(),
        "at": moment_out(row.at),
        "entry": row.entry,
    }


def _totals_out(found: list[MovesTotal]) -> dict[str, Any]:
    data = [
        {"moves": one.moves, "came": money_out(one.came), "went": money_out(one.went)}
        for one in found
    ]
    return {"data": data}


@endpoint(router, "GET", "/adjustments", answers=AdjustmentsOut, problems={404})
def list_adjustments(
    request: ApiRequest,
    asked: AdjustmentAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List adjustments of merchant accounts, newest first."""
    wanted = asked.adjustments(request.call)
    return Answer(
        page(
            lambda before, most: adjustments(wanted, before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda view: int(view.row.pk),
            write=lambda view: adjustment_out(view, house=request.call.customer is None),
        )
    )


@endpoint(router, "GET", "/adjustments/totals", answers=MovesTotalsOut, problems={404})
def get_adjustment_totals(request: ApiRequest, asked: AdjustmentAsked) -> Answer:
    """Add up all adjustments of a filter, by currency."""
    return Answer(_totals_out(adjustment_totals(asked.adjustments(request.call))))


@endpoint(router, "GET", "/adjustments/file", answers=None, answer_types=KINDS[:2], problems={404})
def download_adjustments(
    request: ApiRequest, asked: AdjustmentAsked, file: FileAsked
) -> HttpResponse:
    """Download the adjustments that a filter finds as csv or xlsx, newest first."""
    return list_file(request.call, ADJUSTMENTS, asked.adjustments(request.call), file)


@endpoint(router, "POST", "/adjustments", answers=AdjustedOut, status=CREATED, moves_money=True)
def make_adjustment(request: ApiRequest, body: AdjustmentIn) -> Answer:
    """Correct a merchant account; above the operator's limit the correction waits for a second person."""
    call = request.call
    done = adjust(
        account=merchant_account(body.account),
        amount=body.amount.money(),
        reason=body.reason,
        instruction=call.instruction(),
    )
    proposed = made = None
    unnamed = {"number": None} if call.dry_run else {}
    if isinstance(done, Proposal):
        replayed = done.proposed_at != call.received_at
        proposed = proposal_out(done) | unnamed
    else:
        replayed = done.made_at != call.received_at
        view = AdjustmentView(done, account_from(done.account))
        made = adjustment_out(view) | unnamed | ({"entry": None} if call.dry_run else {})
    answer = {"adjustment": made, "proposal": proposed, "dry_run": call.dry_run}
    return Answer(answer, replayed=replayed)


@endpoint(router, "GET", "/adjustments/{number}", answers=AdjustmentOut)
def get_adjustment(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show one adjustment."""
    row = adjustment(number, owner=request.call.customer)
    view = AdjustmentView(row, account_from(row.account))
    return Answer(adjustment_out(view, house=request.call.customer is None))


@endpoint(router, "GET", "/collections", answers=CollectionsOut, problems={404})
def list_collections(
    request: ApiRequest,
    asked: CollectionAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List what was taken from wallets for what merchants owed, newest first."""
    wanted = asked.collections(request.call)
    return Answer(
        page(
            lambda before, most: collections(wanted, before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda view: int(view.row.pk),
            write=collection_out,
        )
    )


@endpoint(router, "GET", "/collections/totals", answers=MovesTotalsOut, problems={404})
def get_collection_totals(request: ApiRequest, asked: CollectionAsked) -> Answer:
    """Add up all collections of a filter, by currency."""
    return Answer(_totals_out(collection_totals(asked.collections(request.call))))


@endpoint(router, "GET", "/collections/file", answers=None, answer_types=KINDS[:2], problems={404})
def download_collections(
    request: ApiRequest, asked: CollectionAsked, file: FileAsked
) -> HttpResponse:
    """Download the collections that a filter finds as csv or xlsx, newest first."""
    return list_file(request.call, COLLECTIONS, asked.collections(request.call), file)


@endpoint(
    router,
    "POST",
    "/merchant-accounts/{number}/collect",
    answers=CollectedOut,
    status=CREATED,
    moves_money=True,
)
def collect_from_wallet(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001 - nothing is said
    """Take what the merchant owes from the wallet that his terms name, as far as it reaches."""
    call = request.call
    account = merchant_account(number)
    done = collect_debt(account=account, instruction=call.instruction())
    view = CollectionView(done.collection, account)
    written = collection_out(view) | {"dry_run": call.dry_run}
    if call.dry_run:
        written |= {"number": None, "entry": None}
    return Answer(written, replayed=done.replayed)
