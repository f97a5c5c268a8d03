import psycopg
import pytest
from django.db.utils import OperationalError
from psycopg import errors
from psycopg_pool import PoolTimeout

from tael import books, ledger
from tael.books import retry


@pytest.fixture
def pauses(monkeypatch):
    """Count the pauses instead of making them."""
    made: list[float] = []
    monkeypatch.setattr(retry.time, "sleep", made.append)
    return made


def failing(times: int, failure: Exception):
    left = [failure] * times

    def attempt() -> str:
        if left:
            raise left.pop()
        return "done"

    return attempt


@pytest.mark.parametrize(
    "failure",
    [
        psycopg.OperationalError("the connection is lost"),
        psycopg.InterfaceError("the connection is closed"),
        errors.SerializationFailure(),
        errors.DeadlockDetected(),
        errors.AdminShutdown(),
        errors.CannotConnectNow(),
        ledger.KeyInFlight("being written"),
    ],
)
def test_a_passing_fault_is_tried_again_five_times(pauses, failure):
    assert retry.persist(failing(5, failure)) == "done"
    assert len(pauses) == 5


def test_pauses_grow_and_are_never_the_same(pauses):
    retry.persist(failing(5, errors.DeadlockDetected()))
    first = list(pauses)
    retry.persist(failing(5, errors.DeadlockDetected()))

    assert first == sorted(first)
    assert first != pauses[5:]


def test_a_connection_lost_for_good_ends_in_a_definite_answer(pauses):
    with pytest.raises(ledger.OutcomeUnknown):
        retry.persist(failing(6, psycopg.OperationalError("lost")))


def test_a_deadlock_without_end_is_busy_and_not_unknown(pauses):
    with pytest.raises(books.Busy):
        retry.persist(failing(6, errors.DeadlockDetected()))


def test_a_key_still_in_flight_at_the_end_is_said_so(pauses):
    with pytest.raises(ledger.KeyInFlight):
        retry.persist(failing(6, ledger.KeyInFlight("being written")))


@pytest.mark.parametrize("failure", [errors.LockNotAvailable(), errors.QueryCanceled()])
def test_what_took_too_long_is_busy_at_once(pauses, failure):
    with pytest.raises(books.Busy):
        retry.persist(failing(1, failure))

    assert pauses == []


def test_djangos_own_error_is_judged_by_its_cause(pauses):
    wrapped = OperationalError("deadlock detected")
    wrapped.__cause__ = errors.DeadlockDetected()

    assert retry.persist(failing(1, wrapped)) == "done"


@pytest.mark.parametrize(
    "failure", [errors.UniqueViolation(), errors.UndefinedTable(), ledger.MixedMoney("no")]
)
def test_what_would_fail_again_is_not_tried_again(pauses, failure):
    with pytest.raises(type(failure)):
        retry.persist(failing(1, failure))

    assert pauses == []


@pytest.mark.parametrize(
    "later", [errors.LockNotAvailable(), PoolTimeout("none free"), ledger.AccountBusy("held")]
)
def test_after_a_lost_connection_nothing_less_than_an_answer_is_certain(pauses, later):
    left = [psycopg.OperationalError("lost, perhaps at the commit"), later]

    def attempt() -> None:
        raise left.pop(0)

    with pytest.raises(ledger.OutcomeUnknown):
        retry.persist(attempt)


def test_after_a_lost_connection_a_rules_no_is_an_answer(pauses):
    left = [psycopg.OperationalError("lost"), ledger.MixedMoney("no")]

    def attempt() -> None:
        raise left.pop(0)

    with pytest.raises(ledger.MixedMoney):
        retry.persist(attempt)


def test_a_pool_without_a_free_connection_is_busy_at_once(pauses):
    with pytest.raises(books.Busy):
        retry.persist(failing(1, PoolTimeout("none free")))


def test_an_error_of_djangos_own_is_not_tried_again(pauses):
    with pytest.raises(OperationalError):
        retry.persist(failing(1, OperationalError("without a cause")))
