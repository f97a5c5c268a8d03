"""Collections (自動扣款): what a merchant owes is taken from the wallet that his terms name, as far as it reaches.

Only free money, and at most so much a day; what is left stays owed. It is done after bills, by a job, and
when somebody asks for it.

Source: B-25; A15; A-B16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from django.db import transaction
from django.db.models import Sum

from tael import books, ledger
from tael.parties import actor as actors
from tael.parties import audit
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import (
    MerchantAccount,
    account_from,
    amounts_now,
    check_usable,
)
from tael.settlement.accounts.terms import terms_in_force
from tael.settlement.models import Collection, MerchantAccountRow, Terms
from tael.settlement.registry import parse_zone
from tael.wallet.collect import collect
from tael.wallet.figures import figures_now
from tael.wallet.wallet import wallet_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tael.books import Instruction
    from tael.money import Money

__all__ = [
    "Collected",
    "Collection",
    "CollectionRun",
    "NothingToCollect",
    "UnknownCollection",
    "collect_debt",
    "collect_due",
    "collection",
]

ACTOR: Final = actors.of_part("collection")
CHANNEL: Final = "System"
TRIES: Final = 3
_OWING: Final = """
    SELECT m.number FROM settlement_account AS m
    JOIN {book}.account AS a ON a.id = m.account
    WHERE a.balance < 0 AND m.disabled_at IS NULL AND (
        SELECT t.collect_from FROM settlement_terms AS t WHERE t.account = m.number ORDER BY t.id DESC LIMIT 1
    ) IS NOT NULL
    ORDER BY m.number
"""


class NothingToCollect(Refusal):
    """Nothing is owed, no wallet may be asked, it is empty, or the day's most has been taken."""

    code = "nothing_to_collect"
    because: ClassVar[Because] = "conflict"
    rule = "B-25"
    remedy = "Look at the account's amount, the wallet of its terms and what was collected today."


class UnknownCollection(Refusal):
    """There is no such collection, or it is another merchant's."""

    code = "unknown_collection"
    because: ClassVar[Because] = "absent"
    rule = "B-25"
    remedy = "Use the number that collecting gave."


class Collected(NamedTuple):
    """What was taken, and whether the call was made before."""

    collection: Collection
    replayed: bool = False


class CollectionRun(NamedTuple):
    """What a run did: what it took, and the accounts that it had to leave, with the reason."""

    collected: list[Collection]
    parked: list[tuple[int, Refusal]]


class _Overtaken(Exception):  # noqa: N818 - no error: another payment was faster, and the debt is less now
    """Between reading the debt and paying it somebody else paid."""


@books.atomic
def collect_debt(*, account: MerchantAccount, instruction: Instruction) -> Collected:
    """Take what the merchant owes from his wallet, as much as is owed, there and allowed today.

        wallet free        -amount
        merchant owed      +amount

    The server computes the amount; nobody names it.

    Raises:
        NothingToCollect: naming what is in the way.
        MerchantAccountDisabled, WalletDisabled, CustomerDisabled: something is switched off.
        KeyReused: the key stands for something else.

    Source: B-25; A15.
    """
    # whoever collects for the account waits here, so that a day's most is counted once
    MerchantAccountRow.objects.select_for_update(no_key=True).get(pk=account.number)
    before = ledger.find_entry(books.connection(), instruction.entry_keys().key)
    if before is not None:
        found = Collection.objects.filter(entry=before.entry_id, account=account.number).first()
        if found is None:
            message = "The key stands for another request."
            raise ledger.KeyReused(message, field="key")
        return Collected(found, replayed=True)
    check_usable(account)
    terms = terms_in_force(account.number)
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return Collected(_take(account, terms, instruction))
        except (_Overtaken, ledger.InsufficientFunds):
            continue
    message = "Other payments were faster; what is left is collected later."
    raise NothingToCollect(message, field="account", there=str(account.number))


def collect_due(*, at: datetime) -> CollectionRun:
    """Collect from every merchant who owes something and has named a wallet; each in its own transaction.

    May run at any time, twice or in parallel: a debt is collected once. What cannot be collected is
    reported and stays owed.

    Source: B-25; A15.
    """
    run = CollectionRun([], [])
    for number in list(_owing()):
        try:
            run.collected.append(_collect_one(number, at))
        except NothingToCollect:
            continue
        except Refusal as refusal:
            run.parked.append((number, refusal))
    return run


def collection(number: int, *, owner: int | None = None) -> Collection:
    """Give a collection with its account.

    Args:
        owner: the merchant; only his own.

    Raises:
        UnknownCollection: there is none, or it is another merchant's.

    Source: B-25; reliability, T14.
    """
    rows = Collection.objects.select_related("account")
    row = rows.filter(pk=number).first() if 0 < number < 2**63 else None
    if row is None or owner not in {None, row.account.owner}:
        message = "There is no such collection."
        raise UnknownCollection(message, field="collection", there=str(number)[:32])
    return row


def _owing() -> Iterator[int]:
    for (number,) in books.connection().execute(ledger.MAIN.sql(_OWING)).fetchall():
        yield int(number)


@books.atomic
def _collect_one(number: int, at: datetime) -> Collection:
    row = MerchantAccountRow.objects.select_for_update(no_key=True).get(pk=number)
    account = account_from(row)
    # one key for each collection of the account: a job that is repeated after a lost commit finds it
    place = Collection.objects.filter(account=number).count() + 1
    told = books.Instruction(key=f"{number}-{place}", actor=ACTOR, at=at, channel=CHANNEL)
    return collect_debt(account=account, instruction=told).collection


def _take(account: MerchantAccount, terms: Terms, instruction: Instruction) -> Collection:
    amount = _amount(account, terms, instruction)
    assert terms.collect_from is not None
    wallet = wallet_of(account.owner, terms.collect_from, field="collect_from")
    posted = collect(wallet=wallet, into=account.account, amount=amount, instruction=instruction)
    left = next(leg.balance_after for leg in posted.legs if leg.account == account.account)
    if (
        left > 0
    ):  # the debt became less after it was read; what was taken goes back with this savepoint
        raise _Overtaken
    row = Collection.objects.create(
        account_id=account.number,
        wallet=wallet.number,
        amount=amount.minor,
        day=instruction.at.astimezone(parse_zone(terms.zone)).date(),
        entry=posted.entry_id,
        at=instruction.at,
    )
    audit.record(
        actor=instruction.actor,
        action="collection.take",
        subject=f"merchant_account:{account.number}",
        at=instruction.at,
        details={"collection": row.pk, "wallet": wallet.number, "amount": amount.minor},
    )
    return row


def _amount(account: MerchantAccount, terms: Terms, instruction: Instruction) -> Money:
    """Give the least of what is owed, what is there, and what may still be taken today."""
    if terms.collect_from is None:
        raise _nothing("The terms name no wallet.", account)
    debt = -amounts_now([account])[account.number].minor
    if debt <= 0:
        raise _nothing("Nothing is owed.", account)
    wallet = wallet_of(account.owner, terms.collect_from, field="collect_from")
    there = figures_now([wallet])[wallet.number].withdrawable.minor
    if there <= 0:
        raise _nothing(f"Wallet {wallet.number} has no free money.", account)
    amount = min(debt, there)
    if terms.collect_most is not None:
        amount = min(amount, terms.collect_most - _taken(account, terms, instruction.at).minor)
        if amount <= 0:
            raise _nothing("The most of this day has been taken.", account)
    return account.money(amount)


def _taken(account: MerchantAccount, terms: Terms, at: datetime) -> Money:
    day = at.astimezone(parse_zone(terms.zone)).date()
    rows = Collection.objects.filter(account=account.number, day=day)
    return account.money(rows.aggregate(sum=Sum("amount"))["sum"] or 0)


def _nothing(message: str, account: MerchantAccount) -> NothingToCollect:
    return NothingToCollect(message, field="account", there=str(account.number))
