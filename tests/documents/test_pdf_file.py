"""The PDF: the same bytes for the same data, the archive's form, and nothing in a text is obeyed."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from builders import a_customer, a_wallet
from documents.nasty_texts import NASTY
from tael.documents import pdf_file
from tael.documents.labels import LANGUAGES
from tael.documents.pdf_file import amount, write_pdf
from tael.documents.sheet import DocumentTooLong
from tael.documents.wallet_statement import read_statement
from tael.money import Currency, Money
from tael.wallet.account_statement import Period
from tael.wallet.operation import Operation


def test_the_same_data_make_the_same_bytes_also_in_several_threads(wallet):
    statement = read_statement(wallet)

    with ThreadPoolExecutor(4) as threads:
        made = set(threads.map(lambda _: write_pdf(statement, "zh-hant"), range(8)))

    assert len(made) == 1
    assert made.pop().startswith(b"%PDF-1.7")


def test_another_process_makes_the_same_bytes(tmp_path):
    program = (
        "import sys, django; django.setup(); from tael.documents import pdf_file as p;"
        "sys.stdout.buffer.write(p._set({'probe': '對賬單 1,234.50'}, timestamp=1772366400))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True
        ).stdout
        for _ in range(2)
    }

    assert len(made) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_made_for_archives_in_every_language(wallet, language):
    made = write_pdf(read_statement(wallet), language)

    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"/JavaScript" not in made
    assert b"/URI" not in made


def test_a_text_is_only_a_text(db):
    for name in ("#panic()", "= heading", "$x$", "*bold*", '#read("/etc/passwd")', "\\ #1"):
        wallet = a_wallet(owner=a_customer(name=name))
        write_pdf(read_statement(wallet), "en")


def test_a_sign_that_no_font_has_is_a_box_and_a_hidden_one_is_gone():
    shown = pdf_file._shown({"one": ["a\u202e\u0001b\nc", "😀 мир 午 €", NASTY]})

    assert shown["one"][0] == "ab c"
    assert shown["one"][1] == "□ мир 午 €"


def test_a_mark_that_no_font_has_with_its_sign_is_left_out(db):
    wallet = a_wallet(owner=a_customer(name="1\ufe0f\u20e3 Nguye\u0302\u0303n 国\u064e"))

    assert write_pdf(read_statement(wallet), "en").startswith(b"%PDF-1.7")
    assert (
        pdf_file._shown("1\ufe0f\u20e3 Nguye\u0302\u0303n 国\u064e", marks=False) == "1 Nguyễn 国"
    )


def test_a_statement_without_lines_and_one_of_a_single_operation(db):
    empty, busy = a_wallet(), a_wallet(free="1.00")

    assert write_pdf(read_statement(empty), "en")
    assert write_pdf(read_statement(busy, Period(operation=Operation.FREEZE)), "zh-hans")


def test_a_word_without_end_may_be_broken_and_a_serial_number_is_not():
    shown = pdf_file._shown({"info": "x" * 40, "sno": "120260406123400000000000001"})

    assert shown["info"].replace(pdf_file.BREAK, "") == "x" * 40
    assert pdf_file.BREAK in shown["info"]
    assert pdf_file.BREAK not in shown["sno"]
    assert pdf_file._shown("Ж" * 40).split(pdf_file.BREAK) == ["Ж" * 16, "Ж" * 16, "Ж" * 8]
    assert pdf_file.BREAK + "\u0302" not in pdf_file._shown("x\u0302" * 40)
    assert pdf_file.BREAK not in pdf_file._shown("對賬單" * 20)


def test_large_amounts_turn_the_paper(db):
    wallet = a_wallet(free="90071992547409.91", locked="1.00")
    small = a_wallet(free="90071992.91", locked="1.00")

    assert pdf_file._data(read_statement(wallet), "en")["wide"]
    assert not pdf_file._data(read_statement(small), "en")["wide"]
    assert write_pdf(read_statement(wallet), "en") != write_pdf(read_statement(small), "en")


def test_more_lines_than_a_pdf_may_have_are_refused(wallet, monkeypatch):
    monkeypatch.setattr(pdf_file, "LINES_MAX", 5)

    with pytest.raises(DocumentTooLong) as refused:
        write_pdf(read_statement(wallet), "en")
    assert refused.value.allowed == "5 lines"


def test_amounts_are_written_for_readers():
    cny, point = Currency("CNY", 2), Currency("POINT", 0, kind="points")

    assert amount(Money(123_456_750, cny)) == "1,234,567.50"
    assert amount(Money(-5, cny), signed=True) == "\N{MINUS SIGN}0.05"
    assert amount(Money(5, cny), signed=True) == "+0.05"
    assert amount(Money(0, cny), signed=True) == "0.00"
    assert amount(Money(17_500, point)) == "17,500"
    assert amount(Money(2**63 - 1, cny)) == "92,233,720,368,547,758.07"
