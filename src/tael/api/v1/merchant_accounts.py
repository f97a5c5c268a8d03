"""Merchant accounts (商戶賬戶) and their terms over HTTP: `/merchant-accounts`.

Source: B-01, B-07, B-27, B-30, E-10; A36.
"""

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import WithJsonSchema

from tael.api.call import ApiRequest, Call
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    AmountText,
    Body,
    CurrencyCode,
    Cursor,
    Filter,
    Limit,
    LineText,
    Number,
    PlainNumber,
    ReasonText,
)
from tael.api.paging import page
from tael.api.reach import own_or_any
from tael.api.v1.files import KINDS
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.merchant_shapes import (
    CodeAsked,
    MerchantAccountOut,
    MerchantAccountsOut,
    TermsHistoryOut,
    TermsOut,
    TermsSetOut,
    merchant_account_out,
    terms_out,
)
from tael.documents.settlement_lists import ACCOUNTS
from tael.money import parse_amount
from tael.settlement.accounts.merchant_account import (
    MerchantAccount,
    disable_merchant_account,
    enable_merchant_account,
    merchant_account,
    merchant_account_of,
)
from tael.settlement.accounts.merchant_account import open_merchant_account as open_account
from tael.settlement.accounts.merchant_search import (
    MerchantAccountsWanted,
    merchant_account_view,
    merchant_accounts,
)
from tael.settlement.accounts.terms import AccountTerms, Terms, terms_history, terms_in_force
from tael.settlement.accounts.terms import set_terms as agree_on

router = Router(tags=["merchant accounts"])

AccountName = Annotated[str, WithJsonSchema({"type": "string", "maxLength": 40})]
CalendarName = Annotated[str, WithJsonSchema({"type": "string", "maxLength": 32})]
ZoneName = Annotated[str, WithJsonSchema({"type": "string", "examples": ["Asia/Shanghai"]})]
FeeText = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": 64,
            "description": "As 0, 2, 1% or 0.5% + 1 min 2 max 50.",
            "examples": ["1%"],
        }
    ),
]
PercentText = Annotated[str, WithJsonSchema({"type": "string", "examples": ["10", "2.5"]})]
CycleText = Annotated[
    str, WithJsonSchema({"type": "string", "enum": ["day", "week", "month"], "default": "month"})
]
StyleText = Annotated[
    str, WithJsonSchema({"type": "string", "enum": ["red", "blue"], "default": "red"})
]


class MerchantAccountIn(Body):
    """An account to be opened; the same one again gives the one that is there."""

    owner: Number
    currency: CurrencyCode
    name: AccountName = "default"


class MerchantAccountChange(Body):
    """Switching an account off or on, with the reason."""

    enabled: bool
    reason: ReasonText


class TermsIn(Body):
    """What is to be agreed on; a term that is left away is the usual one. Amounts are in the account's currency."""

    cycle: CycleText = "month"
    anchor: int = 1
    settle_after: int = 1
    business_days: bool = False
    calendar: CalendarName = "default"
    zone: ZoneName = ""
    review: bool = False
    grace_hours: int | None = None
    minimum_manual: AmountText = "0"
    minimum_automatic: AmountText = "0"
    fee: FeeText = "0"
    reserve_percent: PercentText = "0"
    reserve_days: int = 0
    collect_from: Number | None = None
    collect_most: AmountText | None = None
    reversal_style: StyleText = "red"
    note: LineText = ""

    def terms(self, account: MerchantAccount) -> AccountTerms:
        """Read the terms, amounts in the account's currency.

        Raises:
            AmountMalformed and its kin, naming the term.
        """
        told = self.model_dump(exclude={"note"})
        for name in ("minimum_manual", "minimum_automatic", "collect_most"):
            if told[name] is not None:
                told[name] = parse_amount(
                    told[name], account.currency, field=name, allow_zero=True
                ).minor
        return AccountTerms(**told)


def reached(call: Call, number: int, *, field: str = "number") -> MerchantAccount:
    """Give a merchant account that the key reaches.

    Raises:
        UnknownMerchantAccount: there is none, or it is another merchant's.
    """
    if call.customer is None:
        return merchant_account(number, field=field)
    return merchant_account_of(call.customer, number, field=field)


class MerchantAccountFilter(Filter):
    """Which merchant accounts are meant."""

    owner: PlainNumber | None = None
    currency: CodeAsked = None
    enabled: Annotated[bool | None, Query()] = None

    def wanted(self, call: Call) -> MerchantAccountsWanted:
        """Read it for a caller, who may be one merchant.

        Raises:
            UnknownCustomer: the owner is another than he.
        """
        return MerchantAccountsWanted(
            owner=own_or_any(call, self.owner),
            currency=self.currency or "",
            disabled=None if self.enabled is None else not self.enabled,
        )


AccountsAsked = Annotated[MerchantAccountFilter, Query()]


@endpoint(router, "GET", "/merchant-accounts", answers=MerchantAccountsOut, problems={404})
def list_merchant_accounts(
    request: ApiRequest,
    asked: AccountsAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List merchant accounts by number, with their amounts."""
    wanted = asked.wanted(request.call)
    return Answer(
        page(
            lambda after, most: merchant_accounts(wanted, after=after, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda view: view.number,
            write=merchant_account_out,
        )
    )


@endpoint(
    router,
    "GET",
    "/merchant-accounts/file",
    answers=None,
    answer_types=KINDS[:2],
    problems={404},
)
def download_merchant_accounts(
    request: ApiRequest, asked: AccountsAsked, file: FileAsked
) -> HttpResponse:
    """Download the merchant accounts that a filter finds as csv or xlsx, with their amounts."""
    return list_file(request.call, ACCOUNTS, asked.wanted(request.call), file)


@endpoint(
    router,
    "POST",
    "/merchant-accounts",
    answers=MerchantAccountOut,
    status=CREATED,
    problems={403, 404, 409},
)
def open_merchant_account(request: ApiRequest, body: MerchantAccountIn) -> Answer:
    """Open a merchant account for a customer."""
    call = request.call
    opened = open_account(
        owner=body.owner,
        currency=body.currency,
        name=body.name,
        actor=call.actor,
        at=call.received_at,
    )
    return Answer(merchant_account_out(merchant_account_view(opened.number)))


@endpoint(router, "GET", "/merchant-accounts/{number}", answers=MerchantAccountOut)
def get_merchant_account(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show a merchant account with its amount."""
    account = reached(request.call, number)
    return Answer(merchant_account_out(merchant_account_view(account.number)))


@endpoint(router, "PATCH", "/merchant-accounts/{number}", answers=MerchantAccountOut)
def change_merchant_account(
    request: ApiRequest, number: PlainNumber, body: MerchantAccountChange
) -> Answer:
    """Switch a merchant account off, so that nothing goes in or out, or on again."""
    call = request.call
    account = reached(call, number)
    switch = enable_merchant_account if body.enabled else disable_merchant_account
    switch(account=account, reason=body.reason, actor=call.actor, at=call.received_at)
    return Answer(merchant_account_out(merchant_account_view(number)))


@endpoint(router, "GET", "/merchant-accounts/{number}/terms", answers=TermsOut)
def get_terms(request: ApiRequest, number: PlainNumber) -> Answer:
    """Show the terms that are in force."""
    account = reached(request.call, number)
    return Answer(terms_out(account, terms_in_force(number)))


@endpoint(router, "GET", "/merchant-accounts/{number}/terms/history", answers=TermsHistoryOut)
def list_terms(
    request: ApiRequest,
    number: PlainNumber,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List all terms that were ever agreed on, the newest first."""
    account = reached(request.call, number)

    def write(row: Terms) -> dict[str, Any]:
        return terms_out(account, row)

    return Answer(
        page(
            lambda before, most: terms_history(number, before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda row: row.pk,
            write=write,
        )
    )


@endpoint(
    router,
    "POST",
    "/merchant-accounts/{number}/terms",
    answers=TermsSetOut,
    asks_key=True,
    problems={409},
)
def set_terms(request: ApiRequest, number: PlainNumber, body: TermsIn) -> Answer:
    """Agree on new terms; where the operator asks for two people, they wait for the second one."""
    call = request.call
    account = reached(call, number)
    done = agree_on(
        account=account,
        terms=body.terms(account),
        note=body.note,
        instruction=call.instruction(),
    )
    if isinstance(done, Terms):
        return Answer({"terms": terms_out(account, done), "proposal": None})
    return Answer({"terms": None, "proposal": done.pk})
