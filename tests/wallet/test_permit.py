from __future__ import annotations

import pytest

from builders import AT, STAFF, a_wallet, an_instruction, money
from tael.channels.channel import UnknownChannel, disable_channel
from tael.money import AmountNotPositive, CurrencyMismatch
from tael.parties.customer import CustomerDisabled, disable
from tael.wallet.permit import check_amount, permit
from tael.wallet.recharge import recharge

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-05", "F-38")
def test_what_stands_in_the_way_of_the_owner_or_of_the_receiver_is_refused():
    wallet, other = a_wallet(), a_wallet()
    asked = {"wallet": wallet, "amount": money("1.00"), "instruction": an_instruction()}
    permit(**asked, other=other)
    disable(number=other.owner, reason="court order", actor=STAFF, at=AT)

    with pytest.raises(CustomerDisabled) as refused:
        permit(**asked, other=other)
    permit(**asked)
    disable(number=wallet.owner, reason="court order", actor=STAFF, at=AT)
    with pytest.raises(CustomerDisabled):
        permit(**asked)
    permit(**asked, stopped_too=True)

    assert refused.value.field == "to"


def test_a_repetition_is_let_through_but_never_over_a_channel_that_does_not_exist():
    wallet = a_wallet()
    told = an_instruction("k", channel="Alipay")
    recharge(wallet=wallet, amount=money("1.00"), instruction=told)
    disable_channel(identifier="Alipay", actor=STAFF, at=AT)

    permit(wallet=wallet, amount=money("1.00"), instruction=told)
    with pytest.raises(UnknownChannel):
        permit(
            wallet=wallet,
            amount=money("1.00"),
            instruction=an_instruction("k", channel="Nowhere"),
        )


@pytest.mark.rule("F-38")
def test_the_amount_is_refused_under_the_name_of_its_input():
    wallet = a_wallet()

    with pytest.raises(AmountNotPositive) as nothing:
        check_amount(money("0"), wallet, field="fee")
    with pytest.raises(CurrencyMismatch) as foreign:
        check_amount(money("1.00", "USD"), wallet, field="fee")

    assert (nothing.value.field, foreign.value.field) == ("fee", "fee")
    assert nothing.value.allowed == "at least 0.01 CNY"
