"""No list asks more of the database because it is longer: every list of both sites, few rows and many.

Source: E-03; peers-settlement-invest, sections 4.1 to 4.3.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import count

import pytest
from django.urls import reverse

from builders import (
    AT,
    STAFF,
    a_currency,
    a_customer,
    a_payee,
    a_rate,
    a_wallet,
    an_instruction,
    money,
    queries,
)
from pages.list_table import BACKOFFICE_LISTS, BACKOFFICE_OTHERS, PORTAL_LISTS, PORTAL_OTHERS
from pages.settlement_things import Merchant
from tael.books import snapshot
from tael.channels.channel import add_channel
from tael.channels.gateways import registry
from tael.channels.gateways.base import Notice
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.outbox.endpoint import add_endpoint
from tael.parties.api_key import create_api_key
from tael.parties.session import begin
from tael.payouts.check_limit import set_check_limit
from tael.payouts.withdrawal import apply_withdrawal, refuse_withdrawal
from tael.wallet.card import issue_cards, redeem_card
from tael.wallet.deduct import deduct
from tael.wallet.flow_events import tell_new_entries
from tael.wallet.freeze import freeze
from tael.wallet.notice import receive_notice
from tael.wallet.recharge import recharge
from tael.wallet.recharge_order import create_order, order_number
from tael.wallet.refund import refund
from tael.wallet.wallet import open_wallet
from visits import a_customer_user, a_staff_user, customer_client, staff_client
from web.access_table import BACKOFFICE, PORTAL

FEW, MANY = 2, 4
_NUMBERS = count(1)


def clock() -> datetime:
    """The time at which pages look."""
    return datetime.now(UTC)  # noqa: TID251 - the pages ask the clock


class Things:
    """A house to which as much as wanted of everything can be added."""

    def __init__(self, gateway: SignedTestGateway) -> None:
        """One customer whose lists all grow."""
        self.gateway = gateway
        self.owner = a_customer()
        self.of_wallet = a_wallet(owner=self.owner, free="1000.00", locked="10.00")
        self.wallet = self.of_wallet.number
        self.of_staff = a_staff_user("admin", "finance_maker", "finance_checker", "auditor")
        self.of_user = a_customer_user(self.owner)
        self.of_order = self._order(self.of_wallet)
        self.order = self.of_order.pk
        self.deduction = deduct(
            wallet=self.of_wallet, amount=money("100.00"), instruction=an_instruction()
        ).entry_id
        self.batch = self.withdrawal = 0
        self.merchant = Merchant(self.owner)
        self.account, self.bill = self.merchant.account, self.merchant.bill
        self.record, self.source = self.merchant.record, self.merchant.source

    def add(self, many: int) -> None:
        """Add so many rows to every list."""
        for _ in range(many):
            number = next(_NUMBERS)
            self._add(number)
            self.merchant.add(number)
        self.batch = self._cards(many)
        tell_new_entries()

    def _add(self, number: int) -> None:
        wallet, told = self.of_wallet, an_instruction
        a_wallet(owner=a_customer(), free="5.00")
        self._registries(number)
        self._order(wallet)
        self._pay(order_number(self.of_order), f"paid-{number}")
        self._pay("R998", f"unplaced-{number}")
        recharge(wallet=wallet, amount=money("9.00"), instruction=told(pno="shared-number"))
        refund(entry_id=self.deduction, amount=money("1.00"), instruction=told())
        freeze(
            wallet=wallet,
            amount=money("2.00"),
            expires_at=clock() + timedelta(days=3),
            instruction=told(),
        )
        self._withdrawals(a_payee(self.owner))
        for user in (self.of_staff, self.of_user):
            begin(user, address="127.0.0.1", browser="", second_factor=True, at=clock())

    def _registries(self, number: int) -> None:
        letters = chr(65 + number // 26) + chr(65 + number % 26)
        code = f"PT{letters}"
        a_currency(code)
        points = open_wallet(owner=self.owner, currency=code, actor=STAFF, at=AT)
        recharge(wallet=points, amount=money("7", code), instruction=an_instruction())
        a_rate(f"CNY/{code}", "3")
        set_check_limit(currency=code, amount=money("9", code), actor=STAFF, at=AT)
        add_channel(identifier=f"Shop{letters}", name=f"Shop {letters}", actor=STAFF, at=AT)
        create_api_key(name=f"Program {number}", scopes=["operations:recharge"], actor=STAFF, at=AT)
        add_endpoint(url=f"https://example.com/{number}", actor=STAFF, at=AT)
        a_staff_user("support")
        a_customer_user(self.owner)

    def _order(self, wallet):
        return create_order(
            owner=self.owner,
            wallet=wallet,
            amount=money("500.00"),
            instruction=an_instruction(channel="Alipay"),
        )

    def _pay(self, order: str, event: str) -> None:
        notice = Notice(
            order_number=order,
            gateway_number=f"G-{event}",
            event_id=event,
            amount="1.00",
            currency="CNY",
            status="paid",
        )
        signed = self.gateway.pay(notice, at=AT)
        receive_notice(raw=signed.raw, headers=signed.headers, channel="Alipay", at=AT)

    def _withdrawals(self, payee: int) -> None:
        for refused in (False, True):
            applied = apply_withdrawal(
                wallet=self.of_wallet,
                amount=money("3.00"),
                payee=payee,
                instruction=an_instruction(actor="user:20001", channel="System"),
            )
            number = int(applied.withdrawal.pk)
            if refused:
                refuse_withdrawal(number=number, reason="no", instruction=an_instruction())
            self.withdrawal = self.withdrawal or number

    def _cards(self, many: int) -> int:
        issued = issue_cards(amount=money("5.00"), count=many, instruction=an_instruction())
        redeem_card(code=issued.codes[0], owner=self.owner, instruction=an_instruction())
        return int(issued.batch.pk)


@pytest.fixture
def things(db, monkeypatch) -> Things:
    """The house, in a process that keeps small tables until they change, so that no clock decides."""
    gateway = SignedTestGateway(
        channel="Alipay", merchant="tael", secrets=(b"a secret of the test gateway",)
    )
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    monkeypatch.setattr(snapshot, "LIFE_SECONDS", 3600.0)
    return Things(gateway)


def addresses(things: Things) -> dict[tuple[str, str], str]:
    """Where each list is, by site and name."""
    return {
        (site, name): reverse(
            f"{site}:{name}", kwargs={key: getattr(things, thing) for key, thing in takes.items()}
        )
        + f"?{query}"
        for site, lists in (("backoffice", BACKOFFICE_LISTS), ("portal", PORTAL_LISTS))
        for name, (takes, query) in lists.items()
    }


def asked(client, address: str, enough: int = 0) -> tuple[int, str, list[str]]:
    """A visit to a page: its status, itself, and what it asked the database.

    The second one, unless the first has asked little enough: the first fills what the process keeps.
    """
    for _ in range(2):
        with queries() as seen:
            answer = client.get(address)
        if len(seen) <= enough:
            break
    return answer.status_code, answer.content.decode(), seen


def the_growing(before: list[str], after: list[str]) -> str:
    """The statements of which there are more than before, for whoever has to mend it."""
    more = [one for one in after if after.count(one) > before.count(one)]
    return "\n".join(sorted({re.sub(r"\s+", " ", one)[:300] for one in more}))


@pytest.mark.rule("E-03")
def test_no_list_asks_more_because_it_is_longer(things: Things, subtests: pytest.Subtests) -> None:
    clients = {
        "backoffice": staff_client(user=things.of_staff),
        "portal": customer_client(things.owner, user=things.of_user),
    }
    things.add(FEW)
    few = {place: asked(clients[place[0]], at) for place, at in addresses(things).items()}
    things.add(MANY)
    for place, at in addresses(things).items():
        with subtests.test(" ".join(place)):
            status_before, page_before, before = few[place]
            status, page, seen = asked(clients[place[0]], at, enough=len(before))

            assert (status_before, status) == (200, 200)
            assert len(page) > len(page_before), "the list did not grow, so nothing is shown"
            assert len(seen) <= len(before), the_growing(before, seen)


@pytest.mark.parametrize(
    ("site", "pages", "lists", "others"),
    [
        ("backoffice", BACKOFFICE, BACKOFFICE_LISTS, BACKOFFICE_OTHERS),
        ("portal", PORTAL, PORTAL_LISTS, PORTAL_OTHERS),
    ],
)
def test_every_page_is_declared_as_a_list_or_none(site, pages, lists, others) -> None:
    urls = import_module(f"tael.web.{site}.addresses").urlpatterns
    known = {pattern.name for pattern in urls} | pages.keys()

    undeclared = sorted(known - lists.keys() - others)
    assert undeclared == [], "add it to tests/pages/list_table.py"
    assert not lists.keys() & others
    assert lists.keys() <= known
