"""Which pages `tael bench pages` asks for: every way of both menus, one of each kind of detail, filters.

A detail is the first that its list links to, and a next page the one that its list offers, so no number
stands here.

Source: peers-settlement-invest, sections 4.1 and 4.2.
"""

from __future__ import annotations

from typing import Final, NamedTuple

BACKOFFICE: Final = "/backoffice/"
PORTAL: Final = "/portal/"


class Page(NamedTuple):
    """A page of one site.

    Args:
        address: below the site; `{wallet}` and `{account}` are the numbers of the wallet and of the merchant account with
            a long history.
        linked: instead of an address: the pattern of a link, `#` a number or word, on the page at ``on``.
        on: where the link is looked for.
    """

    site: str
    address: str
    linked: str = ""
    on: str = ""

    @property
    def name(self) -> str:
        """Give what the table calls it."""
        return f"{self.site}{self.linked or self.address}"


def _pages(site: str, *addresses: str) -> tuple[Page, ...]:
    return tuple(Page(site, address) for address in addresses)


def _linked(site: str, **patterns: str) -> tuple[Page, ...]:
    """Give details: the list's address with `_` for `-`, and the pattern of what it links to."""
    return tuple(
        Page(site, "", linked, name.replace("_", "-")) for name, linked in patterns.items()
    )


NEXT: Final = "next page"
"""The pattern of the link to the next page of a list."""

SETTLEMENT: Final = (
    *("accounts", "records", "imports", "completeness", "bills", "reports", "remittances"),
    *("withdrawals", "batches", "kinds", "sources", "calendar"),
    *("bank-accounts", "bank-statements", "bank-lines"),
)
"""The settlement's lists in the back office."""

_LONG: Final = (
    "settlement/accounts/{account}",
    "settlement/accounts/{account}/details",
    "settlement/accounts/{account}/figures",
)
_HIS: Final = "merchant/details?account={account}"
_ASKS: Final = ("what=remittance", "what=withdrawal", "since={since}", "since={since}&what=bill")
"""Filters of the details of the merchant account with a long history; it has no withdrawals."""

PAGES: Final = (
    # the back office's menu, and the lists behind it
    *_pages(BACKOFFICE, "", "wallets", "flows", "withdrawals", "orders", "cards", "channels"),
    *_pages(BACKOFFICE, "currencies", "rates", "payee-accounts", "users", "staff", "api-keys"),
    *_pages(BACKOFFICE, "periods"),
    *_pages(BACKOFFICE, "webhooks", "audit", "holds", "silent-orders", "notices", "suspense"),
    *_pages(BACKOFFICE, "check-limits", "security"),
    *_pages(BACKOFFICE, *(f"settlement/{noun}" for noun in SETTLEMENT), "proposals"),
    *_pages(BACKOFFICE, "settlement/completeness/cases", "approval-limits", "settlement/bill-runs"),
    # one of each detail
    *(
        Page(BACKOFFICE, "", f"settlement/{noun}/#", f"settlement/{noun}")
        for noun in ("accounts", "records", "bills", "remittances", "withdrawals", "batches")
    ),
    *_pages(BACKOFFICE, "wallets/{wallet}", "wallets/{wallet}/holds", "wallets/{wallet}/deduct"),
    *_pages(
        BACKOFFICE, *_LONG, *(f"{_LONG[1]}?{ask}" for ask in _ASKS), f"{_LONG[2]}?since={{since}}"
    ),
    Page(BACKOFFICE, "", "settlement/reports/#", "settlement/reports?account={account}"),
    Page(BACKOFFICE, "", NEXT, _LONG[1]),
    *_linked(BACKOFFICE, flows="flows/#", withdrawals="withdrawals/#", orders="orders/#"),
    *_linked(BACKOFFICE, cards="cards/#", channels="channels/of/#", users="users/#"),
    *_linked(BACKOFFICE, staff="staff/#", webhooks="webhooks/#", notices="notices/#"),
    # filters and further pages
    *_pages(BACKOFFICE, "?period=3M", "?period=1Y"),
    *_pages(BACKOFFICE, "flows?operation=withdraw", "flows?wallet={wallet}"),
    *_pages(BACKOFFICE, "flows?currency=CNY&least=9.00", "flows?channel=System"),
    *_pages(
        BACKOFFICE,
        "wallets?q=Customer",
        "wallets?currency=CNY",
        "wallets/{wallet}?operation=freeze",
    ),
    *_pages(BACKOFFICE, "withdrawals?state=applied", "orders?state=created", "holds?state=open"),
    *_pages(BACKOFFICE, "audit?action=card.issue", "flows?since={since}"),
    *(
        Page(BACKOFFICE, "", NEXT, f"settlement/{noun}")
        for noun in ("accounts", "records", "bills", "withdrawals")
    ),
    *(Page(BACKOFFICE, "", NEXT, on) for on in ("wallets", "flows", "withdrawals", "orders")),
    *(Page(BACKOFFICE, "", NEXT, on) for on in ("holds", "audit", "wallets/{wallet}")),
    # the portal's menu
    *_pages(PORTAL, "", "wallets", "statement", "recharge", "pay", "transfer", "withdraw"),
    *_pages(PORTAL, "exchange", "redeem", "orders", "withdrawals", "holds", "points"),
    *_pages(PORTAL, "payee-accounts", "security"),
    *(
        Page(PORTAL, f"merchant/{noun}")
        for noun in (
            "earnings",
            "records",
            "bills",
            "reports",
            "remittances",
            "payouts",
            "rule",
            "details",
        )
    ),
    *_pages(PORTAL, _HIS, *(f"{_HIS}&{ask}" for ask in _ASKS)),
    *_pages(PORTAL, "merchant/reports?account={account}", "merchant/earnings?account={account}"),
    Page(PORTAL, "", "merchant/reports/#", "merchant/reports?account={account}"),
    Page(PORTAL, "", NEXT, _HIS),
    # one of each detail, filters and further pages
    *_pages(PORTAL, "wallets/{wallet}"),
    *_linked(PORTAL, statement="records/#", orders="orders/#", withdrawals="withdrawals/#"),
    *_linked(PORTAL, holds="holds/#"),
    *_pages(PORTAL, "statement?wallet={wallet}", "statement?wallet={wallet}&since={since}"),
    *(Page(PORTAL, "", NEXT, on) for on in ("orders", "withdrawals", "holds", "statement")),
)
