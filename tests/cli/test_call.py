"""What all operations share at the terminal: amounts, refusals, keys, rehearsals, and who asks."""

from __future__ import annotations

import getpass

import pytest

from amount_inputs import AMOUNT_INPUTS
from builders import a_customer, a_wallet, an_iso_currency, figures
from tael.cli import call
from tael.wallet.figures import figures_now
from tael.wallet.flow import flow_record
from tael.wallet.wallet import find_wallet


@pytest.fixture
def wallet(tael):
    return a_wallet(owner=a_customer(10012), free="100", locked="10")


@pytest.mark.rule("F-38")
def test_every_amount_gets_the_verdict_of_the_one_parser(tael, wallet):
    an_iso_currency("BHD")  # three decimals
    wrong = []
    for given in AMOUNT_INPUTS:
        if not given.is_text:
            continue  # a terminal knows only text
        before = liquid(given.currency)

        done = tael(
            "recharge",
            "--owner",
            10012,
            "--json",
            "--amount",
            given.value,
            "--currency",
            given.currency,
        )

        if done.exit_code == 0:
            verdict = liquid(given.currency) - before
        else:
            verdict = done.stderr.split('"code": "')[1].split('"')[0]
        if verdict != given.verdict:
            wrong.append((given, verdict))
    assert wrong == []


def liquid(currency: str) -> int:
    found = find_wallet(10012, currency)
    return figures_now([found])[found.number].liquid.minor if found else 0


def test_a_refusal_says_what_was_refused_and_what_can_be_done(tael, wallet):
    done = tael("withdraw", "--wallet", wallet.number, "--payee", 1, "--amount", "0.001")

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "amount_too_precise: CNY has 2 decimals.",
        "  field: amount",
        "  rule: F-38",
        "  there: 0.001",
        "  allowed: digits with at most 2 decimals",
        "  Round the amount to the currency's decimals; nothing is rounded silently.",
    ]


def test_a_refusal_that_may_pass_names_the_key_to_repeat_the_call(tael, wallet):
    done = tael("deduct", "--wallet", wallet.number, "--amount", "111", "--key", "k-1")

    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1] == "  To repeat the same call: --key k-1"
    assert tael.refusal("deduct", "--wallet", wallet.number, "--amount", "111")["key"]


def test_a_key_that_was_printed_repeats_the_call_and_moves_nothing(tael, wallet):
    words = ("deduct", "--wallet", wallet.number, "--amount", "5")
    first = tael.json(*words)

    again = tael.json(*words, "--key", first["key"])
    other = tael.refusal(*words[:-1], "6", "--key", first["key"])

    assert (first["replayed"], again["replayed"]) == (False, True)
    assert again["flow"] == first["flow"]
    assert other["code"] == "key_reused"
    assert figures(wallet)[0] == "105.00"
    assert "nothing moved this time" in tael(*words, "--key", first["key"]).stdout


def test_a_rehearsal_goes_the_whole_way_and_keeps_nothing(tael, wallet):
    words = ("deduct", "--wallet", wallet.number, "--dry-run", "--amount")

    done = tael(*words, "5")
    refused = tael.refusal(*words, "500")

    assert done.exit_code == 0
    assert "105.00 CNY" in done.stdout
    assert "Dry run" in done.stdout
    assert refused["code"] == "insufficient_funds"
    assert figures(wallet)[0] == "110.00"


def test_who_when_and_what_was_said_is_kept(tael, wallet):
    said = {
        "--channel": "WeChat",
        "--info": "茶",
        "--sno": "22026030109000010012",
        "--pno": "p-1",
        "--code": "Shop",
        "--actor": "user:10000",
        "--at": "2026-03-01T09:00:00+08:00",
    }
    words = [word for pair in said.items() for word in pair]

    done = tael.json("deduct", "--wallet", wallet.number, "--amount", "5", *words)

    kept = flow_record(done["flow"])
    assert (kept.channel, kept.info, kept.sno, kept.pno, kept.code, kept.actor) == (
        "WeChat",
        "茶",
        "22026030109000010012",
        "p-1",
        "Shop",
        "user:10000",
    )
    assert kept.effective_at.isoformat() == "2026-03-01T01:00:00+00:00"


def test_without_a_word_it_is_who_is_logged_in(tael, wallet, monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "Büro 7")
    done = tael.json("deduct", "--wallet", wallet.number, "--amount", "5")

    assert flow_record(done["flow"]).actor == "cli:B_ro_7"


def test_a_user_without_a_name_is_the_command_line(monkeypatch):
    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr(getpass, "getuser", nobody)

    assert call.login() == "cli"


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.0", "１", "1_0", " 1", "9" * 20, ""])
def test_a_number_that_is_none_is_told(tael, number):
    done = tael("deduct", "--wallet", number, "--amount", "5")

    assert done.exit_code == 2
    assert "is no whole number above zero" in done.stderr


def test_a_moment_that_is_none_is_told(tael):
    done = tael("deduct", "--wallet", 100001, "--amount", "5", "--at", "yesterday")

    assert done.exit_code == 2
    assert "is no date, or date and time" in done.stderr
