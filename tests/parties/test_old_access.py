"""Ended sessions, used codes and old counts go; what still counts stays, however old it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, STAFF
from tael.parties.attempts import count_attempt
from tael.parties.models import Attempts, AuditRecord, Invitation, RecoveryCode, Session, User
from tael.parties.old_access import (
    forget_old_attempts,
    forget_old_codes,
    forget_old_sessions,
)
from tael.parties.session import begin, end
from tael.postgres.connect import Databases

pytestmark = pytest.mark.rule("T16", "T22")

DAY = timedelta(days=1)


@pytest.fixture
def user(db: Databases) -> User:
    return User.objects.create(
        login="ada", name="Ada", roles=["admin"], created_at=AT, created_by=STAFF
    )


def test_sessions_go_after_their_end_and_living_ones_stay(db: Databases, user: User) -> None:
    ended, run_out, living = (
        begin(user, address="127.0.0.1", browser="test", at=at).session.pk
        for at in (AT, AT, AT + DAY)
    )
    end(session=ended, user=user.pk, because="left", actor=user.actor, at=AT + timedelta(hours=1))
    audited = AuditRecord.objects.count()

    with db.owner() as owner:
        for before, left in (
            (AT, {ended, run_out, living}),
            (AT + timedelta(minutes=15), {ended, run_out, living}),
            (AT + timedelta(minutes=16), {ended, living}),
            (AT + timedelta(hours=2), {living}),
            (AT + timedelta(hours=2), {living}),
        ):
            forget_old_sessions(owner, before=before)
            assert set(Session.objects.values_list("pk", flat=True)) == left
    assert AuditRecord.objects.count() == audited


def test_used_and_void_codes_go_and_those_that_can_be_used_stay(db: Databases, user: User) -> None:
    for number, facts in enumerate(({"used_at": AT}, {"void_at": AT}, {}, {"used_at": AT + DAY})):
        RecoveryCode.objects.create(user=user, digest=bytes([number]), made_at=AT, **facts)
    for number, (made_at, used_at) in enumerate(
        ((AT - 9 * DAY, None), (AT - 9 * DAY, AT), (AT, None))
    ):
        Invitation.objects.create(
            user=user, digest=bytes([number]), made_at=made_at, made_by=STAFF, used_at=used_at
        )

    with db.owner() as owner:
        found = [forget_old_codes(owner, before=AT + DAY / 2, limit=1) for _ in range(2)]
    assert found == [4, 0]
    assert RecoveryCode.objects.count() == 2
    assert Invitation.objects.get().digest == bytes([2])


def test_counts_go_portion_by_portion(db: Databases) -> None:
    for name in ("a", "b", "c"):
        count_attempt(name, at=AT)
    count_attempt("d", at=AT + DAY)

    with db.owner() as owner:
        assert [forget_old_attempts(owner, before=AT + DAY, limit=2) for _ in range(2)] == [3, 0]
    assert Attempts.objects.count() == 1
