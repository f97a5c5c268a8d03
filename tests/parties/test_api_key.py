import hashlib
from datetime import UTC, datetime

import pytest

from tael.parties import queries
from tael.parties.api_key import (
    UnknownApiKey,
    authenticate,
    create_api_key,
    require,
    revoke_api_key,
)
from tael.parties.customer import UnknownCustomer, disable, register
from tael.parties.models import ApiKey
from tael.parties.scopes import (
    CUSTOMER_SCOPES,
    SCOPES,
    ScopeMissing,
    ScopeNotForCustomer,
    UnknownScope,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_key(*scopes: str, **changes):
    return create_api_key(
        **{"name": "shop", "scopes": scopes or ("wallets:read",), "actor": "user:10000", "at": AT}
        | changes
    )


def test_a_key_is_found_by_its_text(db):
    made = a_key("wallets:read", "operations:recharge")

    found = authenticate(made.text)

    assert found is not None
    assert (found.pk, found.actor) == (made.key.pk, f"key:{made.key.pk}")
    assert found.scopes == ["operations:recharge", "wallets:read"]


def test_the_text_is_kept_nowhere(db, owner):
    made = a_key()
    whole = owner.execute("SELECT k::text FROM parties_api_key k").fetchall()
    trail = owner.execute("SELECT a::text FROM parties_audit a").fetchall()

    assert made.text not in str(whole + trail)
    assert bytes(ApiKey.objects.get().digest) == hashlib.sha256(made.text.encode()).digest()


def test_each_key_has_256_bits_of_its_own(db):
    texts = {a_key().text for _ in range(20)}

    assert len(texts) == 20
    assert all(len(text) == len("tael_") + 43 for text in texts)


def test_another_text_finds_nothing(db):
    a_key()

    odd = ("", "tael_", "Bearer x", "tael_" + "é" * 43, None, b"tael_", "x" * 100_000)
    assert [authenticate(text) for text in (*odd, "tael_" + "x" * 43)] == [None] * 8


def test_a_revoked_key_finds_nothing_from_the_next_request_on(db):
    made = a_key()
    revoke_api_key(number=made.key.pk, actor="user:10000", at=AT)
    revoke_api_key(number=made.key.pk, actor="user:10000", at=AT)

    assert authenticate(made.text) is None
    assert [r.action for r in queries.audit_trail(subject=f"api_key:{made.key.pk}")] == [
        "api_key.revoke",
        "api_key.create",
    ]


def test_a_key_that_is_not_there_is_not_revoked(db):
    for number in (999, 0, -1, 2**63, None, "1"):
        with pytest.raises(UnknownApiKey):
            revoke_api_key(number=number, actor="user:10000", at=AT)


def test_a_key_of_a_disabled_customer_finds_nothing(db):
    register(name="Li", number=10012, at=AT)
    made = a_key(customer=10012)
    assert authenticate(made.text).customer_id == 10012

    disable(number=10012, reason="why", actor="user:10000", at=AT)

    assert authenticate(made.text) is None


def test_a_key_has_scopes_of_the_table_and_at_least_one(db):
    for scopes in ([], ["wallets:everything"], ["wallets:read", ""], [None]):
        with pytest.raises(UnknownScope):
            a_key(scopes=scopes)


def test_a_customers_own_key_can_neither_make_money_nor_decide_about_it(db):
    register(name="Li", number=10012, at=AT)

    for scope in set(SCOPES) - CUSTOMER_SCOPES:
        with pytest.raises(ScopeNotForCustomer):
            a_key("wallets:read", scope, customer=10012)
    for makes_money in ("operations:recharge", "recharge_orders:confirm", "operations:reverse"):
        assert makes_money not in CUSTOMER_SCOPES


def test_a_key_is_bound_to_a_customer_who_is_there(db):
    with pytest.raises(UnknownCustomer):
        a_key(customer=10012)


def test_a_key_may_be_used_only_for_its_scopes(db):
    key = a_key("wallets:read").key
    require(key, "wallets:read")

    with pytest.raises(ScopeMissing) as refused:
        require(key, "operations:recharge")

    assert refused.value.allowed == "operations:recharge"


def test_authenticating_is_one_question(db, django_questions):
    text = a_key().text
    django_questions.clear()

    authenticate(text)

    assert len(django_questions) == 1
