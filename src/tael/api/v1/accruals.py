"""Business records (業務收支) over HTTP: `/accruals`.

A record is named by source, kind and business number, which may be any visible characters and therefore
stand in bodies, not in addresses.

Source: B-08 to B-16, E-12; SM-04; A1 to A4, A39.
"""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, cast

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field, ValidationError

from tael.api.answers import invalid
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
    Number,
    PlainNumber,
)
from tael.api.paging import page
from tael.api.problem import facts_of
from tael.api.reach import own_or_any
from tael.api.v1.files import KINDS
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.merchant_accounts import reached
from tael.api.v1.merchant_shapes import (
    AccrualOut,
    AccrualsOut,
    AccrualTotalsOut,
    BusinessNumber,
    CodeAsked,
    QuantityText,
    RegistryCode,
    SignedAmount,
    accrual_out,
    accrual_total_out,
)
from tael.api.wire import Out
from tael.documents.settlement_lists import RECORDS
from tael.parties.api_key import require
from tael.refusal import Refusal
from tael.settlement.lifecycles import AccrualState
from tael.settlement.records import accrual as recording
from tael.settlement.records.accrual import Told
from tael.settlement.records.accrual import malformed as accrual_malformed
from tael.settlement.records.accrual_batch import ACTS_MAX, Act, Entered, Verdict, record_many
from tael.settlement.records.accrual_search import (
    AccrualsWanted,
    accrual_totals,
    accrual_view,
    accruals,
)
from tael.settlement.records.reversal import reverse_accrual as reverse_record

router = Router(tags=["business records"])

StateAsked = Annotated[Literal["pending", "confirmed", "failed"] | None, Query()]
TypeAsked = Annotated[Literal["normal", "reversal"] | None, Query()]
OriginAsked = Annotated[Literal["at_once", "import", "check"] | None, Query()]
NumberAsked = Annotated[str | None, Query(max_length=64)]
SettledAsked = Annotated[bool | None, Query(description="Whether a bill has taken it.")]
Facts = Annotated[
    dict[str, Any] | None, Field(description="Rate, rule and inputs; kept, never evaluated.")
]


class AccrualIn(Body):
    """An act of business. Without a day it is billed by the day it happened, or the first open one after it."""

    account: Number
    source: RegistryCode
    kind: RegistryCode
    number: BusinessNumber
    amount: SignedAmount
    confirmed: Annotated[bool, Field(description="False while the service is in progress.")] = True
    day: Day | None = None
    occurred_on: Day | None = None
    quantity: QuantityText | None = None
    gross: Annotated[
        Amount | None, Field(description="The value of which the amount is a share.")
    ] = None
    facts: Facts = None
    note: LineText = ""

    def told(self) -> Told:
        """Read what is told.

        Raises:
            AmountMalformed and its kin, AccrualMalformed.
        """
        return Told(
            source=self.source,
            kind=self.kind,
            number=self.number,
            amount=self.amount.money(),
            day=self.day,
            occurred_on=self.occurred_on,
            quantity=read_quantity(self.quantity),
            gross=None if self.gross is None else self.gross.money(field="gross"),
            facts=self.facts,
            note=self.note,
        )


class LateAccrualIn(AccrualIn):
    """An act of business, which may belong into a month that is being closed."""

    late_reason: Annotated[
        str,
        Field(
            max_length=200,
            description="Why it belongs into a month that is being closed; takes the scope `books:late`.",
        ),
    ] = ""


class AccrualBatchIn(Body):
    """Acts of business that each stand for themselves."""

    items: Annotated[list[Any], Field(min_length=1, max_length=ACTS_MAX)]


class NamedIn(Body):
    """Which record is meant."""

    source: RegistryCode
    kind: RegistryCode
    number: BusinessNumber


class ReversalIn(Body):
    """A reversal with a number of its own, of the whole that is left or of a part; amounts are above zero."""

    source: RegistryCode
    kind: RegistryCode
    reversed_number: BusinessNumber
    number: BusinessNumber
    amount: Amount | None = None
    gross: Annotated[
        Amount | None, Field(description="Which part of the gross value; at the record's own rate.")
    ] = None
    quantity: QuantityText | None = None
    day: Day | None = None
    occurred_on: Day | None = None
    facts: Facts = None
    note: LineText = ""


class AccrualVerdictOut(Out):
    """What became of one act."""

    number: str | None
    verdict: Literal["recorded", "replayed", "confirmed", "refused"]
    record: Annotated[int | None, Field(description="The number of the record in Tael.")]
    problem: Annotated[dict[str, Any] | None, Field(description="As a problem of its own request.")]


class AccrualBatchOut(Out):
    """The verdicts, in the order of the acts; `confirmed` are records that stood as pending."""

    recorded: int
    replayed: int
    confirmed: int
    refused: int
    data: list[AccrualVerdictOut]


def read_quantity(text: object) -> Decimal | None:
    """Read a quantity from its decimal text.

    Raises:
        AccrualMalformed: it is no plain decimal text.
    """
    if text is None:
        return None
    allowed = "decimal text of 0 or more, with up to 6 decimals"
    shown = text[:40] if isinstance(text, str) else type(text).__name__
    if not isinstance(text, str) or not text.isascii() or not set(text) <= set("0123456789."):
        raise accrual_malformed("quantity", ascii(shown)[1:-1], allowed)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise accrual_malformed("quantity", shown, allowed) from None


class AccrualFilter(Filter):
    """Which business records are meant. A number finds its record and what reverses it."""

    owner: PlainNumber | None = None
    account: PlainNumber | None = None
    source: CodeAsked = None
    kind: CodeAsked = None
    number: NumberAsked = None
    type: TypeAsked = None
    state: StateAsked = None
    origin: OriginAsked = None
    settled: SettledAsked = None
    bill: PlainNumber | None = None
    since: Day | None = None
    until: Day | None = None

    def wanted(self, call: Call) -> AccrualsWanted:
        """Read it.

        Raises:
            UnknownCustomer, UnknownMerchantAccount: out of the key's reach.
        """
        if self.account is not None:
            reached(call, self.account, field="account")
        given = self.model_dump(exclude_none=True, exclude={"owner"})
        if "state" in given:
            given["state"] = AccrualState(given["state"])
        return AccrualsWanted(owner=own_or_any(call, self.owner), **given)


AccrualAsked = Annotated[AccrualFilter, Query()]


@endpoint(router, "GET", "/accruals", answers=AccrualsOut, problems={404})
def list_accruals(
    request: ApiRequest,
    asked: AccrualAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List business records, the newest first. A number finds its record and what reverses it."""
    wanted = asked.wanted(request.call)
    return Answer(
        page(
            lambda before, most: accruals(wanted, before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda view: view.row.pk,
            write=accrual_out,
        )
    )


@endpoint(router, "GET", "/accruals/totals", answers=AccrualTotalsOut, problems={404})
def get_accrual_totals(request: ApiRequest, asked: AccrualAsked) -> Answer:
    """Add up all business records of a filter, by currency; those that have failed count for nothing."""
    found = accrual_totals(asked.wanted(request.call))
    return Answer({"data": [accrual_total_out(one) for one in found]})


@endpoint(router, "GET", "/accruals/file", answers=None, answer_types=KINDS[:2], problems={404})
def download_accruals(request: ApiRequest, asked: AccrualAsked, file: FileAsked) -> HttpResponse:
    """Download the business records that a filter finds as csv or xlsx, the newest first."""
    return list_file(request.call, RECORDS, asked.wanted(request.call), file)


@endpoint(router, "POST", "/accruals", answers=AccrualOut, status=CREATED, problems={403, 404, 409})
def record_accrual(request: ApiRequest, body: LateAccrualIn) -> Answer:
    """Record an act of business; the same one told again gives the record that is there.

    Told as finished where it stands as pending, in the same words, it is confirmed by that. Source, kind and number are the key: no Idempotency-Key is asked for.
    """
    call = request.call
    if body.late_reason:
        assert call.key is not None, "the gate has seen it"
        require(call.key, "books:late")
    account = reached(call, body.account, field="account")
    done = recording.record_accrual(
        account=account,
        told=body.told(),
        confirmed=body.confirmed,
        actor=call.actor,
        at=call.received_at,
        late_reason=body.late_reason,
    )
    return Answer(accrual_out(accrual_view(done.accrual.pk)), replayed=done.replayed)


@endpoint(router, "POST", "/accruals/batch", answers=AccrualBatchOut)
def record_accruals(request: ApiRequest, body: AccrualBatchIn) -> Answer:
    """Record up to 10,000 acts of business, each standing for itself, with a verdict on each.

    Each item is as the body of `POST /accruals`.
    """
    call = request.call
    refused: dict[int, Refusal] = {}
    acts: dict[int, Act] = {}
    for place, item in enumerate(body.items):
        try:
            acts[place] = _act(item)
        except Refusal as refusal:
            refused[place] = refusal
    done = record_many(list(acts.values()), actor=call.actor, at=call.received_at)
    verdicts = dict(zip(acts, done, strict=True)) | cast("dict[int, Verdict]", refused)
    data = [_verdict(call, item, verdicts[place]) for place, item in enumerate(body.items)]
    count = [each["verdict"] for each in data].count
    return Answer(
        {
            "recorded": count("recorded"),
            "replayed": count("replayed"),
            "confirmed": count("confirmed"),
            "refused": count("refused"),
            "data": data,
        }
    )


@endpoint(router, "POST", "/accruals/confirm", answers=AccrualOut, problems={404, 409})
def confirm_accrual(request: ApiRequest, body: NamedIn) -> Answer:
    """Say that the service of a pending record is finished: the next bill takes it."""
    call = request.call
    row = recording.confirm_accrual(**body.model_dump(), actor=call.actor, at=call.received_at)
    return Answer(accrual_out(accrual_view(row.pk)))


@endpoint(router, "POST", "/accruals/fail", answers=AccrualOut, problems={404, 409})
def fail_accrual(request: ApiRequest, body: NamedIn) -> Answer:
    """Say that the service of a pending record was cancelled: no bill ever takes it."""
    call = request.call
    row = recording.fail_accrual(**body.model_dump(), actor=call.actor, at=call.received_at)
    return Answer(accrual_out(accrual_view(row.pk)))


@endpoint(
    router,
    "POST",
    "/accruals/reverse",
    answers=AccrualOut,
    status=CREATED,
    problems={403, 404, 409},
)
def reverse_accrual(request: ApiRequest, body: ReversalIn) -> Answer:
    """Take a confirmed record back, whole or in part, by a record with a number of its own."""
    call = request.call
    done = reverse_record(
        source=body.source,
        kind=body.kind,
        reversed_number=body.reversed_number,
        number=body.number,
        amount=None if body.amount is None else body.amount.money(),
        gross=None if body.gross is None else body.gross.money(field="gross"),
        quantity=read_quantity(body.quantity),
        day=body.day,
        occurred_on=body.occurred_on,
        facts=body.facts,
        note=body.note,
        actor=call.actor,
        at=call.received_at,
    )
    return Answer(accrual_out(accrual_view(done.accrual.pk)), replayed=done.replayed)


@endpoint(router, "GET", "/accruals/{record}", answers=AccrualOut)
def get_accrual(request: ApiRequest, record: PlainNumber) -> Answer:
    """Show one business record by its number in Tael."""
    return Answer(accrual_out(accrual_view(record, owner=request.call.customer)))


def describe_items(schemas: dict[str, Any]) -> None:
    """Describe the items of a batch in the OpenAPI document: each is read by itself, so ninja cannot."""
    item = AccrualIn.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(item.pop("$defs"))
    schemas["AccrualIn"] = item
    schemas["AccrualBatchIn"]["properties"]["items"]["items"] = {
        "$ref": "#/components/schemas/AccrualIn"
    }


def _act(item: Any) -> Act:
    try:
        read = AccrualIn.model_validate(item)
    except ValidationError as error:
        found = [{**each, "loc": ("item", *each["loc"])} for each in error.errors()]
        raise invalid(found) from error
    return Act(read.account, read.told(), read.confirmed)


def _verdict(call: Call, item: Any, verdict: Verdict) -> dict[str, Any]:
    number = item.get("number") if isinstance(item, dict) else None
    said: dict[str, Any] = {
        "number": number if isinstance(number, str) else None,
        "verdict": "refused",
        "record": None,
        "problem": None,
    }
    if isinstance(verdict, Entered):
        said["verdict"] = "replayed" if verdict.replayed else "recorded"
        if verdict.decides:
            said["verdict"] = "confirmed"
        said["record"] = verdict.number
    else:
        said["problem"] = facts_of(verdict, request_id=call.request_id)
    return said
