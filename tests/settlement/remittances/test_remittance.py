from __future__ import annotations

from datetime import date, timedelta

import pytest

from builders import a_customer, in_parallel, money
from settlement_builders import IN_NOVEMBER, a_merchant_account, a_record, amount_of, the_bill
from settlement_remittance_builders import (
    CHECKER,
    MAKER,
    PAID_ON,
    a_remittance,
    decider,
    other_side,
    told,
)
from tael import books, ledger
from tael.approvals.proposal import AffectedDecides
from tael.channels.channel import (
    ChannelCurrencyRefused,
    UnknownChannel,
    change_channel,
    disable_channel,
)
from tael.channels.house import channel_account
from tael.money import AmountNotPositive, CurrencyMismatch
from tael.parties.models import AuditRecord
from tael.parties.person import set_own_customer
from tael.parties.text import TextMalformed
from tael.parties.user import add_staff
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import (
    MerchantAccountDisabled,
    disable_merchant_account,
)
from tael.settlement.lifecycles import REMITTANCE, RemittanceEvent, RemittanceState
from tael.settlement.models import Remittance
from tael.settlement.remittances.flow_number import FlowNumberMalformed, FlowNumberTaken
from tael.settlement.remittances.remittance import (
    NotTheOtherSide,
    RemittanceDecided,
    RemittanceMalformed,
    UnknownRemittance,
    confirm_remittance,
    declare_remittance,
    dispute_remittance,
    remittance,
    withdraw_remittance,
)
from tael.settlement.remittances.remittance_expiry import expire_remittances

pytestmark = pytest.mark.usefixtures("db")


def confirm(account, row, **given):
    facts = {
        "number": row.pk,
        "side": other_side(row.payer),
        "instruction": told(decider(account, row)),
        **given,
    }
    return confirm_remittance(**facts)


def owes(amount):
    account = a_merchant_account()
    a_record(account, amount)
    the_bill(account)
    return account


@pytest.mark.rule("B-24", "B-30", "B-31", "B-32", "X-B6")
def test_a_merchant_who_owes_pays_and_the_platform_confirms():
    account = owes("-80.00")
    row = a_remittance(account, "80.00", side="merchant")
    assert amount_of(account) == "-80.00"  # before the confirmation the account does not change

    done = confirm(account, row).remittance

    assert (done.state, done.decided_by, amount_of(account)) == ("confirmed", CHECKER, "0.00")
    entry = ledger.read_entry(books.connection(), done.entry)
    assert (entry.kind, entry.channel, entry.pno) == (
        "settlement.remittance",
        "Alipay",
        row.flow_number,
    )
    outside = channel_account("Alipay", "CNY")
    assert {leg.account: leg.amount for leg in entry.legs} == {
        account.account: 8000,
        outside: -8000,
    }


@pytest.mark.rule("B-24", "B-30", "B-31", "B-32", "X-B7")
def test_a_platform_that_owes_pays_and_the_merchant_confirms():
    account = owes("80.00")
    row = a_remittance(account, "80.00", side="platform")
    assert amount_of(account) == "80.00"

    done = confirm(account, row, owner=account.owner).remittance

    assert (done.state, amount_of(account)) == ("confirmed", "0.00")
    assert done.decided_by == f"customer:{account.owner}"


@pytest.mark.rule("B-24")  # A-B20
@pytest.mark.parametrize(("side", "left"), [("merchant", "20.00"), ("platform", "-180.00")])
def test_more_than_is_owed_may_be_paid(side, left):
    account = owes("-80.00")

    confirm(account, a_remittance(account, "100.00", side=side))

    assert amount_of(account) == left


MOVES = {
    RemittanceEvent.CONFIRM: confirm,
    RemittanceEvent.DISPUTE: lambda account, row: dispute_remittance(
        number=row.pk,
        side=other_side(row.payer),
        reason="nothing came",
        instruction=told(decider(account, row)),
    ),
    RemittanceEvent.WITHDRAW: lambda _account, row: withdraw_remittance(
        number=row.pk, side=row.payer, instruction=told(row.declared_by)
    ),
    RemittanceEvent.EXPIRE: lambda _account, _row: expire_remittances(
        at=IN_NOVEMBER + timedelta(days=31)
    ),
}
TO = {
    RemittanceState.CONFIRMED: RemittanceEvent.CONFIRM,
    RemittanceState.DISPUTED: RemittanceEvent.DISPUTE,
    RemittanceState.WITHDRAWN: RemittanceEvent.WITHDRAW,
    RemittanceState.EXPIRED: RemittanceEvent.EXPIRE,
}


@pytest.mark.parametrize("side", ["merchant", "platform"])
@pytest.mark.parametrize("event", RemittanceEvent)
@pytest.mark.parametrize("state", RemittanceState)
def test_every_state_and_event_is_a_move_or_a_refusal(state, event, side):  # SM-05
    account = a_merchant_account()
    row = a_remittance(account, side=side)
    if state != RemittanceState.DECLARED:
        MOVES[TO[state]](account, row)
    held = amount_of(account)

    try:
        MOVES[event](account, row)
        refused = False
    except RemittanceDecided:
        refused = True

    row.refresh_from_db()
    if state == RemittanceState.DECLARED:
        assert row.state == REMITTANCE.after(state, event)
        sign = "" if side == "merchant" else "-"
        moved = event == RemittanceEvent.CONFIRM
        assert amount_of(account) == (f"{sign}80.00" if moved else "0.00")
    else:
        assert refused or event == RemittanceEvent.EXPIRE  # the job passes over what is decided
        assert (row.state, amount_of(account)) == (state, held)


@pytest.mark.rule("B-31")
@pytest.mark.parametrize("side", ["merchant", "platform"])
@pytest.mark.parametrize("decide", [confirm_remittance, dispute_remittance])
def test_only_the_other_side_decides(side, decide):
    account = a_merchant_account()
    row = a_remittance(account, side=side)
    reason = {"reason": "no"} if decide is dispute_remittance else {}

    with pytest.raises(NotTheOtherSide):  # the same side, another person
        decide(number=row.pk, side=side, instruction=told("user:9199"), **reason)
    with pytest.raises(NotTheOtherSide):  # the same person, as if he were the other side
        decide(number=row.pk, side=other_side(side), instruction=told(row.declared_by), **reason)
    with pytest.raises(NotTheOtherSide):
        withdraw_remittance(number=row.pk, side=other_side(side), instruction=told("user:9199"))

    row.refresh_from_db()
    assert row.state == "declared"


@pytest.mark.rule("B-31")
def test_a_member_of_the_staff_who_is_the_merchant_does_not_confirm_for_the_platform():
    account = a_merchant_account()
    row = a_remittance(account)
    staff = add_staff(
        login="both@house.test", name="Both", roles=["finance_maker"], actor=MAKER, at=IN_NOVEMBER
    )
    set_own_customer(number=staff.pk, customer=account.owner, actor=MAKER, at=IN_NOVEMBER)

    with pytest.raises(AffectedDecides):
        confirm(account, row, instruction=told(f"user:{staff.pk}"))
    assert amount_of(account) == "0.00"


def test_another_merchants_remittance_is_not_there():
    row = a_remittance(a_merchant_account(), side="platform")
    foreign = a_customer()

    with pytest.raises(UnknownRemittance):
        remittance(row.pk, owner=foreign)
    with pytest.raises(UnknownRemittance):
        confirm_remittance(
            number=row.pk,
            side="merchant",
            owner=foreign,
            instruction=told(f"customer:{foreign}"),
        )
    for number in (0, -1, 2**63, row.pk + 1):
        with pytest.raises(UnknownRemittance):
            remittance(number)


def test_a_flow_number_is_told_once_for_each_channel_and_payer():
    account, other = a_merchant_account(), a_merchant_account()
    a_remittance(account, flow_number="F1")

    with pytest.raises(FlowNumberTaken):
        a_remittance(other, flow_number="F1")
    a_remittance(account, flow_number="F1", channel="WeChat")
    a_remittance(account, flow_number="F1", side="platform")


def test_a_flow_number_may_be_told_again_after_a_dispute():
    account = a_merchant_account()
    row = a_remittance(account, "8.00", flow_number="F1")
    MOVES[RemittanceEvent.DISPUTE](account, row)

    again = a_remittance(account, "80.00", flow_number="F1")
    confirm(account, again)

    row.refresh_from_db()
    assert (row.state, row.reason, amount_of(account)) == ("disputed", "nothing came", "80.00")
    with pytest.raises(FlowNumberTaken):
        a_remittance(account, flow_number="F1")


def test_parallel_declarations_of_one_payment_leave_one():
    account = a_merchant_account()

    answers = in_parallel(*[lambda: a_remittance(account, flow_number="F1")] * 6)

    assert len([one for one in answers if isinstance(one, FlowNumberTaken)]) == 5
    assert Remittance.objects.count() == 1


def test_the_same_declaration_gives_the_first_answer():
    account = a_merchant_account()
    facts = {
        "account": account,
        "side": "merchant",
        "amount": money("80.00"),
        "channel": "Alipay",
        "flow_number": "F1",
        "paid_on": PAID_ON,
    }
    first = declare_remittance(**facts, instruction=told(key="one"))
    disable_channel(identifier="Alipay", actor=MAKER, at=IN_NOVEMBER)

    again = declare_remittance(**facts, instruction=told(key="one"))

    assert (again.remittance.pk, first.replayed, again.replayed) == (
        first.remittance.pk,
        False,
        True,
    )
    for field, other in (("amount", money("81.00")), ("flow_number", "F2"), ("note", "x")):
        with pytest.raises(ledger.KeyReused) as refused:
            declare_remittance(**facts | {field: other}, instruction=told(key="one"))
        assert refused.value.field == field


def test_the_same_declaration_in_parallel_is_one():
    account = a_merchant_account()

    rows = in_parallel(
        *[lambda: a_remittance(account, flow_number="F1", instruction=told(key="one"))] * 6
    )

    assert len({row.pk for row in rows}) == 1


@pytest.mark.parametrize("event", [event for event in MOVES if event != RemittanceEvent.EXPIRE])
def test_the_same_decision_gives_the_first_answer(event):
    account = a_merchant_account()
    row, other = a_remittance(account), a_remittance(account)
    calls = {
        RemittanceEvent.CONFIRM: confirm_remittance,
        RemittanceEvent.DISPUTE: dispute_remittance,
        RemittanceEvent.WITHDRAW: withdraw_remittance,
    }
    side = "merchant" if event == RemittanceEvent.WITHDRAW else "platform"
    facts = {"side": side, "instruction": told(CHECKER, key="one")}
    if event == RemittanceEvent.DISPUTE:
        facts["reason"] = "nothing came"

    answers = in_parallel(*[lambda: calls[event](number=row.pk, **facts)] * 4)

    assert sorted(answer.replayed for answer in answers) == [False, True, True, True]
    with pytest.raises(ledger.KeyReused):
        calls[event](number=other.pk, **facts)


def test_of_a_confirmation_and_a_withdrawal_at_once_one_wins():
    account = a_merchant_account()
    row = a_remittance(account)

    answers = in_parallel(
        *[lambda: confirm(account, row)] * 3,
        *[lambda: MOVES[RemittanceEvent.WITHDRAW](account, row)] * 3,
    )

    assert len([one for one in answers if isinstance(one, Refusal)]) == 5
    row.refresh_from_db()
    assert amount_of(account) == ("80.00" if row.state == "confirmed" else "0.00")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"flow_number": " "}, FlowNumberMalformed),
        ({"flow_number": "x" * 65}, FlowNumberMalformed),
        ({"channel": "nowhere"}, UnknownChannel),
        ({"paid_on": date(2026, 11, 4)}, RemittanceMalformed),
        ({"paid_on": date(1999, 1, 1)}, RemittanceMalformed),
        ({"side": "bank"}, RemittanceMalformed),
        ({"note": "x" * 501}, TextMalformed),
        ({"amount": "0.00"}, AmountNotPositive),
    ],
)
def test_what_cannot_be_is_refused(given, refusal):
    account = a_merchant_account()

    with pytest.raises(refusal):
        a_remittance(account, **given)
    assert not Remittance.objects.exists()


def test_currency_and_channel_must_fit():
    account = a_merchant_account()
    with pytest.raises(CurrencyMismatch):
        declare_remittance(
            account=account,
            side="merchant",
            amount=money("1.00", "USD"),
            channel="Alipay",
            flow_number="F1",
            paid_on=PAID_ON,
            instruction=told(),
        )
    change_channel(identifier="WeChat", currencies="USD", actor=MAKER, at=IN_NOVEMBER)
    with pytest.raises(ChannelCurrencyRefused):
        a_remittance(account, channel="WeChat")


def test_a_dispute_has_a_reason():
    account = a_merchant_account()
    row = a_remittance(account)

    with pytest.raises(TextMalformed):
        dispute_remittance(number=row.pk, side="platform", reason=" ", instruction=told(CHECKER))


def test_an_account_that_is_switched_off_takes_nothing():
    account = a_merchant_account()
    row = a_remittance(account)
    disable_merchant_account(account=account, actor=MAKER, at=IN_NOVEMBER, reason="closed")

    with pytest.raises(MerchantAccountDisabled):
        confirm(account, row)
    with pytest.raises(MerchantAccountDisabled):
        a_remittance(account)
    row.refresh_from_db()
    assert row.state == "declared"


def test_every_step_leaves_its_trace():
    account = a_merchant_account()
    row = a_remittance(account)
    confirm(account, row)

    trail = AuditRecord.objects.filter(subject=f"remittance:{row.pk}").order_by("pk")
    assert [(act.action, act.actor) for act in trail] == [
        ("remittance.declare", f"customer:{account.owner}"),
        ("remittance.confirm", CHECKER),
    ]
