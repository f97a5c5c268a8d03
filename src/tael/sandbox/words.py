"""The words of the sandbox's pages in English and Chinese, and the template tag that says them.

A table and not gettext: the sandbox is a program of its own and needs none of the sites' packs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django import template

if TYPE_CHECKING:
    from django.http import HttpRequest

COOKIE: Final = "sandbox_language"
LANGUAGES: Final = {"en": "English", "zh-hans": "简体中文", "zh-hant": "繁體中文"}
register: Final = template.Library()

# English: simplified Chinese, traditional Chinese
WORDS: Final[dict[str, tuple[str, str]]] = {
    "Sandbox payments": ("沙盒支付", "沙盒支付"),
    "Play money. Nothing here is real.": (
        "测试资金，此处一切均非真实交易。",
        "測試資金，此處一切均非真實交易。",
    ),
    "A payment gateway to try things with. Merchants send their payers here.": (
        "用于试验的支付接口。商户会把付款人带到这里。",
        "用於試驗的支付接口。商戶會把付款人帶到這裡。",
    ),
    "Control page": ("控制页", "控制頁"),
    "Language": ("语言", "語言"),
    "Change": ("更改", "更改"),
    "You pay": ("您将支付", "您將支付"),
    "Merchant": ("商户", "商戶"),
    "Order": ("订单", "訂單"),
    "For": ("用途", "用途"),
    "Payment": ("支付", "支付"),
    "Payment number": ("支付编号", "支付編號"),
    "Pay": ("支付", "支付"),
    "Let the bank decline it": ("让银行拒付", "讓銀行拒付"),
    "Pay another amount": ("支付其他金额", "支付其他金額"),
    "Amount": ("金额", "金額"),
    "Less or more than is asked, to see what the merchant does.": (
        "少付或多付，看看商户如何处理。",
        "少付或多付，看看商戶如何處理。",
    ),
    "Leave without paying": ("不支付并离开", "不支付並離開"),
    "Back to the merchant": ("返回商户", "返回商戶"),
    "Paid": ("已支付", "已支付"),
    "Its time is over.": ("已过支付期限。", "已過支付期限。"),
    "The bank has declined this payment.": ("银行拒绝了这笔支付。", "銀行拒絕了這筆支付。"),
    "The payment has been made. The merchant is told by us, not by your browser.": (
        "支付已完成。我们会通知商户，与您的浏览器无关。",
        "支付已完成。我們會通知商戶，與您的瀏覽器無關。",
    ),
    "This cannot be done": ("无法执行", "無法執行"),
    "How it behaves from now on": ("从现在起的行为", "從現在起的行為"),
    "Copies of each notice": ("每条通知的份数", "每則通知的份數"),
    "Keep notices back (silence)": ("扣留通知（静默）", "扣留通知（靜默）"),
    "Kept back": ("已扣留", "已扣留"),
    "Send in order": ("按顺序发送", "按順序發送"),
    "Send newest first": ("倒序发送", "倒序發送"),
    "Payments": ("支付记录", "支付紀錄"),
    "Notices": ("通知", "通知"),
    "Attempts": ("发送记录", "發送紀錄"),
    "State": ("状态", "狀態"),
    "Time": ("时间", "時間"),
    "Event": ("事件", "事件"),
    "Answer": ("回应", "回應"),
    "Status": ("状态", "狀態"),
    "Tries": ("次数", "次數"),
    "No payment yet. Begin one at a merchant.": (
        "还没有支付。请从商户处发起。",
        "還沒有支付。請從商戶處發起。",
    ),
    "Nothing has been sent yet.": ("尚未发送任何通知。", "尚未發送任何通知。"),
    "Give back (refund, chargeback)": ("退款或拒付", "退款或拒付"),
    "Refunded": ("已退款", "已退款"),
    "Give back": ("退回", "退回"),
    "Send a notice of your own making": ("发送自定义通知", "發送自訂通知"),
    "What is left as it stands is true.": ("不改动的内容即为真实。", "不改動的內容即為真實。"),
    "Currency": ("币种", "幣種"),
    "Environment": ("环境", "環境"),
    "Event (empty: a new one)": ("事件（留空则新建）", "事件（留空則新建）"),
    "Signature": ("签名", "簽名"),
    "Bytes": ("报文", "報文"),
    "Copies": ("份数", "份數"),
    "Seconds the time is wrong": ("时间偏差（秒）", "時間偏差（秒）"),
    "Seconds until it is sent": ("延迟发送（秒）", "延遲發送（秒）"),
    "Send": ("发送", "發送"),
    "Save": ("保存", "儲存"),
    "As the payer sees it": ("付款人所见页面", "付款人所見頁面"),
    "waiting": ("等待中", "等待中"),
    "kept": ("已扣留", "已扣留"),
    "delivered": ("已送达", "已送達"),
    "given_up": ("已放弃", "已放棄"),
    "open": ("待支付", "待支付"),
    "paid": ("已支付", "已支付"),
    "declined": ("已拒付", "已拒付"),
    "good": ("正确", "正確"),
    "twice": ("重复两次", "重複兩次"),
    "truncated": ("截断", "截斷"),
    "empty": ("空", "空"),
    "missing": ("缺失", "缺失"),
    "another_secret": ("伪造密钥", "偽造密鑰"),
    "another_merchant": ("其他商户的签名", "其他商戶的簽名"),
    "as_signed": ("与签名一致", "與簽名一致"),
    "reserialised": ("重新序列化", "重新序列化"),
    "amount_twice": ("金额出现两次", "金額出現兩次"),
    "large": ("大报文", "大報文"),
    "huge": ("超大报文", "超大報文"),
    "no_json": ("非 JSON", "非 JSON"),
}
PLAIN: Final = {"given_up": "given up", "as_signed": "as signed"}


def language_of(request: HttpRequest) -> str:
    """Give the language that the reader chose, else the one that his browser asks for, else English."""
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    asked = request.headers.get("Accept-Language", "").split(",")[0].lower()
    if not asked.startswith("zh"):
        return "en"
    traditional = any(part in asked for part in ("hant", "tw", "hk", "mo"))
    return "zh-hant" if traditional else "zh-hans"


def said(english: str, language: str) -> str:
    """Give a text in a language; what is not in the table stays as it is."""
    if language == "en" or english not in WORDS:
        return PLAIN.get(english, english.replace("_", " ") if english.islower() else english)
    return WORDS[english][0 if language == "zh-hans" else 1]


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], english: str) -> str:
    """Say a text in the reader's language."""
    return said(str(english), str(context["language"]))


@register.filter
def moment(seconds: float | None) -> str:
    """Write seconds since 1970 as a moment in UTC."""
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
