"""The seven operations over HTTP: what each does, and what each refuses with nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.client import Caller, a_key, amount
from builders import (
    AT,
    STAFF,
    a_currency,
    a_customer,
    a_payee,
    a_rate,
    a_wallet,
    an_iso_currency,
    figures,
)
from tael.channels.channel import add_channel, change_channel, disable_channel
from tael.channels.currency import disable_currency
from tael.parties.customer import disable
from tael.wallet.wallet import disable_wallet

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet


def body(wallet: Wallet, text: str = "10", **more: Any) -> dict[str, Any]:
    return {"wallet": wallet.number, "amount": amount(text), **more}


@pytest.mark.rule("F-23", "F-39")
def test_a_recharge_is_liquid_at_once(house: Caller, wallet: Wallet) -> None:
    reply = house.post("/recharge", body(wallet, "10", channel="Alipay", pno="A-1"))

    assert reply.status == 201
    assert reply.body["wallets"][0]["figures"]["liquid"] == amount("110.00")
    assert reply.body["sno"].startswith("1")
    assert figures(wallet) == ("110.00", "0.00", "0.00")


@pytest.mark.rule("F-23", "A-F5")
def test_a_recharge_of_an_owner_opens_his_wallet(house: Caller) -> None:
    owner = a_customer()

    reply = house.post("/recharge", {"owner": owner, "amount": amount("1")})

    assert reply.status == 201
    assert reply.body["wallets"][0]["owner"] == owner


@pytest.mark.rule("F-08", "A-F17")
def test_spend_only_money_is_locked(house: Caller, wallet: Wallet) -> None:
    reply = house.post("/recharge", body(wallet, "5", spend_only=True))

    assert reply.body["wallets"][0]["figures"]["locked"] == amount("5.00")
    assert reply.body["wallets"][0]["figures"]["withdrawable"] == amount("100.00")


@pytest.mark.rule("F-26", "F-27")
def test_a_deduction_takes_locked_money_first(house: Caller) -> None:
    wallet = a_wallet(free="900", locked="100")

    reply = house.post("/deduct", body(wallet, "150"))

    assert reply.body["wallets"][0]["figures"]["locked"] == amount("0.00")
    assert figures(wallet) == ("850.00", "0.00", "0.00")


@pytest.mark.rule("F-28")
def test_a_transfer_moves_between_wallets(house: Caller, wallet: Wallet, theirs: Wallet) -> None:
    reply = house.post("/transfer", body(wallet, "30", target=theirs.number))

    assert reply.status == 201
    assert [each["number"] for each in reply.body["wallets"]] == [wallet.number, theirs.number]
    assert (figures(wallet)[0], figures(theirs)[0]) == ("70.00", "80.00")


@pytest.mark.rule("F-28", "A-F5")
def test_a_transfer_to_a_customer_opens_his_wallet(house: Caller, wallet: Wallet) -> None:
    reply = house.post("/transfer", body(wallet, "30", to=a_customer()))

    assert reply.status == 201
    assert reply.body["wallets"][1]["figures"]["liquid"] == amount("30.00")


@pytest.mark.rule("F-30", "F-31")
def test_freeze_and_unfreeze_name_their_hold(house: Caller, wallet: Wallet) -> None:
    frozen = house.post("/freeze", body(wallet, "40", reason="order 7"))
    thawed = house.post("/unfreeze", body(wallet, "15", hold=frozen.body["hold"]))

    assert (frozen.status, thawed.status) == (201, 201)
    assert figures(wallet) == ("75.00", "0.00", "25.00")


@pytest.mark.rule("F-32")
def test_a_withdrawal_leaves_to_a_payee_account(house: Caller, wallet: Wallet) -> None:
    payee = a_payee(wallet.owner)

    reply = house.post("/withdraw", body(wallet, "60", payee=payee, channel="Alipay"))

    assert reply.status == 201
    assert figures(wallet)[0] == "40.00"


@pytest.mark.rule("F-37")
def test_an_exchange_gives_what_the_rate_says(house: Caller, wallet: Wallet) -> None:
    a_currency("POINTS")
    a_rate("CNY/POINTS", "10")

    reply = house.post("/exchange", body(wallet, "5", into="POINTS"))

    assert reply.body["received"] == amount("50", "POINTS")


@pytest.mark.rule("F-37")
def test_an_exchange_at_a_quote_gives_what_was_promised(house: Caller, wallet: Wallet) -> None:
    an_iso_currency("USD")
    target = a_wallet(owner=wallet.owner, currency="USD")
    a_rate("CNY/USD", "0.14")
    quote = {"source": wallet.number, "target": target.number, "amount": amount("10")}
    promised = house.post("/quotes", quote).body

    reply = house.post(
        "/exchange", body(wallet, "10", target=target.number, quote=promised["number"])
    )

    assert reply.body["received"] == promised["received"] == amount("1.40", "USD")


REFUSED: dict[str, tuple[str, dict[str, Any], int, str, str | None]] = {
    "an unknown wallet": ("/recharge", {"wallet": 999999}, 404, "unknown_wallet", "wallet"),
    "an unknown owner": (
        "/recharge",
        {"wallet": None, "owner": 4},
        404,
        "unknown_customer",
        None,
    ),
    "wallet and owner": ("/recharge", {"owner": 10001}, 422, "one_of_two", "wallet"),
    "an unknown channel": ("/recharge", {"channel": "Nope"}, 404, "unknown_channel", "channel"),
    "a disabled channel": ("/recharge", {"channel": "Off"}, 409, "channel_disabled", "channel"),
    "a channel without the currency": (
        "/recharge",
        {"channel": "Dollars"},
        409,
        "channel_currency_refused",
        "channel",
    ),
    "an unknown currency": (
        "/recharge",
        {"amount": amount("1", "QQQ")},
        422,
        "unknown_currency",
        "amount.currency",
    ),
    "a disabled currency": (
        "/recharge",
        {"amount": amount("1", "HKD")},
        409,
        "currency_disabled",
        "amount.currency",
    ),
    "another currency than the wallet's": (
        "/recharge",
        {"amount": amount("1", "USD")},
        422,
        "currency_mismatch",
        "amount",
    ),
    "too much to deduct": (
        "/deduct",
        {"amount": amount("100.01")},
        409,
        "insufficient_funds",
        "amount",
    ),
    "locked money that would leave": (
        "/withdraw",
        {"amount": amount("100.01"), "payee": "PAYEE", "wallet": "GIFTED"},
        409,
        "locked_funds",
        "amount",
    ),
    "a foreign payee account": ("/withdraw", {"payee": "FOREIGN"}, 404, "unknown_payee", "payee"),
    "a transfer to itself": ("/transfer", {"target": "WALLET"}, 409, "same_wallet", "target"),
    "a transfer to nobody": ("/transfer", {}, 422, "one_of_two", "target"),
    "more than is frozen": ("/unfreeze", {}, 409, "insufficient_funds", "amount"),
    "a hold that is not there": ("/unfreeze", {"hold": 77}, 404, "unknown_hold", "hold"),
    "frozen money that is not there": (
        "/deduct",
        {"source": "frozen"},
        409,
        "insufficient_funds",
        "amount",
    ),
    "a hold that has expired before": (
        "/freeze",
        {"expires_at": "2020-01-01T00:00:00Z"},
        422,
        "expiry_passed",
        "expires_at",
    ),
    "an exchange without a rate": ("/exchange", {"into": "USD"}, 409, "rate_missing", "currency"),
    "a sno of another operation": (
        "/recharge",
        {"sno": "22020011516540610012"},
        422,
        "sno_malformed",
        "sno",
    ),
    "info that is no text": ("/recharge", {"info": "a\x00b"}, 422, "instruction_malformed", "info"),
}


@pytest.mark.rule("F-05", "F-38")
def test_a_refusal_names_rule_and_field_and_changes_nothing(
    house: Caller, wallet: Wallet, theirs: Wallet
) -> None:
    gifted = a_wallet(free="100", locked="50")
    prepare_registries()
    names = {
        "WALLET": wallet.number,
        "GIFTED": gifted.number,
        "PAYEE": a_payee(gifted.owner),
        "FOREIGN": a_payee(theirs.owner),
    }
    before = (figures(wallet), figures(gifted), house.get("/flows").body)

    for case, (path, given, status, code, field) in REFUSED.items():
        said = {name: names.get(str(value), value) for name, value in given.items()}
        reply = house.post(path, {**body(wallet, "1"), **said}, key=case.replace(" ", "-"))

        assert (reply.status, reply.code) == (status, code), case
        assert field is None or reply.body["field"] == field, case
        assert reply.body["remedy"], case
        assert (figures(wallet), figures(gifted), house.get("/flows").body) == before, case
    for case in REFUSED:  # a refused request has not used up its key
        assert house.post("/recharge", body(wallet, "1"), key=case.replace(" ", "-")).status == 201


def prepare_registries() -> None:
    an_iso_currency("USD")
    an_iso_currency("HKD")
    disable_currency(code="HKD", actor=STAFF, at=AT)
    add_channel(identifier="Off", name="Off", actor=STAFF, at=AT)
    disable_channel(identifier="Off", actor=STAFF, at=AT)
    add_channel(identifier="Dollars", name="Dollars", actor=STAFF, at=AT)
    change_channel(identifier="Dollars", currencies="USD", actor=STAFF, at=AT)


@pytest.mark.rule("F-38")
def test_insufficient_funds_name_what_is_there(house: Caller, wallet: Wallet) -> None:
    reply = house.post("/deduct", body(wallet, "100.01"))

    assert "100.00 CNY" in reply.body["there"]
    assert reply.body["retry"] is True


@pytest.mark.rule("F-38")
def test_a_disabled_customer_or_wallet_is_refused(
    house: Caller, wallet: Wallet, theirs: Wallet
) -> None:
    disable(number=wallet.owner, reason="checked", actor=STAFF, at=AT)
    disable_wallet(wallet=theirs, reason="checked", actor=STAFF, at=AT)

    assert house.post("/deduct", body(wallet)).code == "customer_disabled"
    assert house.post("/deduct", body(theirs)).code == "wallet_disabled"


@pytest.mark.rule("T14", "F-38")
def test_a_customers_key_moves_only_his_own_money(wallet: Wallet, theirs: Wallet) -> None:
    own = a_key(customer=wallet.owner)
    absent = own.post("/transfer", {**body(wallet), "wallet": 999999, "target": wallet.number})

    foreign = own.post("/transfer", body(theirs, target=wallet.number))

    assert foreign.status == absent.status == 404
    assert drop(foreign.body) == drop(absent.body)
    assert figures(theirs)[0] == "50.00"


def drop(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem without what repeats the request."""
    return {name: fact for name, fact in problem.items() if name not in {"request_id", "there"}}


@pytest.mark.rule("T14")
def test_a_customer_does_not_see_the_receivers_figures(wallet: Wallet, theirs: Wallet) -> None:
    own = a_key(customer=wallet.owner)

    reply = own.post("/transfer", body(wallet, target=theirs.number))

    assert reply.status == 201
    assert [each["number"] for each in reply.body["wallets"]] == [wallet.number]


@pytest.mark.rule("F-03", "T14")
def test_a_customers_key_cannot_speak_as_the_back_office(wallet: Wallet, theirs: Wallet) -> None:
    own = a_key(customer=wallet.owner)

    reply = own.post("/transfer", body(wallet, target=theirs.number, channel="Admin"))

    assert (reply.status, reply.code) == (403, "channel_reserved")


def test_who_prefers_it_short_gets_no_figures(house: Caller, wallet: Wallet) -> None:
    reply = house.send(
        "POST", "/deduct", body(wallet), key="new", headers={"Prefer": "return=minimal"}
    )

    assert (reply.status, reply.body["wallets"]) == (201, [])
    assert reply.headers["Preference-Applied"] == "return=minimal"
