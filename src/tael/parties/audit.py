"""The audit trail (操作日誌): every privileged act leaves a row, in the same transaction as the act.

Source: reliability I31; the database lets nobody but its owner change or remove a row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from tael import books
from tael.parties.models import AuditRecord

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ACTION: Final = re.compile(r"[a-z_]+\.[a-z_]+")


def record(
    *, actor: str, action: str, subject: str, at: datetime, details: Mapping[str, Any] | None = None
) -> AuditRecord:
    """Write down a privileged act inside the transaction that carries it out.

    Args:
        actor: who did it, as in an instruction.
        action: package and verb, "channel.disable".
        subject: what it was done to, "channel:Alipay".
        details: what was there and what is there now; no secrets.

    Raises:
        TransactionManagementError: there is no open transaction, so act and record could part.

    Source: I31.
    """
    if not books.in_transaction():
        raise transaction.TransactionManagementError(
            "an act and its audit record share a transaction"
        )
    assert ACTION.fullmatch(action), action
    return AuditRecord.objects.create(
        actor=actor, action=action, subject=subject, at=at, details=dict(details or {})
    )


def done_under(key: str, *, subject: str) -> bool:
    """Tell whether an act on the subject was written down under this key.

    Whoever asks holds the subject's row, so that a second one with the same key waits and is told so.

    Source: reliability, T9.
    """
    return AuditRecord.objects.filter(subject=subject, details__key=key).exists()
