"""Payee accounts (收款賬戶): where the money of a withdrawal goes.

Source: E-07, F-32, A-F16.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from django.db import transaction

from tael import books
from tael.parties import audit
from tael.parties.customer import customer as find_customer
from tael.parties.models import Payee
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = [
    "Payee",
    "PayeeClosed",
    "PayeeMalformed",
    "UnknownPayee",
    "add_payee",
    "add_payee_once",
    "close_payee",
    "payee",
]

KIND: Final = re.compile(r"[a-z][a-z0-9_]{1,31}")
DETAIL_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
HOLDER_MAX: Final = 200
DETAIL_MAX: Final = 200
DETAILS_MAX: Final = 20
_ID_MAX: Final = 2**63 - 1
# On the way of every withdrawal: said in SQL, because the ORM takes longer to say it than the database to
# do it. The details are read when somebody asks for them.
_COLUMNS: Final = ("id", "customer_id", "kind", "holder", "active", "added_at", "closed_at")
_PAYEE: Final = f"""
    SELECT {", ".join(_COLUMNS)} FROM parties_payee WHERE id = %s AND customer_id = %s
"""


class UnknownPayee(Refusal):
    """The customer has no payee account of this number. Another's is answered in the same words."""

    code = "unknown_payee"
    because: ClassVar[Because] = "absent"
    rule = "A-F16"
    remedy = "Use the number of one of the customer's own payee accounts."


class PayeeClosed(Refusal):
    """The payee account has been closed."""

    code = "payee_closed"
    because: ClassVar[Because] = "conflict"
    rule = "E-07"
    remedy = "Add a payee account and use that."


class PayeeMalformed(Refusal):
    """The kind or the details of a payee account have a shape that cannot be kept."""

    code = "payee_malformed"
    rule = "E-07"
    remedy = "Send a kind such as bank or alipay, and details as names with texts."


@transaction.atomic
def add_payee(
    *,
    customer: int,
    kind: str,
    holder: str,
    details: Mapping[str, str],
    actor: str,
    at: datetime,
) -> Payee:
    """Enter an account to which the customer's withdrawals can be paid.

    Args:
        kind: bank, alipay, wechat, paypal or another word of small letters.
        holder: to whom the account belongs.
        details: what a person needs to pay to it: {"bank": …, "account": …}.

    Raises:
        UnknownCustomer, CustomerDisabled, PayeeMalformed, TextMalformed.

    Source: E-07.
    """
    owner = find_customer(customer)
    if not isinstance(kind, str) or not KIND.fullmatch(kind):
        raise PayeeMalformed(
            "this is no kind of payee account", field="kind", allowed="small letters"
        )
    line = parse_text(holder, field="holder", longest=HOLDER_MAX)
    facts = _parse_details(details)
    entered = Payee.objects.create(
        customer=owner, kind=kind, holder=line, details=facts, added_at=at
    )
    audit.record(
        actor=actor,
        action="payee.add",
        subject=f"payee:{entered.pk}",
        at=at,
        details={"customer": owner.number, "kind": kind},
    )
    return entered


@transaction.atomic
def add_payee_once(
    *,
    customer: int,
    kind: str,
    holder: str,
    details: Mapping[str, str],
    actor: str,
    at: datetime,
) -> Payee:
    """Enter a payee account unless the customer has the very same one open, which is given then.

    For a door where people press a button twice.

    Raises:
        UnknownCustomer, CustomerDisabled, PayeeMalformed, TextMalformed: as ``add_payee``.

    Source: E-07; reliability T9.
    """
    books.connection().execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tael:payees:{customer}"]
    )
    line = parse_text(holder, field="holder", longest=HOLDER_MAX)
    facts = _parse_details(details)
    same = Payee.objects.filter(
        customer=customer, kind=kind, holder=line, details=facts, active=True
    ).first()
    return same or add_payee(
        customer=customer, kind=kind, holder=line, details=facts, actor=actor, at=at
    )


def payee(number: int, customer: int, *, field: str = "payee", closed_too: bool = False) -> Payee:
    """Find a customer's payee account.

    Raises:
        UnknownPayee: there is none, or it is another customer's.
        PayeeClosed: it may no longer be paid to.

    Source: A-F16.
    """
    found = None
    if type(number) is int and 0 < number <= _ID_MAX:
        row = books.connection().execute(_PAYEE, [number, customer]).fetchone()
        found = None if row is None else Payee.from_db("default", _COLUMNS, row)
    if found is None:
        raise UnknownPayee(
            f"customer {customer} has no payee account {number}",
            field=field,
            there=str(number)[:40],
        )
    if not found.active and not closed_too:
        raise PayeeClosed(f"payee account {number} is closed", field=field, there=str(number))
    return found


@transaction.atomic
def close_payee(*, number: int, customer: int, actor: str, at: datetime) -> Payee:
    """Let no further withdrawal go to a payee account. Closing a closed one changes nothing.

    Raises:
        UnknownPayee: there is none, or it is another customer's.
    """
    found = payee(number, customer, closed_too=True)
    held = Payee.objects.select_for_update(no_key=True).get(pk=found.pk)
    if held.active:
        held.active, held.closed_at = False, at
        held.save(update_fields=["active", "closed_at"])
        audit.record(actor=actor, action="payee.close", subject=f"payee:{number}", at=at)
    return held


def _parse_details(details: Mapping[str, str]) -> dict[str, str]:
    if not hasattr(details, "items") or len(details) > DETAILS_MAX:
        raise PayeeMalformed(
            "details are names with texts", field="details", allowed=f"up to {DETAILS_MAX} names"
        )
    facts = {}
    for name, text in details.items():
        if not isinstance(name, str) or not DETAIL_NAME.fullmatch(name):
            raise PayeeMalformed(
                "this is no name of a detail", field="details", there=str(name)[:40]
            )
        facts[name] = parse_text(text, field=f"details.{name}", longest=DETAIL_MAX)
    return facts
