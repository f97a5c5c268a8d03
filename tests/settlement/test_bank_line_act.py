from __future__ import annotations

import pytest

from bank_builders import a_bank_line, a_row, brought_rows, the_bank_account
from builders import an_instruction, in_parallel
from settlement_batch_builders import with_the_bank
from settlement_builders import a_merchant_account
from settlement_payout_builders import an_account_with, in_state, now
from settlement_remittance_builders import CHECKER, a_remittance, told
from tael import books
from tael.ledger import MAIN
from tael.settlement.bank.bank_evidence import MoneyAside
from tael.settlement.bank.bank_search import (
    BankLinesWanted,
    bank_line,
    bank_lines,
    bank_totals,
    lines_about,
)
from tael.settlement.bank_line_act import (
    BankLineExplained,
    BankLineProvesNot,
    UnknownBankLine,
    put_line_aside,
    settle_from_line,
    take_line_back,
)
from tael.settlement.lifecycles import PayoutState
from tael.settlement.models import BankLine, MerchantWithdrawal, PayoutRow
from tael.settlement.payouts.paying import bounce_payout
from tael.settlement.remittances.remittance import confirm_remittance, dispute_remittance
from tael.wallet import integrity as wallet_integrity
from tael.wallet.models import GatewayPayment
from tael.wallet.suspense import NotOverGateway
from tael.wallet.suspense_proposal import propose_return
from wallet.gateway_play import in_suspense

pytestmark = pytest.mark.usefixtures("db")


def about(line):
    return [(one.what, one.number, one.explains) for one in bank_line(line.pk).evidence]


def unexplained():
    return [view.row.pk for view in bank_lines(BankLinesWanted(explained=False))]


@pytest.mark.rule("A31", "B-32")
def test_a_line_with_flow_number_and_amount_of_a_remittance_is_its_evidence():
    the_bank_account()
    row = a_remittance(a_merchant_account(), "30.00", channel="Alipay", flow_number="F1")
    line = a_bank_line("30.00", reference="F1")
    other = a_bank_line("30.01", reference="F1")
    out = a_bank_line("-30.00", end_to_end="F1")
    assert about(line) == [("remittance", row.pk, True)]
    assert [view.row.pk for view in lines_about("remittance", row.pk, flow_number="F1")] == [
        line.pk
    ]
    assert unexplained() == [out.pk, other.pk]
    dispute_remittance(number=row.pk, side="platform", reason="not here", instruction=told())
    assert about(line) == [("remittance", row.pk, False)]
    assert len(unexplained()) == 3


@pytest.mark.rule("A19", "B-36", "I20")
def test_a_line_that_names_a_payout_settles_it_without_typing_and_once():
    batch, _ = with_the_bank("10.00", "20.00")
    one, two = PayoutRow.objects.filter(batch=batch).order_by("place")
    the_bank_account()
    line = a_bank_line("-10.00", end_to_end=str(one.withdrawal_id), reference="B7")
    assert about(line) == [("payout", one.withdrawal_id, True)]
    for _ in range(2):
        row = settle_from_line(line=line.pk, withdrawal=one.withdrawal_id, instruction=now())
    assert (row.state, row.flow_number) == ("paid", "B7")
    paid = MerchantWithdrawal.objects.get(pk=one.withdrawal_id)
    assert (paid.payout_state, paid.paid_on) == ("paid", line.booked_on)
    assert about(line) == [("payout", one.withdrawal_id, True)]
    with pytest.raises(BankLineProvesNot):
        settle_from_line(line=line.pk, withdrawal=two.withdrawal_id, instruction=now())
    short = a_bank_line("-19.99", end_to_end=str(two.withdrawal_id))
    assert about(short) == []


@pytest.mark.rule("A23", "I24")
def test_money_that_nothing_explains_goes_into_suspense_once_and_the_books_hold_it():
    brought_rows(a_row("5.00"), a_row("5.00"), a_row("-1.00"))
    line, equal, out = BankLine.objects.order_by("pk")
    done = in_parallel(*[lambda: put_line_aside(line=line.pk, instruction=now())] * 4)
    assert len({one.item for one in done}) == 1
    assert sorted(one.replayed for one in done) == [False, True, True, True]
    item = GatewayPayment.objects.get()
    assert (item.suspense_type, item.amount, item.gateway) == ("bank_line", 500, "Alipay")
    assert about(line) == [("suspense", item.pk, True)]
    assert unexplained() == [out.pk, equal.pk]
    assert wallet_integrity.check(books.connection(), MAIN) == []
    for _ in range(2):
        take_line_back(line=line.pk, reason="a merchant's remittance", instruction=now())
    assert (about(line), in_suspense()) == ([], 0)
    assert put_line_aside(line=line.pk, instruction=now()).item != item.pk
    assert (wallet_integrity.check(books.connection(), MAIN), in_suspense()) == ([], 500)
    with pytest.raises(NotOverGateway):
        propose_return(
            number=bank_line(line.pk).row.item, reason="not ours", instruction=an_instruction()
        )
    with pytest.raises(BankLineExplained):
        put_line_aside(line=out.pk, instruction=now())
    with pytest.raises(UnknownBankLine):
        put_line_aside(line=999, instruction=now())


def test_what_a_remittance_explains_is_not_put_aside():
    the_bank_account()
    row = a_remittance(a_merchant_account(), "30.00", channel="Alipay", flow_number="F1")
    confirm_remittance(number=row.pk, side="platform", instruction=told())
    with pytest.raises(BankLineExplained, match=f"remittance {row.pk}"):
        put_line_aside(line=a_bank_line("30.00", reference="F1").pk, instruction=now())


@pytest.mark.rule("A39")
def test_lines_are_filtered_and_the_totals_are_of_all_that_is_found():
    rows = [a_row("1.00"), a_row("2.00", day="2026-11-03"), a_row("-4.00", reference="R")]
    brought_rows(*rows)
    (total,) = bank_totals(BankLinesWanted(account="main", currency="CNY"))
    assert (total.lines, total.came_in.text, total.went_out.text) == (3, "3.00", "-4.00")
    found = {
        "way": BankLinesWanted(way="out"),
        "number": BankLinesWanted(number="R"),
        "amount": BankLinesWanted(currency="CNY", least=400, most=400),
    }
    for wanted in found.values():
        assert [view.row.amount for view in bank_lines(wanted)] == [-400]
    first = bank_lines(BankLinesWanted(), limit=2)
    assert len(bank_lines(BankLinesWanted(), before=first[-1].row.pk)) == 1
    assert bank_lines(BankLinesWanted(account="\0")) == []


@pytest.mark.rule("A31", "B-32")
def test_money_in_suspense_is_not_booked_a_second_time_until_it_is_taken_back():
    line = a_bank_line("30.00", reference="F1")
    put_line_aside(line=line.pk, instruction=now())
    row = a_remittance(a_merchant_account(), "30.00", flow_number="F1")  # declared afterwards
    with pytest.raises(MoneyAside):
        confirm_remittance(number=row.pk, side="platform", instruction=told(CHECKER))
    take_line_back(line=line.pk, reason="a remittance", instruction=now())
    confirm_remittance(number=row.pk, side="platform", instruction=told(CHECKER))
    assert about(line) == [("remittance", row.pk, True)]
    paid = in_state(PayoutState.PAID, an_account_with("50.00"), "10.00")
    back = a_bank_line("10.00", end_to_end=str(paid.pk))
    put_line_aside(line=back.pk, instruction=now())
    with pytest.raises(MoneyAside):
        bounce_payout(number=paid.pk, reason="account closed", instruction=now())


@pytest.mark.rule("A31", "I20")
@pytest.mark.parametrize("of", ["remittance", "payout"])
def test_a_payment_explains_one_line_and_one_that_tells_of_it_again_is_left_for_people(of):
    the_bank_account()
    if of == "remittance":
        row = a_remittance(a_merchant_account(), "30.00", channel="Alipay", flow_number="F1")
        number, amount, named = row.pk, "30.00", "F1"
    else:
        with_the_bank("10.00")
        number, amount = PayoutRow.objects.get().withdrawal_id, "-10.00"
        named = str(number)
    first = a_bank_line(amount, reference="B1", end_to_end=named)
    again = a_bank_line(amount, reference="B2", end_to_end=named)
    assert (about(first), about(again)) == ([(of, number, True)], [(of, number, False)])
    assert unexplained() == [again.pk]
    if of == "remittance":
        put_line_aside(line=again.pk, instruction=now())
        confirm_remittance(number=number, side="platform", instruction=told(CHECKER))
        assert in_suspense() == 3000


@pytest.mark.rule("A23", "I24")
def test_a_call_that_comes_again_late_undoes_nothing_that_was_done_since():
    the_bank_account()
    line = a_bank_line("30.00")
    aside, back = now(), now()
    for _ in range(2):
        put_line_aside(line=line.pk, instruction=aside)
        take_line_back(line=line.pk, reason="a remittance", instruction=back)
        assert in_suspense() == 0
    item = put_line_aside(line=line.pk, instruction=now()).item
    assert item == take_line_back(line=line.pk, reason="a remittance", instruction=back).item
    assert in_suspense() == 3000
