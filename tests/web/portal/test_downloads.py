"""A customer takes the statement of his own wallet, and of nobody else's."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from builders import an_instruction, money
from tael.wallet.account_statement import Period, account_statement
from tael.wallet.deduct import deduct
from tael.wallet.operation import Operation


def address(wallet, **asked: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/portal/statement/{wallet.number}/file?{query}"


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def table(content: bytes) -> list[list[str]]:
    read = rows(content)
    return read[read.index([]) + 2 :]


def test_the_file_holds_the_lines_that_the_filter_shows(browser, wallet):
    deduct(wallet=wallet, amount=money("5.00"), instruction=an_instruction(info="=1+1"))

    for operation in (None, *Operation):
        page = account_statement(wallet, Period(operation=operation), limit=200)
        asked = {"operation": operation.word} if operation else {}
        answer = browser.get(address(wallet, format="csv", **asked))

        assert answer.status_code == 200
        found = [row[0] for row in table(answer.content)]
        assert found == [str(line.record.id) for line in reversed(page.lines)]
    nothing = browser.get(address(wallet, format="csv", since="2030-01-01", until="2030-01-31"))
    assert table(nothing.content) == []


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [
        ("pdf", "application/pdf", b"%PDF-"),
        ("csv", "text/csv; charset=utf-8", b"\xef\xbb\xbf"),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            b"PK",
        ),
    ],
)
def test_it_is_saved_under_a_name_and_kept_by_nobody_on_the_way(
    browser, wallet, form, kind, begins
):
    answer = browser.get(address(wallet, format=form))

    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"].startswith(
        f'attachment; filename="statement-{wallet.number}-'
    )
    assert answer["Content-Disposition"].endswith(f'.{form}"')
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(begins)


def test_it_speaks_the_language_of_the_page(browser, wallet):
    browser.cookies["portal_language"] = "zh-hant"
    answer = browser.get(address(wallet, format="xlsx"), headers={"accept-language": "zh-hant"})

    first = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    assert first.to_python()[0][0] == "賬戶對賬單"


@pytest.mark.rule("T14")
def test_a_foreign_wallet_answers_as_one_that_is_not_there(stranger, wallet):
    foreign = stranger.get(address(wallet, format="csv"))
    absent = stranger.get("/portal/statement/999999/file?format=csv")

    assert foreign.status_code == absent.status_code == 404
    own = re.compile(rb'value="[^"]*"')  # the form's secret, and the address that was asked for
    assert own.sub(b"", foreign.content) == own.sub(b"", absent.content)


def test_a_format_that_there_is_not_is_refused_and_without_a_visitor_there_is_no_file(
    browser, wallet
):
    assert browser.get(address(wallet, format="exe")).status_code in {400, 422}
    nobody = Client(SERVER_NAME="localhost")
    assert nobody.get(address(wallet, format="csv")).status_code in {302, 303}


def test_the_page_links_to_its_files_with_its_filter(browser, wallet):
    page = browser.read(f"/portal/statement?wallet={wallet.number}&operation=recharge")

    links = [unescape(link) for link in re.findall(r'href="([^"]*/file\?[^"]*)"', page)]
    assert [re.search(r"format=(\w+)", link)[1] for link in links] == ["pdf", "xlsx", "csv"]
    assert all("operation=recharge" in link for link in links)
    assert len(table(browser.get(links[2]).content)) == 2
