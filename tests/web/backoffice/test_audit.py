"""The audit trail on a page: found by who, what, to what and when."""

from __future__ import annotations

import pytest

from builders import AT, STAFF, a_customer, a_payee, queries
from tael.channels.channel import disable_channel, enable_channel
from visits import a_staff_user, staff_client

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I31")]


def acts(client, **query) -> list[str]:
    answer = client.get("/backoffice/audit", query)
    assert answer.status_code == 200
    return [row.action for row, _, _ in answer.context["rows"]]


def test_acts_are_found_by_who_what_to_what_and_when():
    admin = a_staff_user("admin")
    disable_channel(identifier="Alipay", actor=f"user:{admin.pk}", at=AT)
    enable_channel(identifier="Alipay", actor=STAFF, at=AT)
    a_payee(a_customer())
    client = staff_client(user=admin)

    assert acts(client, subject="channel:Alipay") == ["channel.enable", "channel.disable"]
    assert acts(client, actor=f"user:{admin.pk}", until="2026-03-01") == ["channel.disable"]
    assert acts(client, action="channel") == ["channel.enable", "channel.disable"]
    assert acts(client, action="payee.add") == ["payee.add"]
    assert acts(client, subject="channel:Alipay", until="2026-02-28") == []
    assert len(acts(client, subject="channel", since="2026-03-01", until="2026-03-01")) == 2
    assert acts(client, actor="' OR 1=1 --") == []
    assert acts(client, actor=admin.name[:4].upper(), subject="channel") == ["channel.disable"]
    assert acts(client, actor=admin.login, subject="channel") == ["channel.disable"]
    page = client.get("/backoffice/audit", {"actor": f"user:{admin.pk}"}).content.decode()
    assert admin.name in page


def test_the_trail_is_turned_page_by_page_and_asks_no_query_per_line():
    customer, client = a_customer(), staff_client("auditor")
    a_payee(customer)
    with queries() as few:
        client.get("/backoffice/audit", {"action": "payee.add"})
    for _ in range(60):
        a_payee(customer)
    with queries() as many:
        first = client.get("/backoffice/audit", {"action": "payee.add"})

    assert len(many) == len(few)
    rest = client.get(f"/backoffice/audit?{first.context['next']}")
    seen = [row.pk for answer in (first, rest) for row, _, _ in answer.context["rows"]]
    assert len(seen) == len(set(seen)) == 61
    assert rest.context["next"] == ""


@pytest.mark.rule("T14")
@pytest.mark.parametrize("role", ["support", "finance_maker", "finance_checker"])
def test_the_trail_is_not_for_everybody(role):
    assert staff_client(role).get("/backoffice/audit").status_code == 403
