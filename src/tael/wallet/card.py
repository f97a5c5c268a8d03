"""Recharge cards (點卡): issued in batches, checked before use, used once together with the credit.

Source: F-24, SM-03; A-F13.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final

from tael import books
from tael.channels.channel import usable
from tael.channels.house import channel_account
from tael.ledger import Leg
from tael.money import Money
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.wallet.booking import already_done, book_now, entry_for, receipt_for
from tael.wallet.card_code import CardMalformed, digest_of, new_code, parse_code
from tael.wallet.lifecycles import CARD, CardEvent, CardState
from tael.wallet.models import Card, CardBatch
from tael.wallet.operation import Operation
from tael.wallet.permit import check_positive, permit
from tael.wallet.recharge import RECHARGE
from tael.wallet.wallet import default_wallet, wallet_of

if TYPE_CHECKING:
    from datetime import datetime

    from tael.books import Instruction
    from tael.wallet.receipt import Receipt
    from tael.wallet.wallet import Wallet

__all__ = [
    "Card",
    "CardBatch",
    "CardExpired",
    "CardMalformed",
    "CardUsed",
    "CardVoid",
    "CardWorth",
    "UnknownCard",
    "UnknownCardBatch",
    "check_card",
    "issue_cards",
    "redeem_card",
    "void_card",
    "void_card_of_code",
    "void_cards",
]

CHANNEL: Final = "KeyCard"
BATCH_MAX: Final = 10_000
NOTE_MAX: Final = 200


class UnknownCard(Refusal):
    """No card has this code or this number."""

    code = "card_unknown"
    because: ClassVar[Because] = "absent"
    rule = "F-24"
    remedy = "Check the code; it may be of another shop."


class CardUsed(Refusal):
    """The card has been used."""

    code = "card_used"
    because: ClassVar[Because] = "conflict"
    rule = "SM-03"
    remedy = "A card is used once; take another."


class CardExpired(Refusal):
    """The card's time is over."""

    code = "card_expired"
    because: ClassVar[Because] = "conflict"
    rule = "SM-03"
    remedy = "Ask the shop that sold the card."


class CardVoid(Refusal):
    """The card has been made void."""

    code = "card_void"
    because: ClassVar[Because] = "conflict"
    rule = "SM-03"
    remedy = "Ask the shop that sold the card."


class UnknownCardBatch(Refusal):
    """There is no batch of cards of this number."""

    code = "unknown_card_batch"
    because: ClassVar[Because] = "absent"
    rule = "F-24"
    remedy = "Check the number in the list of batches."


class BatchRefused(Refusal):
    """A batch like this cannot be issued, or the key has issued one before."""

    code = "card_batch_refused"
    because: ClassVar[Because] = "conflict"
    rule = "F-24"
    remedy = (
        "Correct the named field. If the batch is there already and nobody kept its codes, make its cards"
        " void and issue another under a new key."
    )


@dataclass(frozen=True, slots=True)
class Issued:
    """A batch with its codes, which nobody can read again afterwards, and the numbers of their cards."""

    batch: CardBatch
    codes: tuple[str, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CardWorth:
    """What a card is worth to who uses it."""

    amount: Money
    spend_only: bool
    expires_at: datetime | None


def issue_cards(
    *,
    amount: Money,
    count: int,
    instruction: Instruction,
    spend_only: bool = False,
    expires_at: datetime | None = None,
    note: str = "",
) -> Issued:
    """Issue cards of one value. Their codes are in the answer and are kept as hashes only.

    No money moves: a card is worth something when it is redeemed.

    Args:
        amount: the value of each, > 0.
        count: 1 to 10,000.
        spend_only: what it gives may be consumed only.
        expires_at: from then on it cannot be used; None never.

    Raises:
        BatchRefused: too many, none, expired before they begin, or the key has issued a batch.
        UnknownCurrency, CurrencyDisabled, ChannelCurrencyRefused: no card can be used in it.

    Source: F-24; SM-03.
    """
    check_positive(amount)
    usable(CHANNEL, amount.currency.code)
    if type(count) is not int or not 0 < count <= BATCH_MAX:
        message = "A batch has 1 to 10,000 cards."
        raise BatchRefused(message, field="count", there=str(count)[:32], allowed="1 to 10000")
    if expires_at is not None and expires_at <= instruction.at:
        message = "The cards would expire before they begin."
        raise BatchRefused(message, field="expires_at", there=expires_at.isoformat())
    batch = CardBatch(
        key=instruction.entry_keys().key,
        currency=amount.currency.code,
        amount=amount.minor,
        count=count,
        spend_only=spend_only,
        note=parse_text(note, field="note", longest=NOTE_MAX, may_be_empty=True),
        issued_at=instruction.at,
        issued_by=instruction.actor,
        expires_at=expires_at,
    )
    return _issue(batch, tuple(new_code() for _ in range(count)))


@books.atomic
def _issue(batch: CardBatch, codes: tuple[str, ...]) -> Issued:
    """Write a batch; tried again after a lost connection it finds its own cards by their codes."""
    digests = [digest_of(parse_code(code)) for code in codes]
    CardBatch.objects.bulk_create([batch], ignore_conflicts=True)
    kept = CardBatch.objects.get(key=batch.key)
    if Card.objects.filter(batch=kept, digest=digests[0]).exists():
        return _issued(kept, codes, digests)
    if Card.objects.filter(batch=kept).exists():
        message = "The key has issued a batch before, and codes are shown once."
        raise BatchRefused(message, field="key", there=f"batch {kept.pk}")
    Card.objects.bulk_create(
        (Card(batch=kept, digest=digest) for digest in digests), batch_size=1000
    )
    audit.record(
        actor=batch.issued_by,
        action="card.issue",
        subject=f"card_batch:{kept.pk}",
        at=batch.issued_at,
        details={"count": batch.count, "amount": batch.amount, "currency": batch.currency},
    )
    return _issued(kept, codes, digests)


def _issued(batch: CardBatch, codes: tuple[str, ...], digests: list[bytes]) -> Issued:
    """Name each card by its own number, by which it can be made void."""
    numbers = dict(Card.objects.filter(batch=batch).values_list("digest", "pk"))
    told = {bytes(digest): number for digest, number in numbers.items()}
    return Issued(batch, codes, tuple(told[digest] for digest in digests))


def check_card(*, code: str, at: datetime) -> CardWorth:
    """Tell what a card is worth, without using it.

    Raises:
        CardMalformed, UnknownCard, CardUsed, CardExpired, CardVoid.

    Source: F-24 (點卡效驗).
    """
    card = _find(code, locked=False)
    _check_usable(card, at)
    return _worth(card)


@books.atomic
def redeem_card(
    *, code: str, owner: int, instruction: Instruction, wallet: Wallet | None = None
) -> Receipt:
    """Use a card: the credit and the card's end are one transaction.

        channel:KeyCard:<currency>     -value
        wallet free                    +value       (locked, when the card is to be spent only)

    Args:
        code: as typed.
        owner: the customer; his default wallet of the card's currency, opened if need be.
        wallet: another wallet of his.

    Raises:
        CardMalformed, UnknownCard, CardUsed, CardExpired, CardVoid: about the card.
        UnknownWallet: the wallet is not his.
        and those of ``recharge``.

    Source: F-24, SM-03; A-F13.
    """
    card = _find(code, locked=True)
    instruction = replace(instruction, channel=CHANNEL)
    worth = _worth(card)
    if wallet is not None:
        wallet_of(owner, wallet.number)
    if not already_done(instruction):
        _check_usable(card, instruction.at)
    into = wallet or default_wallet(
        owner, worth.amount.currency.code, actor=instruction.actor, at=instruction.at
    )
    permit(wallet=into, amount=worth.amount, instruction=instruction)
    minor = worth.amount.minor
    entry = entry_for(
        kind=RECHARGE,
        operation=Operation.RECHARGE,
        legs=(
            Leg(channel_account(CHANNEL, worth.amount.currency.code), -minor),
            Leg(into.locked if worth.spend_only else into.free, minor),
        ),
        instruction=instruction,
        data={"card": card.pk},
        content=("card", card.pk, into.number),
    )
    posted = book_now(entry, into)
    if not posted.replayed:
        card.state = CARD.after(CardState(card.state), CardEvent.REDEEM).value
        card.wallet, card.entry = into.number, posted.entry_id
        card.changed_at, card.changed_by = instruction.at, instruction.actor
        card.save(update_fields=["state", "wallet", "entry", "changed_at", "changed_by"])
    return receipt_for(posted, Operation.RECHARGE, instruction, into, amount=worth.amount)


@books.atomic
def void_cards(*, batch: int, reason: str, actor: str, at: datetime) -> int:
    """Make the unused cards of a batch void, and tell how many they were.

    Raises:
        TextMalformed: there is no reason.

    Source: SM-03.
    """
    why = parse_text(reason, field="reason", longest=NOTE_MAX)
    unused = Card.objects.filter(batch=batch, state=CardState.UNUSED.value)
    count = unused.update(state=CardState.VOID.value, changed_at=at, changed_by=actor)
    if not count:  # nothing happened, as when the same is asked for twice
        return 0
    audit.record(
        actor=actor,
        action="card.void",
        subject=f"card_batch:{batch}",
        at=at,
        details={"count": count, "reason": why},
    )
    return count


@books.atomic
def void_card(*, batch: int, number: int, reason: str, actor: str, at: datetime) -> Card:
    """Make one card void, by its number in the list of its batch; one that is void stays as it is.

    Raises:
        UnknownCard: the batch has no such card.
        CardUsed: what was used is taken back by its record, not by the card.
        TextMalformed: there is no reason.

    Source: SM-03; F-24.
    """
    rows = Card.objects.select_related("batch").select_for_update(no_key=True, of=("self",))
    found = rows.filter(batch=batch, pk=number).first() if 0 < number < 2**63 else None
    if found is None:
        message = "The batch has no card of this number."
        raise UnknownCard(message, field="card", there=str(number)[:32])
    return _void(found, reason=reason, actor=actor, at=at)


@books.atomic
def void_card_of_code(*, code: str, reason: str, actor: str, at: datetime) -> Card:
    """Make the one card void that has this code, as when the code was lost or shown to others.

    Raises:
        CardMalformed, UnknownCard: no card has this code.
        CardUsed, TextMalformed: as ``void_card``.

    Source: SM-03; F-24.
    """
    return _void(_find(code, locked=True), reason=reason, actor=actor, at=at)


def _void(card: Card, *, reason: str, actor: str, at: datetime) -> Card:
    """End an unused card, whose row is locked: who redeems it waits, and is refused."""
    why = parse_text(reason, field="reason", longest=NOTE_MAX)
    if card.state == CardState.USED:
        message = "The card has been used."
        raise CardUsed(message, field="card", there=str(card.pk))
    if card.state == CardState.VOID:  # nothing happened, as when the same is asked for twice
        return card
    card.state = CARD.after(CardState(card.state), CardEvent.VOID).value
    card.changed_at, card.changed_by = at, actor
    card.save(update_fields=["state", "changed_at", "changed_by"])
    audit.record(
        actor=actor,
        action="card.void",
        subject=f"card_batch:{card.batch.pk}",
        at=at,
        details={"count": 1, "card": card.pk, "reason": why},
    )
    return card


def _find(code: str, *, locked: bool) -> Card:
    digest = digest_of(parse_code(code))
    rows = Card.objects.select_related("batch")
    if locked:
        rows = rows.select_for_update(no_key=True, of=("self",))
    card = rows.filter(digest=digest).first()
    if card is None:
        message = "No card has this code."
        raise UnknownCard(message, field="code")
    return card


def _check_usable(card: Card, at: datetime) -> None:
    if card.state == CardState.USED:
        message = "The card has been used."
        raise CardUsed(message, field="code")
    if card.state == CardState.VOID:
        message = "The card is void."
        raise CardVoid(message, field="code")
    if card.batch.expires_at is not None and card.batch.expires_at <= at:
        message = "The card has expired."
        raise CardExpired(message, field="code", there=card.batch.expires_at.isoformat())


def _worth(card: Card) -> CardWorth:
    unit = books.currency(card.batch.currency)
    return CardWorth(Money(card.batch.amount, unit), card.batch.spend_only, card.batch.expires_at)
