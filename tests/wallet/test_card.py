from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, STAFF, a_customer, a_wallet, an_instruction, figures, in_parallel, money
from tael import books, ledger
from tael.channels.channel import (
    ChannelCurrencyRefused,
    ChannelDisabled,
    change_channel,
    disable_channel,
)
from tael.channels.house import channel_account
from tael.parties.models import AuditRecord
from tael.parties.text import TextMalformed
from tael.wallet.card import (
    BatchRefused,
    CardExpired,
    CardUsed,
    CardVoid,
    UnknownCard,
    check_card,
    issue_cards,
    redeem_card,
    void_card,
    void_card_of_code,
    void_cards,
)
from tael.wallet.card_code import new_code
from tael.wallet.card_search import batch as find_batch
from tael.wallet.card_search import cards_of
from tael.wallet.flow import flow_record
from tael.wallet.models import Card
from tael.wallet.wallet import UnknownWallet, WalletDisabled, disable_wallet, find_wallet

pytestmark = pytest.mark.usefixtures("db")


def a_card(text: str = "50.00", **more) -> str:
    return issue_cards(amount=money(text), count=1, instruction=an_instruction(), **more).codes[0]


@pytest.mark.rule("F-24")
def test_a_card_is_checked_then_used_over_its_own_channel():  # A-F13
    code, customer = a_card(), a_customer()

    assert check_card(code=code, at=AT).amount == money("50.00")
    receipt = redeem_card(code=code.lower(), owner=customer, instruction=an_instruction())

    assert figures(find_wallet(customer, "CNY")) == ("50.00", "0.00", "0.00")
    assert flow_record(receipt.entry_id).channel == "KeyCard"
    assert ledger.balance(books.connection(), channel_account("KeyCard", "CNY")) == -5000


@pytest.mark.rule("F-24", "F-38")
def test_a_used_card_is_refused_and_the_same_request_repeated_gives_its_answer():  # SM-03
    code, customer = a_card(), a_customer()
    first = redeem_card(code=code, owner=customer, instruction=an_instruction("k"))

    again = redeem_card(code=code, owner=customer, instruction=an_instruction("k"))
    with pytest.raises(CardUsed):
        redeem_card(code=code, owner=customer, instruction=an_instruction("other"))
    with pytest.raises(CardUsed):
        check_card(code=code, at=AT)

    assert (again.entry_id, again.replayed) == (first.entry_id, True)
    assert figures(find_wallet(customer, "CNY"))[0] == "50.00"


@pytest.mark.rule("F-24")
def test_ten_at_once_use_a_card_once():
    code, customers = a_card(), [a_customer() for _ in range(10)]

    answers = in_parallel(
        *(
            lambda key=key, owner=owner: redeem_card(
                code=code, owner=owner, instruction=an_instruction(f"c{key}")
            )
            for key, owner in enumerate(customers)
        )
    )

    codes = [getattr(answer, "code", "done") for answer in answers]
    assert (codes.count("done"), codes.count("card_used")) == (1, 9)


@pytest.mark.rule("F-24", "F-08")
def test_a_gift_card_gives_locked_money():
    customer = a_customer()

    redeem_card(code=a_card(spend_only=True), owner=customer, instruction=an_instruction())

    assert figures(find_wallet(customer, "CNY")) == ("50.00", "50.00", "0.00")


@pytest.mark.rule("F-24", "F-38")
def test_unknown_expired_and_void_cards_are_refused():
    soon = AT + timedelta(days=1)
    issued = issue_cards(amount=money("5.00"), count=2, instruction=an_instruction())
    expiring = a_card(expires_at=soon)
    voided = void_cards(batch=issued.batch.pk, reason="stolen", actor=STAFF, at=AT)

    for code, at, refusal in (
        (new_code(), AT, UnknownCard),
        (expiring, soon, CardExpired),
        (issued.codes[0], AT, CardVoid),
    ):
        with pytest.raises(refusal):
            redeem_card(code=code, owner=a_customer(), instruction=an_instruction(at=at))
    assert voided == 2
    assert check_card(code=expiring, at=soon - timedelta(seconds=1)).expires_at == soon


@pytest.mark.rule("F-24", "F-36")
def test_a_credit_that_fails_leaves_the_card_unused():
    code, wallet = a_card(), a_wallet()
    disable_wallet(wallet=wallet, actor=STAFF, at=AT, reason="lost")

    with pytest.raises(WalletDisabled):
        redeem_card(code=code, owner=wallet.owner, instruction=an_instruction())

    assert Card.objects.get().state == "unused"


@pytest.mark.rule("F-05")
def test_cards_follow_the_channels_switch_and_currencies():
    code = a_card()
    change_channel(identifier="KeyCard", currencies="CNY", actor=STAFF, at=AT)

    with pytest.raises(ChannelCurrencyRefused):
        issue_cards(amount=money("5.00", "USD"), count=1, instruction=an_instruction())
    disable_channel(identifier="KeyCard", actor=STAFF, at=AT)
    with pytest.raises(ChannelDisabled):
        redeem_card(code=code, owner=a_customer(), instruction=an_instruction())


def test_a_batch_leaves_hashes_and_an_audit_row_and_cannot_be_read_again():
    issued = issue_cards(amount=money("5.00"), count=3, instruction=an_instruction("k"))

    with pytest.raises(BatchRefused):
        issue_cards(amount=money("5.00"), count=3, instruction=an_instruction("k"))

    kept = b"".join(bytes(card.digest) for card in Card.objects.all())
    assert not any(code.replace("-", "").encode() in kept for code in issued.codes)
    assert AuditRecord.objects.get().action == "card.issue"
    assert len(set(issued.codes)) == 3


@pytest.mark.parametrize("count", [0, -1, 10_001, 1.0, True, "3"])
def test_a_batch_of_an_odd_size_is_refused(count):
    with pytest.raises(BatchRefused):
        issue_cards(amount=money("5.00"), count=count, instruction=an_instruction())


def test_a_batch_whose_commit_was_not_heard_of_is_found_with_its_codes(monkeypatch):
    first = issue_cards(amount=money("5.00"), count=2, instruction=an_instruction("k"))
    codes = iter(first.codes)
    monkeypatch.setattr("tael.wallet.card.new_code", lambda: next(codes))

    again = issue_cards(amount=money("5.00"), count=2, instruction=an_instruction("k"))

    assert (again.batch.pk, again.codes) == (first.batch.pk, first.codes)
    assert Card.objects.count() == 2


@pytest.mark.rule("F-38")
def test_a_card_is_not_redeemed_into_anothers_wallet():
    with pytest.raises(UnknownWallet):
        redeem_card(
            code=a_card(), owner=a_customer(), wallet=a_wallet(), instruction=an_instruction()
        )


@pytest.mark.rule("F-24")
def test_one_card_is_made_void_and_the_rest_of_its_batch_is_not():  # SM-03
    issued = issue_cards(amount=money("5.00"), count=3, instruction=an_instruction())
    batch, asked = issued.batch.pk, {"reason": "lost", "actor": STAFF, "at": AT}

    by_code = void_card_of_code(code=issued.codes[0], **asked)
    other = next(card for card in cards_of(batch) if card.pk != by_code.pk)
    by_number = void_card(batch=batch, number=other.pk, **asked)
    again = void_card(batch=batch, number=other.pk, **{**asked, "reason": "twice"})

    assert [by_code.state, by_number.state, again.state] == ["void"] * 3
    assert (find_batch(batch).void, find_batch(batch).left) == (2, 1)
    with pytest.raises(CardVoid):
        check_card(code=issued.codes[0], at=AT)
    rows = AuditRecord.objects.filter(action="card.void").order_by("pk")
    assert [row.details for row in rows] == [
        {"count": 1, "card": card.pk, "reason": "lost"} for card in (by_code, by_number)
    ]


@pytest.mark.rule("F-24")
def test_a_used_a_foreign_and_an_unknown_card_are_not_made_void():  # SM-03
    code, asked = a_card(), {"reason": "lost", "actor": STAFF, "at": AT}
    redeem_card(code=code, owner=a_customer(), instruction=an_instruction())
    used = Card.objects.get()
    a_card()
    other = Card.objects.exclude(pk=used.pk).get()

    with pytest.raises(CardUsed):
        void_card_of_code(code=code, **asked)
    with pytest.raises(CardUsed):
        void_card(batch=used.batch_id, number=used.pk, **asked)
    for number in (other.pk, 0, 2**63):
        with pytest.raises(UnknownCard):
            void_card(batch=used.batch_id, number=number, **asked)
    with pytest.raises(TextMalformed):
        void_card(batch=other.batch_id, number=other.pk, **{**asked, "reason": " "})

    assert {card.state for card in Card.objects.all()} == {"used", "unused"}


def test_a_card_that_is_used_and_made_void_at_once_ends_in_one_way():
    code, customer = a_card(), a_customer()

    in_parallel(
        lambda: _told(lambda: redeem_card(code=code, owner=customer, instruction=an_instruction())),
        lambda: _told(lambda: void_card_of_code(code=code, reason="lost", actor=STAFF, at=AT)),
    )

    wallet = find_wallet(customer, "CNY")
    assert (Card.objects.get().state == "used") == (
        wallet is not None and figures(wallet)[0] == "50.00"
    )


def _told(act):
    """A refusal is an answer here: the other came first."""
    try:
        return act()
    except (CardUsed, CardVoid) as refusal:
        return refusal
