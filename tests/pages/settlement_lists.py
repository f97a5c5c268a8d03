"""The settlement's lists, as `list_table.py` has those of the rest: what grows, and what is no list.

Source: peers-settlement-invest, sections 4.1 to 4.3.
"""

from __future__ import annotations

from typing import Final

ACCOUNT: Final = {"number": "account"}

BACKOFFICE_LISTS: Final = {
    "proposals": ({}, ""),
    "settlement-adjustments": ({}, ""),
    "settlement-collections": ({}, ""),
    "settlement-batches": ({}, ""),
    "settlement-payouts-unknown": ({}, ""),
    "bank-statements": ({}, ""),
    "bank-lines": ({}, ""),
    "settlement-accounts": ({}, ""),
    "settlement-account": (ACCOUNT, ""),
    "settlement-terms": (ACCOUNT, ""),
    "settlement-details": (ACCOUNT, ""),
    "settlement-bill-runs": ({}, ""),
    "settlement-bills": ({}, ""),
    "settlement-bill": ({"number": "bill"}, ""),
    "settlement-bill-records": ({"number": "bill"}, ""),
    "settlement-imports": ({}, ""),
    "settlement-completeness-source": ({"code": "source"}, ""),
    "settlement-completeness": ({}, ""),
    "settlement-cases": ({}, ""),
    "settlement-calendar": ({}, ""),
    "settlement-kinds": ({}, ""),
    "settlement-sources": ({}, ""),
    "settlement-records": ({}, ""),
    "settlement-record": ({"number": "record"}, ""),
    "settlement-remittances": ({}, ""),
    "settlement-withdrawals": ({}, ""),
    "settlement-rules": ({}, ""),
}

PORTAL_LISTS: Final = {
    "merchant-bills": ({}, ""),
    "merchant-records": ({}, ""),
    "merchant-details": ({}, ""),
    "merchant-remittances": ({}, ""),
    "merchant-payouts": ({}, ""),
}

BACKOFFICE_OTHERS: Final = frozenset(
    {
        # a file's own rows, which are as many as they were
        "bank-statement",
        # as many as the house has banks
        *("bank-accounts", "bank-account-add", "bank-account-map", "bank-maps", "bank-map-set"),
        *("bank-statement-bring", "bank-line", "bank-line-aside", "bank-line-back"),
        *("bank-line-settle", "bank-lines-download", "bank-statements-download"),
        # as many rows as there are acts of that sort
        *("approval-limits", "approval-limit-change"),
        *(
            "proposals-decide",
            "proposal",
            "proposal-approve",
            "proposal-refuse",
            "proposal-withdraw",
        ),
        *("settlement-account-adjust", "settlement-account-collect", "settlement-account-open"),
        *("settlement-account-switch", "settlement-terms-change", "settlement-calendar-set"),
        *("settlement-kind-add", "settlement-kind-switch"),
        *("settlement-source-add", "settlement-source-switch", "settlement-source-address"),
        *("settlement-source-secret", "settlement-source-files"),
        # as many rows as there are channels
        *("settlement-status-services", "settlement-status-address"),
        *("settlement-status-secret", "settlement-status-stop"),
        *("settlement-record-add", "settlement-record-confirm", "settlement-record-fail"),
        "settlement-record-reverse",
        *("settlement-batch-make", "settlement-batch", "settlement-batch-check"),
        *("settlement-batch-reopen", "settlement-batch-approve", "settlement-batch-drop"),
        *("settlement-batch-revoke", "settlement-batch-take-out", "settlement-batch-export"),
        *("settlement-batch-download", "settlement-batch-answer", "settlement-result-bring"),
        *("settlement-result", "settlement-result-take", "settlement-result-drop"),
        "settlement-result-looked",
        *("settlement-bill-run", "settlement-bill-run-start", "settlement-bill-run-progress"),
        *("settlement-bill-run-go-on", "settlement-bill-review", "settlement-bill-reopen"),
        *("settlement-bill-refresh", "settlement-bill-issue", "settlement-bill-replace"),
        *("settlement-import", "settlement-import-bring", "settlement-import-progress"),
        *("settlement-import-record", "settlement-import-cancel", "settlement-check-stop"),
        *("settlement-completeness-check", "settlement-completeness-file", "settlement-check"),
        *("settlement-check-progress", "settlement-case", "settlement-case-close"),
        *(
            "settlement-reports",
            "settlement-report",
            "settlement-report-make",
            "settlement-figures",
        ),
        "settlement-reserve",
        *("settlement-remittance", "settlement-remittance-declare"),
        *("settlement-remittance-confirm", "settlement-remittance-dispute"),
        "settlement-remittance-withdraw",
        # what each of some rules would do: looked at one after the other
        *("settlement-rules-rehearsed", "settlement-rule", "settlement-rule-change"),
        *("settlement-withdrawal", "settlement-withdrawal-hold", "settlement-withdrawal-release"),
        *("settlement-withdrawal-cancel", "settlement-withdrawal-flow-number"),
        "settlement-withdrawal-bounce",
        # files, whose rows are read in portions
        *("settlement-bills-download", "settlement-bill-download", "settlement-report-download"),
        *("settlement-bill-records-download", "settlement-figures-download"),
        *("settlement-details-download", "settlement-import-download"),
        *("settlement-records-download", "settlement-withdrawals-download"),
        "settlement-withdrawal-download",
        *("settlement-adjustment", "settlement-collection"),
        "settlement-accounts-download",
        "settlement-bill-runs-download",
        "settlement-bill-run-download",
        "settlement-reserve-download",
        "settlement-reports-download",
        "settlement-remittances-download",
        "settlement-adjustments-download",
        "settlement-collections-download",
        "settlement-completeness-source-download",
        "settlement-cases-download",
        "settlement-rules-download",
        "settlement-batches-download",
        "settlement-batch-rows-download",
        "settlement-payouts-unknown-download",
        "settlement-result-download",
        "proposals-download",
    }
)

PORTAL_OTHERS: Final = frozenset(
    {
        # of one account, kind by kind and day by day of a period
        "merchant-earnings",
        *("merchant-record", "merchant-adjustment", "merchant-collection"),
        *("merchant-bill", "merchant-report", "merchant-reports", "merchant-reserve"),
        *("merchant-remittance", "merchant-remittance-declare", "merchant-remittance-confirm"),
        *("merchant-remittance-dispute", "merchant-remittance-withdraw"),
        *("merchant-payout", "merchant-payout-apply", "merchant-payout-cancel"),
        *("merchant-rule", "merchant-rule-change"),
        *("merchant-bills-download", "merchant-bill-download", "merchant-report-download"),
        *("merchant-records-download", "merchant-figures-download"),
        *("merchant-details-download", "merchant-payout-download"),
        *("merchant-payouts-download", "merchant-remittances-download"),
        *("merchant-reports-download", "merchant-reserve-download"),
    }
)
