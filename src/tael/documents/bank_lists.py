"""What stands in the files of the house's bank lines, with what each is about, and of the statements brought.

Source: peers-settlement-invest A26, A31, A39.
"""

from __future__ import annotations

from typing import Final

from tael import books
from tael.documents.listing import Listing, Said
from tael.settlement.bank.bank_search import (
    BankLinesWanted,
    BankLineView,
    StatementView,
    bank_lines,
    statements,
)

BANK_LINES: Final = Listing[BankLinesWanted, BankLineView](
    name="bank-lines",
    page=lambda wanted, limit, before: bank_lines(wanted, limit=limit, before=before),
    place=lambda one: one.row.pk,
    at=lambda one: one.row.statement.brought_at,
    columns={
        "row number": lambda one: one.row.pk,
        "bank account": lambda one: one.row.account.code,
        "booked on": lambda one: one.row.booked_on,
        "value day": lambda one: one.row.value_on,
        "amount": lambda one: one.amount,
        "currency": lambda one: books.currencies()[one.row.account.currency].currency.code,
        "bank reference": lambda one: one.row.reference,
        "payer's number": lambda one: one.row.end_to_end,
        "other end": lambda one: one.row.counterparty,
        "account of other end": lambda one: one.row.counterparty_account,
        "bank text": lambda one: one.row.text,
        "explained": lambda one: Said("yes" if one.explained else "no"),
        "about": lambda one: ", ".join(f"{each.what} {each.number}" for each in one.evidence),
        "bank statement": lambda one: one.row.statement_id,
        "file row": lambda one: one.row.row,
    },
    sums=("amount",),
)
BANK_STATEMENTS: Final = Listing[str, StatementView](
    name="bank-statements",
    page=lambda account, limit, before: statements(account=account, limit=limit, before=before),
    place=lambda one: one.row.pk,
    at=lambda one: one.row.brought_at,
    columns={
        "row number": lambda one: one.row.pk,
        "bank account": lambda one: one.row.account.code,
        "file of statement": lambda one: one.row.name,
        "from": lambda one: one.row.first_day,
        "to": lambda one: one.row.last_day,
        "new lines": lambda one: one.row.added,
        "known lines": lambda one: one.row.known,
        "refused lines": lambda one: one.row.refused,
        "balances": lambda one: Said(f"balances {_balances(one)}"),
        "brought": lambda one: one.row.brought_at,
        "brought by": lambda one: one.row.brought_by,
        "file digest": lambda one: one.row.digest,
    },
)


def _balances(one: StatementView) -> str:
    """Tell whether opening and lines come to closing, where the file says them."""
    if one.row.breaks:
        return "break"
    return "agree" if one.row.balances else "untold"
