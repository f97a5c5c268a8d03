"""Which classes of accounts may meet in one entry: client money and the house's own stay apart.

Source: architecture, section 2 (routing matrix); I26.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.ledger.lock import CLASSES
from tael.ledger.refusals import MixedMoney

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from tael.ledger.entry import Kind

CLIENT: Final = CLASSES.index("client") + 1
HOUSE: Final = CLASSES.index("house") + 1


def check_route(kind: Kind, classes: AbstractSet[int]) -> MixedMoney | None:
    """Refuse an entry that joins client and house accounts, unless its kind is meant to."""
    if kind.mixes or CLIENT not in classes or HOUSE not in classes:
        return None
    return MixedMoney(
        f"an entry of kind {kind.code} may not join client and house accounts",
        field="kind",
        there=", ".join(CLASSES[place - 1] for place in sorted(classes)),
        allowed="client or house accounts, with custody and suspense",
    )
