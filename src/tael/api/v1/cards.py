"""Recharge cards (點卡) over HTTP: issued in batches, checked, redeemed, made void."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Query, Router
from pydantic import Field, WithJsonSchema

from tael import books
from tael.api.call import ApiRequest
from tael.api.endpoint import CREATED, Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    Amount,
    Body,
    CodeText,
    Cursor,
    InfoText,
    Limit,
    LineText,
    Moment,
    Number,
    PlainNumber,
    PnoText,
    SnoText,
    Why,
)
from tael.api.paging import page
from tael.api.reach import own_customer, own_wallet
from tael.api.v1.operations import receipt_answer
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, ReceiptOut, moment_or_none, moment_out, money_out
from tael.money import Money
from tael.wallet import card as cards
from tael.wallet.card_search import cards_of
from tael.wallet.queries import card_batches

if TYPE_CHECKING:
    from tael.wallet.card import Card, CardBatch

router = Router(tags=["cards"])

StateAsked = Annotated[Literal["unused", "used", "void"] | None, Query()]
CardCode = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": 64,
            "examples": ["0123456-ABCDEF-GHJKMN"],
            "format": "password",
        }
    ),
]


class CardsIn(Body):
    """A batch of cards to be issued."""

    amount: Amount
    count: Annotated[int, Field(ge=1, le=cards.BATCH_MAX)]
    spend_only: bool = False
    expires_at: Moment | None = None
    note: LineText = ""


class CardIn(Body):
    """A card that is to be checked."""

    card: CardCode


class RedeemIn(Body):
    """A card that is to be used for a customer: his default wallet, or another one of his."""

    card: CardCode
    owner: Number
    wallet: Number | None = None
    info: InfoText = ""
    sno: SnoText | None = None
    pno: PnoText | None = None
    code: CodeText = ""


class VoidIn(Why):
    """A card that is to be void, by its code, and why."""

    card: CardCode


class CardOut(Out):
    """One card: its state, and where its value went. Its code is kept nowhere."""

    number: int
    batch: int
    state: Literal["unused", "used", "void"]
    wallet: int | None
    flow: int | None
    changed_at: datetime | None


class CardsOut(Page):
    """A page of the cards of a batch, by number."""

    data: list[CardOut]


class CardBatchOut(Out):
    """Cards of one value that were issued together."""

    number: int
    amount: MoneyOut
    count: int
    used: int
    void: int
    spend_only: bool
    note: str
    issued_at: datetime
    expires_at: datetime | None


class IssuedOut(Out):
    """A new batch with its codes, which nobody can read again."""

    number: int | None
    amount: MoneyOut
    count: int
    spend_only: bool
    note: str
    issued_at: datetime
    expires_at: datetime | None
    codes: list[str]
    dry_run: bool


class CardBatchesOut(Page):
    """A page of batches, newest first."""

    data: list[CardBatchOut]


class CardWorthOut(Out):
    """What a card is worth to who uses it."""

    amount: MoneyOut
    spend_only: bool
    expires_at: datetime | None


def batch_out(batch: "CardBatch") -> dict[str, Any]:
    """Write a batch of the list."""
    return _facts(batch) | {
        "number": batch.pk,
        "used": batch.used,  # type: ignore[attr-defined]  # counted by the query
        "void": batch.void,  # type: ignore[attr-defined]
    }


def card_out(card: "Card") -> dict[str, Any]:
    """Write one card."""
    return {
        "number": card.pk,
        "batch": card.batch_id,
        "state": card.state,
        "wallet": card.wallet,
        "flow": card.entry,
        "changed_at": moment_or_none(card.changed_at),
    }


def _facts(batch: "CardBatch") -> dict[str, Any]:
    unit = books.currencies()[batch.currency].currency
    return {
        "amount": money_out(Money(batch.amount, unit)),
        "count": batch.count,
        "spend_only": batch.spend_only,
        "note": batch.note,
        "issued_at": moment_out(batch.issued_at),
        "expires_at": moment_or_none(batch.expires_at),
    }


@endpoint(router, "GET", "/card-batches", answers=CardBatchesOut)
def list_card_batches(
    request: ApiRequest,  # noqa: ARG001 - every key with the scope sees the same
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List batches of cards, newest first. Codes are nowhere."""
    return Answer(
        page(
            lambda before, most: card_batches(before=before, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda batch: batch.pk,
            write=batch_out,
        )
    )


@endpoint(router, "POST", "/card-batches", answers=IssuedOut, status=CREATED, moves_money=True)
def issue_cards(request: ApiRequest, body: CardsIn) -> Answer:
    """Issue cards of one value. Their codes are in this answer and never shown again."""
    call = request.call
    issued = cards.issue_cards(
        amount=body.amount.money(),
        count=body.count,
        instruction=call.instruction(channel=cards.CHANNEL),
        spend_only=body.spend_only,
        expires_at=body.expires_at,
        note=body.note,
    )
    codes = [] if call.dry_run else list(issued.codes)
    number = None if call.dry_run else issued.batch.pk
    return Answer(_facts(issued.batch) | {"number": number, "codes": codes})


@endpoint(router, "GET", "/card-batches/{number}", answers=CardBatchOut)
def get_card_batch(request: ApiRequest, number: PlainNumber) -> Answer:  # noqa: ARG001
    """Show one batch, with how many of its cards have been used."""
    return Answer(batch_out(_batch(number)))


@endpoint(router, "POST", "/card-batches/{number}/void", answers=CardBatchOut)
def void_cards(request: ApiRequest, number: PlainNumber, body: Why) -> Answer:
    """Make the unused cards of a batch void."""
    call = request.call
    _batch(number)
    cards.void_cards(batch=number, reason=body.reason, actor=call.actor, at=call.received_at)
    return Answer(batch_out(_batch(number)))


@endpoint(router, "GET", "/card-batches/{number}/cards", answers=CardsOut)
def list_cards(
    request: ApiRequest,  # noqa: ARG001 - every key with the scope sees the same
    number: PlainNumber,
    state: StateAsked = None,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the cards of a batch with their states, by number."""
    batch = _batch(number)
    return Answer(
        page(
            lambda after, most: cards_of(batch.pk, state=state or "", after=after, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda card: card.pk,
            write=card_out,
        )
    )


@endpoint(
    router,
    "POST",
    "/card-batches/{number}/cards/{card}/void",
    answers=CardOut,
    problems={409},
)
def void_card(request: ApiRequest, number: PlainNumber, card: PlainNumber, body: Why) -> Answer:
    """Make one card void, by its number. One that has been used is refused."""
    call = request.call
    ended = cards.void_card(
        batch=number, number=card, reason=body.reason, actor=call.actor, at=call.received_at
    )
    return Answer(card_out(ended))


@endpoint(router, "POST", "/cards/void", answers=CardOut, problems={404, 409})
def void_card_of_code(request: ApiRequest, body: VoidIn) -> Answer:
    """Make one card void, by its code, as when it was lost or shown to others."""
    call = request.call
    ended = cards.void_card_of_code(
        code=body.card, reason=body.reason, actor=call.actor, at=call.received_at
    )
    return Answer(card_out(ended))


@endpoint(router, "POST", "/cards/check", answers=CardWorthOut, problems={404, 409})
def check_card(request: ApiRequest, body: CardIn) -> Answer:
    """Tell what a card is worth, without using it."""
    worth = cards.check_card(code=body.card, at=request.call.received_at)
    return Answer(
        {
            "amount": money_out(worth.amount),
            "spend_only": worth.spend_only,
            "expires_at": moment_or_none(worth.expires_at),
        }
    )


@endpoint(router, "POST", "/cards/redeem", answers=ReceiptOut, status=CREATED, moves_money=True)
def redeem_card(request: ApiRequest, body: RedeemIn) -> Answer:
    """Use a card: its value is credited and the card is used up, in one transaction."""
    call = request.call
    owner = own_customer(call, body.owner, field="owner")
    receipt = cards.redeem_card(
        code=body.card,
        owner=owner,
        instruction=call.instruction(
            channel=cards.CHANNEL, info=body.info, sno=body.sno, pno=body.pno, code=body.code
        ),
        wallet=None if body.wallet is None else own_wallet(call, body.wallet),
    )
    return receipt_answer(call, receipt)


def _batch(number: int) -> "CardBatch":
    found = card_batches(before=number + 1, limit=1) if number < 2**63 - 1 else []
    if not found or found[0].pk != number:
        message = "There is no such batch of cards."
        raise cards.UnknownCardBatch(message, field="number", there=str(number))
    return found[0]
