"""A statement is what the page's query says, in the order of a bank's paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from builders import AT, a_wallet, an_instruction, money
from tael.documents import wallet_statement as module
from tael.documents.labels import LANGUAGES
from tael.documents.sheet import DocumentTooLong
from tael.documents.wallet_statement import days_through, read_statement, statement_sheet
from tael.wallet.account_statement import Period, account_statement
from tael.wallet.deduct import deduct
from tael.wallet.operation import Operation
from tael.wallet.recharge import recharge
from tael.wallet.refund import refund


@pytest.mark.rule("F-22")
def test_the_lines_are_those_of_the_page_oldest_first(wallet):
    statement = read_statement(wallet)
    page = account_statement(wallet, Period(), limit=200)

    assert statement.lines == page.lines[::-1]
    assert (statement.figures.opening, statement.figures.closing) == (page.opening, page.closing)
    rows = statement_sheet(statement, "en").rows
    assert [row[0] for row in rows] == [line.record.id for line in statement.lines]
    assert rows[-1][6] == page.closing.liquid


@pytest.mark.rule("B-29")
def test_closing_is_opening_and_what_came_and_went(wallet):
    for day in (None, AT.date(), AT.date() + timedelta(days=1)):
        figures = read_statement(wallet, days_through(day, None)).figures

        assert figures.opening.liquid + figures.came + figures.went == figures.closing.liquid


def test_a_period_is_whole_days_of_the_business_zone(db, settings_zone):
    settings_zone("Asia/Shanghai")  # 2 March begins at 16:00 on 1 March in UTC
    wallet = a_wallet()
    for hour, amount in ((15, "1.00"), (16, "2.00"), (39, "4.00"), (40, "8.00")):
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour)
        recharge(wallet=wallet, amount=money(amount), instruction=an_instruction(at=at))

    statement = read_statement(wallet, days_through(date(2026, 3, 2), date(2026, 3, 2)))

    assert [line.change.liquid.text for line in statement.lines] == ["2.00", "4.00"]
    assert statement.figures.opening.liquid.text == "1.00"
    rows = statement_sheet(statement, "en").rows
    assert [row[1].isoformat() for row in rows] == [
        "2026-03-02T00:00:00+08:00",
        "2026-03-02T23:00:00+08:00",
    ]


@pytest.fixture
def settings_zone(settings_of):
    return lambda zone: settings_of("TAEL_TIME_ZONE", zone)


@pytest.fixture
def settings_of(monkeypatch):
    from django.conf import settings

    return lambda name, value: monkeypatch.setattr(settings, name, value)


def test_one_operation_alone_says_so_and_keeps_the_balances(db):
    wallet = a_wallet(free="10.00")
    bought = deduct(wallet=wallet, amount=money("4.00"), instruction=an_instruction())
    refund(entry_id=bought.entry_id, instruction=an_instruction(), amount=money("1.00"))

    statement = read_statement(wallet, Period(operation=Operation.DEDUCT))
    sheet = statement_sheet(statement, "en")

    assert [row[2] for row in sheet.rows] == ["payment", "payment, taken back"]
    assert [row[6].text for row in sheet.rows] == ["6.00", "7.00"]
    assert ("Only", "payment") in sheet.facts
    assert ("Money out: payment", -money("4.00")) in sheet.facts
    assert sheet.name.endswith("-deduct")


def test_an_empty_period_has_its_days_and_no_lines(db):
    wallet = a_wallet(free="10.00")

    statement = read_statement(wallet, days_through(date(2030, 1, 1), date(2030, 1, 31)))

    assert statement.lines == []
    assert statement.name == f"statement-{wallet.number}-2030-01-01-2030-01-31"
    assert statement.figures.closing.liquid.text == "10.00"
    never = read_statement(a_wallet())
    assert (never.lines, never.since, never.until) == ([], AT.date(), AT.date())


def test_every_language_has_the_same_figures(wallet):
    statement = read_statement(wallet)
    sheets = [statement_sheet(statement, language) for language in LANGUAGES]

    for sheet in sheets[1:]:
        assert [fact for _, fact in sheet.facts] == [fact for _, fact in sheets[0].facts]
        assert sheet.columns != sheets[0].columns


def test_more_lines_than_a_file_may_have_are_refused(wallet, monkeypatch):
    monkeypatch.setattr(module, "LINES_MAX", 5)

    with pytest.raises(DocumentTooLong):
        read_statement(wallet)
