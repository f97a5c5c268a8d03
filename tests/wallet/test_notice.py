"""The verdicts on a gateway's notice, row by row of the reliability table (section 3a), and T8."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, STAFF, a_wallet, an_instruction, figures, in_parallel, money
from tael import books, ledger
from tael.channels.gateways import registry
from tael.channels.gateways.base import (
    Notice,
    NoticeForAnother,
    NoticeForged,
    NoticeFromOtherEnvironment,
    NoticeTooLarge,
    NoticeUnreadable,
    NoticeUntimely,
)
from tael.channels.gateways.registry import UnknownGateway
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.channels.house import channel_account, suspense_account
from tael.parties.models import AuditRecord
from tael.wallet import notice
from tael.wallet.deduct import deduct
from tael.wallet.models import GatewayNotice
from tael.wallet.notice import Verdict, receive_notice, take_answer
from tael.wallet.queries import debt_of
from tael.wallet.recharge_order import (
    close_order,
    confirm_order,
    create_order,
    order,
    order_number,
)
from tael.wallet.wallet import disable_wallet

pytestmark = pytest.mark.usefixtures("db")

SECRET = b"a secret of the test gateway"


@pytest.fixture
def alipay(monkeypatch) -> SignedTestGateway:
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(SECRET,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    return gateway


@pytest.fixture
def wallet():
    return a_wallet()


def an_order(wallet, text: str = "10.00", *, channel: str = "Alipay", **more):
    return create_order(
        owner=wallet.owner,
        wallet=wallet,
        amount=money(text),
        instruction=an_instruction(channel=channel),
        **more,
    )


def told(row, amount: str = "10.00", *, number: str = "G1", event: str = "e1", **more) -> Notice:
    facts = {"currency": "CNY", "status": "paid", "order_number": order_number(row), **more}
    return Notice(event_id=event, amount=amount, gateway_number=number, **facts)


def sent(gateway, notice: Notice, *, at=AT, channel: str = "Alipay"):
    signed = gateway.pay(notice, at=at)
    return receive_notice(raw=signed.raw, headers=signed.headers, channel=channel, at=at)


def in_suspense(currency: str = "CNY") -> int:
    return ledger.balance(books.connection(), suspense_account(currency))


def alarms() -> list[str]:
    return [row.action for row in AuditRecord.objects.filter(action__startswith="gateway.")]


@pytest.mark.rule("F-25")
def test_the_amount_that_was_due_is_credited(alipay, wallet):
    row = an_order(wallet)

    outcome = sent(alipay, told(row))

    assert (outcome.verdict, outcome.order, outcome.answer) == (
        Verdict.CREDITED,
        row.pk,
        b"success",
    )
    assert (order(row.pk).state, order(row.pk).gateway_number) == ("success", "G1")
    assert figures(wallet)[0] == "10.00"


@pytest.mark.rule("F-25", "F-38")
def test_a_notice_that_cannot_be_believed_is_kept_and_does_nothing(alipay, wallet):
    row = an_order(wallet)
    good = alipay.pay(told(row), at=AT)
    other = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"x" * 24,))
    thief = SignedTestGateway(channel="Alipay", merchant="thief", secrets=(SECRET,))
    live = SignedTestGateway(
        channel="Alipay", merchant="tael", secrets=(SECRET,), environment="live"
    )
    cases = [
        (b"{", good.headers, NoticeUnreadable),
        (b"{}" + b" " * 70_000, good.headers, NoticeTooLarge),
        (good.raw.replace(b"10.00", b"99.00"), good.headers, NoticeForged),
        (*other.pay(told(row), at=AT), NoticeForged),
        (*thief.pay(told(row), at=AT), NoticeForAnother),
        (*live.pay(told(row), at=AT), NoticeFromOtherEnvironment),
        (*alipay.pay(told(row), at=AT - timedelta(seconds=301)), NoticeUntimely),
        (*alipay.pay(told(row, "10.001"), at=AT), NoticeUnreadable),
        (*alipay.pay(told(row, "-10.00"), at=AT), NoticeUnreadable),
    ]

    for raw, headers, refusal in cases:
        with pytest.raises(refusal):
            receive_notice(raw=raw, headers=headers, channel="Alipay", at=AT)

    assert GatewayNotice.objects.filter(verdict="refused").count() == len(cases)
    assert bytes(GatewayNotice.objects.order_by("pk")[0].raw) == b"{"
    assert len(GatewayNotice.objects.order_by("pk")[1].raw) == 64 * 1024
    assert alarms() == ["gateway.refusals"]
    assert (figures(wallet)[0], order(row.pk).state) == ("0.00", "created")


def test_of_twenty_forged_at_once_the_alarm_is_raised_at_the_fifth_and_when_they_double(
    alipay, wallet
):
    row = an_order(wallet)
    thief = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"x" * 24,))
    forged = [thief.pay(told(row, event=f"e{n}"), at=AT) for n in range(20)]

    refused = in_parallel(
        *(
            lambda one=one: receive_notice(
                raw=one.raw, headers=one.headers, channel="Alipay", at=AT
            )
            for one in forged
        )
    )

    assert [type(one) for one in refused] == [NoticeForged] * 20
    assert alarms() == ["gateway.refusals"] * 3


def test_an_unknown_gateway_is_refused_and_what_came_is_kept(alipay):
    with pytest.raises(UnknownGateway):
        receive_notice(
            raw=b"\x00\xff", headers={"x\x00y": "\ud800", "Cookie": "secret"}, channel="Mars", at=AT
        )

    kept = GatewayNotice.objects.get()
    assert (bytes(kept.raw), kept.headers) == (b"\x00\xff", {"x\\x00y": "\\ud800"})


def test_the_raw_notice_stays_when_judging_it_breaks(alipay, wallet, monkeypatch):
    row = an_order(wallet)
    signed = alipay.pay(told(row), at=AT)
    monkeypatch.setattr("tael.wallet.notice.credit_order", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        receive_notice(raw=signed.raw, headers=signed.headers, channel="Alipay", at=AT)

    assert GatewayNotice.objects.get().verdict == "received"
    monkeypatch.undo()
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": alipay})
    outcome = receive_notice(raw=signed.raw, headers=signed.headers, channel="Alipay", at=AT)
    assert outcome.verdict == Verdict.CREDITED


def test_an_event_or_payment_seen_before_has_no_effect(alipay, wallet):
    row = an_order(wallet)
    sent(alipay, told(row))

    again = [sent(alipay, told(row)) for _ in range(5)]
    renamed = sent(alipay, told(row, event="e2"))

    assert {outcome.verdict for outcome in (*again, renamed)} == {Verdict.REPEATED}
    assert again[0].answer == b"success"
    assert figures(wallet)[0] == "10.00"


def test_thirty_notices_at_once_credit_once(alipay, wallet):
    row = an_order(wallet)
    signed = [alipay.pay(told(row, event=f"e{n % 3}"), at=AT) for n in range(30)]

    outcomes = in_parallel(
        *(
            lambda one=one: receive_notice(
                raw=one.raw, headers=one.headers, channel="Alipay", at=AT
            )
            for one in signed
        )
    )

    verdicts = [outcome.verdict for outcome in outcomes]
    assert (verdicts.count(Verdict.CREDITED), verdicts.count(Verdict.REPEATED)) == (1, 29)
    assert figures(wallet)[0] == "10.00"


def test_money_for_an_unknown_order_waits_in_suspense(alipay, wallet):
    row = an_order(wallet)
    unknown = sent(alipay, told(row, order_number="R999999"))
    odd = sent(alipay, told(row, order_number="nonsense", event="e2", number="G2"))
    elsewhere = an_order(wallet, channel="WeChat")
    other_channel = sent(alipay, told(elsewhere, event="e3", number="G3"))

    assert {o.verdict for o in (unknown, odd, other_channel)} == {Verdict.SUSPENSE_ORDER}
    assert in_suspense() == 3000
    assert figures(wallet)[0] == "0.00"
    assert alarms() == ["gateway.suspense_order"] * 3


def test_another_currency_than_the_orders_waits_in_suspense(alipay, wallet):
    row = an_order(wallet)

    dollars = sent(alipay, told(row, currency="USD"))
    unknown = sent(alipay, told(row, currency="XYZ", event="e2", number="G2"))

    assert (dollars.verdict, unknown.verdict) == (Verdict.SUSPENSE_CURRENCY, Verdict.UNBOOKABLE)
    assert in_suspense("USD") == 1000
    assert (order(row.pk).state, order(row.pk).credited) == ("created", 0)


@pytest.mark.rule("F-25")
def test_less_than_due_is_credited_and_the_order_can_be_paid_further(alipay, wallet):
    row = an_order(wallet)

    first = sent(alipay, told(row, "0.01"))
    assert (first.verdict, order(row.pk).state) == (Verdict.PARTIAL, "partial")
    second = sent(alipay, told(row, "9.99", event="e2", number="G2"))

    assert (second.verdict, order(row.pk).state) == (Verdict.CREDITED, "success")
    assert figures(wallet)[0] == "10.00"


@pytest.mark.rule("F-25", "F-08")
def test_more_than_due_goes_to_the_customer_as_free_money(alipay, wallet):
    row = an_order(wallet, spend_only=True)

    outcome = sent(alipay, told(row, "12.50"))
    later = sent(alipay, told(row, "1.00", event="e2", number="G2"))

    assert (outcome.verdict, later.verdict) == (Verdict.SURPLUS, Verdict.SURPLUS)
    assert figures(wallet) == ("13.50", "10.00", "0.00")
    assert order(row.pk).state == "success"


def test_late_money_is_credited_with_a_notice(alipay, wallet):
    row = an_order(wallet)
    close_order(order=row.pk, at=AT)

    outcome = sent(alipay, told(row))

    assert (outcome.verdict, order(row.pk).state) == (Verdict.LATE, "closed")
    assert figures(wallet)[0] == "10.00"
    assert alarms() == ["gateway.late"]


def test_a_payment_that_the_platform_has_confirmed_is_not_credited_again(alipay, wallet):
    row = an_order(wallet)
    confirm_order(
        order=row.pk,
        owner=row.owner,
        amount=money("10.00"),
        instruction=an_instruction(channel="Alipay", pno="made-by-us"),
    )

    outcome = sent(alipay, told(row))

    assert outcome.verdict == Verdict.CONFIRMED_BEFORE
    assert alarms() == ["gateway.confirmed_before"]
    assert figures(wallet)[0] == "10.00"


def test_money_for_a_wallet_that_is_switched_off_waits_in_suspense(alipay, wallet):
    row = an_order(wallet)
    disable_wallet(wallet=wallet, actor=STAFF, at=AT, reason="lost")

    outcome = sent(alipay, told(row))

    assert outcome.verdict == Verdict.SUSPENSE_WALLET
    assert in_suspense() == 1000
    assert (order(row.pk).state, order(row.pk).credited) == ("created", 0)


def test_money_for_a_wallet_that_is_held_for_a_moment_is_told_again(alipay, wallet, monkeypatch):
    row = an_order(wallet)

    def held(*_: object) -> None:
        raise ledger.AccountBusy("an account is held by another request")

    with monkeypatch.context() as patched:
        patched.setattr(notice, "credit_order", held)
        with pytest.raises(ledger.AccountBusy):
            sent(alipay, told(row))
    assert in_suspense() == 0
    assert sent(alipay, told(row)).verdict == Verdict.CREDITED


@pytest.mark.parametrize("status", ["declined", "pending", "whatever"])
def test_what_is_not_paid_is_recorded_only(alipay, wallet, status):
    row = an_order(wallet)

    outcome = sent(alipay, told(row, status=status))
    paid = sent(alipay, told(row, event="e2"))

    assert (outcome.verdict, paid.verdict) == (Verdict.RECORDED, Verdict.CREDITED)


def test_a_refund_is_taken_off_the_wallet_and_never_beyond_what_came(alipay, wallet):
    row = an_order(wallet)
    sent(alipay, told(row))

    part = sent(alipay, told(row, "4.00", status="refunded", event="r1"))
    repeated = sent(alipay, told(row, "4.00", status="refunded", event="r1"))
    beyond = sent(alipay, told(row, "7.00", status="refunded", event="r2"))

    assert [o.verdict for o in (part, repeated, beyond)] == [
        Verdict.REFUNDED,
        Verdict.REPEATED,
        Verdict.REFUND_UNMATCHED,
    ]
    assert figures(wallet)[0] == "0.00"
    assert ledger.balance(books.connection(), channel_account("Alipay", "CNY")) == 0


def test_a_refund_of_money_that_is_spent_is_owed_and_marked(alipay, wallet):
    row = an_order(wallet)
    sent(alipay, told(row))
    deduct(wallet=wallet, amount=money("7.00"), instruction=an_instruction())

    outcome = sent(alipay, told(row, status="refunded", event="r1"))

    assert outcome.verdict == Verdict.REFUNDED_INTO_DEBT
    assert (figures(wallet)[0], debt_of(wallet)) == ("0.00", money("7.00"))
    assert alarms() == ["gateway.refunded_into_debt"]


def test_a_refund_of_money_in_suspense_comes_out_of_suspense(alipay, wallet):
    row = an_order(wallet)
    sent(alipay, told(row, order_number="R999999"))

    outcome = sent(alipay, told(row, "4.00", status="refunded", event="r1"))

    assert (outcome.verdict, in_suspense()) == (Verdict.REFUNDED, 600)


def test_a_refund_on_a_wallet_that_is_switched_off_is_owed(alipay, wallet):
    row = an_order(wallet)
    sent(alipay, told(row))
    disable_wallet(wallet=wallet, actor=STAFF, at=AT, reason="lost")

    outcome = sent(alipay, told(row, "4.00", status="refunded", event="r1"))

    assert outcome.verdict == Verdict.REFUNDED_INTO_DEBT
    assert (figures(wallet)[0], debt_of(wallet)) == ("10.00", money("4.00"))


def test_the_answer_to_our_own_question_counts_as_a_notice(alipay, wallet):
    row = an_order(wallet)
    alipay.pay(told(row), at=AT)

    outcome = take_answer(*alipay.query(order_number(row), at=AT), channel="Alipay", at=AT)
    notice = sent(alipay, told(row))

    assert (outcome.verdict, notice.verdict) == (Verdict.CREDITED, Verdict.REPEATED)


def test_a_notice_is_not_judged_inside_anybodys_transaction(alipay, wallet):
    row = an_order(wallet)
    signed = alipay.pay(told(row), at=AT)

    with pytest.raises(RuntimeError):
        books.rehearse(
            lambda: receive_notice(raw=signed.raw, headers=signed.headers, channel="Alipay", at=AT)
        )


def test_a_second_attempt_after_a_lost_commit_tells_what_the_first_one_did(alipay, wallet):
    row = an_order(wallet)
    first = sent(alipay, told(row))

    again = notice._judge(first.notice, "Alipay", told(row), AT, b"success")

    assert again == first
    assert GatewayNotice.objects.get().verdict == "credited"


def test_an_answer_without_an_amount_is_refused_and_kept(alipay, wallet):
    with pytest.raises(NoticeUnreadable):
        take_answer(told(an_order(wallet), "1e3"), channel="Alipay", at=AT)

    assert GatewayNotice.objects.get().verdict == "refused"
