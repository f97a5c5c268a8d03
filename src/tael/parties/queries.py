"""What pages and the API read about the parties: lists in pages, by number, without a query per row.

Source: F-10, E-07; reliability T24 (pages neither lose nor double a row).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from django.db.models import Model, Q

from tael.parties.models import ApiKey, AuditRecord, Customer, Payee, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

M = TypeVar("M", bound=Model)

PAGE_MAX: Final = 200


def customers(*, text: str = "", after: int | None = None, limit: int = 50) -> list[Customer]:
    """List customers by number, those after `after`; `text` is a number or part of a name."""
    found = Customer.objects.order_by("number")
    if "\0" in text:
        return []  # in no text of the database
    if text:
        by_name = Q(name__icontains=text)
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
        found = found.filter(by_name if number is None else by_name | Q(number=number))
    if after is not None:
        found = found.filter(number__gt=after)
    return list(found[: _limit(limit)])


def customer_names(numbers: Iterable[int]) -> dict[int, str]:
    """Give the names of several customers by number, in one query."""
    found = Customer.objects.filter(number__in=set(numbers))
    return dict(found.values_list("number", "name"))


def payees(
    *, customer: int, closed_too: bool = False, after: int | None = None, limit: int = 50
) -> list[Payee]:
    """List a customer's payee accounts, oldest first."""
    found = Payee.objects.filter(customer=customer).order_by("id")
    return _page(found if closed_too else found.filter(active=True), after, limit)


def payees_newest_first(
    *, customer: int, active: bool, before: int | None = None, limit: int = 50
) -> list[Payee]:
    """List a customer's payee accounts that are in use, or those that are closed, newest first.

    Args:
        before: the number of the last one seen.
        limit: at most 200.
    """
    found = Payee.objects.filter(customer=customer, active=active).order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found[: min(max(limit, 1), PAGE_MAX)])


def api_keys(*, after: int | None = None, limit: int = 50) -> list[ApiKey]:
    """List API keys, revoked ones as well, oldest first. Their texts are nowhere."""
    return _page(ApiKey.objects.order_by("id").defer("digest"), after, limit)


def users(*, staff: bool, text: str = "", after: int | None = None, limit: int = 50) -> list[User]:
    """List the staff or the customers' users by number; `text` is a customer's number or part of a name."""
    found = User.objects.filter(customer__isnull=staff).order_by("id").defer("password")
    if "\0" in text:
        return []  # in no text of the database
    if text:
        by_name = Q(name__icontains=text) | Q(login__icontains=text)
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
        found = found.filter(by_name if number is None else by_name | Q(customer=number))
    return _page(found, after, limit)


def has_users(customer: int) -> bool:
    """Tell whether somebody has been entered who signs in for a customer."""
    return customer < 2**63 and User.objects.filter(customer=customer).exists()


def audit_trail(
    *, subject: str = "", actor: str = "", before: int | None = None, limit: int = 50
) -> list[AuditRecord]:
    """List privileged acts, newest first; those before `before` in the trail."""
    found = AuditRecord.objects.order_by("-id")
    if subject:
        found = found.filter(subject=subject)
    if actor:
        found = found.filter(actor=actor)
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found[: _limit(limit)])


def _page(found: QuerySet[M], after: int | None, limit: int) -> list[M]:
    return list((found if after is None else found.filter(pk__gt=after))[: _limit(limit)])


def _limit(limit: int) -> int:
    return max(1, min(limit, PAGE_MAX))
