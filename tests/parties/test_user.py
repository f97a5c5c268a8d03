"""Users: how they come, get a password and lose their rights; each step in the audit trail."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, STAFF, a_customer, in_parallel
from tael.parties import second_factor, user
from tael.parties.queries import audit_trail, users
from tael.parties.user import (
    InvitationUnknown,
    LoginMalformed,
    LoginTaken,
    NotOneself,
    PasswordWrong,
    UnknownUser,
    accept,
    add_customer_user,
    add_staff,
    change_password,
    invite,
    invited,
    login_of,
    set_roles,
)
from tael.refusal import Refusal
from visits import a_customer_user, a_staff_user

PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("a@example.com", "a@example.com"),
        ("  A.B+c@Sub.Example.COM ", "a.b+c@sub.example.com"),
        ("x@xn--fiqs8s.example", "x@xn--fiqs8s.example"),
    ],
)
def test_a_login_name_is_an_address_in_small_letters(text, login):
    assert login_of(text) == login


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@example.com",
        "a@example",
        "a b@example.com",
        "a@@example.com",
        "é@example.com",
        "a@exämple.com",
        "\u212a@example.com",
        "a@example.com\n<b>",
        "a@-example.com",
        "a" * 65 + "@example.com",
        "a@" + "b." * 130 + "com",
        "a@example..com",
        "a@example.com,b@example.com",
    ],
)  # fmt: skip - a list to read
def test_what_is_no_address_is_no_login_name(text):
    with pytest.raises(LoginMalformed):
        login_of(text)


def test_a_login_name_is_given_once_on_both_sites_together(db):
    add_staff(login="a@example.com", name="A", roles=["admin"], actor=STAFF, at=AT)

    with pytest.raises(LoginTaken):
        add_customer_user(
            login="A@Example.com", name="A", customer=a_customer(), actor=STAFF, at=AT
        )
    assert not users(staff=False)


@pytest.mark.rule("T16")
def test_fifty_who_register_one_name_at_once_make_one_user(db):
    number = a_customer()
    given = {"login": "a@example.com", "name": "A", "customer": number, "actor": STAFF, "at": AT}

    answers = in_parallel(*[lambda: add_customer_user(**given) for _ in range(50)])

    assert sum(isinstance(answer, LoginTaken) for answer in answers) == 49
    assert len(users(staff=False)) == 1


def test_the_database_keeps_staff_and_customers_apart(db, owner):
    """Whoever writes it: a user has roles or a customer, never both and never neither."""
    for customer, roles in (("10001", "'{admin}'"), ("NULL", "'{}'")):
        a_customer(10001) if customer != "NULL" else None
        with pytest.raises(Exception, match="user_of_the_staff_or_of_a_customer"):
            owner.execute(
                "INSERT INTO parties_user (login, name, roles, password, created_at, created_by,"
                f" customer_id) VALUES ('a@b.c', 'a', {roles}, '', now(), 'x', {customer})"
            )
        owner.rollback()


@pytest.mark.rule("T16")
def test_a_link_sets_a_password_once(db):
    member = a_staff_user("admin")
    link = invite(number=member.pk, actor=STAFF, at=AT).text

    assert invited(link, staff=True, at=AT) == member
    accept(link, staff=True, password=PASSWORD, at=AT)
    with pytest.raises(InvitationUnknown):
        accept(link, staff=True, password="another horse battery", at=AT)


@pytest.mark.rule("T16")
def test_of_two_who_use_a_link_at_once_one_sets_the_password(db):
    member = a_staff_user("admin")
    link = invite(number=member.pk, actor=STAFF, at=AT).text

    answers = in_parallel(
        *[lambda n=n: accept(link, staff=True, password=f"{PASSWORD} {n}", at=AT) for n in range(4)]
    )
    assert sum(isinstance(answer, InvitationUnknown) for answer in answers) == 3


@pytest.mark.rule("T16")
def test_a_link_is_worth_nothing_late_elsewhere_replaced_or_for_a_disabled_user(db):
    member = a_staff_user("admin")
    link = invite(number=member.pk, actor=STAFF, at=AT).text

    for given in ({"staff": False, "at": AT}, {"staff": True, "at": AT + timedelta(days=3)}):
        with pytest.raises(InvitationUnknown):
            invited(link, **given)
    newer = invite(number=member.pk, actor=STAFF, at=AT).text
    with pytest.raises(InvitationUnknown):
        invited(link, staff=True, at=AT)
    user.disable(number=member.pk, actor=STAFF, at=AT)
    with pytest.raises(InvitationUnknown):
        invited(newer, staff=True, at=AT)


def test_a_refused_password_does_not_use_up_the_link(db):
    member = a_staff_user("admin")
    link = invite(number=member.pk, actor=STAFF, at=AT).text

    with pytest.raises(Refusal, match="length"):
        accept(link, staff=True, password="short", at=AT)
    assert accept(link, staff=True, password=PASSWORD, at=AT).password_set_at == AT


def test_the_old_password_is_asked_for(db):
    member = a_staff_user("admin")
    accept(invite(number=member.pk, actor=STAFF, at=AT).text, staff=True, password=PASSWORD, at=AT)

    with pytest.raises(PasswordWrong):
        change_password(number=member.pk, old="x", new="another horse", session=None, at=AT)


@pytest.mark.rule("T14")
def test_nobody_changes_his_own_rights(db):
    member = a_staff_user("admin")
    given = {"number": member.pk, "actor": member.actor, "at": AT}

    for act in (
        lambda: set_roles(roles=["finance_maker"], **given),
        lambda: user.disable(**given),
        lambda: user.enable(**given),
        lambda: invite(**given),
        lambda: second_factor.reset(**given),
    ):
        with pytest.raises(NotOneself):
            act()
    assert user.user(member.pk).roles == ["admin"]


def test_a_customers_user_gets_no_roles(db):
    customers = a_customer_user(a_customer())

    with pytest.raises(UnknownUser):
        set_roles(number=customers.pk, roles=["admin"], actor=STAFF, at=AT)


@pytest.mark.parametrize("number", [0, -1, 10**9, 2**63, 2**70, "1", None])
def test_a_number_that_is_nobodys_is_refused(db, number):
    with pytest.raises(UnknownUser):
        user.user(number)


@pytest.mark.rule("I31")
def test_every_step_is_in_the_audit_trail(db):
    member = a_staff_user("auditor")
    given = {"number": member.pk, "actor": STAFF, "at": AT}
    link = invite(**given).text
    accept(link, staff=True, password=PASSWORD, at=AT)
    set_roles(roles=["admin"], **given)
    user.disable(**given)
    user.enable(**given)

    kept = audit_trail(subject=f"user:{member.pk}")
    assert [(row.action, row.actor) for row in reversed(kept)] == [
        ("user.add", STAFF),
        ("user.invite", STAFF),
        ("user.set_password", member.actor),
        ("user.set_roles", STAFF),
        ("user.disable", STAFF),
        ("user.enable", STAFF),
    ]
    assert kept[2].details == {"before": ["auditor"], "now": ["admin"]}
    assert link not in str([row.details for row in kept])
