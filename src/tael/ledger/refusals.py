"""The reasons for which the ledger refuses an entry.

They stand together because every writer of entries (post, post_columns, Poster, reverse) can give each.

Source: architecture, section 2; F-09, F-38; I4, I5, I8, I12, I35.
"""

from __future__ import annotations

from typing import ClassVar

from tael.refusal import Because, Refusal


class UnknownAccount(Refusal):
    """The book has no account of this number or code."""

    code = "unknown_account"
    because: ClassVar[Because] = "absent"
    rule = "F-38"
    remedy = "Check the account's number, or open it first."


class InsufficientFunds(Refusal):
    """The accounts to draw from hold less than the amount above their floor."""

    code = "insufficient_funds"
    because: ClassVar[Because] = "conflict"
    rule = "F-09"
    remedy = "Ask for no more than is there, or bring in funds first."
    retry = True

    def __init__(self, message: str, *, account: int, wanted: int, available: int) -> None:
        """Keep the figures, in minor units, for a caller who wants to say it in his own words."""
        super().__init__(
            message, field="amount", there=str(available), allowed=f"at most {available}"
        )
        self.account = account
        self.wanted = wanted
        self.available = available


class AccountBlocked(Refusal):
    """The account has been blocked for this direction, or closed."""

    code = "account_blocked"
    because: ClassVar[Because] = "forbidden"
    rule = "F-38"
    remedy = "Have the block lifted by those who set it."

    def __init__(self, message: str, *, account: int, there: str) -> None:
        """Keep the account, so that a caller can say whose it is."""
        super().__init__(message, field="account", there=there)
        self.account = account


class EntryUnbalanced(Refusal):
    """The legs do not sum to zero in each currency, or there are fewer than two."""

    code = "entry_unbalanced"
    rule = "I1"
    remedy = "Send legs that sum to zero in each currency."


class MixedMoney(Refusal):
    """The entry would join client money with the house's own, and its kind may not."""

    code = "mixed_money"
    because: ClassVar[Because] = "forbidden"
    rule = "I26"
    remedy = "Use one of the kinds that are meant for it, such as a fee or a bonus."


class BalanceTooLarge(Refusal):
    """The balance would leave the range that the books can hold."""

    code = "balance_too_large"
    rule = "I6"
    remedy = "Split the money over several accounts."


class KeyReused(Refusal):
    """The key or serial number already stands for something else."""

    code = "key_reused"
    because: ClassVar[Because] = "conflict"
    rule = "I8"
    remedy = "Send the first request again unchanged, or use a new key for a new request."


class KeyInFlight(Refusal):
    """Another request is writing under the same key at this moment."""

    code = "key_in_flight"
    because: ClassVar[Because] = "busy"
    rule = "I8"
    remedy = "Wait a second and send the same request again."
    retry = True


class PeriodClosed(Refusal):
    """The entry would take effect in a period that has been closed."""

    code = "period_closed"
    because: ClassVar[Because] = "conflict"
    rule = "I35"
    remedy = "Book it in an open period, with a word about the closed one."


class UnknownEntry(Refusal):
    """The book has no entry of this number."""

    code = "unknown_entry"
    because: ClassVar[Because] = "absent"
    rule = "F-22"
    remedy = "Check the entry's number."


class AlreadyReversed(Refusal):
    """Nothing is left of the entry to take back."""

    code = "already_reversed"
    because: ClassVar[Because] = "conflict"
    rule = "I12"
    remedy = "Look at the entries that reversed it."


class OverReversed(Refusal):
    """More would be taken back than the entry has moved."""

    code = "over_reversed"
    because: ClassVar[Because] = "conflict"
    rule = "I12"
    remedy = "Ask for no more than is left of the original."


class ReversalReversed(Refusal):
    """The entry is itself a reversal, and a reversal is not reversed."""

    code = "reversal_reversed"
    because: ClassVar[Because] = "conflict"
    rule = "I12"
    remedy = "Make the movement anew."


class LeavesMissing(Refusal):
    """The database does not let the application add room for further entries."""

    code = "leaves_missing"
    because: ClassVar[Because] = "busy"
    rule = "I11"
    remedy = "Run `tael migrate` as the owner of the database."


class AccountBusy(Refusal):
    """Another request has held one of the accounts for longer than a request may wait."""

    code = "account_busy"
    because: ClassVar[Because] = "busy"
    rule = "T7"
    remedy = "Wait a second and send the same request again, under the same key."
    retry = True
