"""Each of the merchant's lists as a file: his own rows, and nothing of who of the house did what."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assurance.lived_in_bills import lived_bills
from settled_once import IN_JANUARY
from settlement_builders import a_merchant_account
from settlement_payout_builders import an_application
from settlement_remittance_builders import a_remittance, an_adjustment
from tael.documents.csv_file import read_csv
from tael.documents.listing import asked_word
from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.reports.period_report import make_reports
from tael.web.portal.merchant.list_downloads import OFFERED
from visits import customer_client


@pytest.mark.rule("A39", "T14")
def test_each_list_gives_his_own_rows_and_nobody_elses(db):
    lived = lived_bills()
    account = merchant_account(lived.account)
    an_adjustment(account, "50.00")
    an_application(account, "1.00")
    a_remittance(account)
    make_reports(account=account, actor="system", at=IN_JANUARY)
    other = merchant_account(lived.account + 1)
    for client, ours in (
        (customer_client(account.owner), True),
        (customer_client(other.owner), False),
    ):
        for offered in OFFERED:
            named = [account.number] if "<number" in offered.page else []
            where = reverse(f"portal:{offered.name}-download", args=named)
            answer = client.get(where, {"format": "csv", "account": account.number})
            if not ours:
                assert answer.status_code == (404 if named else 200), offered.name
                assert named or str(account.number) not in answer.content.decode(), offered.name
                continue
            table = read_csv(answer.content)
            rows = table[table.index([]) + 2 :]
            assert rows, offered.name
            assert b"user:" not in answer.content, offered.name
            assert ["Lines", str(len(rows))] in table


def test_what_was_asked_for_stands_above_the_rows(db):
    account = a_merchant_account()
    client, where = customer_client(account.owner), reverse("portal:merchant-records-download")

    table = read_csv(client.get(where, {"format": "csv", "state": "failed", "kind": "x"}).content)

    assert table[1:3] == [
        ["Kind of business", "x"],
        ["State", "failed"],
    ]
    assert all(asked_word(field, "en") for each in OFFERED for field in each.filters)
