"""Every page of both sites, asked for by everybody: the table says who gets it, the sites must agree.

Source: reliability T14.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from importlib import import_module

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from builders import STAFF as STAFF_ACTOR
from builders import a_customer, a_payee, a_wallet, an_instruction, money
from settlement_bill_builders import a_billed_month, an_account_since
from settlement_builders import a_record, some_terms
from settlement_payout_builders import an_application
from settlement_remittance_builders import a_remittance, an_adjustment
from tael.parties.role import ROLES
from tael.payouts.withdrawal import apply_withdrawal
from tael.settlement.remittances.collection import collect_debt
from tael.settlement.reports.period_report import make_report_now
from tael.wallet.freeze import freeze
from tael.wallet.recharge_order import create_order
from tael.web.access import answers as access_answers
from visits import a_customer_user, a_staff_user, customer_client, staff_client
from web.access_table import ALL, BACKOFFICE, OPEN, OWN, PORTAL, STAFF

ABSENT = 10**17
ARGUMENTS = {
    "number": str(ABSENT),
    "operation": "recharge",
    "identifier": "Nowhere",
    "code": "NONE",
    "month": "1999-12",
}
SITES = {"backoffice": BACKOFFICE, "portal": PORTAL}


def patterns(site):
    return {found.name: found for found in import_module(f"tael.web.{site}.addresses").urlpatterns}


def address(site, name, **given):
    converters = patterns(site)[name].pattern.converters
    usual = {key: kind.to_python(ARGUMENTS[key]) for key, kind in converters.items()}
    return reverse(f"{site}:{name}", kwargs={**usual, **given})


def answers(client, where):
    """What GET and an empty POST are answered, leaving out the one the page does not know."""
    both = [client.get(where), client.post(where)]
    assert all(answer.status_code < 500 or answer.status_code == 503 for answer in both), where
    known = [answer for answer in both if answer.status_code != 405]
    assert known, f"{where} answers nothing"
    return known


def sent_to_sign_in(answer, site):
    return answer.status_code == 302 and answer["Location"].startswith(f"/{site}/sign-in")


def each_with_client(names, new_client):
    """Names of pages with a browser to ask for them, a new one where the last page has signed it out."""
    client = new_client()
    for name in names:
        yield name, client
        if name in {"sign-out", "end-sessions"}:
            client = new_client()


@pytest.fixture
def bare_refusals(monkeypatch):
    """Refusals as their codes, without the page around them: here they are asked for two thousand times."""

    def bare(_request, _template, context, status):
        return HttpResponse(context["refusal"].code, status=status)

    monkeypatch.setattr(access_answers, "render", bare)


def lacks_role(answer):
    return answer.status_code == 403 and b"role_missing" in answer.content


@pytest.mark.rule("T14")
@pytest.mark.parametrize("site", SITES)
def test_every_address_has_a_line_and_every_line_an_address(site):
    assert SITES[site].keys() - patterns(site).keys() == set(), "lines without an address"
    assert patterns(site).keys() - SITES[site].keys() == set(), "addresses without a line"


def test_the_roles_of_the_table_are_all_there_are():
    assert set(STAFF) == ALL == ROLES.keys()


@pytest.mark.rule("T14")
@pytest.mark.parametrize("site", SITES)
def test_who_has_not_signed_in_finds_only_the_door(db, site):
    for name in patterns(site):
        for answer in answers(Client(SERVER_NAME="localhost"), address(site, name)):
            opens = SITES[site].get(name) == OPEN
            assert sent_to_sign_in(answer, site) is not opens, name


@pytest.mark.rule("T14")
def test_who_has_signed_in_on_one_site_is_nobody_on_the_other(db):
    user, member = a_customer_user(a_customer()), a_staff_user(*STAFF)
    strangers = {
        "backoffice": lambda: customer_client(user.customer_id, user=user),
        "portal": lambda: staff_client(user=member),
    }
    for site, stranger in strangers.items():
        for name, client in each_with_client(patterns(site), partial(carried_over, stranger, site)):
            for answer in answers(client, address(site, name)):
                opens = SITES[site].get(name) == OPEN
                assert sent_to_sign_in(answer, site) is not opens, (site, name)


def carried_over(new_client, site):
    """A browser in which somebody has signed in on the other site, its cookies under this one's names as well."""
    client = new_client()
    other = "portal" if site == "backoffice" else "backoffice"
    for cookie in list(client.cookies.values()):
        client.cookies[cookie.key.replace(other, site)] = cookie.value
    return client


@pytest.mark.rule("T14")
@pytest.mark.usefixtures("bare_refusals")
@pytest.mark.parametrize("role", STAFF)
def test_each_role_opens_what_the_table_says(db, role):
    member = a_staff_user(role)
    for name, client in each_with_client(patterns("backoffice"), lambda: staff_client(user=member)):
        cell = BACKOFFICE[name]
        found = answers(client, address("backoffice", name))
        if cell == OPEN or role in cell:
            assert not any(map(lacks_role, found)), (role, name)
            assert name == "sign-out" or not any(
                sent_to_sign_in(answer, "backoffice") for answer in found
            ), (role, name)
        else:
            assert all(map(lacks_role, found)), (role, name)


@pytest.mark.rule("T14")
def test_a_customer_opens_every_page_of_his_own(db):
    his = belongings(a_customer())
    user = a_customer_user(his["customer"])
    for name, client in each_with_client(
        PORTAL, lambda: customer_client(his["customer"], user=user)
    ):
        cell = PORTAL[name]
        if cell == OPEN or name == "pay-order":  # no gateway stands behind the order's channel here
            continue
        given = {} if cell == OWN else {"number": his[cell]}
        answer = client.get(address("portal", name, **given))
        assert answer.status_code in {200, 303, 405}, (name, answer.status_code)


@pytest.mark.rule("T14")
def test_anothers_number_is_answered_as_one_that_is_not_there(db, owner):
    his = belongings(a_customer())
    stranger = a_customer_user(a_customer(name="Wang Wei"))
    client = customer_client(stranger.customer_id, user=stranger)
    before = everything(owner)
    for name, cell in PORTAL.items():
        if cell in {OPEN, OWN}:
            continue
        seen = []
        for number in (his[cell], ABSENT):
            found = answers(client, address("portal", name, number=number))
            assert {answer.status_code for answer in found} == {404}, (name, number)
            seen.append([without_secrets(answer, number) for answer in found])
        assert seen[0] == seen[1], name
    assert everything(owner) == before


def belongings(customer):
    """One of everything that a customer can have, by the words of the table."""
    wallet = a_wallet(owner=customer, free="100.00")
    payee = a_payee(customer)
    held = freeze(wallet=wallet, amount=money("5.00"), instruction=an_instruction())
    order = create_order(owner=customer, amount=money("7.00"), instruction=an_instruction())
    applied = apply_withdrawal(
        wallet=wallet, amount=money("9.00"), payee=payee, instruction=an_instruction()
    )
    return {
        **a_merchants_belongings(customer, wallet),
        "customer": customer,
        "wallet": wallet.number,
        "payee": payee,
        "record": held.entry_id,
        "hold": held.hold,
        "order": order.pk,
        "withdrawal": applied.withdrawal.pk,
    }


def a_merchants_belongings(customer, wallet):
    """What a customer has who is a merchant as well."""
    account = an_account_since(datetime(2026, 9, 1, tzinfo=UTC), owner=customer)
    bill = a_billed_month(account, "40.00")
    report = make_report_now(
        account=account, actor=STAFF_ACTOR, at=datetime(2026, 11, 2, tzinfo=UTC)
    )
    owing = an_account_since(datetime(2026, 9, 1, tzinfo=UTC), name="owing", owner=customer)
    some_terms(owing, collect_from=wallet.number)
    adjusted = an_adjustment(owing, "-3.00")
    return {
        "accrual": a_record(account, "4.00").pk,
        "adjustment": adjusted.pk,
        "collection": collect_debt(account=owing, instruction=an_instruction()).collection.pk,
        "merchant_account": account.number,
        "bill": bill.pk,
        "report": report.pk,
        "remittance": a_remittance(account, side="platform").pk,
        "merchant_payout": an_application(account, "1.00").pk,
    }


def everything(owner):
    """What a page could write."""
    owner.rollback()
    tables = ("ledger.entry", "parties_payee", "wallet_hold", "wallet_recharge_order")
    asked = "SELECT string_agg(t::text, '' ORDER BY t::text) FROM {} t"
    return [
        owner.execute(asked.format(table)).fetchone()
        for table in (*tables, "payouts_withdrawal", "parties_audit")
    ]


def without_secrets(answer, number):
    text = re.sub(rf"/{number}\b", "/N", answer.content.decode())
    return re.sub(r'(name="(?:csrfmiddlewaretoken|key)" value=")[^"]*', r"\1", text)
