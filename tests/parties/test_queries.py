from datetime import UTC, datetime

from tael.parties import queries
from tael.parties.api_key import create_api_key
from tael.parties.customer import register
from tael.parties.payee import add_payee, close_payee

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_customers_come_in_pages_that_neither_lose_nor_double_one(db):
    numbers = [register(name=f"c{place}", at=AT).number for place in range(5)]
    first = queries.customers(limit=2)
    register(name="came meanwhile", number=5, at=AT)
    second = queries.customers(limit=200, after=first[-1].number)

    assert [c.number for c in first + second] == numbers


def test_customers_are_found_by_number_or_part_of_a_name(db):
    register(name="Li Lei", number=10012, at=AT)
    register(name="Han Meimei", number=10013, at=AT)

    assert [c.number for c in queries.customers(text="10013")] == [10013]
    assert [c.number for c in queries.customers(text="li l")] == [10012]
    assert queries.customers(text="%") == []
    assert queries.customers(text="9" * 40) == []


def test_names_are_given_by_number(db):
    register(name="Li Lei", number=10012, at=AT)
    register(name="Han Meimei", number=10013, at=AT)

    assert queries.customer_names([10012, 10012, 10099]) == {10012: "Li Lei"}


def test_only_a_customers_own_payees_that_are_open_are_listed(db):
    for number in (10012, 10013):
        register(name="n", number=number, at=AT)
    mine = [
        add_payee(customer=10012, kind="bank", holder="Li", details={}, actor="user:1", at=AT)
        for _ in range(3)
    ]
    add_payee(customer=10013, kind="bank", holder="Han", details={}, actor="user:1", at=AT)
    close_payee(number=mine[0].pk, customer=10012, actor="user:1", at=AT)

    assert [p.pk for p in queries.payees(customer=10012)] == [mine[1].pk, mine[2].pk]
    assert len(queries.payees(customer=10012, closed_too=True)) == 3
    assert [p.pk for p in queries.payees(customer=10012, after=mine[1].pk)] == [mine[2].pk]


def test_a_page_has_at_most_200_rows_and_at_least_one(db):
    for place in range(3):
        create_api_key(name=f"k{place}", scopes=["wallets:read"], actor="user:1", at=AT)

    assert len(queries.api_keys(limit=0)) == 1
    assert len(queries.api_keys(limit=10**9)) == 3
    assert queries.PAGE_MAX == 200


def test_a_list_is_one_question_however_long(db, django_questions):
    for _ in range(3):
        register(name="n", at=AT)
    django_questions.clear()

    [customer.name for customer in queries.customers()]

    assert len(django_questions) == 1
