"""The bank of the demonstration: what it has booked, the evening before the end.

Its statement has the payouts that went over it and the payment that waits to be confirmed; beside them a fee,
two equal payments that nobody can explain, and one that the maker has put in suspense and looks after.

Source: peers-settlement-invest A23, A26, A27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tael.cli.demo_settlement import a_sheet
from tael.parties.actor import read
from tael.settlement.bank.bank_account import add_bank_account
from tael.settlement.bank.bank_map import MapFields, set_bank_map
from tael.settlement.bank.bank_search import BankLinesWanted, bank_lines
from tael.settlement.bank.bank_statement import bring_statement
from tael.settlement.bank_line_act import put_line_aside
from tael.settlement.payouts.withdrawal_search import WithdrawalsWanted, merchant_withdrawals
from tael.wallet.suspense_case import assign_item

if TYPE_CHECKING:
    from datetime import date

    from tael.cli.demo_settlement import Settlement

CHANNEL: Final = "UnionPay"
HEADINGS: Final = {
    "booked_on": "记账日期",
    "amount": "发生额",
    "reference": "流水号",
    "end_to_end": "客户编号",
    "counterparty": "对方户名",
    "counterparty_account": "对方账号",
    "text": "摘要",
}
UNKNOWN: Final = ("", "", "上海远帆贸易有限公司", "1001 2030 4050 6070", "货款")


def bring_banks_day(s: Settlement, day: date) -> None:
    """Register the account with its bank's map, bring the statement, and put one payment in suspense."""
    said = s.told(s.actor)
    fields = MapFields(HEADINGS, day="YYYY-MM-DD")
    set_bank_map(code="jianghai", name="江海银行", fields=fields, actor=s.actor, at=said.at)
    add_bank_account(
        code="jianghai-cny",
        name="江海银行 · collections and payouts",
        channel=CHANNEL,
        currency="CNY",
        number="6217 0000 1234 5678",
        map_code="jianghai",
        actor=s.actor,
        at=said.at,
    )
    paid = merchant_withdrawals(WithdrawalsWanted(payout="paid", currency="CNY"))
    rows = [
        *(
            (f"-{one.net.text}", one.row.flow_number or "", str(one.row.pk), "", "", "付款")
            for one in paid
        ),
        ("120.00", "6226090000001234", "", "陈师傅", "6226 0900 0000 1234", "车辆租金"),
        ("-15.00", "", "", "", "", "手续费"),
        ("88.00", *UNKNOWN),
        ("88.00", *UNKNOWN),
        ("350.00", "JH20260511003", "", "王小明", "6222 0212 3456 7890", "充值"),
    ]
    lines = [(day.isoformat(), *row) for row in rows]
    sheet = a_sheet("jianghai.csv", list(HEADINGS.values()), lines)
    bring_statement(account="jianghai-cny", sheet=sheet, instruction=s.told(s.maker))
    (aside,) = bank_lines(BankLinesWanted(number="JH20260511003"))
    item = put_line_aside(line=aside.row.pk, instruction=s.told(s.maker)).item
    assert item is not None, "it was put there just now"
    assign_item(number=item, owner=read(s.maker).number, instruction=s.told(s.maker))
