"""The OpenAPI document: ninja's, completed by what every endpoint has in common.

Source: architecture, section 5 (OpenAPI committed as a snapshot).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tael.api.call import (
    KEY_HEADER,
    MINIMAL,
    PREFER_HEADER,
    REPLAY_HEADER,
    REQUEST_ID_HEADER,
)
from tael.api.endpoint import DECLARED
from tael.api.file_body import FIELD, FORM, KINDS
from tael.api.gate import DRY_RUN
from tael.api.problem import CONTENT_TYPE
from tael.api.scopes import ANY_KEY

if TYPE_CHECKING:
    from tael.api.endpoint import Declaration

SECURITY: Final = "ApiKey"

WORDS: Final[dict[int, str]] = {
    400: "The request is malformed: query, Idempotency-Key or body.",
    401: "No API key, or one that is worth nothing.",
    403: "The key lacks the scope, or what was named is switched off.",
    404: "There is no such thing, or it is another's.",
    405: "The address has no such method.",
    409: "What is there does not allow it, or the key is in flight.",
    413: "The body is larger than 1 MB, a file larger than 10 MB.",
    415: "The body is not declared as JSON, or as a file where one is asked for.",
    422: "A rule refuses the input; the field is named.",
    429: "The key or the address sent more requests than it may in this time.",
    500: "The server failed; the request id names the case.",
    503: "The database did not come to it in time.",
}
RETRYABLE: Final = frozenset({409, 429, 503})

RAW_BODIES: Final[dict[str, dict[str, Any]]] = {
    "receive_callback": {
        "description": "The notice as the gateway signed it, at most 64 KB.",
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string"}}},
    }
}

FILE_BODY: Final[dict[str, Any]] = {
    "description": "The file itself, or a form with the one field `file`; at most 10 MB.",
    "required": True,
    "content": {
        **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS},
        FORM: {
            "schema": {
                "type": "object",
                "required": [FIELD],
                "properties": {FIELD: {"type": "string", "format": "binary"}},
                "additionalProperties": False,
            }
        },
    },
}

PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "RFC 9457. A program matches on `code`, which is never renamed.",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "retry", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:tael:refusal:insufficient_funds"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "examples": ["insufficient_funds"]},
        "detail": {"type": "string"},
        "field": {"type": "string", "description": "The offending input."},
        "rule": {"type": "string", "description": "The rule of the specification."},
        "there": {"type": "string", "description": "What is there."},
        "allowed": {"type": "string", "description": "What would have been accepted."},
        "remedy": {"type": "string", "description": "What can be done."},
        "retry": {
            "type": "boolean",
            "description": "Whether the same request can end differently.",
        },
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add problems, headers, security and the common parameters to ninja's document."""
    components = document["components"]
    every = {**components.get("schemas", {}), "Problem": PROBLEM}
    components["schemas"] = dict(sorted(every.items()))
    components["responses"] = {f"Refused{status}": _problem_response(status) for status in WORDS}
    components["securitySchemes"] = {
        SECURITY: {"type": "http", "scheme": "bearer", "description": "An API key, `tael_…`."}
    }
    for path in document["paths"].values():
        for operation in path.values():
            _complete(operation, DECLARED[operation["operationId"]])
    return document


def _complete(operation: dict[str, Any], declared: Declaration) -> None:
    operation.pop("security", None)
    if declared.scope is not None:
        operation["security"] = [{SECURITY: [declared.scope] if declared.scope != ANY_KEY else []}]
        scope = f"Scope: `{declared.scope}`." if declared.scope else "Scope: any key."
        operation["description"] = f"{operation.get('description', '')}\n\n{scope}".strip()
    parameters = operation.setdefault("parameters", [])
    if declared.asks_key:
        parameters.append(_key_parameter())
    if declared.moves_money:
        parameters += [_dry_run_parameter(), _prefer_parameter()]
    if declared.name in RAW_BODIES:
        operation["requestBody"] = RAW_BODIES[declared.name]
    if declared.brings_file:
        operation["requestBody"] = FILE_BODY
    for status, response in operation["responses"].items():
        response["headers"] = _headers(replay=declared.asks_key and int(status) == declared.status)
        response["description"] = "Done." if int(status) == declared.status else "A dry run."
        for kind in declared.answer_types:
            response.setdefault("content", {})[kind] = {"schema": {"type": "string"}}
    for status in sorted(_statuses(declared, operation)):
        operation["responses"][status] = {"$ref": f"#/components/responses/Refused{status}"}


def _statuses(declared: Declaration, operation: dict[str, Any]) -> set[int]:
    """Give the statuses of refusals that an endpoint can answer with."""
    statuses = {400, 500, 503} | set(declared.problems)
    if declared.paces:
        statuses.add(429)
    if declared.scope is not None:
        statuses |= {401, 403}
    if any(parameter["in"] in {"path", "query"} for parameter in operation["parameters"]):
        statuses.add(422)
    if any(parameter["in"] == "path" for parameter in operation["parameters"]):
        statuses.add(404)
    if declared.reads_json or declared.brings_file:
        statuses |= {413, 415, 422}
    if declared.moves_money:
        statuses |= {404, 409}
    return statuses


def _problem_response(status: int) -> dict[str, Any]:
    headers = _headers(replay=False)
    if status in RETRYABLE:
        headers["Retry-After"] = {
            "description": "Seconds, where the same request may be sent again.",
            "schema": {"type": "string", "pattern": "^[0-9]+$"},
            "required": False,
        }
    return {
        "description": WORDS[status],
        "headers": headers,
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _headers(*, replay: bool) -> dict[str, Any]:
    headers: dict[str, Any] = {
        REQUEST_ID_HEADER: {"schema": {"type": "string"}, "description": "Names the request."}
    }
    if replay:
        headers[REPLAY_HEADER] = {
            "description": "Present where this is the first answer once more, and nothing moved.",
            "schema": {"type": "string", "enum": ["true"]},
            "required": False,
        }
    return headers


def _key_parameter() -> dict[str, Any]:
    return {
        "in": "header",
        "name": KEY_HEADER,
        "required": True,
        "description": "A new one for each new request, the same one to repeat it.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
        "example": "4f1a2f6e-order-17",
    }


def _prefer_parameter() -> dict[str, Any]:
    return {
        "in": "header",
        "name": PREFER_HEADER,
        "required": False,
        "description": "`return=minimal` leaves the resulting figures away (RFC 7240).",
        "schema": {"type": "string", "examples": [MINIMAL]},
    }


def _dry_run_parameter() -> dict[str, Any]:
    return {
        "in": "query",
        "name": DRY_RUN,
        "required": False,
        "description": "Do everything, answer with the resulting figures, and take it back.",
        "schema": {"type": "boolean", "default": False},
    }
