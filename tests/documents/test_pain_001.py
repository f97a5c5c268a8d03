"""A payout batch as a payment message: the standard's order and lengths, its sums, and what is refused."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from xml.etree.ElementTree import Element, fromstring

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders import AT, STAFF
from documents.iso_schemas import faults_of
from documents.test_pain_002 import report, transaction
from settlement_batch_builders import a_checked, a_draft
from settlement_builders import IN_NOVEMBER, amount_of
from settlement_payout_builders import an_account_with, now
from tael.documents.pain_001 import (
    PaymentCurrencyRefused,
    PaymentRowRefused,
    _check_money,
    write_pain_001,
)
from tael.documents.payout_answer import read_answer
from tael.documents.payout_debtor import DebtorMissing, payout_debtor
from tael.documents.payout_download import PayoutFileChanged, export_payout, payout_again
from tael.money import Currency, Money
from tael.parties.payee import add_payee
from tael.settlement.accounts.calendar import set_calendar_day
from tael.settlement.models import MerchantWithdrawal
from tael.settlement.payouts.batch import BatchMoveRefused, payout_batch
from tael.settlement.payouts.result_file import import_result

pytestmark = pytest.mark.rule("B-35", "B-38")
OLDER, NEWER = VERSIONS = ("pain.001.001.03", "pain.001.001.09")
SPACE = "urn:iso:std:iso:20022:tech:xsd:"
IBAN = "DE89370400440532013000"
DEBTOR = {
    "TAEL_PAYOUT_DEBTOR_NAME": "Tæl Überweisungen",
    "TAEL_PAYOUT_DEBTOR_ACCOUNT": "GB82 WEST 1234 5698 7654 32",
    "TAEL_PAYOUT_DEBTOR_BIC": "WESTGB2L",
}
BIC_SHAPE = r"[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?"
IBAN_SHAPE = r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}"
DAY = r"\d{4}-\d\d-\d\d"
DECIMAL = r"\d{1,18}(\.\d{1,5})?"


def up_to(longest):
    return rf"[^\n]{{1,{longest}}}"


def shape(version):
    """The elements that are used, in the standard's order: name, how often, and a text's shape or the parts."""
    newer = version == NEWER
    bank = [("FinInstnId", "1", [
        ("BICFI" if newer else "BIC", "?", BIC_SHAPE),
        ("Othr", "?", [("Id", "1", up_to(35))]),
    ])]  # fmt: skip
    account = [("Id", "1", [("IBAN", "?", IBAN_SHAPE), ("Othr", "?", [("Id", "1", up_to(34))])])]
    address = [
        ("StrtNm", "?", up_to(70)),
        ("BldgNb", "?", up_to(16)),
        ("PstCd", "?", up_to(16)),
        ("TwnNm", "?", up_to(35)),
        ("CtrySubDvsn", "?", up_to(35)),
        ("Ctry", "?", "[A-Z]{2}"),
    ]
    name = ("Nm", "1", up_to(140))
    sums = [("NbOfTxs", "1", r"\d{1,15}"), ("CtrlSum", "1", DECIMAL)]
    payment = [
        ("PmtId", "1", [("EndToEndId", "1", up_to(35))]),
        ("Amt", "1", [("InstdAmt", "1", DECIMAL)]),
        ("CdtrAgt", "?", bank),
        ("Cdtr", "1", [name, ("PstlAdr", "?", address)]),
        ("CdtrAcct", "1", account),
        ("RmtInf", "1", [("Ustrd", "1", up_to(140))]),
    ]
    return [("CstmrCdtTrfInitn", "1", [
        ("GrpHdr", "1", [
            ("MsgId", "1", up_to(35)),
            ("CreDtTm", "1", rf"{DAY}T\d\d:\d\d:\d\dZ"),
            *sums,
            ("InitgPty", "1", [name]),
        ]),
        ("PmtInf", "1", [
            ("PmtInfId", "1", up_to(35)),
            ("PmtMtd", "1", "TRF"),
            *sums,
            ("ReqdExctnDt", "1", [("Dt", "1", DAY)] if newer else DAY),
            ("Dbtr", "1", [name]),
            ("DbtrAcct", "1", account),
            ("DbtrAgt", "1", bank),
            ("CdtTrfTxInf", "+", payment),
        ]),
    ])]  # fmt: skip


def check(element: Element, parts):
    """Fail where an element has other parts, another order, another number of them, or a text too long."""
    assert element.text is None
    left = [child.tag for child in element]
    for name, times, inside in parts:
        found = [child for child in element if child.tag == name]
        assert {"1": len(found) == 1, "?": len(found) <= 1, "+": bool(found)}[times], name
        assert left[: len(found)] == [name] * len(found), name
        left = left[len(found) :]
        for child in found:
            if isinstance(inside, str):
                assert len(child) == 0
                assert re.fullmatch(inside, child.text or ""), (name, child.text)
            else:
                check(child, inside)
    assert left == []


def read(content: bytes, version=NEWER) -> Element:
    assert faults_of(content, version) == []
    root = fromstring(content)  # noqa: S314 - our own
    for element in root.iter():
        space, _, element.tag = element.tag.rpartition("}")
        assert space == f"{{{SPACE}{version}"
    assert root.tag == "Document"
    check(root, shape(version))
    return root


def texts(root: Element, name: str) -> list[str]:
    return [element.text or "" for element in root.iter(name)]


def paid_to(merchant, /, holder="Li Hua", **details: str) -> int:
    return add_payee(
        customer=merchant.owner, kind="bank", holder=holder, details=details, actor=STAFF, at=AT
    ).pk


def a_batch_to(*amounts: str, holder="Li Hua", **details: str):
    merchant = an_account_with("1000.00")
    return a_checked(*amounts, account=merchant, payee=paid_to(merchant, holder, **details))


def exported(batch, version=NEWER):
    return export_payout(number=batch.pk, form=version, language="en", instruction=now())


@pytest.fixture(autouse=True)
def _debtor(request):
    if "db" in request.fixturenames:
        patch = request.getfixturevalue("monkeypatch")
        for name, text in DEBTOR.items():
            patch.setenv(name, text)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_message_is_shaped_as_the_standard_says(db, version):
    batch = a_batch_to(
        "10.50",
        "20.25",
        holder="Jürgen Groß",
        iban="de89 3704 0044 0532 0130 00",
        bic="DEUTDEFF",
        street="Königstraße",
        building="5",
        postcode="10115",
        town="Berlin",
        country="DE",
    )

    document = exported(batch, version)

    root = read(document.content, version)
    assert (document.name, document.content_type) == (f"{batch.reference}.xml", "application/xml")
    assert texts(root, "MsgId") == texts(root, "PmtInfId") == [batch.reference]
    assert texts(root, "NbOfTxs") == ["2", "2"]
    amounts = [Decimal(text) for text in texts(root, "InstdAmt")]
    assert texts(root, "CtrlSum") == [str(sum(amounts))] * 2 == ["30.75"] * 2
    assert {one.get("Ccy") for one in root.iter("InstdAmt")} == {"CNY"}
    numbers = [str(row.pk) for row in MerchantWithdrawal.objects.order_by("pk")]
    assert texts(root, "EndToEndId") == texts(root, "Ustrd") == numbers
    assert texts(root, "IBAN") == ["GB82WEST12345698765432", IBAN, IBAN]
    agents = texts(root, "BICFI" if version == NEWER else "BIC")
    assert agents == ["WESTGB2L", "DEUTDEFF", "DEUTDEFF"]
    names = texts(root, "Nm")
    assert names == ["Tael Uberweisungen"] * 2 + ["Jurgen Gross"] * 2
    assert [one.tag for one in next(root.iter("PstlAdr"))] == [
        "StrtNm",
        "BldgNb",
        "PstCd",
        "TwnNm",
        "Ctry",
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_official_schema_finds_what_is_wrong(db, version):
    content = exported(a_batch_to("10.00", account="1"), version).content
    for right, wrong in ((b">TRF<", b">TRX<"), (b"<NbOfTxs>1<", b"<NbOfTxs>one<"), (b"Dbtr", b"D")):
        assert right in content
        assert faults_of(content.replace(right, wrong), version)


def test_a_chinese_name_and_a_plain_number_without_bic(db):
    batch = a_batch_to("10.00", holder="李华", account="6222 0000", town="上海")

    root = read(exported(batch).content)

    assert texts(root, "Nm")[-1] == "李华"
    payment = next(root.iter("CdtTrfTxInf"))
    assert payment.findtext("CdtrAcct/Id/Othr/Id") == "62220000"
    assert payment.findtext("CdtrAgt/FinInstnId/Othr/Id") == "NOTPROVIDED"
    assert not list(root.iter("PstlAdr"))  # no country is known


@pytest.mark.parametrize("holder", ["X" * 200, "李" * 200])
def test_a_name_is_cut_at_140(db, holder):
    root = read(exported(a_batch_to("10.00", holder=holder, account="1")).content)
    assert texts(root, "Nm")[-1] == holder[:140]


def test_a_name_is_cut_at_70_in_a_sepa_payment(db):
    batch = a_batch_to("10.00", holder="X" * 200, iban=IBAN)
    batch.currency = "EUR"
    debtor = payout_debtor(DEBTOR)
    root = read(write_pain_001(batch, NEWER, debtor=debtor, at=IN_NOVEMBER))
    assert texts(root, "Nm")[-1] == "X" * 70


def test_a_row_more_asks_the_database_nothing_more(db):
    counts = []
    for amounts in (["1.00"], ["1.00"] * 5):
        batch = a_batch_to(*amounts, account="1")
        with CaptureQueriesContext(connection) as asked:
            write_pain_001(batch, NEWER, debtor=payout_debtor(DEBTOR), at=IN_NOVEMBER)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("version", VERSIONS)
def test_payment_is_asked_for_on_the_next_business_day(db, version):
    for ahead in range(
        30 - IN_NOVEMBER.day
    ):  # all that is left of November but its last day, a Monday
        day = IN_NOVEMBER.date() + timedelta(days=ahead)
        set_calendar_day(calendar="default", day=day, business=False, actor=STAFF, at=AT)
    root = read(exported(a_batch_to("10.00", account="1"), version).content, version)
    assert texts(root, "Dt" if version == NEWER else "ReqdExctnDt") == ["2026-11-30"]


@pytest.mark.parametrize(
    ("field", "details"),
    [
        ("iban", {"iban": "DE88370400440532013000"}),
        ("iban", {"iban": "6222", "account": "6222"}),
        ("bic", {"iban": IBAN, "bic": "DEUTDEFF5"}),
        ("account", {"account": "1" * 35}),
        ("account", {"account": "li@example.com"}),
        ("account", {"bank": "ICBC"}),
        ("holder", {"account": "1", "holder": "€"}),
    ],
)
def test_a_row_that_cannot_be_written_is_named_and_nothing_is_exported(db, field, details):
    batch = a_batch_to("10.00", **details)
    number = MerchantWithdrawal.objects.get().pk

    with pytest.raises(PaymentRowRefused) as refused:
        exported(batch)

    assert refused.value.field == field
    assert f"Row 1, withdrawal {number}" in refused.value.message
    assert payout_batch(batch.pk).state == "checked"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((name, "") for name in DEBTOR),
        ("TAEL_PAYOUT_DEBTOR_ACCOUNT", "GB83WEST12345698765432"),
        ("TAEL_PAYOUT_DEBTOR_ACCOUNT", "1" * 35),
        ("TAEL_PAYOUT_DEBTOR_BIC", "WESTGB"),
    ],
)
def test_without_a_debtor_nothing_is_exported(db, monkeypatch, name, text):
    monkeypatch.setenv(name, text)
    batch = a_checked("10.00")

    with pytest.raises(DebtorMissing) as refused:
        exported(batch)

    assert refused.value.field == name
    assert payout_batch(batch.pk).state == "checked"
    assert payout_batch(batch.pk).file_digest == ""


def test_a_debtors_number_may_be_no_iban():
    assert payout_debtor(DEBTOR | {"TAEL_PAYOUT_DEBTOR_ACCOUNT": "6222 01"}).account == "622201"


def test_a_draft_is_no_message_for_the_bank(db):
    batch = a_draft("10.00")
    with pytest.raises(BatchMoveRefused):
        exported(batch)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_message_is_given_again_with_the_same_bytes(db, version):
    batch = a_checked("10.00", "20.00")
    first = exported(batch, version)
    assert payout_again(batch.pk) == first == exported(batch, version)


def test_a_message_that_would_differ_is_not_given_again(db, monkeypatch):
    batch = a_checked("10.00")
    exported(batch)
    monkeypatch.setenv("TAEL_PAYOUT_DEBTOR_NAME", "Another")
    with pytest.raises(PayoutFileChanged):
        payout_again(batch.pk)


@pytest.mark.parametrize(
    "money",
    [
        Money(1, Currency("USDT", 2)),
        Money(1, Currency("BTC", 8)),
        Money(10**18, Currency("CNY", 2)),
    ],
)
def test_an_amount_the_standard_has_no_place_for_is_refused(money):
    with pytest.raises(PaymentCurrencyRefused):
        _check_money(money)


@pytest.mark.parametrize("iban", ["", "DE89 3704 0044 0532 0130 00"])
def test_the_banks_status_report_answers_it(db, iban):
    account = an_account_with("1000.00")
    details = {"account": "6222 0000"} | ({"iban": iban} if iban else {})
    batch = a_checked("10.00", "20.00", account=account, payee=paid_to(account, **details))
    root = read(exported(batch).content)
    (reference,) = texts(root, "MsgId")
    told = []
    for payment, status in zip(root.iter("CdtTrfTxInf"), ("ACSC", "RJCT"), strict=True):
        amount, number = payment.findtext("Amt/InstdAmt"), payment.findtext("PmtId/EndToEndId")
        to = payment.findtext("CdtrAcct/Id/IBAN") or payment.findtext("CdtrAcct/Id/Othr/Id")
        kind = f"<IBAN>{to}</IBAN>" if iban else f"<Othr><Id>{to}</Id></Othr>"
        inside = (
            f"<OrgnlTxRef><Amt><InstdAmt Ccy='CNY'>{amount}</InstdAmt></Amt>"
            f"<CdtrAcct><Id>{kind}</Id></CdtrAcct></OrgnlTxRef>"
        )
        told.append(transaction(number, status, inside=inside))

    answer = report(reference, *told, version="12")
    assert faults_of(answer, "pain.002.001.12") == []
    sheet = read_answer(answer, name="status.xml")
    done = import_result(number=batch.pk, sheet=sheet, instruction=now())

    assert (done.paid, done.failed, done.refused) == (1, 1, 0)
    assert amount_of(account) == "990.00"
    assert payout_batch(batch.pk).state == "settled"
