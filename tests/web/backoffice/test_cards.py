"""Cards on pages: the codes of a batch are shown in one answer and in no other."""

from __future__ import annotations

import base64
import re

import pytest

from builders import AT, a_customer, an_instruction
from tael.wallet.card import CardVoid, check_card, redeem_card
from tael.wallet.card_search import batch, batches
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-24")]

CODE = re.compile(r"[0-9A-Z]{6}-[0-9A-Z]{6}-[0-9A-Z]{6}")


def issue(client, **given):
    sent = {"key": a_form_key(), "currency": "CNY", "amount": "5.00", "count": "3", **given}
    return client.post("/backoffice/cards/issue", sent)


@pytest.mark.rule("T22")
def test_the_codes_are_shown_once_with_a_file_of_them():
    client = staff_client("finance_maker")

    made = issue(client, note="spring fair")

    codes = [code for _number, code in made.context["codes"]]
    assert len(set(codes)) == 3
    assert all(code in made.content.decode() for code in codes)
    assert made["Cache-Control"] == "no-store"
    file = base64.b64decode(made.context["csv"].partition("base64,")[2]).decode()
    assert [line.split(",")[1:5] for line in file.splitlines()[1:]] == [
        [str(number), code, "5.00", "CNY"] for number, code in made.context["codes"]
    ]
    number = made.context["batch"]["number"]
    for where in ("cards", f"cards/{number}", "audit", "cards/issue"):
        for role in ("finance_maker", "admin", "auditor"):
            text = staff_client(role).get(f"/backoffice/{where}").content.decode()
            assert not CODE.search(text), where


@pytest.mark.rule("T9")
def test_the_same_form_issues_one_batch_and_shows_no_code_again():
    client, key = staff_client("finance_maker"), a_form_key()
    issue(client, key=key)

    again = issue(client, key=key)

    assert again.status_code == 409
    assert b"card_batch_refused" in again.content
    assert f"batch {batches()[0].pk}" in again.content.decode()  # where its cards are made void
    assert not CODE.search(again.content.decode())
    assert len(batches()) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("amount", ""),
        ("amount", "0"),
        ("amount", "-1"),
        ("amount", "1.001"),
        ("amount", "1e9"),
        ("count", "0"),
        ("count", "x"),
        ("count", "10001"),
        ("count", "９"),
        ("currency", "XXX"),
        ("expires_at", "tomorrow"),
        ("expires_at", "2020-01-01"),
        ("note", "a\x00b"),
    ],
)
def test_nonsense_is_said_beside_its_field(field, typed):
    answer = issue(staff_client("finance_maker"), **{field: typed})

    assert answer.status_code in {400, 404, 409}
    assert answer.context["refusal"].field == field
    assert b"field-wrong" in answer.content
    assert batches() == []


def test_a_batch_shows_the_state_of_each_card_and_its_unused_ones_are_made_void():
    client, key = staff_client("finance_maker"), a_form_key()
    made = issue(client)
    number = made.context["batch"]["number"]
    redeem_card(code=made.context["codes"][0][1], owner=a_customer(), instruction=an_instruction())
    where = f"/backoffice/cards/{number}"

    unused = client.get(where, {"state": "unused"})
    no_reason = client.post(f"{where}/void", {"key": key, "reason": " "})
    answers = [client.post(f"{where}/void", {"key": key, "reason": "lost"}) for _ in range(2)]

    assert len(unused.context["rows"]) == 2
    assert (no_reason.status_code, no_reason.context["refusal"].field) == (400, "reason")
    assert [answer.status_code for answer in answers] == [303, 303]
    states = [card["state"] for card in client.get(where).context["rows"]]
    assert states == ["used", "void", "void"]
    assert (batch(number).used, batch(number).void) == (1, 2)
    trail = client.get(where)
    assert b"Make the unused cards void" not in trail.content


def test_a_batch_that_is_not_there_is_answered_so():
    client = staff_client("finance_maker")

    assert client.get("/backoffice/cards/77").status_code == 404
    sent = {"key": a_form_key(), "reason": "x"}
    assert client.post("/backoffice/cards/77/void", sent).status_code == 404


@pytest.mark.rule("T9", "SM-03")
def test_one_card_is_made_void_by_its_number_or_its_code():
    client = staff_client("finance_maker")
    issue(client)  # the cards of the next batch are numbered on
    made = issue(client)
    number, ((first, gone), _second, (_, seen)) = (
        made.context["batch"]["number"],
        made.context["codes"],
    )
    at = f"/backoffice/cards/{number}"
    assert f'tabular-nums">{first}</span>' in made.content.decode()
    sent = {"key": a_form_key(), "card": str(first), "reason": "lost"}

    answers = [client.post(f"{at}/void-one", sent) for _ in range(2)]
    by_code = client.post(
        f"{at}/void-one", {"key": a_form_key(), "card": seen.lower(), "reason": "seen"}
    )

    assert {answer.status_code for answer in [*answers, by_code]} == {303}
    assert batch(number).void == 2
    with pytest.raises(CardVoid):  # the one that was printed beside the number
        check_card(code=gone, at=AT)


@pytest.mark.parametrize(
    ("card", "reason", "status", "code"),
    [
        ("999999", "lost", 404, b"card_unknown"),
        ("", "lost", 400, b"card_malformed"),
        ("nonsense", "lost", 400, b"card_malformed"),
        ("9" * 40, "lost", 400, b"card_malformed"),
        (None, "", 400, b"text_malformed"),
    ],
)
def test_no_card_is_made_void_that_is_not_named_or_without_a_reason(card, reason, status, code):
    client = staff_client("finance_maker")
    made = issue(client)
    number, named = made.context["batch"]["number"], card
    if card is None:
        named = made.context["codes"][0][1]

    refused = client.post(
        f"/backoffice/cards/{number}/void-one",
        {"key": a_form_key(), "card": named, "reason": reason},
    )

    assert (refused.status_code, code in refused.content) == (status, True)
    assert batch(number).void == 0
