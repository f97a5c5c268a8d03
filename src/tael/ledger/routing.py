"""Which classes of accounts may meet in one entry: client money and the house's own stay apart.

Source: architecture, section 2 (routing matrix); I26.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.ledger.refusals import MixedMoney

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from tael.ledger.entry import Kind

CLASSES: Final = ("client", "house", "custody", "suspense")
APART: Final = frozenset({"client", "house"})


def check_route(kind: Kind, classes: AbstractSet[str]) -> MixedMoney | None:
    """Refuse an entry that joins client and house accounts, unless its kind is meant to."""
    if kind.mixes or not classes >= APART:
        return None
    return MixedMoney(
        f"an entry of kind {kind.code} may not join client and house accounts",
        field="kind",
        there=", ".join(sorted(classes)),
        allowed="client or house accounts, with custody and suspense",
    )
