"""Finding card batches and the states of their cards. No code can be read anywhere.

Source: F-24, SM-03.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce

from tael.wallet.card import UnknownCardBatch
from tael.wallet.models import Card, CardBatch

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE_MAX: Final = 200


def batches(
    *, currency: str = "", note: str = "", before: int | None = None, limit: int = 50
) -> list[CardBatch]:
    """List batches, newest first, each with the number of its cards used and void.

    Args:
        note: part of the note.
        before: the number of the last one seen.

    Source: F-24.
    """
    rows = _counted()
    if currency:
        rows = rows.filter(currency=currency)
    if note:
        rows = rows.filter(note__icontains=note)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[: min(max(limit, 1), PAGE_MAX)])


def batch(number: int) -> CardBatch:
    """Give one batch with the number of its cards used, void and left.

    Raises:
        UnknownCardBatch: there is none.

    Source: F-24.
    """
    found = _counted().filter(pk=number).first() if 0 < number < 2**63 else None
    if found is None:
        message = "There is no such batch of cards."
        raise UnknownCardBatch(message, field="number", there=str(number)[:32])
    return found


def cards_of(
    batch: int, *, state: str = "", after: int | None = None, limit: int = 50
) -> list[Card]:
    """List the cards of a batch by number, with their states.

    Source: SM-03.
    """
    rows = Card.objects.filter(batch=batch).defer("digest")
    if state:
        rows = rows.filter(state=state)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.order_by("pk")[: min(max(limit, 1), PAGE_MAX)])


def _counted() -> QuerySet[CardBatch]:
    counted = CardBatch.objects.annotate(
        used=Count("card", filter=Q(card__state="used")),
        void=Count("card", filter=Q(card__state="void")),
    )
    return counted.annotate(left=F("count") - Coalesce(F("used"), Value(0)) - F("void"))
