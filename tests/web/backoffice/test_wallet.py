from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_busy_wallet, a_wallet, an_instruction, money, queries
from staff_pages import fields, read, words
from tael.parties.queries import audit_trail
from tael.wallet import queries as wallet_queries
from tael.wallet.freeze import freeze
from tael.wallet.recharge import recharge
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")


def at(wallet, rest: str = "") -> str:
    return f"/backoffice/wallets/{wallet.number}{rest}"


@pytest.mark.rule("F-22")
@pytest.mark.parametrize(
    "role", ["support", "finance_maker", "finance_checker", "auditor", "admin"]
)
def test_a_wallet_shows_its_figures_holds_and_statement(role):
    wallet, _ = a_busy_wallet()

    text = read(staff_client(role), at(wallet))

    assert "Available to withdraw 62.00 CNY" in text
    assert "Locked 3.00 CNY May be spent, not withdrawn." in text
    assert "Frozen 20.00 CNY" in text
    assert "Opening 0.00 CNY" in text
    assert "Closing 65.00 CNY" in text
    assert "Records 9" in text
    for button in ("Release", "Capture", "Switch off"):
        assert (button in text) == (role == "finance_maker")


def test_a_period_opens_and_closes_with_its_own_figures():
    wallet = a_wallet(free="10.00")
    for days in (1, 2):
        recharge(
            wallet=wallet,
            amount=money("1.00"),
            instruction=an_instruction(at=AT + timedelta(days=days)),
        )
    staff = staff_client("support")

    text = read(staff, at(wallet, "?since=2026-03-02&until=2026-03-02"))

    assert (
        "Opening 10.00 CNY Came in +1.00 CNY Went out 0.00 CNY Closing 11.00 CNY Records 1" in text
    )
    assert "No record is of this time" in read(staff, at(wallet, "?operation=exchange"))
    alone = read(staff, at(wallet, "?operation=recharge"))
    assert "Records 3" in alone
    assert "Came in: recharge +12.00 CNY Went out: recharge" in alone


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "until=2026-02-30",
        "since=2026-03-03&until=2026-03-01",
        "operation=steal",
        "cursor=x",
        "since=0001-01-01",
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_beside_the_figures(query):
    wallet = a_wallet(free="10.00")

    text = read(staff_client("support"), at(wallet, f"?{query}"), status=400)

    assert "malformed" in text
    assert "Available to withdraw 10.00 CNY" in text
    assert "Opening" not in text


@pytest.mark.parametrize("number", ["1", "999999999999999999"])
def test_a_wallet_that_is_not_there_is_not_found(number):
    assert "unknown_wallet" in read(
        staff_client("support"), f"/backoffice/wallets/{number}", status=404
    )


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1" * 40])
def test_what_is_no_number_has_no_page(number):
    assert staff_client("support").get(f"/backoffice/wallets/{number}").status_code == 404


def test_pages_of_a_statement_follow(monkeypatch):
    monkeypatch.setattr("tael.web.backoffice.wallet.PAGE", 2)
    wallet = a_wallet()
    for _ in range(5):
        recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
    staff = staff_client("support")
    address, seen = at(wallet), []
    while address:
        response = staff.get(address)
        seen += [line.after.liquid.text for line in response.context["statement"].lines]
        following = response.context["next"]
        address = at(wallet, f"?{following}") if following else ""

    assert seen == ["5.00", "4.00", "3.00", "2.00", "1.00"]


def test_queries_do_not_grow_with_lines_and_holds():
    staff = staff_client("support")
    wallet = a_wallet(free="50.00")
    freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
    staff.get(at(wallet))
    with queries() as few:
        staff.get(at(wallet))
    for _ in range(9):
        freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
    with queries() as many:
        staff.get(at(wallet))
        staff.get(at(wallet, "/holds"))
    with queries() as holds:
        staff.get(at(wallet, "/holds"))

    assert len(many) - len(holds) <= len(few)
    assert len(holds) <= len(few)


def test_all_holds_are_listed_closed_ones_too():
    wallet, _ = a_busy_wallet()

    assert "open" in read(staff_client("auditor"), at(wallet, "/holds"))
    assert "Nothing has been set aside" in read(staff_client("auditor"), at(a_wallet(), "/holds"))
    read(staff_client("auditor"), at(wallet, "/holds?before=x"), status=400)


def test_a_wallet_is_switched_off_with_a_reason_and_on_again():
    wallet, staff = a_wallet(free="1.00"), staff_client("finance_maker")
    form = {**fields(staff.get(at(wallet, "/switch"))), "reason": "asked by the police"}

    assert [staff.post(at(wallet, "/switch"), form).status_code for _ in range(2)] == [303, 303]

    assert wallet_queries.wallet_view(wallet).disabled_at is not None
    assert "nothing goes in or out" in read(staff, at(wallet))
    (written,) = [one for one in audit_trail() if one.action == "wallet.disable"]
    assert written.details["reason"] == "asked by the police"
    assert "asked by the police" in read(staff, at(wallet, "/switch"))  # for who switches it on
    form = {**fields(staff.get(at(wallet, "/switch"))), "reason": "settled"}
    staff.post(at(wallet, "/switch"), form)
    assert wallet_queries.wallet_view(wallet).disabled_at is None


@pytest.mark.rule("T9")
def test_a_form_that_comes_again_later_switches_nothing_a_second_time():
    wallet, staff = a_wallet(free="1.00"), staff_client("finance_maker")
    off = {**fields(staff.get(at(wallet, "/switch"))), "reason": "asked by the police"}
    staff.post(at(wallet, "/switch"), off)
    on = {**fields(staff.get(at(wallet, "/switch"))), "reason": "settled"}
    staff.post(at(wallet, "/switch"), on)

    again = staff.post(at(wallet, "/switch"), off)  # the form that lay in another window

    assert again.status_code == 303
    assert "nothing has changed" in read(staff, at(wallet))
    assert wallet_queries.wallet_view(wallet).disabled_at is None
    acts = [one.action for one in audit_trail() if one.action.startswith("wallet.")]
    assert sorted(acts) == ["wallet.disable", "wallet.enable"]


@pytest.mark.rule("T9")
def test_a_switch_without_its_key_is_refused():
    wallet, staff = a_wallet(), staff_client("finance_maker")

    for key in ("", "x"):
        sent = {"to": "off", "reason": "lost", "key": key}
        assert staff.post(at(wallet, "/switch"), sent).status_code == 400
    assert wallet_queries.wallet_view(wallet).disabled_at is None


def test_a_switch_without_a_reason_is_refused_and_changes_nothing():
    wallet, staff = a_wallet(), staff_client("finance_maker")
    form = {**fields(staff.get(at(wallet, "/switch"))), "reason": " "}

    response = staff.post(at(wallet, "/switch"), form)

    assert response.status_code == 400
    assert "text_malformed" in words(response)
    assert wallet_queries.wallet_view(wallet).disabled_at is None


@pytest.mark.parametrize("role", ["support", "finance_checker", "auditor", "admin"])
def test_whoever_may_not_operate_switches_nothing(role):
    wallet, staff = a_wallet(), staff_client(role)

    assert staff.get(at(wallet, "/switch")).status_code == 403
    assert staff.post(at(wallet, "/switch"), {"to": "off", "reason": "x"}).status_code == 403
    assert wallet_queries.wallet_view(wallet).disabled_at is None
