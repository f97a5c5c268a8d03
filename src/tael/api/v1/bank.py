"""The house's bank accounts over HTTP: statements are brought in, their lines seen, and used by people as evidence.

No key that is bound to a customer reaches any of it.
"""

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Body,
    Cursor,
    Day,
    Limit,
    Nothing,
    Number,
    PlainNumber,
    Why,
)
from tael.api.file_body import read_file
from tael.api.paging import page
from tael.api.v1.bank_shapes import (
    BankAccountIn,
    BankAccountMapIn,
    BankAccountOut,
    BankAccountsOut,
    BankBroughtOut,
    BankLineDoneOut,
    BankLineOut,
    BankLinesOut,
    BankMapIn,
    BankMapOut,
    BankMapsOut,
    BankRowsOut,
    BankStatementOut,
    BankStatementsOut,
    BankTotalsOut,
    account_out,
    line_out,
    map_out,
    row_out,
    statement_out,
    total_out,
)
from tael.api.v1.files import KINDS
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.merchant_shapes import CodeAsked, RegistryCode
from tael.documents.bank_lists import BANK_LINES, BANK_STATEMENTS
from tael.settlement.bank import bank_account as accounts
from tael.settlement.bank import bank_map as maps
from tael.settlement.bank import bank_search
from tael.settlement.bank.bank_search import BankLinesWanted, StatementView
from tael.settlement.bank.bank_statement import bank_sheet, bank_statement, bring_statement
from tael.settlement.bank_line_act import put_line_aside, settle_from_line, take_line_back

router = Router(tags=["bank statements"])

FIRST_REFUSED = 100
FileName = Annotated[str, Query(max_length=200, description="Of the file, for people.")]
Code = Annotated[str, Query(max_length=32)]


class _LineFilter(BaseModel, extra="forbid"):
    """Which lines are meant; days are booking days, both included."""

    account: Annotated[str, Query(max_length=32)] = ""
    statement: PlainNumber | None = None
    way: Literal["in", "out"] | None = None
    explained: Annotated[bool | None, Query(description="Whether something explains it.")] = None
    currency: CodeAsked = None
    number: Annotated[str, Query(max_length=140, description="The bank's, or the payer's.")] = ""
    since: Day | None = None
    until: Day | None = None

    def wanted(self) -> BankLinesWanted:
        """Read it."""
        said = self.model_dump(exclude={"way", "currency"})
        return BankLinesWanted(way=self.way or "", currency=self.currency or "", **said)


LineFilter = Annotated[_LineFilter, Query()]


class SettleIn(Body):
    """The payout that a line proves."""

    withdrawal: Number


@endpoint(router, "GET", "/bank/maps", answers=BankMapsOut)
def list_bank_maps(request: ApiRequest) -> Answer:  # noqa: ARG001 - ninja's form
    """List the saved column maps."""
    return Answer({"data": [map_out(row) for row in maps.bank_maps()]})


@endpoint(router, "PUT", "/bank/maps/{code}", answers=BankMapOut, problems={409})
def set_bank_map(request: ApiRequest, code: RegistryCode, body: BankMapIn) -> Answer:
    """Save how a bank writes its sheets, for files to come."""
    call = request.call
    fields = maps.MapFields(body.columns, body.day, body.mark, body.encoding)
    made = maps.set_bank_map(
        code=code, name=body.name, fields=fields, actor=call.actor, at=call.received_at
    )
    return Answer(map_out(made))


@endpoint(router, "GET", "/bank/accounts", answers=BankAccountsOut)
def list_bank_accounts(request: ApiRequest) -> Answer:  # noqa: ARG001 - as above
    """List the house's bank accounts."""
    return Answer({"data": [account_out(row) for row in accounts.bank_accounts()]})


@endpoint(
    router,
    "POST",
    "/bank/accounts",
    answers=BankAccountOut,
    status=CREATED,
    problems={404, 409},
)
def add_bank_account(request: ApiRequest, body: BankAccountIn) -> Answer:
    """Register a bank account of the house; the same again gives the one that is there."""
    call = request.call
    made = accounts.add_bank_account(
        code=body.code,
        name=body.name,
        channel=body.channel,
        currency=body.currency,
        number=body.number,
        map_code=body.map,
        actor=call.actor,
        at=call.received_at,
    )
    return Answer(account_out(made))


@endpoint(router, "PUT", "/bank/accounts/{code}/map", answers=BankAccountOut)
def give_bank_map(request: ApiRequest, code: RegistryCode, body: BankAccountMapIn) -> Answer:
    """Say by which map the sheets of an account are read from now on."""
    call = request.call
    made = accounts.give_map(code=code, map_code=body.map, actor=call.actor, at=call.received_at)
    return Answer(account_out(made))


@endpoint(
    router,
    "POST",
    "/bank/accounts/{code}/statements",
    answers=BankBroughtOut,
    status=CREATED,
    asks_key=True,
    brings_file=True,
    problems={404, 409, 422},
)
def bring_bank_statement(request: ApiRequest, code: RegistryCode, name: FileName = "") -> Answer:
    """Bring in a bank's file (camt.053, csv or xlsx): what is new among its lines is kept, no money moves."""
    data, called = read_file(request, name)
    sheet = bank_sheet(data, name=called, account=accounts.bank_account(code))
    done = bring_statement(account=code, sheet=sheet, instruction=request.call.instruction())
    refused = bank_search.refused_rows(done.statement.pk, limit=FIRST_REFUSED)
    body = statement_out(StatementView(done.statement))
    return Answer(body | {"refusals": [row_out(row) for row in refused]}, replayed=done.replayed)


@endpoint(router, "GET", "/bank/statements", answers=BankStatementsOut)
def list_bank_statements(
    request: ApiRequest,  # noqa: ARG001 - as above
    account: Code = "",
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the files that were brought, newest first."""
    return Answer(
        page(
            lambda before, most: bank_search.statements(account=account, before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda view: int(view.row.pk),
            write=statement_out,
        )
    )


@endpoint(router, "GET", "/bank/statements/file", answers=None, answer_types=KINDS[:2])
def download_bank_statements(
    request: ApiRequest, file: FileAsked, account: Code = ""
) -> HttpResponse:
    """Download the list of the files that were brought as csv or xlsx, newest first."""
    return list_file(request.call, BANK_STATEMENTS, account, file)


@endpoint(router, "GET", "/bank/statements/{number}", answers=BankStatementOut)
def get_bank_statement(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001 - as above
    """Show one file."""
    return Answer(statement_out(StatementView(bank_statement(number))))


@endpoint(router, "GET", "/bank/statements/{number}/rows", answers=BankRowsOut)
def list_bank_rows(
    request: ApiRequest,  # noqa: ARG001 - as above
    number: PlainNumber,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the rows of a file that were refused, each with the reason."""
    bank_statement(number)
    return Answer(
        page(
            lambda after, most: bank_search.refused_rows(number, after=after or 0, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda row: int(row.row),
            write=row_out,
        )
    )


@endpoint(router, "GET", "/bank/lines", answers=BankLinesOut)
def list_bank_lines(
    request: ApiRequest,  # noqa: ARG001 - as above
    asked: LineFilter,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List lines of the bank, newest first, each with what it is about."""
    wanted = asked.wanted()
    return Answer(
        page(
            lambda before, most: bank_search.bank_lines(wanted, before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda view: int(view.row.pk),
            write=line_out,
        )
    )


@endpoint(router, "GET", "/bank/lines/totals", answers=BankTotalsOut)
def total_bank_lines(
    request: ApiRequest,  # noqa: ARG001 - as above
    asked: LineFilter,
) -> Answer:
    """Add up lines of the bank by currency."""
    wanted = asked.wanted()
    return Answer({"data": [total_out(one) for one in bank_search.bank_totals(wanted)]})


@endpoint(router, "GET", "/bank/lines/file", answers=None, answer_types=KINDS[:2])
def download_bank_lines(request: ApiRequest, asked: LineFilter, file: FileAsked) -> HttpResponse:
    """Download the lines that a filter finds as csv or xlsx, newest first."""
    return list_file(request.call, BANK_LINES, asked.wanted(), file)


@endpoint(router, "GET", "/bank/lines/{number}", answers=BankLineOut)
def get_bank_line(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001 - as above
    """Show one line with what it is about."""
    return Answer(line_out(bank_search.bank_line(number)))


@endpoint(router, "POST", "/bank/lines/{number}/aside", answers=BankLineDoneOut, moves_money=True)
def put_bank_line_aside(request: ApiRequest, number: PlainNumber, body: Nothing) -> Answer:  # noqa: ARG001 - nothing is said
    """Put money that came in and that nothing explains into suspense, once."""
    done = put_line_aside(line=number, instruction=request.call.instruction())
    return _done(request, number, replayed=done.replayed)


@endpoint(router, "POST", "/bank/lines/{number}/back", answers=BankLineDoneOut, moves_money=True)
def take_bank_line_back(request: ApiRequest, number: PlainNumber, body: Why) -> Answer:
    """Take a line's money out of suspense again, because something else accounts for it."""
    take_line_back(line=number, reason=body.reason, instruction=request.call.instruction())
    return _done(request, number)


@endpoint(router, "POST", "/bank/lines/{number}/settle", answers=BankLineDoneOut, moves_money=True)
def settle_from_bank_line(request: ApiRequest, number: PlainNumber, body: SettleIn) -> Answer:
    """Say that a payout was made, as the line proves; above the limit it waits for a second person."""
    settle_from_line(
        line=number, withdrawal=body.withdrawal, instruction=request.call.instruction()
    )
    return _done(request, number)


def _done(request: ApiRequest, number: int, *, replayed: bool = False) -> Answer:
    body = line_out(bank_search.bank_line(number)) | {"dry_run": request.call.dry_run}
    if request.call.dry_run and body["item"]:
        body["item"] = None
        body["evidence"] = [one for one in body["evidence"] if one["what"] != "suspense"]
    return Answer(body, replayed=replayed)
