import json
from datetime import UTC, datetime, timedelta

import pytest

from tael.channels.gateways.base import (
    NOTICE_MAX_BYTES,
    Gateway,
    Notice,
    NoticeForAnother,
    NoticeForged,
    NoticeFromOtherEnvironment,
    NoticeRefused,
    NoticeTooLarge,
    NoticeUnreadable,
    NoticeUnsigned,
    NoticeUntimely,
    Order,
)
from tael.channels.gateways.signed_notice import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TIME_HEADER,
    parse_secret,
    prove,
)
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.money import Money, iso_currency

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET, OLDER_SECRET = bytes(range(24)), bytes(range(1, 25))
PAID = Notice(
    event_id="evt_1",
    order_number="186",
    amount="1.00",
    currency="CNY",
    status="paid",
    gateway_number="GW-77",
    paid_at=AT,
)
FACTS = {
    "merchant": "tael-demo",
    "environment": "test",
    "order": "186",
    "amount": "1.00",
    "currency": "CNY",
    "status": "paid",
    "number": "GW-77",
}


def gateway(**changes) -> SignedTestGateway:
    return SignedTestGateway(
        **{"channel": "Alipay", "merchant": "tael-demo", "secrets": (SECRET,)} | changes
    )


def test_it_does_what_a_gateway_must():
    assert isinstance(gateway(), Gateway)


@pytest.mark.rule("F-25")
def test_a_genuine_notice_is_read_as_it_was_signed():
    sent = gateway().pay(PAID, at=AT)

    assert gateway().read_notice(sent.raw, sent.headers, at=AT) == PAID


def test_the_form_of_the_signature_is_that_of_standard_webhooks():
    """The example of the Standard Webhooks specification's own libraries."""
    secret = parse_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    raw = b'{"test": 2432232314}'
    seconds = 1614265330

    headers = {
        ID_HEADER: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        TIME_HEADER: str(seconds),
        SIGNATURE_HEADER: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }

    told = prove((secret,), raw, headers, datetime.fromtimestamp(seconds, UTC))

    assert told == "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_names_of_headers_come_in_any_capitals():
    sent = gateway().pay(PAID, at=AT)
    shouted = {name.upper(): text for name, text in sent.headers.items()}

    assert gateway().read_notice(sent.raw, shouted, at=AT) == PAID


@pytest.mark.parametrize("secrets", [(SECRET, OLDER_SECRET), (OLDER_SECRET, SECRET)])
def test_while_a_secret_is_replaced_both_are_good(secrets):
    sent = gateway().pay(PAID, at=AT)

    assert gateway(secrets=secrets).read_notice(sent.raw, sent.headers, at=AT) == PAID


def test_one_good_signature_among_several_is_enough():
    sent = gateway().pay(PAID, at=AT)
    other = gateway(secrets=(OLDER_SECRET,)).pay(PAID, at=AT)
    both = {
        SIGNATURE_HEADER: f"{other.headers[SIGNATURE_HEADER]} {sent.headers[SIGNATURE_HEADER]} v1a,xyz"
    }

    assert gateway().read_notice(sent.raw, sent.headers | both, at=AT) == PAID


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_notice_is_good_for_five_minutes_on_either_side(seconds):
    sent = gateway().pay(PAID, at=AT)

    assert gateway().read_notice(sent.raw, sent.headers, at=AT + timedelta(seconds=seconds)) == PAID


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_a_notice_from_another_time_is_refused(seconds):
    sent = gateway().pay(PAID, at=AT)

    with pytest.raises(NoticeUntimely):
        gateway().read_notice(sent.raw, sent.headers, at=AT + timedelta(seconds=seconds))


def changed(headers: dict[str, str], **changes: str | None) -> dict[str, str]:
    merged = headers | {f"webhook-{name}": text for name, text in changes.items()}
    return {name: text for name, text in merged.items() if text is not None}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"signature": None}, NoticeUnsigned),
        ({"signature": ""}, NoticeUnsigned),
        ({"signature": "v1,"}, NoticeUnsigned),
        ({"signature": "v2,abc"}, NoticeUnsigned),
        ({"id": None}, NoticeUnsigned),
        ({"id": "evt\n1"}, NoticeUnsigned),
        ({"timestamp": None}, NoticeUnsigned),
        ({"timestamp": "now"}, NoticeUnsigned),
        ({"timestamp": "-1"}, NoticeUnsigned),
        ({"timestamp": "９"}, NoticeUnsigned),
        ({"signature": "v1,bm90IG9uZQ=="}, NoticeForged),
        ({"signature": "v1,é"}, NoticeForged),
        ({"signature": " ".join(["v1,x"] * 1000)}, NoticeForged),
        ({"id": "evt_2"}, NoticeForged),
        ({"timestamp": str(int(AT.timestamp()) + 1)}, NoticeForged),
    ],
)
def test_a_signature_that_is_missing_or_wrong_is_refused(changes, refusal):
    sent = gateway().pay(PAID, at=AT)

    with pytest.raises(refusal):
        gateway().read_notice(sent.raw, changed(sent.headers, **changes), at=AT)


def test_a_truncated_signature_is_refused():
    sent = gateway().pay(PAID, at=AT)
    short = sent.headers | {SIGNATURE_HEADER: sent.headers[SIGNATURE_HEADER][:-2]}

    with pytest.raises(NoticeForged):
        gateway().read_notice(sent.raw, short, at=AT)


def test_the_bytes_count_and_not_what_they_say():
    sent = gateway().pay(PAID, at=AT)
    same_facts = json.dumps(json.loads(sent.raw)).encode()

    with pytest.raises(NoticeForged):
        gateway().read_notice(same_facts, sent.headers, at=AT)


def test_an_altered_amount_is_refused():
    sent = gateway().pay(PAID, at=AT)

    with pytest.raises(NoticeForged):
        gateway().read_notice(sent.raw.replace(b"1.00", b"9.00"), sent.headers, at=AT)


def test_a_genuine_notice_for_another_merchant_is_refused():
    sent = gateway(merchant="somebody").pay(PAID, at=AT)

    with pytest.raises(NoticeForAnother):
        gateway().read_notice(sent.raw, sent.headers, at=AT)


@pytest.mark.parametrize("ours", ["test", "live"])
def test_play_money_is_refused_in_live_and_live_money_in_test(ours):
    theirs = "live" if ours == "test" else "test"
    sent = gateway(environment=theirs).pay(PAID, at=AT)

    with pytest.raises(NoticeFromOtherEnvironment):
        gateway(environment=ours).read_notice(sent.raw, sent.headers, at=AT)


def test_a_notice_larger_than_any_gateways_is_not_even_read():
    sent = gateway().sign("evt_1", FACTS | {"padding": "x" * NOTICE_MAX_BYTES}, at=AT)

    with pytest.raises(NoticeTooLarge):
        gateway().read_notice(sent.raw, sent.headers, at=AT)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"paid"',
        b"{",
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b"order=186&amount=1",
    ],
)
def test_what_is_no_notice_is_refused(raw):
    with pytest.raises(NoticeUnreadable):
        gateway().read_notice(raw, {}, at=AT)


@pytest.mark.parametrize("missing", FACTS)
def test_a_notice_without_one_of_its_parts_is_refused(missing):
    sent = gateway().sign("evt_1", {k: v for k, v in FACTS.items() if k != missing}, at=AT)

    with pytest.raises(NoticeUnreadable) as refused:
        gateway().read_notice(sent.raw, sent.headers, at=AT)

    assert refused.value.field == missing


@pytest.mark.parametrize("odd", [1, 1.0, True, None, [], {"a": "b"}, "", "a b", "金", "x" * 65])
def test_a_part_that_is_no_plain_text_is_refused(odd):
    sent = gateway().sign("evt_1", FACTS | {"amount": odd}, at=AT)

    with pytest.raises(NoticeUnreadable):
        gateway().read_notice(sent.raw, sent.headers, at=AT)


def test_a_part_that_stands_twice_is_refused():
    raw = json.dumps(FACTS)[:-1].encode() + b',"amount":"0.01"}'

    with pytest.raises(NoticeUnreadable):
        gateway().read_notice(raw, {}, at=AT)


def test_words_of_a_newer_gateway_are_left_aside():
    sent = gateway().sign("evt_1", FACTS | {"note": {"a": 1}, "status": "on_hold"}, at=AT)

    told = gateway().read_notice(sent.raw, sent.headers, at=AT)

    assert (told.status, told.paid) == ("on_hold", False)


@pytest.mark.parametrize(
    ("told", "read"), [("yesterday", None), (5, None), ("2026-03-01T12:00:00", AT)]
)
def test_the_moment_of_payment_never_stands_in_the_way_of_the_money(told, read):
    sent = gateway().sign("evt_1", FACTS | {"paid_at": told}, at=AT)

    assert gateway().read_notice(sent.raw, sent.headers, at=AT).paid_at == read


def test_every_refusal_of_a_notice_has_a_code_of_its_own():
    kinds = NoticeRefused.__subclasses__()

    assert len({kind.code for kind in kinds}) == len(kinds) == 7


@pytest.mark.rule("F-25")
def test_the_payer_is_sent_with_our_amount_and_our_number():
    order = Order(number="186", amount=Money(100, iso_currency("CNY")), return_url="/back")

    sent = gateway().checkout(order)

    assert dict(sent.parameters) == {
        "channel": "Alipay",
        "merchant": "tael-demo",
        "order": "186",
        "amount": "1.00",
        "currency": "CNY",
        "return_url": "/back",
    }


def test_a_payment_whose_notice_was_lost_can_be_asked_for():
    asked = gateway()
    asked.pay(PAID, at=AT)

    assert asked.query("186", at=AT) == (PAID,)
    assert asked.query("187", at=AT) == ()


@pytest.mark.parametrize("secrets", [(), (b"short",), (SECRET, b""), (b"x" * 65,)])
def test_no_gateway_stands_without_good_secrets(secrets):
    with pytest.raises(ValueError, match="24 to 64"):
        gateway(secrets=secrets)


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_%%%", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
)
def test_a_secret_in_another_form_is_refused_and_not_repeated(text):
    with pytest.raises(ValueError, match="24 to 64 bytes") as refused:
        parse_secret(text)

    assert not text or text not in str(refused.value) or text == "whsec_"


def test_secrets_are_not_shown():
    assert "secrets" not in repr(gateway())
