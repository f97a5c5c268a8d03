"""The alarm for bills that nobody hears of: a day whose bill run has not been, or is not done.

Source: B-20; peers-settlement-invest A8.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from tael import books
from tael.parties import audit
from tael.settlement.models import BillRun, BillRunItem, MerchantAccountRow
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from datetime import date, datetime

log: Final = logging.getLogger(__name__)

PATIENCE: Final = timedelta(hours=6)
"""So long after midnight the bills of a day are made, or somebody has to look."""
SILENT: Final = "bill_run.silent"
LEFT: Final = "bill_run.left"
_TOLD: Final = "SELECT EXISTS (SELECT FROM parties_audit WHERE subject = %s AND action = %s)"


def tell_of_silence(*, at: datetime, actor: str = "system") -> int:
    """Raise the alarm for today where no bill run has been, or one has left periods; tell of how many.

    The alarm is a row of the audit trail, once for each day. Where there is no merchant account there
    is nothing to bill. May run at any time, twice or in parallel.

    Source: B-20; A8.
    """
    day = (at.astimezone(business_zone()) - PATIENCE).date()
    opened = MerchantAccountRow.objects.order_by("pk").values_list("opened_at", flat=True).first()
    if opened is None or opened.astimezone(business_zone()).date() >= day:
        return 0
    run = BillRun.objects.filter(day=day).first()
    if run is None:
        return _tell(day, SILENT, {}, actor=actor, at=at)
    rows = BillRunItem.objects.filter(run=run).exclude(state="done")
    left = {state: rows.filter(state=state).count() for state in ("waiting", "parked")}
    return _tell(day, LEFT, left, actor=actor, at=at) if any(left.values()) else 0


@books.atomic
def _tell(day: date, action: str, details: dict[str, Any], *, actor: str, at: datetime) -> int:
    subject = f"bill_run:{day}"
    connection = books.connection()
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [subject])
    if connection.execute(_TOLD, [subject, action]).fetchone() == (True,):
        return 0
    audit.record(actor=actor, action=action, subject=subject, at=at, details=details)
    log.error("%s: %s %s", subject, action, details)
    return 1
