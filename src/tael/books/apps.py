"""The Django app that makes the books and hands out the rights to the tables."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BooksConfig(AppConfig):
    """Carries the migrations that create the main book."""

    name = "tael.books"
    label = "books"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the application's role its rights after every migration, table by table."""
        from tael.books.grants import grant_tables  # noqa: PLC0415 - models are loaded only now

        post_migrate.connect(grant_tables, dispatch_uid="tael.books.grants")
