from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from builders import (
    AT,
    STAFF,
    a_customer,
    a_payee,
    a_wallet,
    an_instruction,
    figures,
    in_parallel,
    money,
)
from tael import books
from tael.parties.customer import CustomerDisabled, UnknownCustomer, disable
from tael.parties.models import AuditRecord
from tael.wallet.booking import InsufficientFunds
from tael.wallet.deduct import deduct
from tael.wallet.models import WalletRow
from tael.wallet.recharge import recharge
from tael.wallet.transfer import transfer
from tael.wallet.wallet import (
    UnknownWallet,
    WalletDisabled,
    WalletNameMalformed,
    default_wallet,
    disable_wallet,
    enable_wallet,
    find_wallet,
    forget_wallets,
    open_wallet,
    wallet,
    wallet_of,
    wallets_of,
)
from tael.wallet.withdraw import withdraw

pytestmark = pytest.mark.usefixtures("db")

WHO = {"actor": STAFF, "at": AT}


@pytest.mark.rule("F-10")
def test_wallets_are_numbered_from_100001_and_known_by_number():
    first, second = a_wallet(), a_wallet(currency="USD")

    forget_wallets()

    assert (first.number, second.number) == (100001, 100002)
    assert wallet(100002) == second
    assert wallet_of(first.owner, 100001) == first


@pytest.mark.rule("F-10")
def test_a_customer_may_have_several_wallets_of_a_currency_by_name():
    owner = a_customer()

    default = default_wallet(owner, "CNY", **WHO)
    savings = open_wallet(owner=owner, currency="CNY", name="savings", **WHO)
    again = open_wallet(owner=owner, currency="CNY", name="savings", **WHO)

    assert default.number != savings.number == again.number
    assert default_wallet(owner, "CNY", **WHO) == default
    assert find_wallet(owner, "CNY", name="savings") == savings


@pytest.mark.rule("F-10")
def test_the_database_itself_lets_no_second_wallet_of_the_name_in():  # I36
    opened = a_wallet()
    twin = WalletRow.objects.get(pk=opened.number)
    twin.pk, twin.free, twin.locked, twin.frozen = 5, 91, 92, 93

    with pytest.raises(IntegrityError, match="wallet_unique_by_name"), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.rule("F-38")
def test_a_foreign_wallet_is_as_unknown_as_none():
    opened, other = a_wallet(), a_customer()
    refusals = []

    for owner, number in ((other, opened.number), (other, 999999), (other, 0), (other, 10**30)):
        with pytest.raises(UnknownWallet) as refused:
            wallet_of(owner, number)
        refusals.append(refused.value.message)

    assert len(set(refusals)) == 1


@pytest.mark.rule("F-38")
def test_who_cannot_have_a_wallet_gets_none():
    stopped = a_customer()
    disable(number=stopped, reason="court order", **WHO)

    with pytest.raises(UnknownCustomer):
        open_wallet(owner=99999, currency="CNY", **WHO)
    with pytest.raises(CustomerDisabled):
        open_wallet(owner=stopped, currency="CNY", **WHO)
    with pytest.raises(books.UnknownCurrency):
        open_wallet(owner=a_customer(), currency="XYZ", **WHO)
    for name in ("", " ", "x" * 41, "a\x00b", "名"):
        with pytest.raises(WalletNameMalformed):
            open_wallet(owner=a_customer(), currency="CNY", name=name, **WHO)

    assert WalletRow.objects.count() == 0


def test_a_wallet_whose_opening_was_rolled_back_is_not_remembered():
    owner = a_customer()

    opened = books.rehearse(lambda: open_wallet(owner=owner, currency="CNY", **WHO))

    assert find_wallet(owner, "CNY") is None
    with pytest.raises(UnknownWallet):
        wallet(opened.number)


@pytest.mark.rule("F-38")
def test_a_wallet_that_is_switched_off_gives_and_takes_nothing_until_it_is_on_again():
    off, other = a_wallet(free="5.00"), a_wallet(free="5.00")
    payee = a_payee(off.owner)
    disable_wallet(wallet=off, reason="lost card", **WHO)
    one = money("1.00")

    for attempt in (
        lambda: recharge(wallet=off, amount=one, instruction=an_instruction()),
        lambda: deduct(wallet=off, amount=one, instruction=an_instruction()),
        lambda: withdraw(wallet=off, amount=one, payee=payee, instruction=an_instruction()),
        lambda: transfer(source=off, target=other, amount=one, instruction=an_instruction()),
        lambda: transfer(source=other, target=off, amount=one, instruction=an_instruction()),
    ):
        with pytest.raises(WalletDisabled) as refused:
            attempt()
        assert refused.value.there == str(off.number)
    assert refused.value.field == "target"  # the last of them was to receive
    enable_wallet(wallet=off, reason="found", **WHO)
    deduct(wallet=off, amount=one, instruction=an_instruction())

    assert figures(off)[0] == "4.00"
    acts = AuditRecord.objects.filter(subject=f"wallet:{off.number}").values_list(
        "action", flat=True
    )
    assert list(acts) == ["wallet.disable", "wallet.enable"]


def test_switching_off_races_with_spending_and_nothing_leaves_afterwards():
    opened = a_wallet(free="50.00")
    amount = money("1.00")
    calls = [
        lambda key=key: deduct(
            wallet=opened, amount=amount, instruction=an_instruction(f"race-{key}")
        )
        for key in range(10)
    ]
    calls.insert(5, lambda: disable_wallet(wallet=opened, reason="lost card", **WHO))

    answers = in_parallel(*calls)

    spent = sum(getattr(answer, "entry_id", None) is not None for answer in answers)
    assert figures(opened)[0] == f"{50 - spent}.00"
    with pytest.raises(WalletDisabled):
        deduct(wallet=opened, amount=amount, instruction=an_instruction())


def test_accounts_lead_back_to_their_wallets_and_others_to_none():
    first, second = a_wallet(), a_wallet()

    found = wallets_of([first.free, second.frozen, 10**9])

    assert (found[first.free], found[second.frozen], found.get(10**9)) == (first, second, None)
    with pytest.raises(InsufficientFunds):
        deduct(wallet=first, amount=money("1.00"), instruction=an_instruction())
