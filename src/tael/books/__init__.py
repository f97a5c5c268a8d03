"""Django's window on the ledger: its connection, its transactions, and when and as whom one posts.

Everything above the ledger writes money through here, so that an operation inside a transaction of
Django's and one that stands alone follow the same rules.

Source: architecture, section 2.
"""

from tael.books.account import open_account
from tael.books.connect import connection, in_transaction
from tael.books.currency import CurrencyDisabled, UnknownCurrency, currencies, currency
from tael.books.instruction import EntryKeys, Instruction, InstructionMalformed, SnoMalformed
from tael.books.posting import (
    Busy,
    atomic,
    close_poster,
    post,
    post_all_now,
    post_now,
    post_together,
    rehearse,
    repeatable,
)
from tael.books.snapshot import Snapshot
from tael.books.together import once_in_a_batch

__all__ = [
    "Busy",
    "CurrencyDisabled",
    "EntryKeys",
    "Instruction",
    "InstructionMalformed",
    "Snapshot",
    "SnoMalformed",
    "UnknownCurrency",
    "atomic",
    "close_poster",
    "connection",
    "currencies",
    "currency",
    "in_transaction",
    "once_in_a_batch",
    "open_account",
    "post",
    "post_all_now",
    "post_now",
    "post_together",
    "rehearse",
    "repeatable",
]
