"""The doctor (體檢): proves every book, the wallets on it, the trail behind it and the server under it.

It reads one snapshot and locks nothing, so that it may run while money moves.

Source: reliability, section 2: I1 to I18, I30 to I36.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg import Cursor

from tael import ledger
from tael.assurance.account_subtotal_proofs import ACCOUNT_SUBTOTAL_PROOFS
from tael.assurance.accrual_proofs import ACCRUAL_PROOFS
from tael.assurance.bank_proofs import BANK_PROOFS
from tael.assurance.batch_proofs import BATCH_PROOFS
from tael.assurance.bill_proofs import BILL_PROOFS
from tael.assurance.completeness_proofs import COMPLETENESS_PROOFS
from tael.assurance.import_proofs import IMPORT_PROOFS
from tael.assurance.inquiry_proofs import INQUIRY_PROOFS
from tael.assurance.journal import one_moment
from tael.assurance.ledger_proofs import BOOK_PROOFS, OF_WALLETS, OF_WITHDRAWALS, proofs
from tael.assurance.link_proofs import LINK_PROOFS
from tael.assurance.payout_proofs import PAYOUT_PROOFS
from tael.assurance.remittance_proofs import REMITTANCE_PROOFS
from tael.assurance.report import Check, Report
from tael.assurance.report_proofs import REPORT_PROOFS
from tael.assurance.rights import check_rights
from tael.assurance.schema import check_schema
from tael.assurance.server import check_server
from tael.assurance.subtotal_proofs import SUBTOTAL_PROOFS
from tael.assurance.trail_proofs import TRAIL_PROOFS
from tael.assurance.wallet_proofs import WALLET_PROOFS
from tael.ledger import MAIN
from tael.ledger.integrity import Violation
from tael.payouts import integrity as payouts_integrity
from tael.wallet import integrity as wallet_integrity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from tael.ledger import Book

DOMAIN_PROOFS: Final = (
    *proofs(wallet_integrity.CHECKS, OF_WALLETS),
    *WALLET_PROOFS,
    *LINK_PROOFS,
    *SUBTOTAL_PROOFS,
    *ACCOUNT_SUBTOTAL_PROOFS,
    *proofs(payouts_integrity.CHECKS, OF_WITHDRAWALS),
    *REMITTANCE_PROOFS,
    *ACCRUAL_PROOFS,
    *COMPLETENESS_PROOFS,
    *IMPORT_PROOFS,
    *BILL_PROOFS,
    *REPORT_PROOFS,
    *PAYOUT_PROOFS,
    *BATCH_PROOFS,
    *BANK_PROOFS,
    *INQUIRY_PROOFS,
    *TRAIL_PROOFS,
)
_TABLES: Final = (
    "approvals_limit",
    "approvals_proposal",
    "books_currency",
    "channels_channel",
    "channels_rate",
    "parties_api_key",
    "parties_audit",
    "parties_customer",
    "parties_payee",
    "payouts_check_limit",
    "payouts_withdrawal",
    "settlement_account",
    "settlement_accrual",
    "settlement_adjustment",
    "settlement_bank_account",
    "settlement_bank_line",
    "settlement_bank_row",
    "settlement_bank_statement",
    "settlement_bill",
    "settlement_bill_line",
    "settlement_bill_run_item",
    "settlement_collection",
    "settlement_completeness_case",
    "settlement_completeness_day",
    "settlement_completeness_run",
    "settlement_import",
    "settlement_import_row",
    "settlement_payout_ask",
    "settlement_payout_batch",
    "settlement_payout_inquiry",
    "settlement_payout_row",
    "settlement_payout_rule",
    "settlement_period_report",
    "settlement_remittance",
    "settlement_reserve",
    "settlement_result_file",
    "settlement_result_row",
    "settlement_subtotal",
    "settlement_terms",
    "settlement_withdrawal",
    "wallet_card",
    "wallet_card_batch",
    "wallet_exchange_quote",
    "wallet_gateway_notice",
    "wallet_gateway_payment",
    "wallet_hold",
    "wallet_hold_move",
    "wallet_recharge_order",
    "wallet_subtotal",
    "wallet_subtotal_cursor",
    "wallet_wallet",
)
_MISSING: Final = (
    "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass('public.' || name) IS NULL"
)


def examine(connection: Connection, *, server: bool = True) -> Report:
    """Compute all that can be computed, compare it with what is stored, and report.

    A database with books alone, as another program may keep them, is examined as far as it goes.

    Args:
        connection: one that may read everything; the owner's. If it is in a transaction already,
            that one is used.
        server: also the server's settings and what it remembers of changed rows.

    Source: reliability, section 2; architecture, section 5 (`doctor`).
    """
    with one_moment(connection):
        return Report(tuple(sorted(_checks(connection, server=server), key=_place)))


def _place(check: Check) -> tuple[int, str]:
    """Sort by the number of the invariant; what has none comes last."""
    digits = check.invariant.removeprefix("I")
    return (int(digits), "") if digits.isdecimal() else (1000, check.invariant)


def _checks(connection: Connection, *, server: bool) -> Iterator[Check]:
    books = ledger.books(connection)
    for book in books:
        for proof in BOOK_PROOFS:
            yield proof.run(connection, book, named=book.name if len(books) > 1 else "")
    yield from _domain(connection, books)
    yield from check_schema(connection, books)
    yield from check_rights(connection, books)
    if server:
        yield from check_server(connection, books)


def _domain(connection: Connection, books: list[Book]) -> Iterator[Check]:
    """Examine what stands on the main book, if anything does."""
    missing = [name for (name,) in Cursor(connection).execute(_MISSING, [list(_TABLES)])]
    if len(missing) == len(_TABLES) or MAIN not in books:
        return
    found = tuple(Violation("schema", name, f"the table {name} is missing") for name in missing)
    yield Check("schema", "the tables are there", len(_TABLES), found, "tables")
    if not missing:
        for proof in DOMAIN_PROOFS:
            yield proof.run(connection, MAIN)
