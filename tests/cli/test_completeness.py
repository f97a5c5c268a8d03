"""`tael completeness`."""

from __future__ import annotations

from datetime import date

import pytest

from settlement.business_system import a_business_system, answer
from settlement_builders import a_kind, a_merchant_account, a_record, the_shop
from settlement_completeness_builders import act_of, an_act, checked

pytestmark = pytest.mark.rule("B-14")


def a_list(folder, *acts):
    columns = ("kind", "number", "account", "amount", "day", "state")
    lines = [",".join(columns), *(",".join(act.get(name, "") for name in columns) for act in acts)]
    file = folder / "acts.csv"
    file.write_text("\n".join(lines))
    return file


def test_a_list_is_checked_and_the_difference_printed(tael, tmp_path):
    a_kind(), the_shop()
    account = a_merchant_account()
    there = a_record(account, "30.00", number="W-1")
    a_record(account, "9.00", number="W-9")
    file = a_list(tmp_path, act_of(there, amount="31.00"), an_act(account, "W-2"))

    done = tael("completeness", "check", "shop", "--file", file)

    assert "2026-10-14  1 of 2  +1  2 differ  (1/1)" in done.stderr
    assert done.stdout.splitlines() == [
        "shop 2026-10-14 to 2026-10-14: done",
        "incomplete: 1 of 2; 1 added",
        "- orphan    2026-10-14 service W-9: only here, 9.00",
        "~ differing 2026-10-14 service W-1: amount 31.00 there, 30.00 here",
    ]

    again = tael.json("completeness", "check", "shop", "--file", file)

    assert (again["added"], again["figures"]["recorded"], again["figures"]["added"]) == (0, 1, 1)
    assert [case["what"] for case in again["cases"]] == ["orphan", "differing"]


def test_a_business_system_is_asked_from_the_terminal(tael, monkeypatch):
    monkeypatch.setenv("TAEL_SOURCES_TO_PRIVATE", "1")
    monkeypatch.setattr("tael.settlement.asking.signed_ask.AGAIN", frozenset())
    a_kind(), the_shop()
    account = a_merchant_account()
    with a_business_system() as system:
        made = tael("completeness", "ask-at", "shop", system.address, "--key", "k")
        assert "Keep the secret" in made.output
        system.secret = tael.json("completeness", "ask-at", "shop", system.address, "--key", "k")[
            "secret"
        ]
        system.acts = [an_act(account, f"W-{day}", day=f"2026-10-{day}") for day in (13, 14)]
        days = ("--from", "2026-10-13", "--to", "2026-10-14")

        done = tael.json("completeness", "check", "shop", *days)

        assert (done["state"], done["added"], done["figures"]["complete"]) == ("done", 2, True)
        assert tael.json("completeness", "progress", done["number"])["days_done"] == 2
        system.answer = lambda handler: answer(handler, {}, status=500)
        refused = tael.refusal("completeness", "check", "shop", *days)
        assert refused["code"] == "completeness_check_failed"
        assert "status 500" in str(refused)

    rotated = tael.json("completeness", "rotate", "shop")
    assert rotated["secret"] != system.secret
    assert tael.json("completeness", "bring-files", "shop")["adapter"] == "file"
    assert tael.refusal("completeness", "check", "shop", *days)["code"] == "source_not_asked"


def test_days_cases_and_checks_are_listed_and_a_case_is_closed(tael):
    account = a_merchant_account()
    checked(an_act(account, "W-1", kind="unheard"), an_act(account, "W-2"))
    checked(day=date(2026, 10, 13))

    (source,) = tael.json("completeness", "sources")["data"]
    assert (source["figures"]["recorded"], source["figures"]["acts"]) == (1, 2)
    listed = tael.json("completeness", "days", "--source", "shop", "--limit", 1)
    assert [day["day"] for day in listed["data"]] == ["2026-10-14"]
    assert listed["totals"]["days"] == 2
    assert len(tael.json("completeness", "days", "--incomplete")["data"]) == 1
    assert "2026-10-13" in tael("completeness", "days", "--until", "2026-10-13").output
    (case,) = tael.json("completeness", "cases", "--state", "open", "--what", "refused")["data"]
    assert tael.json("completeness", "case", case["number"]) == case
    closed = tael.json("completeness", "close", case["number"], "--note", "not ours")
    assert (closed["state"], closed["note"]) == ("closed", "not ours")
    assert tael.json("completeness", "cases", "--state", "open")["data"] == []
    assert tael.json("completeness", "checks")["data"] == []
    assert tael.refusal("completeness", "case", 999)["code"] == "unknown_case"
    assert tael.refusal("completeness", "progress", 999)["code"] == "unknown_check"
