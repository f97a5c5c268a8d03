"""The terms (結算條款) of a merchant account: its periods, minimums, fee, reserve, and whether its bills wait.

They are a history; the newest row is in force. Where the operator has set a limit for them, a change
takes two people.

Source: B-25, B-27, B-33, B-34, E-10; peers-settlement-invest A5, A9, A10, A15, A16, A22, A36.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, ClassVar, Final, get_args

from tael import books
from tael.approvals.command import Agreed, Command, Payload, register
from tael.approvals.limit import needs_two
from tael.approvals.proposal import Proposal, propose
from tael.money.fee import Fee
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Refusal
from tael.settlement.accounts.calendar import CALENDAR_MAX, business_days
from tael.settlement.accounts.merchant_account import MerchantAccount, merchant_account, owner_in
from tael.settlement.accounts.period import ANCHOR_MAX, Cycle, CycleLength
from tael.settlement.independence import check_not_his_own
from tael.settlement.models import MerchantAccountRow, Terms
from tael.settlement.registry import parse_zone
from tael.wallet.serial_number import business_zone
from tael.wallet.wallet import wallet_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tael.books import Instruction

__all__ = [
    "AccountTerms",
    "Terms",
    "TermsMalformed",
    "account_terms",
    "cycle_of",
    "set_terms",
    "terms_history",
    "terms_in_force",
]

SETTLE_AFTER_MAX: Final = 90
GRACE_HOURS_MAX: Final = 8760
RESERVE_DAYS_MAX: Final = 730
WHOLE: Final = 100
PAGE_MAX: Final = 200
AMOUNT_MAX: Final = 2**63 - 1


class TermsMalformed(Refusal):
    """A term has a value that cannot be agreed on."""

    code = "terms_malformed"
    rule: ClassVar[str] = "B-27"
    remedy = "Send the named term in the allowed form."


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTerms:
    """What is agreed about one account; amounts are minor units of its currency. See the table `Terms`."""

    cycle: str = "month"
    anchor: int = 1
    settle_after: int = 1
    business_days: bool = False
    calendar: str = "default"
    zone: str = ""
    review: bool = False
    grace_hours: int | None = None
    minimum_manual: int = 0
    minimum_automatic: int = 0
    fee: str = "0"
    reserve_percent: str = "0"
    reserve_days: int = 0
    collect_from: int | None = None
    collect_most: int | None = None
    reversal_style: str = "red"

    def facts(self) -> dict[str, Any]:
        """Give the terms as plain JSON."""
        return asdict(self)


@books.atomic
def set_terms(
    *, account: MerchantAccount, terms: AccountTerms, instruction: Instruction, note: str = ""
) -> Terms | Proposal:
    """Agree on new terms, in force at once; above the operator's limit they wait for a second person.

    Periods that have been billed stay as they are; the next one begins where the last one ended.

    Raises:
        TermsMalformed, FeeMalformed, RegistryMalformed (zone): naming the term.
        UnknownWallet: the wallet to collect from is not the merchant's.
        AffectedDecides: by the merchant himself.

    Source: B-27, B-33, E-10; A36; I32.
    """
    told = _checked(account, terms)
    check_not_his_own(account.owner, instruction, of="the terms of an account")
    if not needs_two(SET_TERMS.code, account.currency.code, None):
        return _enter(account, told, instruction, proposal=None)
    return propose(
        command=SET_TERMS.code,
        payload={"account": account.number, "terms": told.facts()},
        subject=f"merchant_account:{account.number}",
        before=account_terms(terms_in_force(account.number)).facts(),
        note=note,
        instruction=instruction,
    )


def terms_in_force(account: int) -> Terms:
    """Give the terms of an account; where none were agreed on, the defaults, which have no number.

    Source: B-27, E-10.
    """
    found = Terms.objects.filter(account=account).order_by("-id").first()
    return found or Terms(account_id=account, zone=str(business_zone()))


def terms_history(account: int, *, limit: int = 50, before: int | None = None) -> list[Terms]:
    """List all terms of an account, the newest first.

    Args:
        limit: at most 200. before: the number of the last one seen.

    Source: B-27, E-10.
    """
    found = Terms.objects.filter(account=account).order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found[: min(max(limit, 1), PAGE_MAX)])


def account_terms(row: Terms) -> AccountTerms:
    """Give what a row of the table says."""
    said = {each.name: getattr(row, each.name) for each in fields(AccountTerms)}
    return AccountTerms(**said | {"reserve_percent": _plain(row.reserve_percent)})


def cycle_of(terms: Terms) -> Cycle:
    """Give how the account's days are divided into periods.

    Source: B-27; A9.
    """
    assert terms.cycle in get_args(CycleLength)
    counted = business_days(terms.calendar) if terms.business_days else None
    return Cycle(terms.cycle, terms.anchor, terms.settle_after, counted)  # type: ignore[arg-type]


def _checked(account: MerchantAccount, told: AccountTerms) -> AccountTerms:
    if told.cycle not in ANCHOR_MAX:
        raise _malformed("cycle", told.cycle, ", ".join(ANCHOR_MAX))
    _within("anchor", told.anchor, 1, ANCHOR_MAX[told.cycle])
    _within("settle_after", told.settle_after, 1, SETTLE_AFTER_MAX)
    if told.grace_hours is not None:
        _within("grace_hours", told.grace_hours, 1, GRACE_HOURS_MAX)
        if not told.review:
            raise _malformed("grace_hours", str(told.grace_hours), "none without a review")
    for field in ("minimum_manual", "minimum_automatic"):
        _within(field, getattr(told, field), 0, AMOUNT_MAX)
    Fee.parse(told.fee, account.currency)
    percent = _percent(told.reserve_percent)
    _within(
        "reserve_days", told.reserve_days, 1 if percent else 0, RESERVE_DAYS_MAX if percent else 0
    )
    if told.collect_from is not None:
        wallet = wallet_of(account.owner, told.collect_from, field="collect_from")
        if wallet.currency.code != account.currency.code:
            there = wallet.currency.code
            raise _malformed("collect_from", there, f"a wallet in {account.currency.code}")
    if told.collect_most is not None:
        _within("collect_most", told.collect_most, 1, AMOUNT_MAX)
        if told.collect_from is None:
            raise _malformed("collect_most", str(told.collect_most), "none without a wallet")
    if told.reversal_style not in {"red", "blue"}:
        raise _malformed("reversal_style", told.reversal_style, "red or blue")
    zone = told.zone or str(business_zone())
    parse_zone(zone)
    calendar = parse_text(told.calendar, field="calendar", longest=CALENDAR_MAX)
    return AccountTerms(
        **told.facts() | {"zone": zone, "calendar": calendar, "reserve_percent": _plain(percent)}
    )


def _enter(
    account: MerchantAccount, told: AccountTerms, instruction: Instruction, *, proposal: int | None
) -> Terms:
    # whoever sets terms of the account waits here, so that each finds what the one before set
    MerchantAccountRow.objects.select_for_update(no_key=True).get(pk=account.number)
    before = terms_in_force(account.number)
    if before.pk is not None and account_terms(before) == told and proposal is None:
        return before
    entered = Terms.objects.create(
        account_id=account.number,
        set_at=instruction.at,
        set_by=instruction.actor,
        proposal=proposal,
        **told.facts() | {"reserve_percent": Decimal(told.reserve_percent)},
    )
    audit.record(
        actor=instruction.actor,
        action="terms.set",
        subject=f"merchant_account:{account.number}",
        at=instruction.at,
        details={"before": account_terms(before).facts(), "after": told.facts()},
    )
    return entered


def _carry_out(payload: Payload, instruction: Instruction, agreed: Agreed) -> Mapping[str, Any]:
    account = merchant_account(payload["account"])
    told = _checked(account, AccountTerms(**payload["terms"]))
    return {"terms": _enter(account, told, instruction, proposal=agreed.proposal).pk}


SET_TERMS: Final = register(
    Command(
        "settlement.terms",
        "Terms of a merchant account",
        _carry_out,
        concerns=owner_in,
        amounts=frozenset({"minimum_manual", "minimum_automatic", "collect_most"}),
    )
)


def _within(field: str, value: object, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _malformed(field, str(value)[:40], f"{least} to {most}")


def _percent(text: str) -> Decimal:
    try:
        percent = Decimal(text)
    except (InvalidOperation, TypeError):
        raise _malformed("reserve_percent", str(text)[:20], "0 to 100, two decimals") from None
    if not percent.is_finite() or not 0 <= percent <= WHOLE or percent != round(percent, 2):
        raise _malformed("reserve_percent", str(text)[:20], "0 to 100, two decimals")
    return percent


def _plain(percent: Decimal | str) -> str:
    text = f"{Decimal(percent):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _malformed(field: str, there: str, allowed: str) -> TermsMalformed:
    return TermsMalformed(f"{field} is malformed.", field=field, there=there, allowed=allowed)
