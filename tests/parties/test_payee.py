from datetime import UTC, datetime

import pytest

from tael.parties import queries
from tael.parties.customer import CustomerDisabled, UnknownCustomer, disable, register
from tael.parties.payee import (
    PayeeClosed,
    PayeeMalformed,
    UnknownPayee,
    add_payee,
    close_payee,
    payee,
)
from tael.parties.text import TextMalformed

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def li(db):
    return register(name="Li", number=10012, at=AT)


@pytest.fixture
def wang(db):
    return register(name="Wang", number=10010, at=AT)


def a_payee(customer: int, **changes):
    facts = {"kind": "bank", "holder": "Li", "details": {"bank": "工商银行", "account": "6222"}}
    return add_payee(**{"customer": customer, "actor": "user:1", "at": AT} | facts | changes)


@pytest.mark.rule("F-32")
def test_a_payee_account_is_found_by_its_owner(li):
    added = a_payee(10012, kind="alipay")

    found = payee(added.pk, 10012)

    assert (found.kind, found.holder, found.details["account"]) == ("alipay", "Li", "6222")


def test_another_customers_payee_account_is_answered_as_one_that_is_not_there(li, wang):
    foreign = a_payee(10010)

    with pytest.raises(UnknownPayee) as of_another:
        payee(foreign.pk, 10012)
    with pytest.raises(UnknownPayee) as absent:
        payee(foreign.pk + 1, 10012)

    told = of_another.value.as_dict()
    assert {**told, "detail": "", "there": ""} == {
        **absent.value.as_dict(),
        "detail": "",
        "there": "",
    }
    assert told["detail"] == f"customer 10012 has no payee account {foreign.pk}"


def test_a_number_that_is_none_is_unknown(li):
    for number in (0, -1, 2**63, "17", None, True):
        with pytest.raises(UnknownPayee):
            payee(number, 10012)


def test_a_closed_payee_account_is_refused_and_stays_readable(li):
    added = a_payee(10012)
    close_payee(number=added.pk, customer=10012, actor="user:1", at=AT)
    close_payee(number=added.pk, customer=10012, actor="user:1", at=AT)

    with pytest.raises(PayeeClosed):
        payee(added.pk, 10012)
    assert not payee(added.pk, 10012, closed_too=True).active
    assert [r.action for r in queries.audit_trail(subject=f"payee:{added.pk}")] == [
        "payee.close",
        "payee.add",
    ]


def test_nobody_closes_anothers_payee_account(li, wang):
    foreign = a_payee(10010)

    with pytest.raises(UnknownPayee):
        close_payee(number=foreign.pk, customer=10012, actor="user:1", at=AT)

    assert payee(foreign.pk, 10010).active


def test_what_is_malformed_is_refused_by_name(li):
    for changes, field, refusal in (
        ({"kind": "Bank account"}, "kind", PayeeMalformed),
        ({"kind": None}, "kind", PayeeMalformed),
        ({"holder": ""}, "holder", TextMalformed),
        ({"details": {"Account No": "1"}}, "details", PayeeMalformed),
        ({"details": {"account": 6222}}, "details.account", TextMalformed),
        ({"details": {"account": "1\n2"}}, "details.account", TextMalformed),
        ({"details": {f"n{i}": "x" for i in range(21)}}, "details", PayeeMalformed),
        ({"details": ["account"]}, "details", PayeeMalformed),
    ):
        with pytest.raises(refusal) as refused:
            a_payee(10012, **changes)

        assert refused.value.field == field
    assert queries.payees(customer=10012) == []


def test_only_a_customer_in_good_standing_adds_one(li):
    disable(number=10012, reason="why", actor="user:10000", at=AT)

    with pytest.raises(CustomerDisabled):
        a_payee(10012)
    with pytest.raises(UnknownCustomer):
        a_payee(99999)
