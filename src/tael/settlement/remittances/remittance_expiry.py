"""Remittances that nobody decides about expire: what they said may be declared again.

Source: SM-05; peers-settlement-invest A14.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tael import books
from tael.parties import actor as actors
from tael.settlement.lifecycles import RemittanceEvent
from tael.settlement.models import Remittance
from tael.settlement.remittances.remittance import decided, move

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

REMITTANCE_DAYS: Final = "TAEL_REMITTANCE_DAYS"
DAYS_MAX: Final = 3650
USUAL_LIFETIME: Final = timedelta(days=30)
ACTOR: Final = actors.of_part("expiry")
AT_ONCE: Final = 1000


def expire_remittances(*, at: datetime, lifetime: timedelta = USUAL_LIFETIME) -> int:
    """Close the remittances that nobody has decided for so long; gives how many.

    May run at any time, twice or in parallel: each expires once.

    Args:
        lifetime: since they were declared; zero lets them stay for ever.

    Source: A14; SM-05.
    """
    return _expire_all(at, lifetime) if lifetime else 0


def remittance_lifetime(environment: Mapping[str, str]) -> timedelta:
    """Give how long a remittance stays open: TAEL_REMITTANCE_DAYS, 0 (for ever) to 3650, 30 by itself.

    What is no such number leaves the usual time.

    Source: A14.
    """
    text = environment.get(REMITTANCE_DAYS, "")
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= DAYS_MAX):
        return USUAL_LIFETIME
    return timedelta(days=int(text))


@books.atomic
def _expire_all(at: datetime, lifetime: timedelta) -> int:
    rows = Remittance.objects.select_for_update(no_key=True, skip_locked=True)
    late = list(
        rows.filter(state="declared", declared_at__lte=at - lifetime).order_by("id")[:AT_ONCE]
    )
    for row in late:
        move(row, RemittanceEvent.EXPIRE)
        told = books.Instruction(key=f"remittance-{row.pk}", actor=ACTOR, at=at)
        decided(row, "expire", told)
    return len(late)
