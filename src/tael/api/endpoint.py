"""Declaring an endpoint: its address, its scope, what it answers, and whether it moves money.

Source: architecture, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import orjson
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from tael import books
from tael.api.body import MAX_BYTES
from tael.api.call import REPLAY_HEADER
from tael.api.file_body import FILE_MAX
from tael.api.gate import DRY_RUN, Gate
from tael.api.scopes import ENDPOINTS
from tael.documents.turn import a_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ninja import Router

    from tael.api.call import ApiRequest

CREATED: Final = 201
OK: Final = 200


@dataclass(slots=True)
class Answer:
    """What a view gives back.

    Args:
        body: plain JSON values, ready for the wire.
        replayed: it is the first answer once more, and nothing moved.
    """

    body: dict[str, Any]
    replayed: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the OpenAPI document says about an endpoint beside its fields."""

    name: str
    scope: str | None
    status: int
    moves_money: bool
    reads_json: bool
    brings_file: bool
    asks_key: bool
    paces: tuple[str, ...]
    problems: frozenset[int]
    answer_types: tuple[str, ...]


DECLARED: Final[dict[str, Declaration]] = {}


def endpoint(
    router: Router,
    method: str,
    path: str,
    *,
    answers: Any,
    status: int = OK,
    moves_money: bool = False,
    asks_key: bool = False,
    keys_in_body: bool = False,
    reads_json: bool | None = None,
    brings_file: bool = False,
    answer_types: tuple[str, ...] = (),
    paces: tuple[str, ...] = ("api",),
    problems: frozenset[int] | set[int] = frozenset(),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view under its own name, which stands in the table of scopes.

    Args:
        answers: the schema of a good answer; None for one that is no JSON.
        status: of a good answer. A dry run answers 200.
        moves_money: an Idempotency-Key is asked for, and ``?dry_run=true`` is possible.
        asks_key: an Idempotency-Key is asked for although no money moves, because doing it twice matters.
        keys_in_body: the header is not asked for, each item has its own key.
        brings_file: the body is a file of up to 10 MB, or a form with one.
        answer_types: of an answer that is no JSON.
        paces: by which requests are counted, of the key or of an address without one; what gives a file
            is counted as one, and few are made at a time.
        reads_json: whether there is a JSON body; by default for every method but GET.
        problems: statuses beside those that follow from the rest of the declaration.

    Raises:
        KeyError: the view has no line in the table of scopes.
    """
    reads = method != "GET" and not brings_file if reads_json is None else reads_json
    gives_file = bool(answer_types) and method == "GET"  # what a gateway is told is none
    if gives_file and "files" not in paces:
        paces = (*paces, "files")

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        name = view.__name__
        gate = Gate(
            ENDPOINTS[name],
            moves_money=moves_money,
            asks_key=asks_key or (moves_money and not keys_in_body),
            reads_json=reads,
            paces=paces,
            longest=FILE_MAX if brings_file else MAX_BYTES,
        )
        run = _run(view, status=status, moves_money=moves_money)
        if gives_file:
            run = a_turn()(run)
        responses = {status: answers}
        if moves_money and status != OK:
            responses[OK] = answers
        router.api_operation(
            [method], path, auth=gate, response=responses, operation_id=name, summary=_summary(view)
        )(run)
        operation = run._ninja_operation  # type: ignore[attr-defined]  # noqa: SLF001 - ninja's mark
        names = {
            name
            for model in operation.models
            if model.__ninja_param_source__ == "query"
            for name in model.__ninja_flatten_map__
        }
        gate.query_names = frozenset(names | ({DRY_RUN} if moves_money else set()))
        DECLARED[name] = Declaration(
            name=name,
            scope=ENDPOINTS[name],
            status=status,
            moves_money=moves_money,
            reads_json=reads,
            brings_file=brings_file,
            asks_key=gate.asks_key,
            paces=paces,
            problems=frozenset(problems),
            answer_types=answer_types,
        )
        return view

    return register


def json_response(body: Any, status: int) -> HttpResponse:
    """Write an answer."""
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json")


def _run(view: Callable[..., Any], *, status: int, moves_money: bool) -> Callable[..., Any]:
    """Wrap a view: a dry run goes the real way and is taken back; the answer goes out as bytes."""

    @wraps(view)
    def run(request: ApiRequest, **values: Any) -> HttpResponseBase:
        call = request.call
        rehearsed = moves_money and call.dry_run
        answer = (
            books.rehearse(lambda: view(request, **values))
            if rehearsed
            else view(request, **values)
        )
        if isinstance(answer, HttpResponseBase):
            return answer
        if moves_money:
            answer.body[DRY_RUN] = rehearsed
        response = json_response(answer.body, OK if rehearsed else status)
        if answer.replayed:
            response[REPLAY_HEADER] = "true"
        for name, text in answer.headers.items():
            response[name] = text
        return response

    return run


def _summary(view: Callable[..., Any]) -> str:
    return (view.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")
