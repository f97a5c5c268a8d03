from datetime import UTC, datetime

import pytest
from django.db import transaction

from tael import books
from tael.channels import queries
from tael.channels.channel import (
    ChannelCurrencyRefused,
    ChannelDisabled,
    ChannelExists,
    ChannelMalformed,
    UnknownChannel,
    add_channel,
    change_channel,
    disable_channel,
    enable_channel,
    usable,
)
from tael.channels.currency import disable_currency
from tael.parties.queries import audit_trail
from tael.parties.text import TextMalformed

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BY = {"actor": "user:10000", "at": AT}


@pytest.mark.rule("F-03")
def test_the_seven_channels_of_the_table_are_there_and_take_every_currency(db):
    there = {channel.identifier: channel.name for channel in queries.channels()}

    assert there == {
        "KeyCard": "點卡充值",
        "Admin": "后臺操作",
        "System": "系統操作",
        "Alipay": "支付寶",
        "WeChat": "微信",
        "QQwallet": "QQ錢包",
        "PayPal": "貝寶PayPal",
    }
    assert {channel.currencies for channel in queries.channels()} == {"ALL"}


@pytest.mark.rule("F-03")
def test_administrators_add_channels(db):
    added = add_channel(
        identifier="UnionPay", name="銀聯", description="bank cards", currencies="CNY", **BY
    )

    assert usable("UnionPay", "CNY") == added
    assert queries.channel("UnionPay").description == "bank cards"
    assert [r.action for r in audit_trail(subject="channel:UnionPay")] == ["channel.add"]


@pytest.mark.rule("F-04")
def test_the_currency_parameter_says_which_currencies_a_channel_takes(db):
    for currencies, kept, taken, refused in (
        ("ALL", "ALL", ["CNY", "USD", "POINT"], []),
        ("CNY", "CNY", ["CNY"], ["USD", "EUR"]),
        ("CNY,USD", "CNY,USD", ["CNY", "USD"], ["EUR", "POINT"]),
        ("CNY, USD,CNY", "CNY,USD", ["CNY", "USD"], ["EUR", "POINT"]),
    ):
        changed = change_channel(identifier="Alipay", currencies=currencies, **BY)

        assert changed.currencies == kept
        for code in taken:
            assert usable("Alipay", code) == changed
        for code in refused:
            with pytest.raises(ChannelCurrencyRefused):
                usable("Alipay", code)


@pytest.mark.rule("F-05", "X-F14")
def test_a_channel_for_cny_and_usd_refuses_euros(db):
    add_channel(identifier="Bank", name="Bank", currencies="CNY,USD", **BY)

    with pytest.raises(ChannelCurrencyRefused) as refused:
        usable("Bank", "EUR", field="mtype")

    assert refused.value.as_dict() == {
        "code": "channel_currency_refused",
        "detail": "channel Bank does not take EUR",
        "field": "mtype",
        "rule": "F-05",
        "there": "EUR",
        "allowed": "CNY,USD",
        "remedy": ChannelCurrencyRefused.remedy,
        "retry": False,
    }


@pytest.mark.rule("F-04")
def test_a_parameter_that_is_none_is_refused(db):
    odd = (
        "",
        ",",
        "CNY,",
        "CNY,,USD",
        "ALL,CNY",
        "CNY，USD",
        "CNY;USD",
        "cny",
        "XYZ",
        "CNY,XYZ",
        "all",
        None,
    )
    for currencies in odd:
        with pytest.raises((ChannelMalformed, books.UnknownCurrency)) as refused:
            add_channel(identifier="Bank", name="Bank", currencies=currencies, **BY)

        assert refused.value.field == "currencies"
    assert queries.channel("Bank") is None


def test_an_identifier_is_letters_and_digits(db):
    for identifier in ("", "B", "9Bank", "Bank:1", "Bank 1", "銀行", "B" * 33, None):
        with pytest.raises(ChannelMalformed):
            add_channel(identifier=identifier, name="Bank", **BY)


def test_no_two_channels_differ_only_in_capitals(db):
    for identifier in ("Alipay", "alipay", "ALIPAY"):
        with pytest.raises(ChannelExists):
            add_channel(identifier=identifier, name="Bank", **BY)

    assert queries.channel("Alipay").name == "支付寶"


@pytest.mark.rule("F-03")
def test_an_unknown_channel_is_refused_naming_the_field(db):
    for identifier in ("Bank", "alipay", "", None, 5, ["Alipay"]):
        with pytest.raises(UnknownChannel) as refused:
            usable(identifier, "CNY", field="mtype")

        assert refused.value.field == "mtype"
        assert "Alipay" in refused.value.allowed


def test_a_channel_switched_off_is_refused_at_once(db):
    usable("Alipay", "CNY")
    disable_channel(identifier="Alipay", **BY)

    with pytest.raises(ChannelDisabled):
        usable("Alipay", "CNY")

    enable_channel(identifier="Alipay", **BY)
    assert usable("Alipay", "CNY").enabled


def test_a_channel_switched_off_elsewhere_is_refused_within_a_second(db, owner):
    from time import monotonic, sleep

    usable("Alipay", "CNY")
    owner.execute("UPDATE channels_channel SET enabled = false WHERE identifier = 'Alipay'")
    owner.commit()
    until = monotonic() + 1
    refused = False
    while not refused and monotonic() < until:
        try:
            usable("Alipay", "CNY")
        except ChannelDisabled:
            refused = True
        sleep(0.02)
    owner.execute("UPDATE channels_channel SET enabled = true WHERE identifier = 'Alipay'")
    owner.commit()  # else the doctor finds a channel that nobody has switched off

    assert refused


def test_a_switch_that_is_rolled_back_was_never_there(db):
    usable("Alipay", "CNY")
    with transaction.atomic():
        disable_channel(identifier="Alipay", **BY)
        with pytest.raises(ChannelDisabled):
            usable("Alipay", "CNY")
        transaction.set_rollback(True)

    assert usable("Alipay", "CNY").enabled
    assert audit_trail() == []


def test_a_currency_switched_off_is_refused_on_every_channel(db):
    disable_currency(code="USD", **BY)

    with pytest.raises(books.CurrencyDisabled):
        usable("Alipay", "USD")
    with pytest.raises(books.UnknownCurrency):
        usable("Alipay", "XYZ")


def test_a_change_is_recorded_with_what_was_there_before(db):
    change_channel(identifier="Alipay", name="Alipay CN", currencies="CNY", **BY)
    change_channel(identifier="Alipay", name="Alipay CN", **BY)  # changes nothing

    (record,) = audit_trail(subject="channel:Alipay")
    assert record.details == {
        "before": {"name": "支付寶", "currencies": "ALL"},
        "after": {"name": "Alipay CN", "currencies": "CNY"},
    }
    with pytest.raises(ChannelCurrencyRefused):
        usable("Alipay", "USD")


def test_only_what_changes_is_recorded(db):
    for act in (disable_channel, disable_channel, enable_channel, enable_channel):
        act(identifier="Alipay", **BY)

    assert [r.action for r in audit_trail()] == ["channel.enable", "channel.disable"]


def test_words_that_cannot_be_kept_are_refused(db):
    for changes in (
        {"name": ""},
        {"description": "a\nb"},
        {"name": "x" * 101},
        {"description": "x" * 501},
    ):
        with pytest.raises(TextMalformed):
            change_channel(identifier="Alipay", **changes, **BY)

    assert queries.channel("Alipay").name == "支付寶"


def test_an_unknown_channel_is_not_changed(db):
    for act in (disable_channel, enable_channel, change_channel):
        with pytest.raises(UnknownChannel):
            act(identifier="Bank", **BY)
