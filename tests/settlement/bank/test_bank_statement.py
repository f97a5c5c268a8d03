from __future__ import annotations

from datetime import date

import pytest

from bank_builders import (
    HEADINGS,
    a_bank_file,
    a_camt,
    a_row,
    an_entry,
    brought,
    brought_rows,
    the_bank_account,
)
from builders import STAFF, an_instruction, in_parallel, money
from settlement_builders import IN_NOVEMBER
from sheet_files import a_csv, an_xlsx
from tael.ledger import KeyReused
from tael.settlement.bank.bank_account import BankAccountTaken, add_bank_account
from tael.settlement.bank.bank_line import BankLineRefused
from tael.settlement.bank.bank_map import (
    BankCellMalformed,
    BankMapMalformed,
    MapFields,
    parse_bank_amount,
    parse_bank_day,
    set_bank_map,
)
from tael.settlement.bank.bank_statement import BankColumns, bank_sheet, bring_statement
from tael.settlement.models import BankLine, BankRow

pytestmark = pytest.mark.usefixtures("db")


def amounts():
    return [line.amount for line in BankLine.objects.order_by("pk")]


@pytest.mark.rule("A27")
def test_equal_lines_are_counted_and_the_same_file_again_adds_nothing():
    two = [a_row("10.00"), a_row("10.00"), a_row("-3.00", reference="R1")]
    first, again = brought_rows(*two), brought_rows(*two)
    three = brought_rows(a_row("10.00"), *two)
    assert (first.added, first.known) == (3, 0)
    assert (again.added, again.known) == (0, 3)
    assert (three.added, three.known) == (1, 3)
    assert amounts() == [1000, 1000, -300, 1000]


@pytest.mark.rule("A27")
def test_a_file_that_two_people_bring_at_once_adds_its_lines_once():
    the_bank_account()
    rows = [a_row("10.00"), a_row("10.00"), a_row("-3.00", reference="R1")]
    done = in_parallel(*[lambda: brought_rows(*rows)] * 4)
    assert sorted(one.added for one in done) == [0, 0, 0, 3]
    assert len(amounts()) == 3


@pytest.mark.rule("A27")
def test_the_banks_reference_tells_lines_apart_whatever_else_they_say():
    brought_rows(a_row("10.00", reference="R1", text="short"))
    more = brought_rows(
        a_row("10.00", reference="R1", text="the same, told at length"),
        a_row("-0.50", reference="R1", text="its fee"),
        a_row("10.00", reference="R2"),
    )
    assert (more.added, more.known) == (2, 1)
    assert amounts() == [1000, -50, 1000]


@pytest.mark.rule("A26")
def test_a_row_that_is_no_booking_is_refused_by_its_number_and_the_others_are_taken():
    made = brought(a_bank_file([a_row("1,000.00"), a_row("x"), a_row("0.00"), a_row("5.005")]))
    assert (made.added, made.refused, made.size) == (1, 3, 4)
    report = BankRow.objects.filter(statement=made).order_by("row")
    assert [(row.row, row.code, row.field) for row in report] == [
        (3, "bank_cell_malformed", "Amount"),
        (4, "bank_line_refused", "Amount"),
        (5, "amount_too_precise", "Amount"),
    ]
    assert (made.first_day, made.breaks, made.balances) == (date(2026, 11, 2), 0, [])


@pytest.mark.rule("A26")
def test_a_saved_map_reads_debit_and_credit_the_banks_days_its_decimals_and_a_running_balance():
    the_bank_account()
    columns = {
        "booked_on": "Buchung",
        "debit": "Soll",
        "credit": "Haben",
        "balance": "Saldo",
        "text": "Zweck",
    }
    fields = MapFields(columns, day="DD.MM.YYYY", mark=",", encoding="windows-1252")
    set_bank_map(code="plain", name="Sparkasse", fields=fields, actor=STAFF, at=IN_NOVEMBER)
    rows = [
        ("Konto", "DE12", "", "", ""),
        ("Buchung", "Soll", "Haben", "Saldo", "Zweck"),
        ("3.11.2026", "", "1.000,50", "1.200,00", "für März"),
        ("02.11.2026", "0,50", "", "199,50", "Gebühr"),
    ]
    made = brought(a_csv(rows, encoding="cp1252", delimiter=";"))
    assert amounts() == [100050, -50]
    assert BankLine.objects.get(amount=-50).text == "Gebühr"
    (told,) = made.balances  # newest first: it opened with 200.00
    assert (told["opening"], told["closing"], told["moved"], made.breaks) == (
        20000,
        120000,
        100000,
        0,
    )
    rows[3] = ("02.11.2026", "0,50", "", "199,00", "Gebühr")
    assert brought(a_csv(rows, encoding="cp1252", delimiter=";")).breaks == 1


@pytest.mark.parametrize("version", ["02", "08"])
@pytest.mark.rule("A26")
def test_a_camt_message_gives_its_lines_and_its_balances(version):
    entries = [
        an_entry("7.00", version=version, reference="B1", parts=[("7.00", "E1")], text="October"),
        an_entry("-5.00", version=version, reference="B2", parts=[("2.00", "41"), ("3.00", "42")]),
        an_entry("9.00", version=version, reference="B3", status="PDNG"),
    ]
    made = brought(a_camt(entries, version=version, opening="1.00", closing="3.00"))
    lines = list(BankLine.objects.order_by("pk"))
    assert [(line.amount, line.reference, line.end_to_end) for line in lines] == [
        (700, "B1", "E1"),
        (-200, "B2/1", "41"),
        (-300, "B2/2", "42"),
    ]
    assert (lines[0].counterparty, lines[0].counterparty_account) == ("Li Hua", "CN99")
    assert (lines[0].text, lines[0].value_on) == ("October", date(2026, 11, 3))
    assert (made.form, made.added, made.refused, made.breaks) == ("camt.053", 3, 1, 0)
    wrong = brought(a_camt(entries, version=version, opening="1.00", closing="3.01"))
    assert (wrong.added, wrong.breaks) == (0, 1)


@pytest.mark.rule("A26", "T15")
@pytest.mark.parametrize("side", ["", "<CdtDbtInd>OUT</CdtDbtInd>"])
def test_a_booking_that_does_not_say_its_side_is_not_taken_for_money_that_came_in(side):
    entry = an_entry("-10.00").replace("<CdtDbtInd>DBIT</CdtDbtInd>", side, 1)
    made = brought(a_camt([entry]))
    assert (made.added, made.refused) == (0, 1)


def test_a_statement_of_another_account_is_refused_whole():
    with pytest.raises(BankLineRefused):
        brought(a_camt([an_entry("7.00")], iban="CN000"))
    assert amounts() == []


def test_a_statement_in_another_currency_of_the_same_number_shows_no_balances_as_if_in_ours():
    own = a_camt([an_entry("7.00")], opening="1.00", closing="8.00").decode()
    other = own[own.index("<Stmt>") : own.index("</BkToCstmrStmt>")]
    other = other.replace("<Ccy>CNY", "<Ccy>EUR").replace("8.00", "9.00")
    made = brought(own.replace("</BkToCstmrStmt>", f"{other}</BkToCstmrStmt>").encode())
    assert (made.added, made.refused, made.breaks) == (1, 1, 0)
    assert [one["closing"] for one in made.balances] == [800]


def test_a_file_without_a_heading_of_the_map_is_refused():
    account = the_bank_account()
    with pytest.raises(BankColumns, match="Amount") as refusal:
        bank_sheet(an_xlsx([HEADINGS[:1]]), name="a.xlsx", account=account)
    assert refusal.value.field == "file"


def test_a_key_stands_for_one_file():
    account = the_bank_account()
    said = an_instruction(at=IN_NOVEMBER)
    one, two = (
        bank_sheet(a_bank_file([a_row(amount)]), name="a.csv", account=account)
        for amount in ("1.00", "2.00")
    )
    made = bring_statement(account="main", sheet=one, instruction=said)
    again = bring_statement(account="main", sheet=one, instruction=said)
    assert (again.statement, made.replayed, again.replayed) == (made.statement, False, True)
    with pytest.raises(KeyReused):
        bring_statement(account="main", sheet=two, instruction=said)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"amount": "A"}, "columns.booked_on"),
        ({"booked_on": "D", "debit": "S"}, "columns.amount"),
        ({"booked_on": "D", "amount": "A", "debit": "S", "credit": "H"}, "columns.amount"),
        ({"booked_on": "D", "amount": "D"}, "columns.booked_on"),
        ({"booked_on": "D", "amount": "A", "colour": "C"}, "columns.colour"),
    ],
)
def test_a_map_that_cannot_be_used_is_refused(columns, field):
    with pytest.raises(BankMapMalformed) as refusal:
        set_bank_map(code="m", name="M", fields=MapFields(columns), actor=STAFF, at=IN_NOVEMBER)
    assert refusal.value.field == field


def test_amounts_and_days_are_read_as_the_map_says_and_never_guessed():
    unit = the_currency()
    read = {"1,234.50": 123450, "-0.5": -50, "+7": 700, "1 000": 100000}
    assert {text: parse_bank_amount(text, unit, ".", field="x") for text in read} == read
    assert parse_bank_amount("-1.234,50", unit, ",", field="x") == -123450
    for text, mark in (("1,5", "."), ("1.5", ","), ("12,34.00", "."), ("", "."), ("1e3", ".")):
        with pytest.raises(BankCellMalformed):
            parse_bank_amount(text, unit, mark, field="x")
    assert parse_bank_day("03/11/2026 10:00:01", "DD/MM/YYYY", field="x") == date(2026, 11, 3)
    for text in ("31/02/2026", "2026/11/03", "3.11.26"):
        with pytest.raises(BankCellMalformed):
            parse_bank_day(text, "DD/MM/YYYY", field="x")


def test_an_account_is_registered_once():
    first = the_bank_account()
    assert the_bank_account("main") == first
    with pytest.raises(BankAccountTaken):
        add_bank_account(
            code="other",
            name="Other",
            channel="Alipay",
            currency="CNY",
            number="cn12 3456 7890",
            actor=STAFF,
            at=IN_NOVEMBER,
        )


def the_currency():
    return money("1.00").currency
