"""The channels of the seed's table (F-03), and the currencies and points that a fresh installation has (F-11)."""

from typing import Any

from django.db import migrations

from tael import ledger
from tael.money import Currency, iso_currency

CHANNELS = (
    ("KeyCard", "點卡充值", "虛擬點卡在線充值 · a virtual card recharged online"),
    ("Admin", "后臺操作", "后臺資金操作 · a fund operation made in the back office"),
    ("System", "系統操作", "系統進行資金操作 · an operation made by the system"),
    ("Alipay", "支付寶", "支付寶資金操作 · an operation over Alipay"),
    ("WeChat", "微信", "微信資金操作 · an operation over WeChat"),
    ("QQwallet", "QQ錢包", "QQ錢包資金操作 · an operation over QQ wallet"),
    ("PayPal", "貝寶PayPal", "PayPal資金操作 · an operation over PayPal"),
)
MONEY = ("CNY", "USD", "HKD", "EUR", "JPY")
POINTS = Currency("POINT", 0, "points", "積分 · points")


def enter(_apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection.connection
    for currency in (*map(iso_currency, MONEY), POINTS):
        ledger.define_currency(connection, currency)
        connection.execute(
            "INSERT INTO books_currency (code, enabled, registered_at) VALUES (%s, true, now())",
            [currency.code],
        )
    for channel in CHANNELS:
        connection.execute(
            "INSERT INTO channels_channel (identifier, name, description, currencies, enabled, added_at)"
            " VALUES (%s, %s, %s, 'ALL', true, now())",
            channel,
        )


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial"), ("books", "0001_main_book")]

    operations = [migrations.RunPython(enter)]  # no way back: the books may have used them
