"""The ledger (總賬): exact double-entry books on PostgreSQL, for any program with a psycopg connection.

``post`` is the only writer of money. Nothing here knows Django.
"""

from tael.ledger import integrity
from tael.ledger.account import (
    Account,
    AccountNotEmpty,
    AccountTaken,
    CurrencyNotInBook,
    CurrencyTaken,
    Opening,
    account,
    accounts,
    block,
    close_account,
    currencies,
    define_currency,
    open_account,
    open_accounts,
)
from tael.ledger.balance import balance, balance_at, balances
from tael.ledger.between import BETWEEN_BOOKS, transfer_between
from tael.ledger.book import MAIN, Book, books, create_book, drop_book, grant
from tael.ledger.columns import Transfers, post_columns
from tael.ledger.entry import Draw, Entry, Kind, Leg, Posted, PostedLeg, Refused, Replayed, Verdict
from tael.ledger.follow import Look, drawn, entries_between, look
from tael.ledger.key import key_of
from tael.ledger.leaves import index_full_leaves, make_room_ahead
from tael.ledger.period import (
    ClosedPeriod,
    PeriodNotAhead,
    close_period,
    closed_periods,
    closed_through,
)
from tael.ledger.post import post
from tael.ledger.poster import OutcomeUnknown, Poster
from tael.ledger.refusals import (
    AccountBlocked,
    AccountBusy,
    AlreadyReversed,
    BalanceTooLarge,
    EntryUnbalanced,
    InsufficientFunds,
    KeyInFlight,
    KeyReused,
    MixedMoney,
    OverReversed,
    PeriodClosed,
    ReversalReversed,
    UnknownAccount,
    UnknownEntry,
)
from tael.ledger.replay import EntryRecord, find_entry, read_entries, read_entry
from tael.ledger.reverse import REVERSAL, reverse
from tael.ledger.statement import Line, Statement, last_lines, statement

__all__ = [
    "BETWEEN_BOOKS",
    "MAIN",
    "REVERSAL",
    "Account",
    "AccountBlocked",
    "AccountBusy",
    "AccountNotEmpty",
    "AccountTaken",
    "AlreadyReversed",
    "BalanceTooLarge",
    "Book",
    "ClosedPeriod",
    "CurrencyNotInBook",
    "CurrencyTaken",
    "Draw",
    "Entry",
    "EntryRecord",
    "EntryUnbalanced",
    "InsufficientFunds",
    "KeyInFlight",
    "KeyReused",
    "Kind",
    "Leg",
    "Line",
    "Look",
    "MixedMoney",
    "Opening",
    "OutcomeUnknown",
    "OverReversed",
    "PeriodClosed",
    "PeriodNotAhead",
    "Posted",
    "PostedLeg",
    "Poster",
    "Refused",
    "Replayed",
    "ReversalReversed",
    "Statement",
    "Transfers",
    "UnknownAccount",
    "UnknownEntry",
    "Verdict",
    "account",
    "accounts",
    "balance",
    "balance_at",
    "balances",
    "block",
    "books",
    "close_account",
    "close_period",
    "closed_periods",
    "closed_through",
    "create_book",
    "currencies",
    "define_currency",
    "drawn",
    "drop_book",
    "entries_between",
    "find_entry",
    "grant",
    "index_full_leaves",
    "integrity",
    "key_of",
    "last_lines",
    "look",
    "make_room_ahead",
    "open_account",
    "open_accounts",
    "post",
    "post_columns",
    "read_entries",
    "read_entry",
    "reverse",
    "statement",
    "transfer_between",
]
