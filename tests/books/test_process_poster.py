import os

from django.db import connections, transaction

from books.booking import a_client_account, balance, coming_in
from tael import books
from tael.books.process_poster import process_poster


def test_a_process_has_one_poster(db):
    assert process_poster() is process_poster()


def test_after_closing_the_next_posting_opens_anew(db):
    account = a_client_account()
    books.post(coming_in(account, 1, "k1"))
    books.close_poster()

    books.post(coming_in(account, 1, "k2"))

    assert balance(account) == 2


def test_its_connection_is_the_applications_role_with_plain_cursors(db):
    from tael.books import process_poster as module

    with module._connect() as connection:
        assert connection.info.user == "tael_app"
        assert not connection.autocommit
        assert connection.execute("SELECT '{\"a\": 1}'::jsonb").fetchone() == ({"a": 1},)


def test_a_forked_child_posts_on_a_connection_of_its_own(db):
    account = a_client_account()
    books.post(coming_in(account, 1, "parent before"))
    connections.close_all()  # Django's own connection must not be shared either
    child = os.fork()
    if child == 0:
        done = 1
        try:
            done = int(books.post(coming_in(account, 1, "child")).replayed)
        finally:
            os._exit(done)
    _, status = os.waitpid(child, 0)

    books.post(coming_in(account, 1, "parent after"))

    assert os.waitstatus_to_exitcode(status) == 0
    assert balance(account) == 3


def test_what_djangos_connection_has_moved_the_poster_asks_for_anew(db):
    account = a_client_account()
    books.post(coming_in(account, 1, "k1"))
    remembered = process_poster()._memory._accounts
    assert account in remembered

    with transaction.atomic():
        books.post(coming_in(account, 1, "k2"))
        assert account in remembered  # nothing has happened before the commit

    assert account not in remembered
    assert books.post(coming_in(account, 1, "k3")).legs[-1].balance_after == 3
