"""Asking a channel what became of payouts, against a real server on this machine that answers well and badly.

Source: B-36; peers-settlement-invest A7, A19.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from builders import STAFF, an_instruction
from settlement.business_system import BusinessSystem, answer
from settlement_batch_builders import filled, with_the_bank
from settlement_builders import IN_NOVEMBER, amount_of
from tael.documents.payout_answer import read_answer
from tael.ledger import AccountBusy
from tael.parties.queries import audit_trail
from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.asking import signed_ask
from tael.settlement.models import MerchantWithdrawal, PayoutAsk, PayoutInquiry, PayoutRow
from tael.settlement.payouts import inquiry
from tael.settlement.payouts.inquiry import ACTOR, ask_due
from tael.settlement.payouts.inquiry_plan import PLAN
from tael.settlement.payouts.result_file import import_result
from tael.settlement.payouts.row_answer import Outcome, answer_row
from tael.settlement.payouts.status_adapter import ask_status, reference_of
from tael.settlement.payouts.status_service import set_status_service, stop_status_service

pytestmark = pytest.mark.usefixtures("db")
AFTER = IN_NOVEMBER + PLAN[0]


class Bank(BusinessSystem):
    """A channel that is asked for payouts; ``told`` is what it says of each, by reference."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, list[dict[str, Any]]] = {}

    def page(self, asked: dict[str, str]) -> dict[str, Any]:
        wanted = asked["references"].split(",")
        return {
            "payouts": [
                {"reference": one, **said} for one in wanted for said in self.told.get(one, [])
            ]
        }


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    monkeypatch.setenv("TAEL_SOURCES_TO_PRIVATE", "1")
    with closing(Bank()) as system:
        made = set_status_service(
            channel="Alipay", address=system.address, actor=STAFF, at=IN_NOVEMBER
        )
        system.secret = made.secret
        yield system


def unknown(*amounts: str) -> list[PayoutRow]:
    """Rows of which the bank's file said that nobody knows."""
    batch, content = with_the_bank(*(amounts or ("10.00",)))
    said = [("unknown", "", "")] * len(amounts or ("10.00",))
    sheet = read_answer(filled(content, *said), name="answer.xlsx")
    import_result(number=batch.pk, sheet=sheet, instruction=an_instruction(at=IN_NOVEMBER))
    return list(PayoutRow.objects.filter(batch=batch).select_related("batch").order_by("place"))


def name(row: PayoutRow) -> str:
    return reference_of(row.batch.reference, row.withdrawal_id)


def said_paid(amount: str = "10.00", **given: str) -> list[dict[str, Any]]:
    usual = {"status": "paid", "amount": amount, "currency": "CNY", "flow_number": "B-1"}
    return [usual | given]


def ask_at(at: datetime) -> int:
    return ask_due(
        clock=lambda: at,
        ask=lambda service, references: ask_status(service, references, seconds=0.5),
    )


def standing(row: PayoutRow) -> tuple[str, str, int]:
    """How a row, its inquiry and the count of its asks stand."""
    inquiry = PayoutInquiry.objects.get(pk=row.pk)
    return PayoutRow.objects.get(pk=row.pk).state, inquiry.state, inquiry.asks


def verdicts(row: PayoutRow) -> list[str]:
    return list(
        PayoutAsk.objects.filter(inquiry=row.pk)
        .order_by("number")
        .values_list("verdict", flat=True)
    )


def account_of(row: PayoutRow) -> str:
    withdrawal = MerchantWithdrawal.objects.get(pk=row.withdrawal_id)
    return amount_of(merchant_account(withdrawal.account_id))


@pytest.mark.rule("A7", "B-36")
def test_what_the_channel_says_is_booked_as_if_a_file_had_said_it(bank: Bank) -> None:
    paid, failed, left_out = unknown("10.00", "20.00", "30.00")
    bank.told = {
        name(paid): said_paid(),
        name(failed): [
            {"status": "failed", "amount": "20.00", "currency": "CNY", "reason": "no such account"}
        ],
    }

    assert ask_at(AFTER - timedelta(seconds=1)) == 0
    assert ask_at(AFTER) == 3
    assert ask_at(AFTER) == 0

    assert standing(paid) == ("paid", "closed", 1)
    assert standing(failed) == ("failed", "closed", 1)
    assert standing(left_out) == ("unknown", "asking", 1)
    assert MerchantWithdrawal.objects.get(pk=paid.withdrawal_id).flow_number == "B-1"
    assert account_of(failed) == "960.00", "1,000 less 10 paid and 30 unknown"
    assert len(bank.asked) == 1


def test_an_answer_that_the_books_cannot_take_at_the_moment_is_asked_for_again(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = unknown()
    bank.told = {name(row): said_paid()}

    def held(*_: object) -> None:
        raise AccountBusy("an account is held by another request", field="account")

    with monkeypatch.context() as patched:
        patched.setattr(inquiry, "take_answers", held)
        ask_at(AFTER)
    assert standing(row) == ("unknown", "asking", 0)

    assert ask_at(AFTER + inquiry.LEASE) == 1
    assert standing(row) == ("paid", "closed", 1)


@pytest.mark.rule("A7")
def test_after_the_last_ask_it_is_for_a_person_who_decides_with_evidence(bank: Bank) -> None:
    (row,) = unknown()
    at = IN_NOVEMBER
    for wait in PLAN:
        at += wait
        assert ask_at(at - timedelta(seconds=1)) == 0
        assert ask_at(at) == 1

    assert standing(row) == ("unknown", "person", 7)
    (told,) = audit_trail(subject=f"merchant_withdrawal:{row.withdrawal_id}", actor=ACTOR)
    assert (told.action, told.details) == ("payout_inquiry.given_up", {"asks": 7})
    assert ask_at(at + timedelta(days=30)) == 0
    answer_row(
        number=row.batch_id,
        withdrawal=row.withdrawal_id,
        outcome=Outcome(True, "the bank's letter of Nov 20", AFTER.date(), "B-9"),
        instruction=an_instruction(at=at),
    )
    assert standing(row) == ("paid", "closed", 7)


LIES: dict[str, list[dict[str, Any]]] = {
    "another amount": said_paid("10.01"),
    "another currency": said_paid(currency="USD"),
    "no amount": [{"status": "paid"}],
    "an amount that is a number": [{**said_paid()[0], "amount": 10.0}],
    "another account": said_paid(payee_account="6222000000000000"),
    "a day that has not come": said_paid(paid_on="2027-01-01"),
    "failed without a reason": [{"status": "failed", "amount": "10.00", "currency": "CNY"}],
    "a word that nobody knows": [{"status": "done"}],
    "signs that no text has": said_paid(reason="\0 \ud800", payee_account="\0\ud800"),
    "such a reason": said_paid(reason="\ud800"),
    "such a flow number": said_paid(flow_number="B\ud800"),
    "a status of such signs": [{"status": "\ud800\0"}],
    "both at once": [*said_paid(), {"status": "failed", "amount": "10.00", "currency": "CNY"}],
    "the same twice": said_paid() * 2,
}


@pytest.mark.rule("A7", "A19")
def test_an_answer_that_does_not_fit_is_refused_shown_and_changes_nothing(bank: Bank) -> None:
    rows = unknown(*["10.00"] * len(LIES))
    bank.told = {name(row): lie for row, lie in zip(rows, LIES.values(), strict=True)}

    ask_at(AFTER)

    for row, lie in zip(rows, LIES, strict=True):
        assert standing(row) == ("unknown", "asking", 1), lie
        assert verdicts(row) == ["refused"], lie
        assert PayoutAsk.objects.get(inquiry=row.pk).said, lie


def test_a_flow_number_that_another_payout_has_is_refused(bank: Bank) -> None:
    first, second = unknown("10.00", "10.00")
    bank.told = {name(first): said_paid(), name(second): said_paid()}

    ask_at(AFTER)

    assert (standing(first)[0], standing(second)[0]) == ("paid", "unknown")
    assert verdicts(second) == ["refused"]


def hang(handler: Any) -> None:
    time.sleep(0.8)


@pytest.mark.parametrize(
    ("badly", "verdict"),
    [
        (hang, "unanswered"),
        (lambda handler: answer(handler, {}, status=500), "unanswered"),
        (lambda handler: answer(handler, {}, status=401), "unanswered"),
        (lambda handler: answer(handler, None, raw=b"<html>"), "refused"),
        (lambda handler: answer(handler, {"payouts": [{"reference": "P-1"}]}), "refused"),
    ],
)
def test_no_answer_and_an_answer_to_something_else_leave_it_unknown(
    bank: Bank, badly: Any, verdict: str
) -> None:
    (row,) = unknown()
    bank.answer = badly

    ask_at(AFTER)

    assert standing(row) == ("unknown", "asking", 1)
    assert verdicts(row) == [verdict]


@pytest.mark.rule("A19", "I20")
@pytest.mark.parametrize(("says", "verdict"), [("paid", "contradicts"), ("failed", "agrees")])
def test_an_answer_that_comes_after_a_person_decided_moves_nothing(
    bank: Bank, says: str, verdict: str
) -> None:
    (row,) = unknown()
    bank.told = {name(row): said_paid(status=says, reason="no such account")}

    def ask(service: Any, references: Any) -> Any:
        late_answer = ask_status(service, references, seconds=5)
        answer_row(
            number=row.batch_id,
            withdrawal=row.withdrawal_id,
            outcome=Outcome(False, "the bank has it on its list of returns", AFTER.date()),
            instruction=an_instruction(at=AFTER),
        )
        return late_answer

    ask_due(clock=lambda: AFTER, ask=ask)

    assert standing(row) == ("failed", "closed", 1)
    assert verdicts(row) == [verdict]
    assert account_of(row) == "1000.00"


@pytest.mark.rule("A7")
def test_two_workers_ask_for_each_row_once(bank: Bank) -> None:
    unknown("10.00", "20.00")

    def ask(service: Any, references: Any) -> Any:
        assert ask_at(AFTER) == 0, "the other worker finds nothing that is due"
        return ask_status(service, references)

    assert ask_due(clock=lambda: AFTER, ask=ask) == 2
    assert len(bank.asked) == 1


def test_a_worker_that_died_leaves_its_rows_to_the_next(bank: Bank) -> None:
    (row,) = unknown()

    def dies(*_: object) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask_due(clock=lambda: AFTER, ask=dies)

    assert ask_at(AFTER) == 0
    assert ask_at(AFTER + timedelta(minutes=2)) == 1
    assert standing(row) == ("unknown", "asking", 1)


def test_without_an_address_it_is_for_a_person_until_there_is_one(bank: Bank) -> None:
    stop_status_service(channel="Alipay", actor=STAFF, at=IN_NOVEMBER)
    (row,) = unknown()
    assert standing(row) == ("unknown", "person", 0)

    set_status_service(channel="Alipay", address=bank.address, actor=STAFF, at=AFTER)
    assert standing(row)[1] == "asking"
    stop_status_service(channel="Alipay", actor=STAFF, at=AFTER)
    assert standing(row)[1] == "person"
    assert ask_at(AFTER) == 0


def test_the_question_goes_out_outside_of_a_transaction_and_only_where_it_may(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = unknown()
    monkeypatch.delenv("TAEL_SOURCES_TO_PRIVATE")
    monkeypatch.setattr(signed_ask, "SECONDS", 0.5)

    ask_due(clock=lambda: AFTER)

    assert (verdicts(row), bank.asked) == (["unanswered"], [])
