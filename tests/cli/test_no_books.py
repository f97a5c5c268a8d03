"""A database without books is said to have none, and is neither proven nor kept."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import pytest
from click.testing import CliRunner
from psycopg.conninfo import make_conninfo

from tael.cli import backup, doctor
from tael.cli.no_books import NoBooks, check_books
from tael.postgres.connect import Databases, DatabaseUnreachable


def test_a_new_database_is_told_from_one_that_lets_nobody_in(pg: Databases) -> None:
    new = pg.named("postgres")

    for as_owner in (False, True):
        check_books(pg, as_owner=as_owner)
        with pytest.raises(NoBooks) as refused:
            check_books(new, as_owner=as_owner)
        assert "tael migrate" in refused.value.remedy
    with pytest.raises(NoBooks):  # its role is not made yet
        check_books(replace(new, app_dsn=make_conninfo(new.app_dsn, user="nobody")))
    with pytest.raises(DatabaseUnreachable):
        check_books(replace(pg, app_dsn=make_conninfo(pg.app_dsn, user="nobody")))


def test_nothing_is_not_right_and_no_backup(pg: Databases, monkeypatch, tmp_path) -> None:
    """`tael doctor` called an empty database's books right, and a file of 0 rows was written."""
    for command, words in ((doctor, []), (backup, [str(tmp_path / "kept")])):
        monkeypatch.setattr(command, "opened_database", lambda: nullcontext(pg.named("postgres")))
        run = CliRunner().invoke(getattr(command, command.__name__.rpartition(".")[2]), words)
        assert isinstance(run.exception, NoBooks), run.output
    assert not list(tmp_path.iterdir())
