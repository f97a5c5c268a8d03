"""The words of the documents, in English, simplified and traditional Chinese.

A document's words are its own and no page's: a file of last year says what it said then, whatever the
pages are called today.

Source: I-03; spec, glossary (流動資金, 鎖定資金, 凍結資金, 流水, 明細).
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal, get_args

from tael.refusal import Refusal

Language = Literal["en", "zh-hans", "zh-hant"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


class LanguageUnknown(Refusal):
    """Documents are not written in this language."""

    code = "document_language_unknown"
    remedy: ClassVar[str] = "Use en, zh-hans or zh-hant."


# Each word in the order of LANGUAGES.
WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "statement": ("Account statement", "账户对账单", "賬戶對賬單"),
    "flows": ("Flow records", "资金流水", "資金流水"),
    "wallet": ("Wallet", "资金账户", "資金賬戶"),
    "customer": ("Customer", "用户", "用戶"),
    "currency": ("Currency", "货币", "貨幣"),
    "period": ("Period", "期间", "期間"),
    "from": ("From", "起始日期", "起始日期"),
    "to": ("Through", "截止日期", "截止日期"),
    "least": ("At least", "最低金额", "最低金額"),
    "most": ("At most", "最高金额", "最高金額"),
    "gateway": ("Gateway number", "支付接口编号", "支付接口編號"),
    "since": ("From", "起始日期", "起始日期"),
    "until": ("Through", "截止日期", "截止日期"),
    "zone": ("Time zone", "时区", "時區"),
    "only": ("Only", "仅显示", "僅顯示"),
    "lines": ("Lines", "笔数", "筆數"),
    "opening": ("Opening balance", "期初结余", "期初結餘"),
    "closing": ("Closing balance", "期末结余", "期末結餘"),
    "came": ("Money in", "收入合计", "收入合計"),
    "went": ("Money out", "支出合计", "支出合計"),
    "liquid": ("Available", "流动资金", "流動資金"),
    "locked": ("of it locked", "其中锁定", "其中鎖定"),
    "frozen": ("Frozen", "冻结资金", "凍結資金"),
    "opening liquid": ("Opening: available", "期初流动资金", "期初流動資金"),
    "opening locked": ("Opening: of it locked", "期初锁定资金", "期初鎖定資金"),
    "opening frozen": ("Opening: frozen", "期初冻结资金", "期初凍結資金"),
    "closing liquid": ("Closing: available", "期末流动资金", "期末流動資金"),
    "closing locked": ("Closing: of it locked", "期末锁定资金", "期末鎖定資金"),
    "closing frozen": ("Closing: frozen", "期末冻结资金", "期末凍結資金"),
    "change": ("Change", "变动", "變動"),
    "change liquid": ("Change: available", "流动资金变动", "流動資金變動"),
    "change locked": ("Change: of it locked", "锁定资金变动", "鎖定資金變動"),
    "change frozen": ("Change: frozen", "冻结资金变动", "凍結資金變動"),
    "after liquid": ("Available after", "变动后流动资金", "變動後流動資金"),
    "after locked": ("Of it locked after", "变动后锁定资金", "變動後鎖定資金"),
    "after frozen": ("Frozen after", "变动后冻结资金", "變動後凍結資金"),
    "number": ("Flow number", "流水编号", "流水編號"),
    "effective": ("In effect", "生效时间", "生效時間"),
    "booked": ("Booked", "入账时间", "入賬時間"),
    "date": ("Date", "日期", "日期"),
    "description": ("Description", "摘要", "摘要"),
    "operation": ("Operation", "操作", "操作"),
    "kind": ("Kind of entry", "分录类型", "分錄類型"),
    "other": ("Other wallet", "对方账户", "對方賬戶"),
    "out of": ("From wallet", "转出账户", "轉出賬戶"),
    "into": ("Into wallet", "转入账户", "轉入賬戶"),
    "amount": ("Amount", "金额", "金額"),
    "received": ("Amount received", "到账金额", "到賬金額"),
    "received currency": ("Currency received", "到账货币", "到賬貨幣"),
    "channel": ("Channel", "渠道", "渠道"),
    "sno": ("Serial number", "流水编码", "流水編碼"),
    "pno": ("Transaction number", "交易号", "交易號"),
    "code": ("Business code", "业务代码", "業務代碼"),
    "info": ("Remark", "备注", "備註"),
    "actor": ("Done by", "操作者", "操作者"),
    "page": (
        "Page {page} of {pages}",
        "第 {page} 页，共 {pages} 页",
        "第 {page} 頁，共 {pages} 頁",
    ),
    "no lines": (
        "Nothing happened in this period.",
        "此期间没有任何流水。",
        "此期間沒有任何流水。",
    ),
    "locked note": (
        "Locked money may be spent and cannot leave. Frozen money is set aside, apart from what is available.",
        "锁定资金可用于消费，不可提现、转账或兑换。冻结资金已被预留，不计入流动资金。",
        "鎖定資金可用於消費，不可提現、轉賬或兌換。凍結資金已被預留，不計入流動資金。",
    ),
    "taken back": ("{operation}, taken back", "{operation}（已退回）", "{operation}（已退回）"),
    "bill": ("Bill", "账单", "賬單"),
    "bills": ("Bills", "账单列表", "賬單列表"),
    "bill records": ("Business records of the bill", "账单业务收支", "賬單業務收支"),
    "merchant": ("Merchant", "商户", "商戶"),
    "merchant account": ("Merchant account", "商户账户", "商戶賬戶"),
    "name": ("Name", "名称", "名稱"),
    "unit value": ("Unit value", "单位值", "單位值"),
    "quantity": ("Quantity", "数量", "數量"),
    "unit": ("Unit", "单位", "單位"),
    "income": ("Income", "收入", "收入"),
    "expense": ("Expense", "支出", "支出"),
    "records": ("Records", "记录数", "記錄數"),
    "total": ("Total", "合计", "合計"),
    "state": ("State", "状态", "狀態"),
    "reversals": ("reversals", "冲正", "沖正"),
    "balance then": ("The account's amount after it", "入账后账户结余", "入賬後賬戶結餘"),
    "kept back": ("Kept back of it", "其中保证金", "其中保證金"),
    "issued": ("Issued", "出账时间", "出賬時間"),
    "void reason": ("Void, because", "作废原因", "作廢原因"),
    "replaces": ("Takes the place of", "替代账单", "替代賬單"),
    "replaced by": ("Replaced by", "被替代为", "被替代為"),
    "digest": ("SHA-256 of the content", "内容 SHA-256", "內容 SHA-256"),
    "state draft": ("draft", "草稿", "草稿"),
    "state reviewed": ("reviewed", "已审核", "已審核"),
    "state issued": ("issued", "已出账", "已出賬"),
    "state void": ("void", "已作废", "已作廢"),
    "report": ("Period report", "期初期末报表", "期初期末報表"),
    "details": ("Account details", "账户明细", "賬戶明細"),
    "entries": ("Entries", "入账", "入賬"),
    "exits": ("Exits", "出账", "出賬"),
    "opening amount": ("Opening", "期初", "期初"),
    "closing amount": ("Closing", "期末", "期末"),
    "after": ("Amount after", "变动后结余", "變動後結餘"),
    "what": ("What made it", "来由", "來由"),
    "document": ("Document", "单据号", "單據號"),
    "detail number": ("Line", "行号", "行號"),
    "day": ("Day", "日期", "日期"),
    "source": ("Source", "来源系统", "來源系統"),
    "business number": ("Business number", "业务号", "業務號"),
    "reversed number": ("Reversed number", "冲正业务号", "沖正業務號"),
    "business kind": ("Kind of business", "业务类型", "業務類型"),
    "word bill": ("bill", "账单", "賬單"),
    "word reserve": ("reserve", "保证金", "保證金"),
    "word remittance": ("remittance", "打款", "打款"),
    "word collection": ("collection", "自动扣款", "自動扣款"),
    "word adjustment": ("adjustment", "调账", "調賬"),
    "word withdrawal": ("withdrawal", "提现", "提現"),
    "word other": ("other", "其他", "其他"),
    "entry number": ("Entry", "分录编号", "分錄編號"),
    "no detail": (
        "Nothing moved the account in this period.",
        "此期间账户没有任何变动。",
        "此期間賬戶沒有任何變動。",
    ),
    "live": ("as of now, not yet reported", "实时数据，尚未出报表", "實時數據，尚未出報表"),
    "made": ("Made", "生成时间", "生成時間"),
    "bill note": (
        "A bill adds up business records. It has no opening and no closing; these are on the period report.",
        "账单是业务收支的汇总，无期初期末；期初期末见期初期末报表。",
        "賬單是業務收支的匯總，無期初期末；期初期末見期初期末報表。",
    ),
    "payout": ("Payout", "打款", "打款"),
    "merchant withdrawals": ("Merchants' withdrawals", "商户提现申请单", "商戶提現申請單"),
    "left after last payout": ("Left after the last payout", "上次提现后结余", "上次提現後結餘"),
    "was there": ("What was there", "提现前结余", "提現前結餘"),
    "this payout": ("This payout", "本次提现", "本次提現"),
    "left": ("Left on the account", "提现后结余", "提現後結餘"),
    "fee": ("Fee", "手续费", "手續費"),
    "paid out": ("After the fee", "扣除手续费后", "扣除手續費後"),
    "withdrawal number": ("Number", "申请单号", "申請單號"),
    "way": ("Way", "方式", "方式"),
    "way manual": ("manual", "手动", "手動"),
    "way automatic": ("automatic", "自动", "自動"),
    "applied": ("Applied for", "申请时间", "申請時間"),
    "trade state": ("Trade state", "交易状态", "交易狀態"),
    "payout state": ("Payout state", "打款状态", "打款狀態"),
    "flow number": ("Flow number", "流水号", "流水號"),
    "paid on": ("Paid on", "打款日期", "打款日期"),
    "trade applying": ("applied for", "提现申请中", "提現申請中"),
    "trade succeeded": ("succeeded", "提现成功", "提現成功"),
    "trade failed": ("failed", "提现失败", "提現失敗"),
    "trade cancelled": ("cancelled", "已取消", "已取消"),
    "payout waiting": ("to be paid", "待打款", "待打款"),
    "payout held": ("held", "暂缓打款", "暫緩打款"),
    "payout batched": ("in a batch", "已入批次", "已入批次"),
    "payout exported": ("with the bank", "已交银行", "已交銀行"),
    "payout unknown": ("outcome unknown", "结果未知", "結果未知"),
    "payout paid": ("paid", "已打款", "已打款"),
    "payout failed": ("not paid", "打款失败", "打款失敗"),
    "payout returned": ("given back by the bank", "银行退回", "銀行退回"),
    "payout cancelled": ("cancelled", "已取消", "已取消"),
    "recharge": ("recharge", "充值", "充值"),
    "deduct": ("payment", "消费", "消費"),
    "transfer": ("transfer", "转账", "轉賬"),
    "freeze": ("freeze", "冻结", "凍結"),
    "unfreeze": ("unfreeze", "解冻", "解凍"),
    "withdraw": ("withdrawal", "提现", "提現"),
    "exchange": ("exchange", "兑换", "兌換"),
    "import report": ("Import of business records", "业务收支导入报告", "業務收支導入報告"),
    "file": ("File", "文件", "文件"),
    "brought": ("Brought", "导入时间", "導入時間"),
    "file row": ("Row", "行号", "行號"),
    "verdict": ("Verdict", "结果", "結果"),
    "record": ("Record", "业务收支编号", "業務收支編號"),
    "field": ("Field", "字段", "欄位"),
    "reason": ("Reason", "原因", "原因"),
    "recorded": ("recorded", "已记录", "已記錄"),
    "there": ("there already", "已有", "已有"),
    "confirms": ("confirms", "确认成功", "確認成功"),
    "fails": ("fails", "确认失败", "確認失敗"),
    "refused": ("refused", "已拒绝", "已拒絕"),
}


def parse_language(text: str) -> Language:
    """Read the name of a language, in any case.

    Raises:
        LanguageUnknown: there are no documents in it.

    >>> parse_language("zh-Hant")
    'zh-hant'
    """
    for language in LANGUAGES:
        if language == text.lower():
            return language
    raise LanguageUnknown(
        "Documents are not written in this language.",
        field="language",
        there=ascii(text)[:40],
        allowed=", ".join(LANGUAGES),
    )


def word(name: str, language: Language) -> str:
    """Give a word in a language.

    >>> word("closing", "zh-hant")
    '期末結餘'
    """
    return WORDS[name][LANGUAGES.index(language)]
