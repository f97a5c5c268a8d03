"""A form carries one key from being shown to being sent, and no other key is taken."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import RequestFactory

from builders import a_wallet
from tael.money import Money
from tael.refusal import Refusal
from tael.wallet.queries import wallet_view
from tael.wallet.recharge import recharge
from tael.web.look.forms import FormKeyMalformed, told

KEY = "6fb4ba62-9a45-4d7e-8d9a-4e9a66f3c2f1"


def sent(**fields):
    return RequestFactory().post("/portal/pay", fields)


def key_of(text: str) -> str:
    found = re.fullmatch(r'<input type="hidden" name="key" value="([0-9a-f-]{36})">', text)
    assert found, text
    return found[1]


def test_a_form_that_is_shown_gets_a_key_of_its_own(render):
    first, second = (key_of(render("{% form_key %}")) for _ in range(2))

    assert UUID(first) != UUID(second)


def test_a_refused_form_is_shown_again_with_the_key_it_was_sent_with(render):
    assert key_of(render("{% form_key %}", post={"key": KEY, "amount": "x"})) == KEY


def test_a_key_that_is_none_of_ours_is_not_shown_again(render):
    assert key_of(render("{% form_key %}", post={"key": '"><script>'})) != '"><script>'


def test_the_instruction_has_the_forms_key_the_actor_and_the_moment():
    before = datetime.now(UTC)  # noqa: TID251 - the door's clock is under test

    instruction = told(sent(key=KEY), actor="user:10012", channel="Web", info="rent")

    assert instruction.key == KEY
    assert (instruction.actor, instruction.channel, instruction.info) == (
        "user:10012",
        "Web",
        "rent",
    )
    assert before <= instruction.at <= before + timedelta(seconds=60)


@pytest.mark.parametrize(
    "key", ["", "1", KEY.upper(), f"{{{KEY}}}", f" {KEY}", "x" * 36, "０" * 36]
)
def test_any_other_key_is_refused(key):
    with pytest.raises(FormKeyMalformed) as refused:
        told(sent(key=key), actor="user:10012")

    assert refused.value.field == "key"
    assert refused.value.remedy


def test_a_form_without_a_key_is_refused():
    with pytest.raises(Refusal):
        told(sent(amount="5"), actor="user:10012")


@pytest.mark.rule("F-17")
def test_a_form_that_is_sent_twice_acts_once_and_gives_the_first_receipt(db):
    wallet = a_wallet()
    ten = Money(1000, wallet.currency)

    receipts = [
        recharge(wallet=wallet, amount=ten, instruction=told(sent(key=KEY), actor="user:10012"))
        for _ in range(2)
    ]

    assert receipts[0].entry_id == receipts[1].entry_id
    assert wallet_view(wallet).figures.liquid == ten
