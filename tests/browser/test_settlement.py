"""From signing in to the books: what merchants and the house settle, in both languages, in a real browser."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest

WEEKLY, DAILY = 500001, 500002  # the roaster's and the driver's accounts
pytestmark = pytest.mark.usefixtures("in_turn")
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


def owed(place, account: int) -> Decimal:
    return place.balance(f"merchant:{account}:owed")


def number_in(person) -> int:
    return int(re.search(r"/(\d+)(?:\?|$)", person.page.url)[1])


def amounts(text: str) -> list[Decimal]:
    """The amounts of two decimals in a text; thousands are set apart by a narrow space."""
    found = re.findall(r"[+\u2212-]?\d[\d\u202f\u2009\u00a0]*\.\d\d", text)
    return [Decimal(re.sub(r"[^\d.−-]", "", one).replace("−", "-")) for one in found]


def downloaded(person, selector: str) -> bytes:
    with person.page.expect_download() as waited:
        person.page.locator(selector).first.click()
    return waited.value.path().read_bytes()


def answered(sheet: bytes, *answers: tuple[str, str]) -> bytes:
    """The exported sheet as the finance desk sends it back: status and flow number of each row."""
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    page = book.active
    column = {cell.value: cell.column for cell in page[2]}
    for row, (status, flow) in enumerate(answers, start=3):
        page.cell(row, column["payout_status"]).value = status
        page.cell(row, column["flow_number"]).value = flow
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bring(person, name: str, content: bytes) -> None:
    person.page.locator("main form[enctype] [name=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    person.press("main form[enctype] button")


@LANGUAGES
@pytest.mark.rule("B-35", "B-36", "B-37", "B-38", "I32")
def test_a_payout_is_asked_for_approved_by_another_and_explained_when_the_bank_has_paid(
    visit, place, language
):
    chen, maker = (
        visit("portal", "chen", language=language),
        visit("backoffice", "maker", language=language),
    )
    checker = visit("backoffice", "checker", language=language)
    before = owed(place, DAILY)
    flow = f"FLOW-{language}"

    chen.do(f"merchant/payouts/apply/{DAILY}", amount="1200.00")
    withdrawal = number_in(chen)
    assert before - owed(place, DAILY) == 1200  # it has left the account, though nobody has paid

    maker.go("settlement/batches/make?currency=CNY")
    maker.page.check("[name=which][value=chosen]")
    maker.page.check(f"[name=withdrawal][value='{withdrawal}']")
    maker.fill(channel="UnionPay")
    maker.press("main form button.btn-primary")
    batch = number_in(maker)
    maker.press("form[action$='/check'] button")
    assert not maker.page.locator("form[action$='/approve'], form[action$='/export']").count()

    checker.go(f"settlement/batches/{batch}")
    checker.press("form[action$='/approve'] button")
    maker.go(f"settlement/batches/{batch}")
    maker.fill(format="xlsx")
    maker.press("form[action$='/export'] button")
    sheet = downloaded(maker, "main a[href$='/file'], main a[href$='download']")
    bring(maker, "result.xlsx", answered(sheet, ("paid", flow)))
    assert owed(place, DAILY) == before - 1200  # looked at, not done
    maker.press("form[action$='/take'] button")
    maker.page.wait_for_selector("#result .badge-success")

    chen.go(f"merchant/payouts/{withdrawal}")
    assert flow in chen.reads
    explained = amounts(chen.page.inner_text("main"))
    assert {Decimal("-1200.00"), owed(place, DAILY)} <= set(explained)


@LANGUAGES
@pytest.mark.rule("B-24", "B-31", "B-32", "B-36")
def test_a_payment_that_a_merchant_declares_is_confirmed_or_disputed_and_his_rule_is_tried(
    visit, place, language
):
    chen, maker = (
        visit("portal", "chen", language=language),
        visit("backoffice", "maker", language=language),
    )
    before = owed(place, DAILY)
    paid_on = f"{datetime.now(UTC):%Y-%m-%d}"  # noqa: TID251 - as a person does
    declared = []
    for place_of, amount in enumerate(("75.00", "33.00")):
        chen.go("merchant/remittances/declare")
        flow = f"{language}-{place_of}"
        chen.fill(amount=amount, channel="Alipay", flow_number=flow, paid_on=paid_on)
        chen.press("main form button.btn-primary")
        declared.append(number_in(chen))
    assert owed(place, DAILY) == before  # a declaration moves nothing

    maker.go(f"settlement/remittances/{declared[0]}")
    maker.press("form[action$='/confirm'] button")
    assert owed(place, DAILY) - before == 75
    maker.go(f"settlement/remittances/{declared[1]}")
    maker.fill(reason="no such payment has come")
    maker.press("form[action$='/dispute'] button")
    assert owed(place, DAILY) - before == 75
    chen.go(f"merchant/remittances/{declared[1]}")
    assert "no such payment has come" in chen.reads

    chen.go(f"merchant/rule?account={DAILY}")
    chen.fill(active="on", schedule="day", day="1", trigger="90000.00", keep_back="100.00")
    chen.press("main form[action$='/change'] button")
    assert Decimal("90000.00") in amounts(chen.page.inner_text("main ul.list-disc"))  # why not


@LANGUAGES
@pytest.mark.rule("B-14", "B-20", "B-22", "B-26")
def test_a_sheet_of_records_is_brought_billed_reviewed_and_read_by_the_merchant(
    visit, place, language
):
    maker = visit("backoffice", "maker", language=language)
    merchant = visit("portal", "nordlicht", language=language)
    before = owed(place, WEEKLY)
    maker.go(f"settlement/bills?state=draft&account={WEEKLY}")
    maker.press("main table a[href*='/bills/']")
    bill, drafted = maker.page.url, amounts(maker.reads)[0]
    day = re.search(r"(\d{4}-\d\d-\d\d)\s+–\s+(\d{4}-\d\d-\d\d)", maker.reads)[2]
    rows = [
        "source,account,kind,number,amount,day",
        f"shop,{WEEKLY},sale,{language}-1,40.00,{day}",
        f"shop,{WEEKLY},platform-fee,{language}-2,-1.20,{day}",
        f"shop,{WEEKLY},no-such-kind,{language}-3,9.00,{day}",
    ]
    maker.go("settlement/imports")
    bring(maker, "sales.csv", "\n".join(rows).encode())
    maker.page.wait_for_selector("form[action$='/record'] button", timeout=30_000)
    refused = maker.page.locator("tr:has(.badge-error)")
    assert re.match(r"4\D", refused.inner_text())
    assert "no-such-kind" in refused.inner_text()
    maker.press("form[action$='/record'] button")
    maker.page.wait_for_selector("#import .badge-success", timeout=30_000)

    maker.go("settlement/bill-runs")
    maker.press("form[action$='/start'] button")
    maker.page.wait_for_selector("main progress[value='100']", timeout=30_000)
    maker.page.goto(bill)
    for act in ("refresh", "review", "issue"):
        maker.press(f"form[action$='/{act}'] button")
    total = amounts(maker.reads)[0]
    assert total - drafted == Decimal("38.80")
    # five hundredths are kept back for a while
    assert owed(place, WEEKLY) - before == total - (total / 20).quantize(Decimal("0.01"))

    merchant.go(f"merchant/bills/{number_in(maker)}")
    assert amounts(merchant.reads)[0] == total
    assert downloaded(merchant, "main a[href*='format=pdf']").startswith(b"%PDF-")


@LANGUAGES
@pytest.mark.rule("I32")
def test_a_correction_above_the_limit_moves_nothing_until_another_person_approves_it(
    visit, place, language
):
    maker = visit("backoffice", "maker", language=language)
    checker = visit("backoffice", "checker", language=language)
    before = owed(place, DAILY)
    maker.go(f"settlement/accounts/{DAILY}/adjust")
    maker.fill(amount="-210.00", reason="a tariff was counted twice")
    maker.press("main form[action$='/adjust'] button")
    assert owed(place, DAILY) == before
    checker.go("proposals?state=proposed")
    checker.press("main table a[href*='/proposals/']")
    assert "a tariff was counted twice" in checker.reads
    checker.press("form[action$='/approve'] button")
    assert owed(place, DAILY) - before == -210
