"""Paid recharge orders are asked about again (拒付): a chargeback of which no notice came is found.

An order is asked about a day after it was paid, then each time that its age has grown by a quarter, but
at most once a day: some twenty times in 180 days. The answer counts as the notice would.

Source: F-25; reliability T8 (no callback at all), section 3a (refund or chargeback).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tael.wallet.lifecycles import OrderState
from tael.wallet.models import RechargeOrder
from tael.wallet.silent_orders import Asked, ask_each, of_each_gateway

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

CHARGEBACK_DAYS: Final = "TAEL_CHARGEBACK_DAYS"
DAYS_MAX: Final = 3650
USUAL_WINDOW: Final = timedelta(days=180)
"""For so long after an order was made the card schemes let its payer take a payment back."""


def ask_about_paid_orders(
    *, at: datetime, window: timedelta = USUAL_WINDOW, limit: int = 50
) -> Asked:
    """Ask the gateways whether they took back what they had paid; may run at any time, twice or in parallel.

    Not inside a transaction.

    Args:
        window: how old an order may be; zero asks about none.
        limit: the most orders of one gateway in one round, those that have waited longest first.

    Source: reliability T8, section 3a (refund or chargeback); I22.
    """
    due = RechargeOrder.objects.filter(state=OrderState.SUCCESS.value, ask_at__lte=at)
    due.filter(created_at__lte=at - window).update(ask_at=None)
    return ask_each(of_each_gateway(due.order_by("ask_at", "pk"), limit), at=at)


def chargeback_window(environment: Mapping[str, str]) -> timedelta:
    """Give for how long paid orders are asked about: TAEL_CHARGEBACK_DAYS, 0 to 3650, 180 by itself.

    What is no such number leaves the usual window: too many questions do no harm, too few might.

    Source: reliability, section 3a (refund or chargeback).
    """
    text = environment.get(CHARGEBACK_DAYS, "")
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= DAYS_MAX):
        return USUAL_WINDOW
    return timedelta(days=int(text))
