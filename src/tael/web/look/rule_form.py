"""The form of a rule for automatic withdrawal, the same on both sites, and how what was typed is read.

Source: B-33, B-36; peers-settlement-invest A17.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael.money import parse_amount
from tael.settlement.payouts.payout_rule import AccountRule, PayoutRuleMalformed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.payouts.payout_rule import PayoutRule

SCHEDULES: Final = {"month": _("every month"), "week": _("every week"), "day": _("every day")}
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")


class RuleForm(forms.Form):
    """When an account is paid out by itself, and how much of it."""

    active = forms.ChoiceField(
        label=_("Automatic withdrawal"), choices=[("on", _("on")), ("off", _("off"))]
    )
    schedule = forms.ChoiceField(label=_("How often"), choices=list(SCHEDULES.items()))
    day = forms.CharField(
        label=_("On which day"),
        help_text=_("1 to 28 of a month, or 1 (Monday) to 7 of a week."),
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 2}
        ),
    )
    trigger = forms.CharField(
        label=_("Only above"),
        help_text=_("Nothing is paid out while the account holds no more than this."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    keep_back = forms.CharField(
        label=_("Stays on the account"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    cap = forms.CharField(
        label=_("At most at once"),
        help_text=_("Left empty, there is no bound."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    payee = forms.ChoiceField(label=_("Pay to"))

    def __init__(self, *given: Any, payees: Iterable[tuple[str, str]], **named: Any) -> None:
        """Offer these payee accounts: number and name of each."""
        super().__init__(*given, **{**named, "use_required_attribute": False})
        self.fields["payee"].choices = list(payees)  # type: ignore[attr-defined]


def said_rule(rule: AccountRule) -> str:
    """Tell who has set a rule what is so now."""
    if rule.active:
        return gettext("The rule is in force.")
    return gettext("The rule is kept, and it is off: nothing is paid out by itself.")


def shown_rule(account: MerchantAccount, row: PayoutRule | None) -> dict[str, str]:
    """Give a rule as the form shows it; without one, what is usual (A-B5, A-B17)."""
    if row is None:
        return {"active": "off", "schedule": "month", "day": "1"}
    return {
        "active": "on" if row.active else "off",
        "schedule": row.schedule,
        "day": str(row.day),
        "trigger": account.money(row.trigger).text if row.trigger else "",
        "keep_back": account.money(row.keep_back).text if row.keep_back else "",
        "cap": "" if row.cap is None else account.money(row.cap).text,
        "payee": str(row.payee),
    }


def read_rule(sent: Mapping[str, str], account: MerchantAccount) -> AccountRule:
    """Read what was typed.

    Raises:
        PayoutRuleMalformed, and those of ``parse_amount``: naming the field.

    Source: A17.
    """
    typed = {name: sent.get(name, "").strip()[:40] for name in RuleForm.base_fields}
    for name, words in (("active", ("on", "off")), ("schedule", tuple(SCHEDULES))):
        if typed[name] not in words:
            message = f"{name} is malformed."
            raise PayoutRuleMalformed(message, field=name, allowed=", ".join(words))

    def amount(name: str) -> int | None:
        text = typed[name]
        if not text:
            return None
        return parse_amount(text, account.currency, field=name, allow_zero=name != "cap").minor

    # a day that was emptied is refused: nobody said on which one
    day = typed["day"] if "day" in sent else "1"
    return AccountRule(
        payee=int(typed["payee"]) if _NUMBER.fullmatch(typed["payee"]) else 0,
        active=typed["active"] == "on",
        schedule=typed["schedule"],
        day=1 if typed["schedule"] == "day" else int(day) if _NUMBER.fullmatch(day) else 0,
        trigger=amount("trigger") or 0,
        keep_back=amount("keep_back") or 0,
        cap=amount("cap"),
    )
