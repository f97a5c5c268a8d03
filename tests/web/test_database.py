"""A connection string becomes Django's settings, whole."""

from __future__ import annotations

from tael.postgres.connect import find_databases
from tael.web.database import database_settings


def test_every_part_of_the_address_arrives() -> None:
    databases = find_databases(
        {"TAEL_DATABASE_URL": "postgresql://me:hush@db.example:6000/books?sslmode=require"}
    )
    assert databases is not None
    settings = database_settings(databases.app_dsn, pool=3)

    parts = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    assert [settings[part] for part in parts] == ["books", "me", "hush", "db.example", "6000"]
    options = settings["OPTIONS"]
    assert options["sslmode"] == "require"
    assert options["options"].endswith("-c role=tael_app")
    assert options["pool"]["max_size"] == 3


def test_without_a_pool_there_is_none() -> None:
    assert "pool" not in database_settings("dbname=books")["OPTIONS"]
