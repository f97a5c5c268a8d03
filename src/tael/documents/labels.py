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
    "gateway": ("Gateway number", "网关交易号", "網關交易號"),
    "since": ("From", "起始日期", "起始日期"),
    "until": ("Through", "截止日期", "截止日期"),
    "zone": ("Time zone", "时区", "時區"),
    "only": ("Only", "仅显示", "僅顯示"),
    "lines": ("Lines", "笔数", "筆數"),
    "opening": ("Opening balance", "期初余额", "期初餘額"),
    "closing": ("Closing balance", "期末余额", "期末餘額"),
    "came": ("Money in", "转入合计", "轉入合計"),
    "went": ("Money out", "转出合计", "轉出合計"),
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
    "actor": ("Done by", "操作人", "操作人"),
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
    "recharge": ("recharge", "充值", "充值"),
    "deduct": ("payment", "消费", "消費"),
    "transfer": ("transfer", "转账", "轉賬"),
    "freeze": ("freeze", "冻结", "凍結"),
    "unfreeze": ("unfreeze", "解冻", "解凍"),
    "withdraw": ("withdrawal", "提现", "提現"),
    "exchange": ("exchange", "兑换", "兌換"),
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
    '期末餘額'
    """
    return WORDS[name][LANGUAGES.index(language)]
