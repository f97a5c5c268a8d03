import re

from tael.parties.scopes import CUSTOMER_SCOPES, SCOPES


def test_every_scope_is_written_the_same_way_and_explained():
    for scope, meaning in SCOPES.items():
        assert re.fullmatch(r"[a-z_]+:[a-z]+", scope), scope
        assert meaning


def test_what_a_customers_key_may_do_is_in_the_table():
    assert set(SCOPES) > CUSTOMER_SCOPES


def test_each_of_the_seven_operations_has_a_scope_of_its_own():
    for operation in (
        "recharge",
        "deduct",
        "transfer",
        "freeze",
        "unfreeze",
        "withdraw",
        "exchange",
    ):
        assert f"operations:{operation}" in SCOPES
