"""What payment gateways send (回調): `/callbacks/{channel}`. The signature is the proof, no API key."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Router
from pydantic import WithJsonSchema

from tael.api.call import ApiRequest
from tael.api.endpoint import endpoint
from tael.wallet.notice import receive_notice

router = Router(tags=["callbacks"])

ChannelInPath = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]{1,31}$"})
]


@endpoint(
    router,
    "POST",
    "/callbacks/{channel}",
    answers=None,
    reads_json=False,
    answer_types=("text/plain",),
    paces=("callbacks",),
    problems={401, 413},
)
def receive_callback(request: ApiRequest, channel: ChannelInPath) -> HttpResponse:
    """Take a gateway's notice: it is kept as it came, and has its effect once.

    A notice that cannot be believed is refused and changes nothing. The answer is the text that the
    gateway wants to read.
    """
    outcome = receive_notice(
        raw=request.body,
        headers=dict(request.headers),
        channel=channel,
        at=request.call.received_at,
    )
    return HttpResponse(outcome.answer, content_type="text/plain; charset=utf-8")
