"""Which colour a state has; the word beside it says the same, so that no meaning hangs on colour alone.

Source: peers, section 4.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Tone = Literal["good", "waiting", "bad", "quiet", "plain"]

CLASSES: Final[dict[Tone, str]] = {
    "good": "badge-soft badge-success",
    "waiting": "badge-soft badge-warning",
    "bad": "badge-soft badge-error",
    "quiet": "badge-ghost",
    "plain": "badge-soft badge-info",
}

# The words of the lifecycles, and what pages call the states that have none.
TONES: Final[dict[str, Tone]] = {
    "active": "good",
    "enabled": "good",
    "on": "good",
    "success": "good",
    "withdrawn": "good",
    "paid": "good",
    "delivered": "good",
    "credited": "good",
    "released": "good",
    "verified": "good",
    "applied": "waiting",
    "approved": "waiting",
    "reviewed": "waiting",
    "created": "waiting",
    "partial": "waiting",
    "pending": "waiting",
    "waiting": "waiting",
    "retrying": "waiting",
    "open": "plain",
    "closing": "waiting",
    "running": "plain",
    "unused": "plain",
    "used": "quiet",
    "captured": "quiet",
    "closed": "quiet",
    "cancelled": "quiet",
    "ended": "quiet",
    "expired": "quiet",
    "void": "quiet",
    "off": "bad",
    "disabled": "bad",
    "revoked": "bad",
    "locked": "bad",
    "returned": "bad",
    "refused": "bad",
    "rejected": "bad",
    "failed": "bad",
    "forged": "bad",
}

NAMES: Final[dict[str, _StrPromise]] = {
    "active": _("active"),
    "enabled": _("on"),
    "on": _("on"),
    "success": pgettext_lazy("state", "paid"),
    "withdrawn": _("paid out"),
    "paid": pgettext_lazy("state", "paid"),
    "delivered": _("delivered"),
    "credited": _("credited"),
    "released": _("released"),
    "verified": _("verified"),
    "applied": _("to be reviewed"),
    "approved": _("approved"),
    "reviewed": _("to be checked"),
    "created": pgettext_lazy("state", "to be paid"),
    "partial": _("partly paid"),
    "pending": _("pending"),
    "waiting": _("waiting"),
    "retrying": _("will be tried again"),
    "open": _("open"),
    "closing": _("being closed"),
    "running": _("running"),
    "unused": _("unused"),
    "used": _("used"),
    "captured": _("used"),
    "closed": _("closed"),
    "cancelled": _("cancelled"),
    "ended": _("ended"),
    "expired": _("expired"),
    "void": pgettext_lazy("state", "void"),
    "off": _("off"),
    "disabled": _("off"),
    "revoked": pgettext_lazy("state", "revoked"),
    "locked": pgettext_lazy("state", "locked"),
    "returned": _("given back"),
    "refused": _("refused"),
    "rejected": _("refused"),
    "failed": _("failed"),
    "forged": _("forged"),
}


def tone_class(state: object) -> str:
    """Give the classes of a state's pill; a state without a tone is plain."""
    return CLASSES[TONES.get(str(state), "plain")]


def state_name(state: object) -> _StrPromise | str:
    """Name a state in the reader's language; what is no known state is said as it is."""
    return NAMES.get(str(state), str(state))
