"""Bank accounts and statements for tests: a csv in the bank's own words, and a camt.053 message."""

from __future__ import annotations

import hashlib
import json
from itertools import count
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from builders import STAFF, an_instruction
from settlement_builders import IN_NOVEMBER
from sheet_files import a_csv
from tael.settlement.bank.bank_account import add_bank_account, bank_account
from tael.settlement.bank.bank_map import MapFields, set_bank_map
from tael.settlement.bank.bank_statement import bank_sheet, bring_statement
from tael.settlement.models import BankAccountRow, BankLine
from tael.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tael.settlement.models import BankStatement

IBAN = "CN1234567890"
HEADINGS = ("Day", "Amount", "Number", "Payer's number", "Who", "Account", "What")
COLUMNS = dict(
    zip(
        (
            "booked_on",
            "amount",
            "reference",
            "end_to_end",
            "counterparty",
            "counterparty_account",
            "text",
        ),
        HEADINGS,
        strict=True,
    )
)
_NAMES = count(1)


def the_bank_account(code: str = "main", *, number: str = IBAN) -> BankAccountRow:
    """A bank account of the house in CNY over Alipay, registered once, with the map of `HEADINGS`."""
    known = BankAccountRow.objects.filter(code=code).first()
    if known is not None:
        return bank_account(code)
    set_bank_map(code="plain", name="Plain", fields=MapFields(COLUMNS), actor=STAFF, at=IN_NOVEMBER)
    return add_bank_account(
        code=code,
        name="The main account",
        channel="Alipay",
        currency="CNY",
        number=number,
        map_code="plain",
        actor=STAFF,
        at=IN_NOVEMBER,
    )


def a_row(
    amount: str,
    *,
    day: str = "2026-11-02",
    reference: str = "",
    end_to_end: str = "",
    text: str = "paid",
) -> tuple[str, ...]:
    """A row of the bank's csv."""
    return (day, amount, reference, end_to_end, "Li Hua", "6222 0212 3456", text)


def a_bank_file(rows: Iterable[Sequence[str]]) -> bytes:
    """A csv of the bank."""
    return a_csv([HEADINGS, *rows])


def brought(data: bytes, *, code: str = "main", **given: Any) -> BankStatement:
    """A file as bringing it left it."""
    account = the_bank_account(code)
    sheet = bank_sheet(data, name=f"statement-{next(_NAMES)}.csv", account=account)
    said = an_instruction(at=IN_NOVEMBER, **given)
    return bring_statement(account=code, sheet=sheet, instruction=said).statement


def brought_rows(*rows: Sequence[str], code: str = "main", **given: Any) -> BankStatement:
    """Rows as bringing a file with them left it; no child reads the file."""
    the_bank_account(code)
    lines = [json.dumps([number, 0, list(row)]) for number, row in enumerate(rows, start=2)]
    content = "".join(f"{line}\n" for line in lines).encode()
    digest = hashlib.sha256(content).hexdigest()
    name = f"statement-{next(_NAMES)}.csv"
    sheet = Sheet(name, "csv", digest, HEADINGS, 1, len(rows), content)
    said = an_instruction(at=IN_NOVEMBER, **given)
    return bring_statement(account=code, sheet=sheet, instruction=said).statement


def a_bank_line(amount: str, **given: str) -> BankLine:
    """The newest line after bringing a file with just this row."""
    brought_rows(a_row(amount, **given))
    line = BankLine.objects.order_by("-pk").first()
    assert line is not None
    return line


def a_camt(
    entries: Iterable[str], *, version: str = "08", iban: str = IBAN, opening="0.00", closing="0.00"
) -> bytes:
    """A camt.053 message of one statement with some entries."""

    def balance(code: str, amount: str) -> str:
        sign = "DBIT" if amount.startswith("-") else "CRDT"
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="CNY">{amount.lstrip("-")}</Amt><CdtDbtInd>{sign}</CdtDbtInd></Bal>'
        )

    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    return (
        f'<?xml version="1.0"?><Document xmlns="{space}"><BkToCstmrStmt><Stmt><Id>S1</Id>'
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>CNY</Ccy></Acct>"
        f"{balance('OPBD', opening)}{balance('CLBD', closing)}{''.join(entries)}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def an_entry(
    amount: str,
    *,
    version: str = "08",
    reference: str = "",
    status: str = "BOOK",
    parts: Sequence[tuple[str, str]] = (),
    text: str = "",
) -> str:
    """An entry of a camt.053 message; parts are amounts and end-to-end numbers of its transactions."""
    side = "DBIT" if amount.startswith("-") else "CRDT"
    other = "Cdtr" if side == "DBIT" else "Dbtr"
    told = f"<Sts><Cd>{status}</Cd></Sts>" if version == "08" else f"<Sts>{status}</Sts>"
    name = "<Nm>Li Hua</Nm>" if version == "02" else "<Pty><Nm>Li Hua</Nm></Pty>"
    transactions = "".join(
        f"<TxDtls><Refs><EndToEndId>{number}</EndToEndId></Refs>"
        f'<Amt Ccy="CNY">{part}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
        f"<RltdPties><{other}>{name}</{other}>"
        f"<{other}Acct><Id><IBAN>CN99</IBAN></Id></{other}Acct></RltdPties>"
        f"<RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf></TxDtls>"
        for part, number in parts
    )
    return (
        f'<Ntry><Amt Ccy="CNY">{amount.lstrip("-")}</Amt><CdtDbtInd>{side}</CdtDbtInd>{told}'
        "<BookgDt><Dt>2026-11-02</Dt></BookgDt><ValDt><Dt>2026-11-03</Dt></ValDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef>"
        f"<NtryDtls>{transactions}</NtryDtls></Ntry>"
    )
