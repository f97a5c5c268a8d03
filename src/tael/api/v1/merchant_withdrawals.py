"""Merchants' withdrawals (商戶提現) over HTTP: quoted with all reasons, applied for, held, cancelled, finished, explained."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router

from tael.api.call import ApiRequest, Call
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Cursor,
    Filter,
    Limit,
    Moment,
    Nothing,
    PlainNumber,
    Why,
)
from tael.api.paging import page
from tael.api.reach import own_or_any
from tael.api.v1.bills import read_bounds
from tael.api.v1.files import KINDS, LanguageAsked, StatementFormat, taken
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.merchant_accounts import reached
from tael.api.v1.merchant_shapes import CodeAsked
from tael.api.v1.merchant_withdrawal_shapes import (
    ApplyIn,
    BoundAsked,
    CancelIn,
    ExplainedOut,
    FlowNumberIn,
    MerchantWithdrawalOut,
    MerchantWithdrawalsOut,
    PayoutAsked,
    StepOut,
    TradeAsked,
    WayAsked,
    WithdrawalQuoteIn,
    WithdrawalQuoteOut,
    WithdrawalTotalsOut,
    explained_out,
    merchant_withdrawal_out,
    reason_out,
    total_out,
)
from tael.api.wire import money_out
from tael.documents.payout_document import payout_document
from tael.documents.payout_lists import WITHDRAWALS
from tael.settlement.accounts.terms import terms_in_force
from tael.settlement.payouts import withdrawal as withdrawing
from tael.settlement.payouts.paying import bounce_payout, set_flow_number
from tael.settlement.payouts.payout_explained import payout_explained
from tael.settlement.payouts.payout_hold import hold_payout, release_payout
from tael.settlement.payouts.qualification import judge
from tael.settlement.payouts.withdrawal_search import (
    WithdrawalsWanted,
    merchant_withdrawals,
    seen,
    withdrawal_seen,
    withdrawal_totals,
)

if TYPE_CHECKING:
    from tael.settlement.payouts.withdrawal import MerchantWithdrawal

router = Router(tags=["merchant withdrawals"])


class WithdrawalFilter(Filter):
    """Which applications are meant; `least` and `most` need a currency, `payout=open` is all on its way."""

    owner: PlainNumber | None = None
    account: PlainNumber | None = None
    currency: CodeAsked = None
    way: WayAsked = None
    trade: TradeAsked = None
    payout: PayoutAsked = None
    least: BoundAsked = None
    most: BoundAsked = None
    since: Moment | None = None
    until: Moment | None = None

    def wanted(self, call: Call) -> WithdrawalsWanted:
        """Read it.

        Raises:
            UnknownCustomer, UnknownMerchantAccount: out of the key's reach.
            UnknownCurrency; those of ``parse_amount``.
        """
        if self.account is not None:
            reached(call, self.account, field="account")
        least, most = read_bounds(self.least, self.most, self.currency or "")
        return WithdrawalsWanted(
            owner=own_or_any(call, self.owner),
            account=self.account,
            currency=self.currency or "",
            way=self.way or "",
            trade=self.trade or "",
            payout=self.payout or "",
            since=self.since,
            until=self.until,
            least=least,
            most=most,
        )


WithdrawalAsked = Annotated[WithdrawalFilter, Query()]


@endpoint(router, "GET", "/merchant-withdrawals", answers=MerchantWithdrawalsOut, problems={404})
def list_merchant_withdrawals(
    request: ApiRequest,
    asked: WithdrawalAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List applications, newest first; `payout=open` gives those whose money is on its way."""
    wanted = asked.wanted(request.call)
    return Answer(
        page(
            lambda before, most: merchant_withdrawals(wanted, before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda one: int(one.row.pk),
            write=merchant_withdrawal_out,
        )
    )


@endpoint(
    router, "GET", "/merchant-withdrawals/totals", answers=WithdrawalTotalsOut, problems={404}
)
def get_merchant_withdrawal_totals(
    request: ApiRequest,
    asked: WithdrawalAsked,
) -> Answer:
    """Add up all applications of a filter, by currency."""
    wanted = asked.wanted(request.call)
    return Answer({"data": [total_out(one) for one in withdrawal_totals(wanted)]})


@endpoint(
    router,
    "GET",
    "/merchant-withdrawals/file",
    answers=None,
    answer_types=KINDS[:2],
    problems={404},
)
def download_merchant_withdrawals(
    request: ApiRequest, asked: WithdrawalAsked, file: FileAsked
) -> HttpResponse:
    """Download the applications that a filter finds as csv or xlsx, the newest first."""
    return list_file(request.call, WITHDRAWALS, asked.wanted(request.call), file)


@endpoint(router, "POST", "/merchant-withdrawals/quote", answers=WithdrawalQuoteOut, problems={404})
def quote_merchant_withdrawal(request: ApiRequest, body: WithdrawalQuoteIn) -> Answer:
    """Say what a withdrawal would be, and every reason against it, without applying."""
    account = reached(request.call, body.account, field="account")
    amount = None if body.amount is None else body.amount.money()
    found = judge(account, terms_in_force(account.number), amount=amount, payee=body.payee)
    return Answer(
        {
            "account": account.number,
            "amount": money_out(found.amount),
            "fee": money_out(found.fee),
            "net": money_out(found.net),
            "left": money_out(found.left),
            "qualified": not found.refusals,
            "reasons": [reason_out(one) for one in found.refusals],
        }
    )


@endpoint(
    router,
    "POST",
    "/merchant-withdrawals",
    answers=StepOut,
    status=CREATED,
    moves_money=True,
    problems={404},
)
def apply_for_merchant_withdrawal(request: ApiRequest, body: ApplyIn) -> Answer:
    """Apply to be paid out: the amount leaves the merchant account now and is paid later."""
    call = request.call
    done = withdrawing.apply_merchant_withdrawal(
        account=reached(call, body.account, field="account"),
        amount=body.amount.money(),
        payee=body.payee,
        instruction=call.instruction(),
    )
    first = {
        "trade_state": "applying",
        "payout_state": "waiting",
        "channel": None,
        "flow_number": None,
        "paid_on": None,
        "reason": "",
        "closing_entry": None,
        "bounce_entry": None,
        "closed_at": None,
    }
    made = {"number": None, "entry": None} if call.dry_run else {}
    return _answer(call, done.withdrawal, replayed=done.replayed, said={**first, **made})


@endpoint(router, "GET", "/merchant-withdrawals/{number}", answers=MerchantWithdrawalOut)
def get_merchant_withdrawal(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show one application."""
    return Answer(merchant_withdrawal_out(withdrawal_seen(number, owner=request.call.customer)))


@endpoint(router, "GET", "/merchant-withdrawals/{number}/explained", answers=ExplainedOut)
def explain_merchant_withdrawal(request: ApiRequest, number: PlainNumber) -> Answer:
    """Explain a payout by all that moved the account since the one before."""
    one = withdrawal_seen(number, owner=request.call.customer)
    return Answer(explained_out(payout_explained(one, limit=1)))


@endpoint(router, "GET", "/merchant-withdrawals/{number}/file", answers=None, answer_types=KINDS)
def download_merchant_withdrawal(
    request: ApiRequest,
    number: PlainNumber,
    format: StatementFormat,  # noqa: A002 - the word of the address
    language: LanguageAsked = "en",
) -> HttpResponse:
    """Download one payout with the lines that explain it as PDF, xlsx or csv."""
    one = withdrawal_seen(number, owner=request.call.customer)
    document, rows = payout_document(one, format, language)
    return taken(request.call, document, rows=rows)


@endpoint(
    router, "POST", "/merchant-withdrawals/{number}/cancel", answers=StepOut, moves_money=True
)
def cancel_merchant_withdrawal(request: ApiRequest, number: PlainNumber, body: CancelIn) -> Answer:
    """Cancel an application that is in no batch: the money is on the account again."""
    call = request.call
    row = withdrawing.cancel_merchant_withdrawal(
        number=number, owner=call.customer, reason=body.reason, instruction=call.instruction()
    )
    return _answer(call, row, said={"closing_entry": None} if call.dry_run else {})


@endpoint(
    router,
    "POST",
    "/merchant-withdrawals/{number}/hold",
    answers=StepOut,
    asks_key=True,
    problems={409},
)
def hold_merchant_withdrawal(request: ApiRequest, number: PlainNumber, body: Why) -> Answer:
    """Keep an application from being paid while somebody looks into it."""
    call = request.call
    row = hold_payout(number=number, reason=body.reason, instruction=call.instruction())
    return _answer(call, row)


@endpoint(
    router,
    "POST",
    "/merchant-withdrawals/{number}/release",
    answers=StepOut,
    asks_key=True,
    problems={409},
)
def release_merchant_withdrawal(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001 - nothing is said
    """Let a held application be paid."""
    call = request.call
    return _answer(call, release_payout(number=number, instruction=call.instruction()))


@endpoint(
    router,
    "POST",
    "/merchant-withdrawals/{number}/flow-number",
    answers=StepOut,
    asks_key=True,
    problems={409},
)
def set_merchant_withdrawal_flow_number(
    request: ApiRequest, number: PlainNumber, body: FlowNumberIn
) -> Answer:
    """Give what was paid the bank's number: the application has succeeded."""
    call = request.call
    row = set_flow_number(
        number=number, flow_number=body.flow_number, instruction=call.instruction()
    )
    return _answer(call, row)


@endpoint(
    router, "POST", "/merchant-withdrawals/{number}/bounce", answers=StepOut, moves_money=True
)
def bounce_merchant_withdrawal(request: ApiRequest, number: PlainNumber, body: Why) -> Answer:
    """Say that the bank gave back what it had paid: the net amount is on the account again."""
    call = request.call
    row = bounce_payout(number=number, reason=body.reason, instruction=call.instruction())
    return _answer(call, row, said={"bounce_entry": None} if call.dry_run else {})


def _answer(
    call: Call,
    row: "MerchantWithdrawal",
    *,
    replayed: bool = False,
    said: Mapping[str, Any] | None = None,
) -> Answer:
    """Answer with what the step left, in words that a repetition can say again."""
    (one,) = seen([row])
    return Answer(
        merchant_withdrawal_out(one) | dict(said or {}) | {"dry_run": call.dry_run},
        replayed=replayed,
    )
