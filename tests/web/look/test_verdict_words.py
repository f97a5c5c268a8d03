"""Why a row was refused is said in the reader's language, with what was there as it was."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from django.utils import translation

from tael.settlement.accounts.merchant_account import UnknownMerchantAccount
from tael.settlement.payouts.result_row import ResultRowRefused, why_refused
from tael.settlement.records.listed_act import refusal_text
from tael.web.look.verdict_words import said_answer, said_verdict


class Row(NamedTuple):
    code: str
    reason: str


REFUSAL = UnknownMerchantAccount("There is no merchant account 7.", field="account", there="7")
REFUSED = Row(REFUSAL.code, refusal_text(REFUSAL))


@pytest.mark.rule("I-03", "T15")
def test_in_english_it_is_what_was_kept_without_its_code():
    with translation.override("en"):
        assert said_verdict(REFUSED) == "There is no merchant account 7. There: 7."


@pytest.mark.rule("I-03", "T15")
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_in_chinese_it_is_its_cause_and_what_is_there(language):
    with translation.override(language):
        said = said_verdict(REFUSED)

    assert "There" not in said
    assert said.endswith(": 7")
    assert len(said) > 10


def test_a_reason_of_no_known_code_stays_as_it_is():
    with translation.override("zh-hans"):
        assert said_verdict(Row("", "anything else")) == "anything else"
        assert said_verdict(Row("", "")) == ""


def test_a_row_of_the_banks_answer_says_in_chinese_what_was_sent():
    message = "Row 4: amount is not what was sent."
    kept = why_refused(ResultRowRefused(message, field="amount", there="211.00", allowed="210.00"))

    with translation.override("zh-hans"):
        assert said_answer(kept) == "amount 与发出的不符 · 现有: 211.00 · 允许的内容: 210.00"
        assert said_answer("the account is closed") == "the account is closed"
    assert said_answer(kept) == f"{message} There: 211.00. Allowed: 210.00."
