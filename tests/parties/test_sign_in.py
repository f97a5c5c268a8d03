"""Signing in: few tries, one answer, and nobody is kept out by a stranger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, STAFF, a_customer, in_parallel, queries
from tael.parties import password as passwords
from tael.parties import session as sessions
from tael.parties.attempts import MOST, TooManyAttempts
from tael.parties.queries import audit_trail
from tael.parties.sign_in import SignInRefused, sign_in
from tael.parties.user import accept, change_password, disable, enable, invite
from visits import a_customer_user, a_staff_user

PASSWORD = "correct horse battery"


def with_password(user, text=PASSWORD):
    link = invite(number=user.pk, actor=STAFF, at=AT)
    return accept(link.text, staff=user.is_staff, password=text, at=AT)


@pytest.fixture
def user(db):
    return with_password(a_customer_user(a_customer()))


@pytest.fixture
def looked_at(monkeypatch):
    """The passwords that were looked at."""
    seen = []
    verify = passwords._HASHER.verify

    class Watched:
        def verify(self, kept, text):
            seen.append(text)
            return verify(kept, text)

        hash = passwords._HASHER.hash

    monkeypatch.setattr(passwords, "_HASHER", Watched())
    return seen


def enter(login, password=PASSWORD, *, staff=False, known=False, at=AT):
    facts = {"address": "127.0.0.1", "browser": "", "at": at}
    return sign_in(login=login, password=password, staff=staff, known=known, **facts)


def refused(login, password, **given):
    with pytest.raises((SignInRefused, TooManyAttempts)) as refusal:
        enter(login, password, **given)
    return refusal.value


@pytest.mark.rule("T16")
def test_the_right_password_begins_a_session(user):
    begun = enter(user.login)

    assert sessions.find(begun.text, staff=False, at=AT).user == user


@pytest.mark.rule("T16")
@pytest.mark.parametrize("shape", ["{}", " {} ", "\t{}\n"])
def test_the_login_name_has_no_case_and_no_blanks_around(user, shape):
    assert enter(shape.format(user.login.upper())).session.user == user


@pytest.mark.rule("T16")
@pytest.mark.parametrize(
    "variant",
    [
        lambda login: login.replace("@", "+tag@"),
        lambda login: login.replace("c", "c.", 1),
        lambda login: login.replace("@", "＠"),
        lambda login: login.replace("e", "е"),
        lambda login: login.replace("example", "ＥＸＡＭＰＬＥ"),
        lambda login: login + "\u200b",
        lambda login: login + "\x00",
    ],
)
def test_another_spelling_is_another_user(user, variant):
    assert refused(variant(user.login), PASSWORD).code == "sign_in_refused"


@pytest.mark.rule("T16")
def test_the_two_doors_do_not_open_for_each_others_users(user):
    member = with_password(a_staff_user("admin"))

    assert refused(user.login, PASSWORD, staff=True).code == "sign_in_refused"
    assert refused(member.login, PASSWORD, staff=False).code == "sign_in_refused"
    assert enter(member.login, staff=True).session.user == member


@pytest.mark.rule("T16")
def test_the_answer_is_the_same_whatever_was_wrong(user):
    disabled = with_password(a_customer_user(a_customer()))
    disable(number=disabled.pk, actor=STAFF, at=AT)
    without = a_customer_user(a_customer())

    answers = {
        str(refused(login, text).as_dict())
        for login, text in [
            (user.login, "wrong"),
            (user.login, ""),
            ("nobody@example.com", PASSWORD),
            ("no address", PASSWORD),
            (disabled.login, PASSWORD),
            (without.login, ""),
        ]
    }
    assert len(answers) == 1


@pytest.mark.rule("T16")
def test_a_name_that_is_nobodys_takes_the_same_work(user, looked_at):
    work = []
    for login in (user.login, "nobody@example.com"):
        with queries() as seen:
            refused(login, "wrong")
        work.append((len(seen), len(looked_at)))
        looked_at.clear()

    assert work[0] == work[1]
    assert work[0][1] == 1


@pytest.mark.rule("T16")
@pytest.mark.parametrize("known", [False, True])
def test_ten_tries_are_looked_at_and_no_more(user, looked_at, known):
    codes = [refused(user.login, f"wrong {n}", known=known).code for n in range(15)]

    assert codes == ["sign_in_refused"] * MOST + ["too_many_attempts"] * 5
    assert len(looked_at) == MOST
    assert refused(user.login, PASSWORD, known=known).code == "too_many_attempts"


@pytest.mark.rule("T16")
def test_tries_at_the_same_moment_are_counted_one_by_one(user, looked_at):
    answers = in_parallel(*[lambda: enter(user.login, "wrong") for _ in range(30)])

    assert len(looked_at) == MOST
    assert sum(isinstance(answer, SignInRefused) for answer in answers) == MOST
    assert sum(isinstance(answer, TooManyAttempts) for answer in answers) == 20


@pytest.mark.rule("T16")
def test_the_tries_of_a_name_are_counted_in_all_its_spellings(user, looked_at):
    for n in range(20):
        refused(user.login.upper() if n % 2 else f" {user.login}", "wrong")

    assert len(looked_at) == MOST


@pytest.mark.rule("T16")
def test_a_stranger_keeps_nobody_out_of_a_browser_known_to_him(user):
    for _ in range(12):
        refused(user.login, "wrong")

    assert enter(user.login, known=True).session.user == user
    assert refused(user.login, PASSWORD).code == "too_many_attempts"


@pytest.mark.rule("T16")
def test_others_are_not_locked_with_him(user):
    other = with_password(a_customer_user(a_customer()))
    for _ in range(12):
        refused(user.login, "wrong")

    assert enter(other.login).session.user == other


@pytest.mark.rule("T16")
def test_the_lock_ends_after_a_quarter_of_an_hour_and_not_later_for_more_tries(user):
    for minute in range(14):
        refused(user.login, "wrong", at=AT + timedelta(minutes=minute))

    assert enter(user.login, at=AT + timedelta(minutes=15)).session.user == user


@pytest.mark.rule("T16")
def test_signing_in_begins_the_count_anew(user):
    for _ in range(3):
        for _ in range(MOST - 1):
            refused(user.login, "wrong")
        enter(user.login)


@pytest.mark.rule("T16")
def test_a_lock_leaves_one_trace_without_what_was_typed(user):
    for _ in range(14):
        refused(user.login, "wrong")
    for _ in range(14):
        refused("hunter2-typed-in-the-wrong-field", "wrong")

    locks = [kept for kept in audit_trail(actor="anonymous") if kept.action == "sign_in.lock"]
    assert [kept.subject for kept in locks] == ["user:unknown", f"user:{user.pk}"]
    assert not any(kept.details for kept in locks)


@pytest.mark.rule("T16")
def test_a_changed_password_ends_the_other_sessions_and_the_old_one(user):
    here, there = enter(user.login), enter(user.login)

    change_password(
        number=user.pk, old=PASSWORD, new="another horse battery", session=here.session.pk, at=AT
    )

    assert sessions.find(there.text, staff=False, at=AT) is None
    assert sessions.find(here.text, staff=False, at=AT) is not None
    assert refused(user.login, PASSWORD).code == "sign_in_refused"


@pytest.mark.rule("T16")
def test_a_disabled_user_stays_out_until_enabled(user):
    begun = enter(user.login)
    disable(number=user.pk, actor=STAFF, at=AT)

    assert sessions.find(begun.text, staff=False, at=AT) is None
    assert refused(user.login, PASSWORD).code == "sign_in_refused"
    enable(number=user.pk, actor=STAFF, at=AT)
    assert sessions.find(begun.text, staff=False, at=AT) is None
    assert enter(user.login).session.user == user
