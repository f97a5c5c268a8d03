"""The registries that business records refer to: kinds of business (業務) and sources.

Source: B-13, B-14, B-22; E-12; peers-settlement-invest A1, A6.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tael import books
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.models import BusinessKind, Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

__all__ = [
    "BusinessKind",
    "KindTaken",
    "RegistryMalformed",
    "Source",
    "SourceTaken",
    "UnknownBusinessKind",
    "UnknownSource",
    "add_kind",
    "add_source",
    "business_kind",
    "kind_named",
    "kinds",
    "parse_zone",
    "source",
    "source_named",
    "sources",
    "switch_kind",
    "switch_source",
]

CODE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}")
UNIT_MAX: Final = 20
NAME_MAX: Final = 100
LANGUAGES: Final = ("en", "zh-hans", "zh-hant")
Direction = Literal["in", "out", "either"]


class UnknownBusinessKind(Refusal):
    """There is no such kind of business, or it has been switched off."""

    code = "unknown_business_kind"
    because: ClassVar[Because] = "absent"
    rule = "B-13"
    remedy = "Use the code of a registered kind of business, or register it."


class UnknownSource(Refusal):
    """There is no such source of business records, or it has been switched off."""

    code = "unknown_source"
    because: ClassVar[Because] = "absent"
    rule = "B-14"
    remedy = "Use the code of a registered source, or register it."


class KindTaken(Refusal):
    """The kind of business is registered with another unit or direction, and these never change."""

    code = "business_kind_taken"
    because: ClassVar[Because] = "conflict"
    rule = "B-22"
    remedy = "Use another code."


class SourceTaken(Refusal):
    """The source is registered already."""

    code = "source_taken"
    because: ClassVar[Because] = "conflict"
    rule = "B-14"
    remedy = "Use another code, or change the one that is there."


class RegistryMalformed(Refusal):
    """A code, unit, direction, zone or name of a registry has a shape that cannot be kept."""

    code = "registry_malformed"
    rule = "B-13"
    remedy = "Send the named field in the allowed form."


@books.atomic
def add_kind(
    *,
    code: str,
    names: Mapping[str, str],
    unit: str = "",
    direction: Direction = "either",
    actor: str,
    at: datetime,
) -> BusinessKind:
    """Register a kind of business; the same one again changes its names only.

    Args:
        code: 1 to 32 of a-z, 0-9, _ . -
        names: what bills call it, by language; "en" is needed.
        unit: what its quantity counts; nothing where there is none.
        direction: in: income of the merchant. out: his expense. either.

    Raises:
        RegistryMalformed: naming the field.
        KindTaken: it is there with another unit or direction.

    Source: B-13, B-22.
    """
    _check_code(code)
    called = {
        language: parse_text(names[language], field=f"names.{language}", longest=NAME_MAX)
        for language in LANGUAGES
        if names.get(language)
    }
    if "en" not in called:
        raise _malformed("names.en", names.get("en"), "a name in English")
    if direction not in {"in", "out", "either"}:
        raise _malformed("direction", direction, "in, out or either")
    counted = parse_text(unit, field="unit", longest=UNIT_MAX, may_be_empty=True)
    made, new = BusinessKind.objects.get_or_create(
        code=code,
        defaults={
            "names": called,
            "unit": counted,
            "direction": direction,
            "added_at": at,
            "added_by": actor,
        },
    )
    if (made.unit, made.direction) != (counted, direction):
        message = f"{code} is there already."
        there = f"{made.direction}, {made.unit or 'no unit'}"
        raise KindTaken(message, field="code", there=there)
    if not new and made.names == called:
        return made
    if not new:
        made.names = called
        made.save(update_fields=["names"])
    _audit("business_kind.set", f"business_kind:{code}", actor, at, {"names": called})
    return made


@books.atomic
def switch_kind(*, code: str, on: bool, actor: str, at: datetime) -> BusinessKind:
    """Let a kind of business be used for new records, or no longer.

    Raises:
        UnknownBusinessKind: there is none.

    Source: B-13.
    """
    row = BusinessKind.objects.select_for_update().filter(pk=code).first()
    if row is None:
        raise unknown_kind(code)
    if (row.switched_off_at is None) == on:
        return row
    row.switched_off_at = None if on else at
    row.save(update_fields=["switched_off_at"])
    verb = "on" if on else "off"
    _audit(f"business_kind.switch_{verb}", f"business_kind:{code}", actor, at, {})
    return row


@books.atomic
def add_source(
    *,
    code: str,
    name: str,
    zone: str,
    first_day: date,
    actor: str,
    at: datetime,
) -> Source:
    """Register a business system that records come from; its lists are brought as files until it has an address.

    Args:
        code: 1 to 32 of a-z, 0-9, _ . -
        zone: the time zone in which its days are meant, "Asia/Shanghai".
        first_day: from when on it is checked for missing records.

    Raises:
        RegistryMalformed: naming the field.
        SourceTaken: it is there.

    Source: B-14; A1, A6.
    """
    _check_code(code)
    called = parse_text(name, field="name", longest=NAME_MAX)
    parse_zone(zone)
    made, new = Source.objects.get_or_create(
        code=code,
        defaults={
            "name": called,
            "zone": zone,
            "first_day": first_day,
            "added_at": at,
            "added_by": actor,
        },
    )
    if not new:
        raise SourceTaken(f"Source {code} is there already.", field="code", there=made.name)
    details = {"name": called, "zone": zone, "first_day": first_day.isoformat()}
    _audit("source.add", f"source:{code}", actor, at, details)
    return made


@books.atomic
def switch_source(*, code: str, on: bool, actor: str, at: datetime) -> Source:
    """Let a source bring new records, or no longer.

    Raises:
        UnknownSource: there is none.

    Source: B-14.
    """
    row = Source.objects.select_for_update().filter(pk=code).first()
    if row is None:
        raise unknown_source(code)
    if (row.switched_off_at is None) == on:
        return row
    row.switched_off_at = None if on else at
    row.save(update_fields=["switched_off_at"])
    verb = "on" if on else "off"
    _audit(f"source.switch_{verb}", f"source:{code}", actor, at, {})
    return row


def business_kind(code: str) -> BusinessKind:
    """Give a kind of business that is in use.

    Raises:
        UnknownBusinessKind: there is none, or it is switched off.
    """
    found = BusinessKind.objects.filter(pk=code, switched_off_at__isnull=True).first()
    if found is None:
        raise unknown_kind(code)
    return found


def kind_named(code: str) -> BusinessKind:
    """Give a kind of business, one that is switched off as well.

    Raises:
        UnknownBusinessKind: there is none.

    Source: B-13.
    """
    found = BusinessKind.objects.filter(pk=code).first() if "\0" not in code else None
    if found is None:
        raise unknown_kind(code)
    return found


def source_named(code: str) -> Source:
    """Give a source, one that is switched off as well.

    Raises:
        UnknownSource: there is none.

    Source: B-14.
    """
    found = Source.objects.filter(pk=code).first() if "\0" not in code else None
    if found is None:
        raise unknown_source(code)
    return found


def source(code: str) -> Source:
    """Give a source that is in use.

    Raises:
        UnknownSource: there is none, or it is switched off.
    """
    found = Source.objects.filter(pk=code, switched_off_at__isnull=True).first()
    if found is None:
        raise unknown_source(code)
    return found


def kinds() -> list[BusinessKind]:
    """List the kinds of business by code, those that are switched off as well.

    Source: B-13.
    """
    return list(BusinessKind.objects.order_by("code"))


def sources() -> list[Source]:
    """List the sources by code, those that are switched off as well.

    Source: B-14.
    """
    return list(Source.objects.order_by("code"))


def parse_zone(zone: str) -> ZoneInfo:
    """Give a time zone by its name.

    Raises:
        RegistryMalformed: there is none of this name.
    """
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _malformed("zone", zone, "the name of a time zone, as Asia/Shanghai") from None


def _check_code(code: object) -> None:
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise _malformed("code", code, "1 to 32 of a-z, 0-9, _ . -")


def _malformed(field: str, there: object, allowed: str) -> RegistryMalformed:
    shown = ascii(there)[:60] if isinstance(there, str) else type(there).__name__
    message = f"{field} is malformed."
    return RegistryMalformed(message, field=field, there=shown, allowed=allowed)


def unknown_kind(code: str) -> UnknownBusinessKind:
    """Say that there is no such kind of business in use."""
    message = "There is no such kind of business in use."
    return UnknownBusinessKind(message, field="kind", there=ascii(code)[:40])


def unknown_source(code: str) -> UnknownSource:
    """Say that there is no such source in use."""
    message = "There is no such source in use."
    return UnknownSource(message, field="source", there=ascii(code)[:40])


def _audit(
    action: str, subject: str, actor: str, at: datetime, details: Mapping[str, object]
) -> None:
    audit.record(actor=actor, action=action, subject=subject, at=at, details=details)
