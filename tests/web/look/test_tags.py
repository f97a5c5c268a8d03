"""Fields, refusals, amounts and icons are drawn so that everybody can read them."""

from __future__ import annotations

import re

import pytest
from django import forms

from tael.money import Money, iso_currency
from tael.refusal import Refusal
from tael.web.look.formats import bound
from tael.web.look.language import speaking
from tael.web.look.site import HOUSE
from tael.web.look.tags import first_sentence


class Poor(Refusal):
    """There is less in the wallet
    than was asked for.

    And more about it.
    """

    remedy = "Ask for less."


Poor.code = "poor"
REFUSAL = Poor("Wallet 7 has 5.00 CNY.", field="amount", there="5.00 CNY", allowed="up to <5.00>")


class Payment(forms.Form):
    amount = forms.CharField(label="Amount", help_text="In CNY")
    currency = forms.ChoiceField(choices=[("CNY", "CNY")], required=False)
    note = forms.CharField(widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(required=False)


def field(render, form, name, **facts):
    return render('{% include "look/field.html" %}', field=form[name], **facts)


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("amount", "input w-full"),
        ("currency", "select w-full"),
        ("note", "textarea w-full"),
        ("agreed", "checkbox"),
    ],
)
def test_each_input_is_drawn_as_its_kind(render, name, classes):
    shown = field(render, Payment(), name)

    assert f'class="{classes}"' in shown
    assert f'for="id_{name}"' in shown
    assert "aria-invalid" not in shown


def test_a_field_that_is_wrong_says_so_to_eyes_and_voices(render):
    shown = field(render, Payment({}), "amount")

    assert "input-error" in shown
    assert 'aria-invalid="true"' in shown
    described = re.search(r'aria-describedby="([^"]+)"', shown)[1].split()
    assert [f'id="{name}"' in shown for name in described] == [True, True]
    assert "This field is required." in shown


def test_a_refusal_stands_beside_the_field_that_it_names(render):
    form = Payment({"amount": "9"})

    assert "Wallet 7 has 5.00 CNY." in field(render, form, "amount", refusal=REFUSAL)
    assert "Wallet 7 has 5.00 CNY." not in field(render, form, "note", refusal=REFUSAL)


def test_a_refusal_shows_all_that_it_knows_and_nothing_as_markup(render):
    shown = render('{% include "look/refusal.html" %}', refusal=REFUSAL)

    for text in (
        "Wallet 7 has 5.00 CNY.",
        "Ask for less.",
        "5.00 CNY",
        "up to &lt;5.00&gt;",
        "poor",
    ):
        assert text in shown
    assert 'role="alert"' in shown
    assert render('{% include "look/refusal.html" %}').strip() == ""


def test_in_another_language_the_cause_is_said_if_it_is_translated(render, monkeypatch):
    cause = "There is less in the wallet than was asked for."
    assert first_sentence(Poor) == cause
    words = {cause: "錢包餘額不足。"}
    monkeypatch.setattr("tael.web.look.tags.gettext", lambda text: words.get(text, text))

    with speaking(HOUSE, "zh-hant"):
        assert render("{{ refusal|cause }}", refusal=REFUSAL) == "錢包餘額不足。"
        words.clear()
        assert render("{{ refusal|cause }}", refusal=REFUSAL) == "Wallet 7 has 5.00 CNY."
    assert render("{{ refusal|cause }}", refusal=REFUSAL) == "Wallet 7 has 5.00 CNY."


def test_roles_that_would_be_allowed_are_called_by_their_names():
    assert bound("finance_maker, admin") == "Finance, maker · Administrator"
    assert (bound("CNY, USD"), bound("")) == ("CNY, USD", "")
    with speaking(HOUSE, "zh-hans"):
        assert bound("finance_checker") == "财务复核"


def test_an_amount_is_shown_with_its_currency_and_copied_as_digits(render):
    money = Money(-123456789, iso_currency("CNY"))
    shown = render('{% include "look/money.html" with money=money signed=True %}', money=money)

    assert re.sub(r"<[^>]+>", "", shown).strip() == "−1234567.89 CNY"
    assert "money-out" in shown

    nothing = render(
        '{% include "look/money.html" with money=money signed=True %}',
        money=Money(0, iso_currency("CNY")),
    )
    assert re.sub(r"<[^>]+>", "", nothing).strip() == "0.00 CNY"


def test_an_icon_says_nothing_to_a_voice(render):
    shown = render('{% icon "wallet" "size-6" %}')

    assert 'aria-hidden="true"' in shown
    assert re.search(r'href="/static/look/icons\.svg(\?v=\w+)?#wallet"', shown)


def test_the_pages_of_a_list_are_offered_as_far_as_there_are_any(render):
    shown = render('{% include "look/paging.html" %}', next="cursor=7&q=1")

    assert 'href="?cursor=7&amp;q=1"' in shown
    assert "First page" not in shown
    assert render('{% include "look/paging.html" %}').strip() == ""
    first = render('{% include "look/paging.html" with first=True %}', path="/portal/x")
    assert 'href="/portal/x"' in first
