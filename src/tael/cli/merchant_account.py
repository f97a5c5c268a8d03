"""`tael merchant`: merchant accounts, their terms, and what business records refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.business_registries import calendar_day_out
from tael.api.v1.merchant_accounts import TermsIn
from tael.api.v1.merchant_reserve import kept_bill_out, kept_out
from tael.api.v1.merchant_shapes import (
    business_kind_out,
    merchant_account_out,
    source_out,
    terms_out,
)
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.cli.list_file import Saved, saved_option
from tael.documents.settlement_lists import ACCOUNTS as ACCOUNTS_LIST
from tael.documents.settlement_lists import RESERVES
from tael.settlement.accounts.calendar import exceptions, set_calendar_day
from tael.settlement.accounts.merchant_account import (
    disable_merchant_account,
    enable_merchant_account,
    merchant_account,
    open_merchant_account,
)
from tael.settlement.accounts.merchant_search import (
    MerchantAccountsWanted,
    merchant_account_view,
    merchant_accounts,
)
from tael.settlement.accounts.terms import Terms, set_terms, terms_history, terms_in_force
from tael.settlement.bills.reserve import kept_back_now, reserves_of
from tael.settlement.registry import (
    add_kind,
    add_source,
    kinds,
    sources,
    switch_kind,
    switch_source,
)

if TYPE_CHECKING:
    from datetime import datetime

    from tael.cli.call import Call
    from tael.settlement.registry import Direction

DAY: Final = click.DateTime(formats=["%Y-%m-%d"])
KEPT_DAYS: Final = ("day", "amount", "bills")
KEPT_BILLS: Final = ("number", "bill", "amount", "release_on", "released_at")
ACCOUNTS: Final = ("number", "owner", "currency", "name", "amount", "reserve", "enabled")
TERMS: Final = ("number", "set_at", "cycle", "anchor", "settle_after", "minimum_manual", "fee")
KINDS: Final = ("code", "names.en as name", "unit", "direction", "enabled")
SOURCES: Final = ("code", "name", "zone", "first_day", "enabled")
DAYS: Final = ("day", "business", "name")


@command("list")
@click.argument("text", default="")
@click.option("--currency", default="")
@click.option("--after", type=NUMBER, help="Those after this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def listing(
    _call: Call,
    *,
    text: str,
    currency: str,
    after: int | None,
    limit: int,
    saved: Saved,
) -> Listing | Facts:
    """List merchant accounts; TEXT is a number or part of the merchant's name."""
    wanted = MerchantAccountsWanted(text=text, currency=currency)
    if saved.wanted:
        return saved.of(ACCOUNTS_LIST, wanted)
    rows = merchant_accounts(wanted, limit=limit, after=after)
    more = f"--after {rows[-1].number}" if len(rows) == limit else ""
    return Listing(ACCOUNTS, [merchant_account_out(view) for view in rows], more)


@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show a merchant account with its amount."""
    return Facts(merchant_account_out(merchant_account_view(number)))


@command("open")
@click.argument("owner", type=NUMBER)
@click.argument("currency")
@click.option("--name", default="default", show_default=True)
def opened(call: Call, *, owner: int, currency: str, name: str) -> Facts:
    """Open a merchant account for a customer, or show the one that is there."""
    made = open_merchant_account(
        owner=owner, currency=currency, name=name, actor=call.actor, at=call.at
    )
    return Facts(merchant_account_out(merchant_account_view(made.number)))


@command("disable")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def disable(call: Call, *, number: int, reason: str) -> Facts:
    """Let nothing go in or out of a merchant account."""
    account = merchant_account(number)
    disable_merchant_account(account=account, reason=reason, actor=call.actor, at=call.at)
    return Facts(merchant_account_out(merchant_account_view(number)))


@command("enable")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def enable(call: Call, *, number: int, reason: str) -> Facts:
    """Let money go in and out of a merchant account again."""
    account = merchant_account(number)
    enable_merchant_account(account=account, reason=reason, actor=call.actor, at=call.at)
    return Facts(merchant_account_out(merchant_account_view(number)))


@command("terms")
@click.argument("number", type=NUMBER)
@click.option("--history", is_flag=True, help="All that was ever agreed on.")
def terms(_call: Call, *, number: int, history: bool) -> Facts | Listing:
    """Show the terms of an account."""
    account = merchant_account(number)
    if history:
        return Listing(TERMS, [terms_out(account, row) for row in terms_history(number)])
    return Facts(terms_out(account, terms_in_force(number)))


@command("set-terms")
@click.argument("number", type=NUMBER)
@click.option("--cycle", default="month", show_default=True, help="day, week or month.")
@click.option("--anchor", type=int, default=1, show_default=True)
@click.option("--settle-after", type=int, default=1, show_default=True, help="T+n.")
@click.option("--business-days", is_flag=True)
@click.option("--calendar", default="default", show_default=True)
@click.option("--zone", default="")
@click.option("--review", is_flag=True, help="Bills wait for a person.")
@click.option("--grace-hours", type=int)
@click.option("--minimum-manual", default="0", show_default=True)
@click.option("--minimum-automatic", default="0", show_default=True)
@click.option("--fee", default="0", show_default=True, help="As 1% or 0.5% + 1.")
@click.option("--reserve-percent", default="0", show_default=True)
@click.option("--reserve-days", type=int, default=0, show_default=True)
@click.option("--collect-from", type=NUMBER, help="The wallet of a merchant who owes.")
@click.option("--collect-most")
@click.option("--reversal-style", default="red", show_default=True, help="red or blue.")
@click.option("--note", default="", help="For who decides, where it takes two people.")
@click.option("--key", help="Idempotency key.  [default: a new one]")
def agree(call: Call, *, number: int, note: str, key: str | None, **told: Any) -> Facts:
    """Agree on new terms of an account; what is not named is as usual."""
    account = merchant_account(number)
    done = set_terms(
        account=account,
        terms=TermsIn(**told).terms(account),
        note=note,
        instruction=call.keyed(key),
    )
    if isinstance(done, Terms):
        return Facts(terms_out(account, done))
    return Facts({"proposal": done.pk, "state": done.state})


@command("kinds")
def list_kinds(_call: Call) -> Listing:
    """List the kinds of business."""
    return Listing(KINDS, [business_kind_out(row) for row in kinds()])


@command("add-kind")
@click.argument("code")
@click.argument("name")
@click.option("--hans", default="", help="Its name in simplified Chinese.")
@click.option("--hant", default="", help="Its name in traditional Chinese.")
@click.option("--unit", default="")
@click.option(
    "--direction", type=click.Choice(["in", "out", "either"]), default="either", show_default=True
)
def enter_kind(
    call: Call, *, code: str, name: str, hans: str, hant: str, unit: str, direction: Direction
) -> Facts:
    """Register a kind of business; the same one again changes its names only."""
    made = add_kind(
        code=code,
        names={"en": name, "zh-hans": hans, "zh-hant": hant},
        unit=unit,
        direction=direction,
        actor=call.actor,
        at=call.at,
    )
    return Facts(business_kind_out(made))


@command("switch-kind")
@click.argument("code")
@click.argument("to", type=click.Choice(["on", "off"]))
def switch_one_kind(call: Call, *, code: str, to: str) -> Facts:
    """Let a kind of business be used for new records, or no longer."""
    row = switch_kind(code=code, on=to == "on", actor=call.actor, at=call.at)
    return Facts(business_kind_out(row))


@command("sources")
def list_sources(_call: Call) -> Listing:
    """List the business systems that records come from."""
    return Listing(SOURCES, [source_out(row) for row in sources()])


@command("add-source")
@click.argument("code")
@click.argument("name")
@click.option("--zone", required=True, help="Of its days, as Asia/Shanghai.")
@click.option("--first-day", type=DAY, required=True, help="From when on it is checked.")
def enter_source(call: Call, *, code: str, name: str, zone: str, first_day: datetime) -> Facts:
    """Register a business system that records come from."""
    made = add_source(
        code=code,
        name=name,
        zone=zone,
        first_day=first_day.date(),
        actor=call.actor,
        at=call.at,
    )
    return Facts(source_out(made))


@command("switch-source")
@click.argument("code")
@click.argument("to", type=click.Choice(["on", "off"]))
def switch_one_source(call: Call, *, code: str, to: str) -> Facts:
    """Let a source bring new records, or no longer."""
    row = switch_source(code=code, on=to == "on", actor=call.actor, at=call.at)
    return Facts(source_out(row))


@command("calendar")
@click.argument("calendar", default="default")
def list_days(_call: Call, *, calendar: str) -> Listing:
    """List the days of a business calendar that are exceptions."""
    return Listing(DAYS, [calendar_day_out(row) for row in exceptions(calendar)])


@command("set-day")
@click.argument("day", type=DAY)
@click.argument("sort", type=click.Choice(["business", "holiday"]))
@click.option("--calendar", default="default", show_default=True)
@click.option("--name", default="")
def set_day(call: Call, *, day: datetime, sort: str, calendar: str, name: str) -> Facts:
    """Say of a day whether business is done on it."""
    row = set_calendar_day(
        calendar=calendar,
        day=day.date(),
        business=sort == "business",
        name=name,
        actor=call.actor,
        at=call.at,
    )
    return Facts(calendar_day_out(row))


@command("reserve")
@click.argument("number", type=NUMBER)
@click.option("--bills", is_flag=True, help="Of which bills it was kept, also what was given back.")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def reserve(
    _call: Call,
    *,
    number: int,
    bills: bool,
    before: int | None,
    limit: int,
    saved: Saved,
) -> Listing | Facts:
    """Show what is kept back of an account's bills, and the days on which it is given back."""
    account = merchant_account(number)
    if saved.wanted:
        return saved.of(RESERVES, account, name=f"reserves-{number}")
    kept = kept_out(kept_back_now(account))
    around = {"amount": kept["amount"]}
    if not bills:
        return Listing(KEPT_DAYS, kept["days"], around=around)
    rows = reserves_of(account, before=before, limit=limit)
    more = f"--before {rows[-1].number}" if len(rows) == limit else ""
    return Listing(KEPT_BILLS, [kept_bill_out(one) for one in rows], more, around)


COMMANDS: Final = (
    listing,
    show,
    opened,
    disable,
    enable,
    terms,
    agree,
    list_kinds,
    enter_kind,
    switch_one_kind,
    list_sources,
    enter_source,
    switch_one_source,
    list_days,
    set_day,
    reserve,
)
