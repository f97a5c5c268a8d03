"""The page of imports: a file is checked, looked at, recorded while the page counts, and its report taken."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from builders import queries
from settlement_builders import a_merchant_account
from settlement_import_builders import a_file, a_line, brought, in_november
from tael.settlement.models import Accrual, AccrualImport
from tael.settlement.records import import_check
from tael.web.backoffice.settlement import imports as pages
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = pytest.mark.usefixtures("db")

ADDRESS = "/backoffice/settlement/imports"


@pytest.fixture
def maker():
    return staff_client("finance_maker")


def sent(client, data: bytes, **more):
    told = {"key": a_form_key(), "file": SimpleUploadedFile("十月.csv", data), **more}
    return client.post(f"{ADDRESS}/bring", told)


def a_good_file() -> bytes:
    account = a_merchant_account().number
    return a_file(a_line(account, "A1", "20.00"), a_line(999999, "A2", "1.00"))


@pytest.mark.rule("B-14", "T15")
def test_a_file_is_checked_then_recorded_and_its_report_taken(maker) -> None:
    answer = sent(maker, a_good_file())

    assert answer.status_code == 303
    page = maker.get(answer["Location"]).text
    assert "checked, not recorded" in page
    assert "Record the rows" in page
    assert "unknown_merchant_account" in page
    assert not Accrual.objects.exists()

    done = maker.post(f"{answer['Location']}/record", {"key": a_form_key()})

    assert done["Location"] == answer["Location"]
    assert Accrual.objects.get().number == "A1"
    assert "2 of 2 rows" in maker.get(answer["Location"]).text
    report = maker.get(f"{answer['Location']}/file?format=xlsx&verdict=refused")
    book = openpyxl.load_workbook(io.BytesIO(report.content))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert rows[-1][0] == 3
    assert rows[-1][3] == "unknown_merchant_account"


@pytest.mark.rule("T9")
def test_a_double_click_is_one_import(maker) -> None:
    data, key = a_good_file(), a_form_key()

    first, second = (sent(maker, data, key=key) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert AccrualImport.objects.count() == 1


def test_the_page_asks_again_until_nothing_is_left(maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PART", 0)
    account = a_merchant_account().number
    made = brought(a_file(*(a_line(account, f"A{n}", "1.00") for n in range(1500))), check=True)

    def go_on():
        return maker.post(
            f"{ADDRESS}/{made.pk}/record", {"key": a_form_key()}, headers={"HX-Request": "true"}
        ).text

    first, second = go_on(), go_on()

    assert "1000 of 1500 rows" in first
    assert 'hx-trigger="load delay:500ms"' in first
    assert "1500 of 1500 rows" in second
    assert "hx-trigger" not in second
    assert 'hx-trigger="every 2s"' not in staff_client("auditor").get(f"{ADDRESS}/{made.pk}").text


def test_a_large_file_is_watched_while_a_worker_reads_and_checks_it(
    maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_check, "READ_AT_ONCE", 0)
    where = sent(maker, a_good_file())["Location"]
    number = int(where.rsplit("/", 1)[1])

    def watched():
        answer = maker.get(f"{where}/progress")
        return answer.text, 'hx-trigger="every 2s"' in answer.text, "HX-Refresh" in answer

    assert "The file waits to be read" in watched()[0]
    import_check.check_import(number, clock=in_november, portion=1, enough=lambda: True)
    text, goes_on, over = watched()
    assert ("1 of 2 rows are read" in text, goes_on, over) == (True, True, False)
    steps = iter([False, False, True])
    import_check.check_import(number, clock=in_november, portion=1, enough=lambda: next(steps))
    assert "1 of 2 rows are checked" in watched()[0]
    import_check.carry_on_imports(clock=in_november)
    assert watched()[1:] == (False, True)
    assert "Record the rows" in maker.get(where).text

    maker.post(f"{where}/cancel", {"key": a_form_key()})

    page = maker.get(where).text
    assert "called off" in page
    assert "Record the rows" not in page
    refused = maker.post(f"{where}/record", {"key": a_form_key()})
    assert (refused.status_code, "import_ended" in refused.text) == (409, True)


def test_who_may_only_look_watches(maker, monkeypatch: pytest.MonkeyPatch) -> None:
    made = brought(a_good_file())

    watched = staff_client("auditor").get(f"{ADDRESS}/{made.pk}/progress").text

    assert 'hx-trigger="every 2s"' in watched
    assert "<button" not in watched


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "sheet_unreadable"), (b"a\n1\n", "import_columns"), (b"\xff\xfe", "sheet_unreadable")],
)
def test_a_file_that_is_none_is_refused_on_the_page(maker, data: bytes, said: str) -> None:
    answer = sent(maker, data)

    assert answer.status_code == 400
    assert said in answer.text


def test_a_form_without_a_file_is_refused(maker) -> None:
    answer = maker.post(f"{ADDRESS}/bring", {"key": a_form_key()})

    assert "file_missing" in answer.text


def test_a_file_that_is_too_large_is_refused_and_not_kept(maker) -> None:
    answer = sent(maker, b"a,b\n" * 3_000_000)

    assert "sheet_too_large" in answer.text


def test_the_list_takes_a_fixed_number_of_queries(maker) -> None:
    brought(a_good_file())
    maker.get(ADDRESS)
    with queries() as one:
        maker.get(ADDRESS)
    for _ in range(3):
        brought(a_good_file())
    with queries() as four:
        maker.get(ADDRESS)

    assert len(four) == len(one)
