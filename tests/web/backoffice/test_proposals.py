from __future__ import annotations

from datetime import UTC, datetime

import pytest

from settlement_builders import a_merchant_account, amount_of, some_terms
from settlement_remittance_builders import a_limit, a_proposal, told
from staff_pages import fields, read, words
from tael.approvals.models import Proposal
from tael.settlement.accounts.terms import AccountTerms, set_terms
from visits import a_staff_user, staff_client

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I32")]

LIST = "/backoffice/proposals"


def now():
    """Proposals live for days, and pages read the real clock."""
    return datetime.now(UTC)  # noqa: TID251 - as the doors do


def proposed(account, amount="-30.00", **given):
    return a_proposal(account, amount, instruction=told(at=now(), **given))


def sent(client, where, to, **typed):
    form = {**fields(client.get(where)), **typed}
    first = client.post(to, form)
    client.post(to, form)  # a double click
    return first


def test_a_proposal_is_approved_once_and_carried_out():
    account = a_merchant_account()
    row = proposed(account)
    checker = staff_client("finance_checker")

    assert sent(checker, f"{LIST}/{row.pk}", f"{LIST}/{row.pk}/approve").status_code == 303

    assert amount_of(account) == "-30.00"
    page = read(checker, f"{LIST}/{row.pk}")
    assert "Approved and carried out" in page


def test_it_shows_what_it_changes_in_words():
    account = a_merchant_account()
    some_terms(account, minimum_manual=5000)
    a_limit("0.00", command="settlement.terms")
    terms = AccountTerms(zone="Asia/Shanghai", minimum_manual=10000, cycle="week")
    row = set_terms(account=account, terms=terms, instruction=told(at=now()))

    page = read(staff_client("finance_checker"), f"{LIST}/{row.pk}")

    assert "Minimum for a withdrawal by hand 50.00 CNY 100.00 CNY" in page
    assert "Length of a period month week" in page
    assert "Time zone Asia/Shanghai unchanged" in page


def test_it_is_refused_with_a_reason():
    account = a_merchant_account()
    row = proposed(account)
    checker = staff_client("finance_checker")

    where = f"{LIST}/{row.pk}"
    assert sent(checker, where, f"{where}/refuse", reason=" ").status_code == 400
    assert sent(checker, where, f"{where}/refuse", reason="not so").status_code == 303

    assert "not so" in read(checker, where)
    assert amount_of(account) == "0.00"


def test_whoever_proposed_may_only_withdraw():
    account = a_merchant_account()
    both = a_staff_user("finance_maker", "finance_checker")
    row = proposed(account, actor=both.actor)
    client = staff_client(user=both)
    where = f"{LIST}/{row.pk}"

    assert sent(client, where, f"{where}/approve").status_code == 403
    assert sent(client, where, f"{where}/withdraw").status_code == 303

    row.refresh_from_db()
    assert (row.state, amount_of(account)) == ("withdrawn", "0.00")


def test_many_are_decided_at_once_each_with_its_outcome():
    account = a_merchant_account()
    both = a_staff_user("finance_maker", "finance_checker")
    others = [proposed(account, text) for text in ("-30.00", "-20.00")]
    own = proposed(account, "-50.00", actor=both.actor)
    client = staff_client(user=both)
    form = {
        **fields(client.get(LIST)),
        "number": [str(row.pk) for row in [*others, own]],
        "verdict": "approve",
    }

    answer = client.post(f"{LIST}/decide", form)
    again = client.post(f"{LIST}/decide", form)

    assert words(answer).count("2 of 3 were decided.") == 1
    assert "Nobody decides about a proposal of his own." in words(answer)
    assert words(again).count("2 of 3 were decided.") == 1
    assert amount_of(account) == "-50.00"
    assert Proposal.objects.filter(state="approved").count() == 2


def test_refusing_many_needs_a_reason_and_choosing_none_does_nothing():
    account = a_merchant_account()
    row = proposed(account)
    client = staff_client("finance_checker")
    form = {**fields(client.get(LIST)), "number": str(row.pk), "verdict": "refuse"}

    assert "0 of 1 were decided." in words(client.post(f"{LIST}/decide", form))
    assert "No proposal was chosen" in words(client.post(f"{LIST}/decide", {**form, "number": []}))
    client.post(f"{LIST}/decide", {**form, "reason": "all wrong"})

    row.refresh_from_db()
    assert (row.state, row.reason) == ("refused", "all wrong")


def test_the_inbox_is_filtered():
    one, other = a_merchant_account(), a_merchant_account()
    mine = a_staff_user("finance_maker", "finance_checker")
    proposed(one, "-30.00")
    proposed(other, "-40.00", actor=mine.actor)
    client = staff_client(user=mine)

    for query, shown, hidden in (
        (f"account={one.number}", "30.00", "40.00"),
        ("mine=yes", "40.00", "30.00"),
        ("mine=no", "30.00", "40.00"),
    ):
        page = read(client, f"{LIST}?{query}")
        assert shown in page
        assert hidden not in page
    assert "2 proposals with an amount · −70.00" in words(client.get(LIST))
    assert "No proposal was found" in read(client, f"{LIST}?state=refused")
    assert "30.00" in read(client, f"{LIST}?state=proposed&command=settlement.adjust")
    read(client, f"{LIST}?state=nothing", 400)
    assert "Approve the chosen ones" not in read(staff_client("finance_maker"), LIST)


def test_the_home_page_counts_what_waits_for_a_decision():
    account = a_merchant_account()
    proposed(account)

    assert "Proposals to decide 1" in read(staff_client("finance_checker"), "/backoffice/")


def test_limits_are_set_and_lifted():
    admin = staff_client("admin")
    where = "/backoffice/approval-limits"
    typed = {"command": "settlement.adjust", "currency": "CNY"}

    sent(admin, where, f"{where}/change", **typed, amount="10.00")
    assert "Adjustment of a merchant account CNY 10.00 CNY" in read(admin, where)
    sent(admin, where, f"{where}/change", **typed, amount="")
    page = read(admin, f"{where}?command=settlement.adjust&currency=CNY")
    assert "one person is enough" in page
    assert "10.00 CNY" in page  # how it came to be
    assert sent(admin, where, f"{where}/change", **typed, amount="-1").status_code == 400
    assert sent(admin, where, f"{where}/change", currency="CNY").status_code == 404
