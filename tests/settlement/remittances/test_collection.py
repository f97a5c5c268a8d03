from __future__ import annotations

from datetime import timedelta

import pytest

from builders import a_customer, a_wallet, figures, in_parallel
from settlement_builders import (
    IN_NOVEMBER,
    a_merchant_account,
    a_record,
    amount_of,
    some_terms,
    the_bill,
)
from settlement_remittance_builders import CHECKER, MAKER, a_remittance, other_side, told
from tael import ledger
from tael.parties.customer import CustomerDisabled, disable
from tael.refusal import Refusal
from tael.settlement.models import Collection
from tael.settlement.remittances import collection as collecting
from tael.settlement.remittances.collection import (
    NothingToCollect,
    collect_debt,
    collect_due,
)
from tael.settlement.remittances.remittance import confirm_remittance
from tael.wallet.flow import wallet_flow
from tael.wallet.operation import Operation
from tael.wallet.wallet import WalletDisabled, disable_wallet

pytestmark = pytest.mark.usefixtures("db")


def a_debtor(owes="-80.00", *, free="100.00", locked="0", most=None):
    """A merchant who owes, and the wallet that his terms name."""
    owner = a_customer()
    account = a_merchant_account(owner=owner)
    wallet = a_wallet(owner=owner, free=free, locked=locked)
    some_terms(account, collect_from=wallet.number, collect_most=most)
    a_record(account, owes)
    the_bill(account)
    return account, wallet


@pytest.mark.rule("B-25")
def test_a_debt_is_taken_from_the_wallet_of_the_terms():
    account, wallet = a_debtor("-80.00", free="100.00")
    assert amount_of(account) == "-80.00"

    done = collect_debt(account=account, instruction=told()).collection

    assert (amount_of(account), figures(wallet)[0], done.amount) == ("0.00", "20.00", 8000)
    line = wallet_flow(wallet, limit=1).lines[0]
    assert (line.record.operation, line.record.kind) == (
        Operation.DEDUCT,
        "wallet.collect",
    )


@pytest.mark.rule("B-25")
def test_what_the_wallet_cannot_give_stays_owed():
    account, wallet = a_debtor("-80.00", free="30.00", locked="500.00")

    collect_debt(account=account, instruction=told())

    assert amount_of(account) == "-50.00"
    assert figures(wallet) == ("500.00", "500.00", "0.00")  # locked money is not for debts
    with pytest.raises(NothingToCollect):
        collect_debt(account=account, instruction=told())


@pytest.mark.rule("B-25")
def test_no_more_is_taken_on_one_day_than_was_agreed():
    account, _ = a_debtor("-80.00", free="100.00", most=3000)
    collect_debt(account=account, instruction=told())
    assert amount_of(account) == "-50.00"

    with pytest.raises(NothingToCollect, match="most of this day"):
        collect_debt(account=account, instruction=told(at=IN_NOVEMBER + timedelta(hours=6)))
    collect_debt(account=account, instruction=told(at=IN_NOVEMBER + timedelta(days=1)))

    assert amount_of(account) == "-20.00"


def test_a_day_is_one_of_the_merchants_zone():
    account, _ = a_debtor("-80.00", most=3000)
    collect_debt(account=account, instruction=told())  # 17:00 in Shanghai

    collect_debt(account=account, instruction=told(at=IN_NOVEMBER + timedelta(hours=7)))

    assert [row.day.isoformat() for row in Collection.objects.all()] == [
        "2026-11-02",
        "2026-11-03",
    ]


@pytest.mark.parametrize(
    ("owes", "terms", "why"),
    [
        ("80.00", True, "Nothing is owed"),
        ("-80.00", False, "name no wallet"),
    ],
)
def test_without_debt_or_wallet_there_is_nothing_to_collect(owes, terms, why):
    account, _ = a_debtor(owes)
    if not terms:
        some_terms(account)

    with pytest.raises(NothingToCollect, match=why):
        collect_debt(account=account, instruction=told())


def test_the_same_call_gives_the_first_answer():
    account, wallet = a_debtor("-80.00", free="30.00")
    first = collect_debt(account=account, instruction=told(key="one"))

    again = collect_debt(account=account, instruction=told(key="one"))

    assert (first.replayed, again.replayed, again.collection) == (False, True, first.collection)
    other, _ = a_debtor()
    with pytest.raises(ledger.KeyReused):
        collect_debt(account=other, instruction=told(key="one"))
    assert figures(wallet)[0] == "0.00"


def test_parallel_calls_take_a_debt_once():
    account, wallet = a_debtor("-80.00", free="500.00")

    answers = in_parallel(*[lambda: collect_debt(account=account, instruction=told())] * 6)

    assert len([one for one in answers if isinstance(one, NothingToCollect)]) == 5
    assert (amount_of(account), figures(wallet)[0]) == ("0.00", "420.00")


@pytest.mark.rule("B-25")
def test_the_job_collects_from_all_who_owe_and_passes_over_what_it_cannot():
    debtor, _ = a_debtor("-80.00")
    a_debtor("80.00")
    stopped, wallet = a_debtor("-10.00")
    disable_wallet(wallet=wallet, actor=MAKER, at=IN_NOVEMBER, reason="lost")
    poor, _ = a_debtor("-10.00", free="0")

    run = collect_due(at=IN_NOVEMBER)

    assert [row.account_id for row in run.collected] == [debtor.number]
    assert [(number, type(why)) for number, why in run.parked] == [(stopped.number, WalletDisabled)]
    assert (amount_of(debtor), amount_of(poor)) == ("0.00", "-10.00")
    assert collect_due(at=IN_NOVEMBER).collected == []


def test_two_jobs_at_once_collect_once():
    account, wallet = a_debtor("-80.00", free="500.00")

    in_parallel(*[lambda: collect_due(at=IN_NOVEMBER)] * 3)

    assert (Collection.objects.count(), amount_of(account)) == (1, "0.00")
    assert figures(wallet)[0] == "420.00"


def test_a_customer_who_was_stopped_is_left_alone():
    account, _ = a_debtor()
    disable(number=account.owner, reason="court order", actor=MAKER, at=IN_NOVEMBER)

    with pytest.raises(CustomerDisabled):
        collect_debt(account=account, instruction=told())
    assert amount_of(account) == "-80.00"


def test_a_payment_that_is_faster_is_not_collected_again(monkeypatch):
    account, wallet = a_debtor("-80.00", free="500.00")
    row = a_remittance(account, "50.00")
    read = collecting._amount
    times = []

    def read_and_be_overtaken(*given):
        amount = read(*given)
        if not times:
            times.append(amount)
            (answer,) = in_parallel(
                lambda: confirm_remittance(
                    number=row.pk, side=other_side("merchant"), instruction=told(CHECKER)
                )
            )
            assert not isinstance(answer, Refusal)
        return amount

    monkeypatch.setattr(collecting, "_amount", read_and_be_overtaken)

    collect_debt(account=account, instruction=told())

    assert [amount.text for amount in times] == ["80.00"]
    assert (amount_of(account), figures(wallet)[0]) == ("0.00", "470.00")
