"""Pages are asked for on a real server, after signing in as both kinds of visitor, and the books balance."""

from __future__ import annotations

from tael.assurance.bench import pages
from tael.assurance.bench.page_list import BACKOFFICE, NEXT, PORTAL, Page
from tael.postgres.connect import Databases

ASKED = (
    Page(BACKOFFICE, "?period=1Y"),
    Page(BACKOFFICE, "wallets/{wallet}"),
    Page(BACKOFFICE, "settlement/accounts/{account}/details?what=bill"),
    Page(BACKOFFICE, "", "orders/#", "orders"),
    Page(BACKOFFICE, "", NEXT, "flows"),
    Page(PORTAL, "withdrawals"),
    Page(PORTAL, "statement?since={since}"),
)


def test_pages_are_timed_beside_their_yardsticks(pg: Databases, migrated: None):
    size = pages.Size(
        entries=120, long=24, settled=40, customers=3, things=2, requests=2, warm_up=1
    )

    report = pages.run(url=pg.named("postgres").owner_dsn, size=size, pages=ASKED)

    assert [page.name for page in report.pages] == [
        "SELECT 1 on the same database",
        "/healthz of the same server",
        "/backoffice/?period=1Y",
        "/backoffice/wallets/{wallet}",
        "/backoffice/settlement/accounts/{account}/details?what=bill",
        "/backoffice/orders/#",
        "/backoffice/flows, next page",
        "/portal/withdrawals",
        "/portal/statement?since={since}",
    ]
    assert all(len(page.times) == 2 for page in report.pages)
    assert all(page.first is None for page in report.pages[:2])
    assert all(page.first for page in report.pages[2:])
    assert report.broken == []
    assert "The books balance" in report.text()
    assert "load average" in report.text()
