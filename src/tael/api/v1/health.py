"""Whether the server lives: `/health`."""

from typing import Literal

from ninja import Router

from tael.api.call import ApiRequest
from tael.api.endpoint import Answer, endpoint
from tael.api.wire import Out

router = Router(tags=["health"])


class HealthOut(Out):
    """The server answers."""

    status: Literal["ok"]


@endpoint(router, "GET", "/health", answers=HealthOut, paces=())
def health(request: ApiRequest) -> Answer:  # noqa: ARG001 - nothing is asked
    """Say that the server answers. No key is needed and no database is asked."""
    return Answer({"status": "ok"})
