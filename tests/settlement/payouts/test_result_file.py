from __future__ import annotations

import hashlib
import io

import openpyxl
import pytest
from django.db.models import Sum

from builders import a_payee, in_parallel
from settlement_builders import amount_of
from settlement_payout_builders import an_account_with, an_application, now
from tael.documents.payout_file import payout_file
from tael.ledger import KeyReused
from tael.settlement.lifecycles import PayoutState
from tael.settlement.models import MerchantWithdrawal, PayoutRow, ResultFile
from tael.settlement.payouts.bank_profile import COLUMNS
from tael.settlement.payouts.batch import check_batch, make_batches, payout_batch
from tael.settlement.payouts.batch_export import FileWritten, export_batch
from tael.settlement.payouts.batch_search import result_rows
from tael.settlement.payouts.result_file import NEEDED, ResultFileUnfit, import_result
from tael.sheets import read_sheet

pytestmark = pytest.mark.usefixtures("db")
FIRST = 3  # row of the sheet: headings in the reader's language, then the codes


@pytest.fixture
def account():
    return an_account_with("100.00")


def sent(account, *amounts):
    """A batch whose file the bank has, and that file."""
    payee = a_payee(account.owner)
    for amount in amounts:
        an_application(account, amount, payee=payee)
    (batch,) = make_batches(currency="CNY", channel="Alipay", profile="generic", instruction=now())
    batch = check_batch(number=batch.pk, instruction=now())
    content = payout_file(batch, "xlsx", language="zh-hans")
    digest = hashlib.sha256(content).hexdigest()
    return export_batch(number=batch.pk, file=FileWritten(digest), instruction=now()), content


def filled(content, *answers, change=lambda _page: None):
    """The file as finance sends it back: answers by row, as status, flow number and reason."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.active
    for row, (status, flow, reason) in enumerate(answers, start=FIRST):
        for column, text in (("payout_status", status), ("flow_number", flow), ("reason", reason)):
            page.cell(row, COLUMNS.index(column) + 1).value = text or None
    change(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def answer(batch, content):
    sheet = read_sheet(content, name="result.xlsx", wanted=NEEDED)
    return import_result(number=batch.pk, sheet=sheet, instruction=now())


def states():
    return list(MerchantWithdrawal.objects.order_by("pk").values_list("payout_state", flat=True))


@pytest.mark.rule("B-35", "B-36", "X-B8")
def test_what_was_paid_has_succeeded_and_what_failed_is_on_the_account_again(account):
    batch, content = sent(account, "10.00", "20.00", "30.00")

    report = answer(
        batch,
        filled(
            content,
            ("成功", "2026110300000000000001", ""),
            ("failed", "", "no such account"),
            ("未知", "", ""),
        ),
    )

    assert (report.paid, report.failed, report.unknown, report.refused) == (1, 1, 1, 0)
    assert states() == ["paid", "failed", "unknown"]
    assert amount_of(account) == "60.00"
    assert MerchantWithdrawal.objects.get(payout_state="paid").trade_state == "succeeded"
    assert payout_batch(batch.pk).state == "exported"


def test_a_key_stands_for_one_file_of_one_batch(account):
    batch, content = sent(account, "10.00")
    other, _ = sent(account, "20.00")
    said, sheet = now(), read_sheet(content, name="result.xlsx", wanted=NEEDED)
    first = import_result(number=batch.pk, sheet=sheet, instruction=said)
    assert import_result(number=batch.pk, sheet=sheet, instruction=said).pk == first.pk
    with pytest.raises(KeyReused):
        import_result(number=other.pk, sheet=sheet, instruction=said)


def test_the_same_file_again_changes_nothing(account):
    batch, content = sent(account, "10.00", "20.00")
    file = filled(content, ("paid", "F1", ""), ("failed", "", "no such account"))
    answer(batch, file)

    again = answer(batch, file)

    assert (again.paid, again.failed, again.unchanged, again.refused) == (0, 0, 2, 0)
    assert amount_of(account) == "90.00"
    assert payout_batch(batch.pk).state == "settled"


def test_two_people_who_import_at_once_do_it_once(account):
    batch, content = sent(account, "10.00", "20.00")
    file = filled(content, ("paid", "F1", ""), ("failed", "", "no such account"))

    in_parallel(lambda: answer(batch, file), lambda: answer(batch, file))

    assert states() == ["paid", "failed"]
    assert amount_of(account) == "90.00"
    told = ResultFile.objects.aggregate(paid=Sum("paid"), failed=Sum("failed"))
    assert told == {"paid": 1, "failed": 1}


def test_an_unknown_outcome_is_known_by_a_later_file(account):
    batch, content = sent(account, "10.00")
    answer(batch, filled(content, ("unknown", "", "")))

    answer(batch, filled(content, ("paid", "F1", "")))

    assert states() == ["paid"]


def cell(page, column, row=FIRST):
    return page.cell(row, COLUMNS.index(column) + 1)


def put(column, value):
    def change(page):
        cell(page, column).value = value

    return change


def hide(page):
    page.row_dimensions[FIRST].hidden = True


def double(page):
    page.append([cell.value for cell in page[FIRST]])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("amount", "11.00"), "amount"),
        (put("amount", "=5+5"), "formula"),
        (put("payee_account", "6222 9999"), "payee_account"),
        (put("payee", "Mallory"), "payee"),
        (put("withdrawal", "999"), "withdrawal"),
        (put("batch", "P20261122AAAAAAAAAAAA"), "batch"),
        (put("row", "7"), "row"),
        (put("payout_status", "perhaps"), "payout_status"),
        (put("flow_number", 20261103000000000001), "flow_number"),
        (hide, "hidden"),
        (double, "times"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_its_number_and_the_others_are_taken(
    account, change, said
):
    batch, content = sent(account, "10.00", "20.00")

    report = answer(batch, filled(content, ("paid", "F1", ""), ("paid", "F2", ""), change=change))

    assert states() == ["exported", "paid"]
    assert report.paid == 1
    refused = result_rows(report.pk, verdict="refused")
    assert refused[0].row == FIRST
    assert said in refused[0].reason
    assert PayoutRow.objects.get(place=1).state == "live"
    assert MerchantWithdrawal.objects.order_by("pk")[0].payout_state == PayoutState.EXPORTED


def test_a_flow_number_that_stands_twice_pays_once(account):
    batch, content = sent(account, "10.00", "20.00")

    report = answer(batch, filled(content, ("paid", "F1", ""), ("paid", "F1", "")))

    assert (report.paid, report.refused, states()) == (1, 1, ["paid", "exported"])


def test_a_sheet_without_our_columns_is_refused(account):
    batch, _ = sent(account, "10.00")
    book = openpyxl.Workbook()
    book.active.append(["number", "status"])
    book.active.append(["1", "paid"])
    out = io.BytesIO()
    book.save(out)
    sheet = read_sheet(out.getvalue(), name="other.xlsx")

    with pytest.raises(ResultFileUnfit):
        import_result(number=batch.pk, sheet=sheet, instruction=now())
