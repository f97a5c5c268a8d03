"""What a list of the portal cannot be asked for is refused by the name of its field, on the page and as a file."""

from __future__ import annotations

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


def test_a_filter_or_a_place_that_is_nonsense_is_refused_and_never_left_out() -> None:
    client = customer_client(a_merchant_account().owner)

    for page, queries in NONSENSE.items():
        for query in queries:
            said = read(client, f"/portal/{page}?{query}", status=400)
            assert "filter_malformed" in said, (page, query)
            assert query.partition("=")[0] in said, (page, query)
    assert "filter_malformed" not in read(client, "/portal/merchant/payouts?payout=open&before=7")
