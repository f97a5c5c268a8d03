"""Payee accounts on a page: whole for those who pay to them, masked for the others."""

from __future__ import annotations

import pytest

from builders import AT, STAFF, a_customer, a_payee
from tael.parties.payee import close_payee
from visits import staff_client

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("E-07")]


@pytest.mark.rule("T22")
def test_who_pays_sees_them_whole_and_support_and_admin_masked():
    a_payee(a_customer())

    for role, whole in (
        ("finance_maker", True),
        ("auditor", True),
        ("support", False),
        ("admin", False),
    ):
        text = staff_client(role).get("/backoffice/payee-accounts").content.decode()
        assert ("6222 0000" in text) is whole, role
    masked = staff_client("support").get("/backoffice/payee-accounts", {"text": "Li Hua"})
    assert "text" not in masked.context["filters"].fields


def test_they_are_found_by_customer_name_kind_and_state():
    one, other = a_customer(name="Ann Lee"), a_customer(name="Bo Chan")
    first, second = a_payee(one), a_payee(other)
    close_payee(number=first, customer=one, actor=STAFF, at=AT)
    client = staff_client("finance_maker")

    def found(**query):
        answer = client.get("/backoffice/payee-accounts", query)
        assert answer.status_code == 200
        return [row.number for row, _ in answer.context["rows"]]

    assert found() == [second, first]
    assert found(customer=str(one)) == [first]
    assert found(text="bo ch") == [second]
    assert found(state="closed") == [first]
    assert found(kind="alipay") == []
    assert found(before=str(second)) == [first]
