"""A bank's status report goes the way of a sheet: the same verdicts, and what is not final says nothing."""

from __future__ import annotations

import pytest

from documents.iso_schemas import faults_of
from settlement_batch_builders import with_the_bank
from settlement_builders import amount_of
from settlement_payout_builders import an_account_with, now
from tael.documents.payout_answer import read_answer
from tael.settlement.models import MerchantWithdrawal
from tael.settlement.payouts.batch_search import result_rows
from tael.settlement.payouts.result_file import import_result
from tael.sheets import SheetUnreadable

pytestmark = pytest.mark.rule("B-35", "T15")


def transaction(number, status, *, inside=""):
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{number}</OrgnlEndToEndId><TxSts>{status}</TxSts>{inside}"
        "</TxInfAndSts>"
    )


def report(reference, *transactions, version="03"):
    return (
        f'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}">'
        "<CstmrPmtStsRpt><GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-11-03T09:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{reference}</OrgnlMsgId>"
        "<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{reference}</OrgnlPmtInfId>{''.join(transactions)}"
        "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


@pytest.mark.parametrize("version", ["03", "12"])
def test_each_status_goes_the_way_of_a_sheets_row(db, version):
    account = an_account_with("100.00")
    batch, _ = with_the_bank("10.00", "20.00", "30.00", "5.00", account=account)
    first, second, third, fourth = MerchantWithdrawal.objects.order_by("pk")
    accepted = "<AccptncDtTm>2026-11-02T10:00:00</AccptncDtTm>"
    why = "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>closed account</AddtlInf></StsRsnInf>"
    wrong = "<OrgnlTxRef><Amt><InstdAmt Ccy='CNY'>6.00</InstdAmt></Amt></OrgnlTxRef>"
    data = report(
        batch.reference,
        transaction(first.pk, "ACSC", inside=f"{accepted}<AcctSvcrRef>B1</AcctSvcrRef>"),
        transaction(second.pk, "RJCT", inside=why),
        transaction(third.pk, "ACSP"),
        transaction(fourth.pk, "ACSC", inside=wrong),
        version=version,
    )
    assert faults_of(data, f"pain.002.001.{version}") == []

    sheet = read_answer(data, name="status.xml")
    done = import_result(number=batch.pk, sheet=sheet, instruction=now())

    assert (done.paid, done.failed, done.unchanged, done.refused) == (1, 1, 1, 1)
    assert amount_of(account) == "55.00"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.flow_number, second.reason) == ("B1", "AC04 closed account")
    assert "amount" in result_rows(done.pk, verdict="refused")[0].reason


@pytest.mark.parametrize(
    "data",
    [
        b"<a",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        report("P1"),
    ],
)
def test_what_is_no_report_is_refused(data):
    with pytest.raises(SheetUnreadable):
        read_answer(data, name="status.xml")
