"""The tables of the settlement with merchants, one file for each part of it.

Rows are written by the functions beside these files only. Amounts are whole minor units.

Source: E-10 to E-16.
"""

from __future__ import annotations

from tael.settlement.tables.account_tables import CalendarDay, MerchantAccountRow, PayoutRule, Terms
from tael.settlement.tables.accrual_tables import (
    Accrual,
    BusinessKind,
    CompletenessCase,
    CompletenessDay,
    Source,
)
from tael.settlement.tables.bank_tables import (
    BankAccountRow,
    BankLine,
    BankMap,
    BankRow,
    BankStatement,
)
from tael.settlement.tables.bill_tables import Bill, BillLine, BillRun, BillRunItem, Reserve
from tael.settlement.tables.completeness_tables import CompletenessRun
from tael.settlement.tables.import_tables import AccrualImport, AccrualImportRow
from tael.settlement.tables.inquiry_tables import PayoutAsk, PayoutInquiry, StatusService
from tael.settlement.tables.payout_tables import (
    MerchantWithdrawal,
    PayoutBatch,
    PayoutRow,
    ResultFile,
    ResultRow,
)
from tael.settlement.tables.remittance_tables import Adjustment, Collection, Remittance
from tael.settlement.tables.report_tables import PeriodReport
from tael.settlement.tables.subtotal_tables import AccountSubtotal

__all__ = [
    "AccountSubtotal",
    "Accrual",
    "AccrualImport",
    "AccrualImportRow",
    "Adjustment",
    "BankAccountRow",
    "BankLine",
    "BankMap",
    "BankRow",
    "BankStatement",
    "Bill",
    "BillLine",
    "BillRun",
    "BillRunItem",
    "BusinessKind",
    "CalendarDay",
    "Collection",
    "CompletenessCase",
    "CompletenessDay",
    "CompletenessRun",
    "MerchantAccountRow",
    "MerchantWithdrawal",
    "PayoutAsk",
    "PayoutBatch",
    "PayoutInquiry",
    "PayoutRow",
    "PayoutRule",
    "PeriodReport",
    "Remittance",
    "Reserve",
    "ResultFile",
    "ResultRow",
    "Source",
    "StatusService",
    "Terms",
]
