"""Sessions end when they should, and at the next request."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, STAFF, a_customer
from tael.parties import session as sessions
from tael.parties.session import UnknownSession
from tael.parties.user import disable
from visits import a_customer_user, a_staff_user


@pytest.fixture
def user(db):
    return a_staff_user("auditor")


def begin(user, at=AT):
    return sessions.begin(user, address="127.0.0.1", browser="A browser", at=at)


def test_a_session_is_found_by_the_text_of_its_cookie(user):
    begun = begin(user)

    found = sessions.find(begun.text, staff=True, at=AT)

    assert found is not None
    assert found.user.login == user.login
    assert found.second_factor_at is None


@pytest.mark.parametrize("text", ["", "x", "ä" * 43, "A" * 43, "A" * 44])
def test_another_text_finds_nothing(user, text):
    begin(user)

    assert sessions.find(text, staff=True, at=AT) is None


def test_a_session_is_worth_nothing_on_the_other_site(user):
    customers = begin(a_customer_user(a_customer()))

    assert sessions.find(begin(user).text, staff=False, at=AT) is None
    assert sessions.find(customers.text, staff=True, at=AT) is None
    assert sessions.find(customers.text, staff=False, at=AT) is not None


def test_it_ends_after_a_quarter_of_an_hour_without_a_request(user):
    begun = begin(user)
    fourteen, fifteen = AT + timedelta(minutes=14), AT + timedelta(minutes=15)

    assert sessions.find(begun.text, staff=True, at=fifteen) is None
    assert sessions.find(begun.text, staff=True, at=fourteen) is not None
    assert sessions.find(begun.text, staff=True, at=fifteen) is not None


def test_it_ends_after_twelve_hours_whatever_was_done(user):
    begun = begin(user)
    for minutes in range(0, 12 * 60, 10):
        assert sessions.find(begun.text, staff=True, at=AT + timedelta(minutes=minutes)), minutes

    assert sessions.find(begun.text, staff=True, at=AT + timedelta(hours=12)) is None


def test_the_second_factor_gives_it_another_text(user):
    begun = begin(user)

    renewed = sessions.renew(begun.session, at=AT)

    assert renewed.text != begun.text
    assert sessions.find(begun.text, staff=True, at=AT) is None
    found = sessions.find(renewed.text, staff=True, at=AT)
    assert found is not None
    assert found.second_factor_at == AT


def test_ending_one_leaves_the_others(user):
    first, second = begin(user), begin(user)

    sessions.end(session=first.session.pk, user=user.pk, because="test", actor=STAFF, at=AT)

    assert sessions.find(first.text, staff=True, at=AT) is None
    assert [left.pk for left in sessions.living(user.pk, at=AT)] == [second.session.pk]


def test_anothers_session_answers_as_one_that_is_not_there(user):
    foreign = begin(a_staff_user("admin"))

    refusals = []
    for number in (foreign.session.pk, 10**9, 0, -1, 2**70):
        with pytest.raises(UnknownSession) as refused:
            sessions.end(session=number, user=user.pk, because="test", actor=STAFF, at=AT)
        refusals.append(refused.value.message)
    assert len(set(refusals)) == 1
    assert sessions.find(foreign.text, staff=True, at=AT) is not None


def test_all_but_this_one_end_together(user):
    kept, *others = [begin(user) for _ in range(4)]

    ended = sessions.end_all(
        user=user.pk, but=kept.session.pk, because="test", actor=user.actor, at=AT
    )

    assert ended == 3
    assert sessions.find(kept.text, staff=True, at=AT) is not None
    assert all(sessions.find(other.text, staff=True, at=AT) is None for other in others)


def test_a_disabled_user_is_out_at_the_next_request(user):
    begun = begin(user)

    disable(number=user.pk, actor=STAFF, at=AT)

    assert sessions.find(begun.text, staff=True, at=AT) is None


def test_the_database_does_not_hold_the_text(user, owner):
    begun = begin(user)

    row = owner.execute("SELECT s::text FROM parties_session s").fetchone()

    assert begun.text not in row[0]
    assert begun.text.encode().hex() not in row[0]
