"""What stands in the files of the settlement's lists: records, bills, accounts and what moves them.

Source: B-08, B-14, B-25, E-10 to E-14, E-16; peers-settlement-invest A6, A14, A15, A22, A36, A39.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tael import books
from tael.approvals.proposal_search import ProposalsWanted, proposals
from tael.documents.listing import KindName, Listing, Merchant, Said
from tael.money import Money
from tael.settlement.accounts.account_details import Detail, DetailsWanted, account_details
from tael.settlement.accounts.merchant_search import (
    MerchantAccountsWanted,
    MerchantAccountView,
    merchant_accounts,
)
from tael.settlement.bills.bill_search import BillSeen, BillsWanted, bills
from tael.settlement.bills.reserve import KeptOf, reserves_of
from tael.settlement.completeness.completeness_search import (
    CasesWanted,
    CompletenessCase,
    CompletenessDay,
    DaysWanted,
    completeness_cases,
    completeness_days,
)
from tael.settlement.records.accrual_search import AccrualsWanted, AccrualView, accruals
from tael.settlement.remittances.adjustment_search import (
    AdjustmentsWanted,
    AdjustmentView,
    CollectionsWanted,
    CollectionView,
    adjustments,
    collections,
)
from tael.settlement.remittances.remittance_search import (
    RemittancesWanted,
    RemittanceView,
    remittances,
)
from tael.settlement.reports.report_search import ReportSeen, ReportsWanted, reports

if TYPE_CHECKING:
    from tael.approvals.proposal import Proposal
    from tael.settlement.accounts.merchant_account import MerchantAccount


class DetailsOf(NamedTuple):
    """Which lines of which account are wanted."""

    account: MerchantAccount
    wanted: DetailsWanted = DetailsWanted()


def _proposed(one: Proposal) -> Money | None:
    known = books.currencies()
    if one.amount is None or one.currency not in known:
        return None
    return Money(one.amount, known[one.currency].currency)


RECORDS: Final = Listing[AccrualsWanted, AccrualView](
    name="business-records",
    states="record",
    page=lambda wanted, limit, before: accruals(wanted, limit=limit, before=before),
    place=lambda one: one.row.pk,
    at=lambda one: one.row.recorded_at,
    columns={
        "record": lambda one: one.row.pk,
        "merchant account": lambda one: str(one.account.number),
        "source": lambda one: one.row.source_id,
        "business kind": lambda one: one.row.kind_id,
        "kind name": lambda one: KindName(one.row.kind_id),
        "business number": lambda one: one.row.number,
        "type": lambda one: Said(f"type {one.row.type}"),
        "reversed number": lambda one: one.row.reversed_number or "",
        "state": lambda one: Said(f"record {one.row.state}"),
        "billed by": lambda one: one.row.day,
        "occurred on": lambda one: one.row.occurred_on,
        "amount": lambda one: one.amount,
        "currency": lambda one: one.account.currency.code,
        "reversed": lambda one: one.reversed,
        "quantity": lambda one: one.quantity,
        "unit": lambda one: one.unit,
        "gross": lambda one: one.gross,
        "bill": lambda one: "" if one.row.bill is None else str(one.row.bill),
        "origin": lambda one: Said(f"origin {one.row.origin}"),
        "note": lambda one: one.row.note,
        "recorded at": lambda one: one.row.recorded_at,
        "decided": lambda one: one.row.decided_at,
    },
    sums=("amount",),
    counts=lambda one: one.row.state != "failed",
    inside=frozenset({"origin", "note"}),
)
BILLS: Final = Listing[BillsWanted, BillSeen](
    name="bills",
    states="state",
    page=lambda wanted, limit, before: bills(wanted, limit=limit, before=before),
    place=lambda one: one.bill.pk,
    at=lambda one: one.bill.made_at,
    columns={
        "bill": lambda one: str(one.bill.pk),
        "merchant": lambda one: Merchant(one.account.owner),
        "merchant account": lambda one: str(one.account.number),
        "from": lambda one: one.bill.first_day,
        "to": lambda one: one.bill.last_day,
        "state": lambda one: Said(f"state {one.bill.state}"),
        "records": lambda one: one.bill.records,
        "amount": lambda one: one.total,
        "currency": lambda one: one.account.currency.code,
        "issued": lambda one: one.bill.issued_at,
        "replaces": lambda one: "" if one.bill.replaces_id is None else str(one.bill.replaces_id),
    },
    sums=("amount",),
    counts=lambda one: one.bill.state != "void",
)
DETAILS: Final = Listing[DetailsOf, Detail](
    name="details",
    page=lambda of, limit, before: account_details(
        of.account, of.wanted, limit=limit, before=before
    ),
    place=lambda one: one.number,
    at=lambda one: one.booked_at,
    columns={
        "detail number": lambda one: one.number,
        "effective": lambda one: one.effective_at,
        "what": lambda one: Said(f"word {one.word}"),
        "document": lambda one: "" if one.document is None else str(one.document),
        "amount": lambda one: one.amount,
        "after": lambda one: one.after,
        "currency": lambda one: one.amount.currency.code,
        "info": lambda one: one.info,
        "entry number": lambda one: one.entry,
        "booked": lambda one: one.booked_at,
    },
    sums=("amount",),
    heads=lambda of: [("merchant account", str(of.account.number))],
)
ACCOUNTS: Final = Listing[MerchantAccountsWanted, MerchantAccountView](
    name="merchant-accounts",
    states="account",
    page=lambda wanted, limit, after: merchant_accounts(wanted, limit=limit, after=after),
    place=lambda one: one.number,
    at=lambda one: one.opened_at,
    columns={
        "merchant account": lambda one: str(one.number),
        "merchant": lambda one: Merchant(one.account.owner),
        "name": lambda one: one.account.name,
        "amount": lambda one: one.amount,
        "reserve": lambda one: one.reserve,
        "currency": lambda one: one.account.currency.code,
        "opened": lambda one: one.opened_at,
        "switched off": lambda one: one.disabled_at,
    },
    sums=("amount", "reserve"),
)
REPORTS: Final = Listing[ReportsWanted, ReportSeen](
    name="reports",
    page=lambda wanted, limit, before: reports(wanted, limit=limit, before=before),
    place=lambda one: one.report.pk,
    at=lambda one: one.report.made_at,
    columns={
        "row number": lambda one: one.report.pk,
        "merchant account": lambda one: str(one.account.number),
        "merchant": lambda one: Merchant(one.account.owner),
        "from": lambda one: one.report.first_day,
        "to": lambda one: one.report.last_day,
        "opening amount": lambda one: one.opening,
        "entries": lambda one: one.came,
        "exits": lambda one: one.went,
        "closing amount": lambda one: one.closing,
        "currency": lambda one: one.account.currency.code,
        "lines": lambda one: one.report.lines,
        "made": lambda one: one.report.made_at,
    },
)
RESERVES: Final = Listing["MerchantAccount", KeptOf](
    name="reserves",
    page=lambda account, limit, before: reserves_of(account, limit=limit, before=before),
    place=lambda one: one.number,
    at=lambda one: one.released_at,
    columns={
        "row number": lambda one: one.number,
        "bill": lambda one: str(one.bill),
        "amount": lambda one: one.amount,
        "currency": lambda one: one.amount.currency.code,
        "release on": lambda one: one.release_on,
        "released": lambda one: one.released_at,
    },
    sums=("amount",),
    counts=lambda one: one.released_at is None,
    heads=lambda account: [("merchant account", str(account.number))],
)
REMITTANCES: Final = Listing[RemittancesWanted, RemittanceView](
    name="remittances",
    states="remittance",
    page=lambda wanted, limit, before: remittances(wanted, limit=limit, before=before),
    place=lambda one: one.row.pk,
    at=lambda one: one.row.declared_at,
    columns={
        "row number": lambda one: one.row.pk,
        "merchant": lambda one: Merchant(one.account.owner),
        "merchant account": lambda one: str(one.account.number),
        "payer": lambda one: Said(f"payer {one.row.payer}"),
        "amount": lambda one: one.amount,
        "change of account": lambda one: one.change,
        "currency": lambda one: one.account.currency.code,
        "channel": lambda one: one.row.channel,
        "payment flow": lambda one: one.row.flow_number,
        "paid on": lambda one: one.row.paid_on,
        "state": lambda one: Said(f"remittance {one.row.state}"),
        "note": lambda one: one.row.note,
        "declared": lambda one: one.row.declared_at,
        "declared by": lambda one: one.row.declared_by,
        "decided": lambda one: one.row.decided_at,
        "decided by": lambda one: one.row.decided_by,
        "reason": lambda one: one.row.reason,
        "entry of books": lambda one: one.row.entry,
    },
    sums=("amount", "change of account"),
    inside=frozenset({"declared by", "decided by"}),
)
ADJUSTMENTS: Final = Listing[AdjustmentsWanted, AdjustmentView](
    name="adjustments",
    page=lambda wanted, limit, before: adjustments(wanted, limit=limit, before=before),
    place=lambda one: one.row.pk,
    at=lambda one: one.row.made_at,
    columns={
        "row number": lambda one: one.row.pk,
        "made at": lambda one: one.row.made_at,
        "merchant": lambda one: Merchant(one.account.owner),
        "merchant account": lambda one: str(one.account.number),
        "amount": lambda one: one.amount,
        "currency": lambda one: one.account.currency.code,
        "reason": lambda one: one.row.reason,
        "made by": lambda one: one.row.made_by,
        "approved by": lambda one: one.row.approved_by,
        "proposal": lambda one: one.row.proposal,
        "entry of books": lambda one: one.row.entry,
    },
    sums=("amount",),
    inside=frozenset({"made by", "approved by", "proposal"}),
)
COLLECTIONS: Final = Listing[CollectionsWanted, CollectionView](
    name="collections",
    page=lambda wanted, limit, before: collections(wanted, limit=limit, before=before),
    place=lambda one: one.row.pk,
    at=lambda one: one.row.at,
    columns={
        "row number": lambda one: one.row.pk,
        "made at": lambda one: one.row.at,
        "day": lambda one: one.row.day,
        "merchant": lambda one: Merchant(one.account.owner),
        "merchant account": lambda one: str(one.account.number),
        "from wallet": lambda one: str(one.row.wallet),
        "amount": lambda one: one.amount,
        "currency": lambda one: one.account.currency.code,
        "entry of books": lambda one: one.row.entry,
    },
    sums=("amount",),
)
DAYS: Final = Listing[DaysWanted, CompletenessDay](
    name="completeness-days",
    page=lambda wanted, limit, before: completeness_days(wanted, limit=limit, before=before),
    place=lambda one: (one.day, one.pk),
    at=lambda one: one.checked_at,
    columns={
        "source": lambda one: one.source_id,
        "day": lambda one: one.day,
        "acts": lambda one: one.acts,
        "agreeing": lambda one: one.recorded,
        "missing": lambda one: one.acts - one.recorded,
        "added": lambda one: one.added,
        "cases": lambda one: one.cases,
        "made at": lambda one: one.checked_at,
        "made by": lambda one: one.checked_by,
    },
)
CASES: Final = Listing[CasesWanted, CompletenessCase](
    name="completeness-cases",
    states="case",
    page=lambda wanted, limit, before: completeness_cases(wanted, limit=limit, before=before),
    place=lambda one: one.pk,
    at=lambda one: one.found_at,
    columns={
        "case": lambda one: one.pk,
        "source": lambda one: one.source_id,
        "day": lambda one: one.day,
        "business kind": lambda one: one.kind,
        "business number": lambda one: one.number,
        "what differs": lambda one: Said(f"case {one.what}"),
        "differing fields": lambda one: one.reason,
        "state": lambda one: Said(f"case {one.state}"),
        "made at": lambda one: one.found_at,
        "decided": lambda one: one.closed_at,
        "decided by": lambda one: one.closed_by,
        "closing note": lambda one: one.note,
    },
)
PROPOSALS: Final = Listing[ProposalsWanted, "Proposal"](
    name="proposals",
    states="proposal",
    page=lambda wanted, limit, before: proposals(wanted, limit=limit, before=before),
    place=lambda one: one.pk,
    at=lambda one: one.proposed_at,
    columns={
        "proposal": lambda one: one.pk,
        "act": lambda one: Said(f"act {one.command}"),
        "subject": lambda one: one.subject,
        "amount": _proposed,
        "currency": lambda one: one.currency or "",
        "note": lambda one: one.note,
        "state": lambda one: Said(f"proposal {one.state}"),
        "proposed": lambda one: one.proposed_at,
        "proposed by": lambda one: one.proposed_by,
        "expires": lambda one: one.expires_at,
        "decided": lambda one: one.decided_at,
        "decided by": lambda one: one.decided_by,
        "reason": lambda one: one.reason,
    },
)
