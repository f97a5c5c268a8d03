"""What a bank's bulk payment takes: how many rows a file, which columns, how days are written.

Source: B-35, E-15; peers-settlement-invest A24, section 3.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from tael.refusal import Because, Refusal

COLUMNS: Final = (
    "batch",
    "row",
    "withdrawal",
    "account",
    "payee",
    "payee_account",
    "bank",
    "amount",
    "currency",
    "applied_at",
    "payout_status",
    "flow_number",
    "paid_on",
    "reason",
)
"""What every file has; the last four are for the finance desk to fill in."""
ANSWERED: Final = ("payout_status", "flow_number", "paid_on", "reason")


class UnknownProfile(Refusal):
    """There is no bank profile of this code."""

    code = "unknown_bank_profile"
    because: ClassVar[Because] = "absent"
    rule = "A24"
    remedy = "Use the code of one of the profiles."


@dataclass(frozen=True, slots=True, kw_only=True)
class BankProfile:
    """One way to write a payout file.

    Args:
        rows: at most so many in a file; a batch has no more. day: how days are written, as `strftime` has it.
        total_row: whether the file ends with a row of count and sum.
        reference_max: so long may the batch's number be.
    """

    code: str
    name: str
    rows: int
    day: str = "%Y-%m-%d"
    total_row: bool = True
    reference_max: int = 32


PROFILES: Final = {
    profile.code: profile
    for profile in (
        BankProfile(code="generic", name="Any bank, 50,000 rows", rows=50_000),
        BankProfile(code="rows-3000", name="Bulk transfer, 3,000 rows", rows=3000),
        BankProfile(code="rows-50", name="Bulk transfer, 50 rows", rows=50, day="%Y%m%d"),
    )
}


def bank_profile(code: str) -> BankProfile:
    """Give a profile by its code.

    Raises:
        UnknownProfile: there is none.

    Source: A24.
    """
    found = PROFILES.get(code)
    if found is None:
        message = "There is no such bank profile."
        allowed = ", ".join(PROFILES)
        raise UnknownProfile(message, field="profile", there=ascii(code)[:40], allowed=allowed)
    return found
