"""What a list of the portal cannot be asked for is refused by the name of its field, on the page and as a file."""

from __future__ import annotations

import re

import pytest

from settlement_builders import a_merchant_account
from staff_pages import read
from visits import customer_client

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("T14")]

NONSENSE = {
    "orders": ("state=x", "before=x", "before=-1", "before=%00"),
    "withdrawals": ("state=x", "before=x"),
    "wallets": ("after=x",),
    "merchant/payouts": ("payout=x", "before=x"),
    "merchant/payouts/file": ("payout=x&format=csv",),
    "merchant/remittances": ("state=x", "before=x"),
    "merchant/remittances/file": ("state=x&format=csv",),
}


FORMS = {
    "orders": "state=x",
    "withdrawals": "state=x",
    "merchant/payouts": "payout=x",
    "merchant/remittances": "state=x",
    "merchant/reports": "since=x",
    "merchant/records": "bill=１",
    "merchant/details": "until=２０２６-13-01",
}


def test_a_filter_or_a_place_that_is_nonsense_is_refused_and_never_left_out() -> None:
    client = customer_client(a_merchant_account().owner)

    for page, queries in NONSENSE.items():
        for query in queries:
            said = read(client, f"/portal/{page}?{query}", status=400)
            assert "filter_malformed" in said, (page, query)
            assert query.partition("=")[0] in said, (page, query)
    assert "filter_malformed" not in read(client, "/portal/merchant/payouts?payout=open&before=7")


def test_what_is_refused_is_said_above_the_lists_own_form_and_nothing_is_listed() -> None:
    client = customer_client(a_merchant_account().owner)

    for page, query in FORMS.items():
        answer = client.get(f"/portal/{page}?{query}")
        said, (field, _, typed) = answer.content.decode(), query.partition("=")
        assert f"<dd>{typed}</dd>" in said, page
        assert 'class="empty"' not in said, page
        control = re.search(rf'<(?:input|select) class="([^"]*)"[^>]* name="{field}"', said)
        assert page == "merchant/payouts" or (control and control[1].endswith("-error")), page
