"""The Django app that hands out the rights to the queue's tables."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JobsConfig(AppConfig):
    """Has no tables of its own: the queue's are procrastinate's."""

    name = "tael.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Give the application's role its rights after every migration of the queue."""
        from tael.jobs.rights import grant_queue  # noqa: PLC0415 - models are loaded only now

        post_migrate.connect(grant_queue, dispatch_uid="tael.jobs.rights")
