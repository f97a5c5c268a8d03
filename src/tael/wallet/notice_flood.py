"""A flood of notices that cannot be believed: anybody can send them, and must not fill the disk with them.

Source: reliability, T8 (forged notices) and T23; F-25, I23.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tael import books

if TYPE_CHECKING:
    from datetime import datetime

REFUSED_KEPT: Final = 200  # within the time below, of all gateways: at most 13 MB an hour
REFUSED_WITHIN: Final = timedelta(hours=1)

# The word stands in it and not beside it, as its index is of this word alone.
_LAST: Final = """
    SELECT received_at FROM wallet_gateway_notice WHERE verdict = 'refused' ORDER BY id DESC OFFSET %s LIMIT 1
"""


def many_refused(at: datetime) -> bool:
    """Tell whether so many notices were refused lately that a further one is not kept.

    One that can be believed is kept all the same: who asks has to read it first.

    Args:
        at: when it came.

    Source: F-25, T23.
    """
    last = books.connection().execute(_LAST, [REFUSED_KEPT - 1]).fetchone()
    return last is not None and last[0] > at - REFUSED_WITHIN
