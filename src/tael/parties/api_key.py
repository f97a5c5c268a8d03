"""API keys: 256 random bits, shown once; only the SHA-256 is kept.

Source: architecture, section 5; reliability T14, T22.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from django.db import transaction

from tael import books
from tael.parties import audit
from tael.parties.customer import customer as find_customer
from tael.parties.models import ApiKey, AuditRecord
from tael.parties.scopes import (
    CUSTOMER_SCOPES,
    SCOPES,
    ScopeMissing,
    ScopeNotForCustomer,
    UnknownScope,
)
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = [
    "ApiKey",
    "ApiKeyShownBefore",
    "NewApiKey",
    "UnknownApiKey",
    "authenticate",
    "create_api_key",
    "require",
    "revoke_api_key",
]

SECRET_BYTES: Final = 32
SHAPE: Final = re.compile(r"tael_[0-9A-Za-z_-]{43}")
NAME_MAX: Final = 200
SHOWN: Final = 11
_ID_MAX: Final = 2**63 - 1

_COLUMNS: Final = (
    "id",
    "name",
    "prefix",
    "digest",
    "scopes",
    "customer_id",
    "created_at",
    "created_by",
    "revoked_at",
    "revoked_by",
)
_USABLE: Final = f"""
    SELECT {", ".join(f"k.{column}" for column in _COLUMNS)}
    FROM parties_api_key k LEFT JOIN parties_customer c ON c.number = k.customer_id
    WHERE k.revoked_at IS NULL AND c.disabled_at IS NULL
"""
_AUTHENTICATE: Final = f"{_USABLE} AND k.digest = %s"


class UnknownApiKey(Refusal):
    """There is no API key of this number."""

    code = "unknown_api_key"
    because: ClassVar[Because] = "absent"
    rule = "T14"
    remedy = "Check the number in the list of keys."


class ApiKeyShownBefore(Refusal):
    """The same request has made a key before, and its text was shown then."""

    code = "api_key_shown_before"
    because: ClassVar[Because] = "conflict"
    rule = "T9"
    remedy = "Use the text that was shown; if nobody kept it, revoke the key and create another."


class NewApiKey(NamedTuple):
    """A key just made, with its text, which cannot be seen again."""

    key: ApiKey
    text: str


@transaction.atomic
def create_api_key(
    *,
    name: str,
    scopes: Iterable[str],
    customer: int | None = None,
    actor: str,
    at: datetime,
    request: str = "",
) -> NewApiKey:
    """Make a key for a program.

    Args:
        scopes: names from `SCOPES`, at least one.
        customer: bind the key to this customer's wallets; the scopes must then be among
            `CUSTOMER_SCOPES`.
        request: the key of the form that asks, where a form can be sent twice.

    Raises:
        ApiKeyShownBefore: the request has made one.
        UnknownScope, ScopeNotForCustomer, UnknownCustomer, CustomerDisabled, TextMalformed.

    Source: T14.
    """
    line = parse_text(name, field="name", longest=NAME_MAX)
    wanted = _parse_scopes(scopes, bound=customer is not None)
    if request:
        _check_first(request, actor)
    owner = None if customer is None else find_customer(customer)
    text = "tael_" + secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey.objects.create(
        name=line,
        prefix=text[:SHOWN],
        digest=_digest(text),
        scopes=wanted,
        customer=owner,
        created_at=at,
        created_by=actor,
    )
    audit.record(
        actor=actor,
        action="api_key.create",
        subject=f"api_key:{key.pk}",
        at=at,
        details={"name": line, "scopes": wanted, "customer": customer}
        | ({"request": request} if request else {}),
    )
    return NewApiKey(key, text)


def authenticate(text: str) -> ApiKey | None:
    """Find the key of this text; None for one that is unknown, revoked, or bound to a disabled customer.

    The look-up goes by the digest, so the time it takes tells nothing about the text of any key.
    """
    if not isinstance(text, str) or not SHAPE.fullmatch(text):
        return None
    row = books.connection().execute(_AUTHENTICATE, [_digest(text)]).fetchone()
    return None if row is None else ApiKey.from_db("default", _COLUMNS, row)


def require(key: ApiKey, scope: str) -> None:
    """Refuse a key that does not have the scope.

    Raises:
        ScopeMissing: naming the scope.
    """
    assert scope in SCOPES, scope
    if not key.allows(scope):
        raise ScopeMissing(
            f"the key lacks the scope {scope}", there=", ".join(key.scopes), allowed=scope
        )


@transaction.atomic
def revoke_api_key(*, number: int, actor: str, at: datetime) -> ApiKey:
    """Make a key worthless from the next request on. Revoking a revoked key changes nothing.

    Raises:
        UnknownApiKey: there is none of this number.
    """
    held = None
    if type(number) is int and 0 < number <= _ID_MAX:
        held = ApiKey.objects.select_for_update(no_key=True).filter(pk=number).first()
    if held is None:
        raise UnknownApiKey(f"there is no API key {number}", field="number", there=str(number)[:40])
    if held.revoked_at is None:
        held.revoked_at, held.revoked_by = at, actor
        held.save(update_fields=["revoked_at", "revoked_by"])
        audit.record(actor=actor, action="api_key.revoke", subject=f"api_key:{number}", at=at)
    return held


def _check_first(request: str, actor: str) -> None:
    """Refuse what this actor's request has done before; a twin that is at it is waited for."""
    books.connection().execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tael:api_key:{actor}"]
    )
    made = AuditRecord.objects.filter(
        actor=actor, action="api_key.create", details__request=request
    ).first()
    if made is not None:
        message = f"This form has made {made.subject} before; its text was shown then."
        raise ApiKeyShownBefore(message, field="key", there=made.subject)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("ascii")).digest()


def _parse_scopes(scopes: Iterable[str], *, bound: bool) -> list[str]:
    wanted = sorted({str(scope) for scope in scopes})
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        raise UnknownScope(
            "these are no scopes" if unknown else "a key needs a scope",
            field="scopes",
            there=", ".join(scope[:40] for scope in unknown[:5]),
            allowed=", ".join(SCOPES),
        )
    beyond = [scope for scope in wanted if bound and scope not in CUSTOMER_SCOPES]
    if beyond:
        raise ScopeNotForCustomer(
            "a key bound to a customer may not have these scopes",
            field="scopes",
            there=", ".join(beyond),
            allowed=", ".join(sorted(CUSTOMER_SCOPES)),
        )
    return wanted
