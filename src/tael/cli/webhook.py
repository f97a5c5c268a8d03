"""`tael webhook`: the programs that are told of what happens, and how the telling went."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.webhooks import delivery_out, webhook_line_out, webhook_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.outbox import queries
from tael.outbox.delivery import resend
from tael.outbox.endpoint import (
    add_endpoint,
    change_endpoint,
    disable_endpoint,
    enable_endpoint,
)
from tael.outbox.event_types import EVENT_TYPES
from tael.outbox.rotation import OVERLAP_HOURS, rotate_secret
from tael.outbox.trial import send_trial

if TYPE_CHECKING:
    from tael.cli.call import Call

COLUMNS: Final = ("number", "url", "event_types", "enabled", "waiting", "given_up", "description")
DELIVERIES: Final = ("number", "webhook", "event", "type", "at", "state", "next_attempt_at")
KEEP: Final = ["Keep the secret: it is shown this once."]

_limit = click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
_key = click.option("--key", help="Idempotency key.  [default: a new one]")


@click.group("webhook")
def webhook() -> None:
    """Tell programs of what happens: add them, rotate their secrets, see what was delivered."""


@webhook.add_command
@command("list")
@click.option("--after", type=NUMBER, help="Those after this number.")
@_limit
def listing(_call: Call, *, after: int | None, limit: int) -> Listing:
    """List the webhooks; their secrets are nowhere."""
    rows = queries.endpoints_after(after, limit)
    more = f"--after {rows[-1].endpoint.pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [webhook_line_out(row) for row in rows], more)


@webhook.add_command
@command("events")
def events(_call: Call) -> Listing:
    """List what can be told."""
    rows = [{"event": name, "when": meaning} for name, meaning in EVENT_TYPES.items()]
    return Listing(("event", "when"), rows)


@webhook.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one webhook."""
    return Facts(webhook_out(queries.endpoint(number)))


@webhook.add_command
@command("add")
@click.argument("url")
@click.option("--event", "events", multiple=True, help="May stand often.  [default: all of them]")
@click.option("--description", default="")
@_key
def add(
    call: Call, *, url: str, events: tuple[str, ...], description: str, key: str | None
) -> Facts:
    """Tell the program at URL of what happens from now on. Its secret is printed this once."""
    new = add_endpoint(
        url=url,
        event_types=events,
        description=description,
        actor=call.actor,
        at=call.at,
        key=key,
    )
    return Facts(webhook_out(new.endpoint) | {"secret": new.secret}, KEEP)


@webhook.add_command
@command("change")
@click.argument("number", type=NUMBER)
@click.option("--event", "events", multiple=True, help="May stand often; `all` for all of them.")
@click.option("--description")
def change(call: Call, *, number: int, events: tuple[str, ...], description: str | None) -> Facts:
    """Change of what a webhook is told, or how it is described."""
    wanted = None if not events else () if events == ("all",) else events
    changed = change_endpoint(
        number=number,
        event_types=wanted,
        description=description,
        actor=call.actor,
        at=call.at,
    )
    return Facts(webhook_out(changed))


@webhook.add_command
@command("disable")
@click.argument("number", type=NUMBER)
@click.option("--reason", default="")
def disable(call: Call, *, number: int, reason: str) -> Facts:
    """Send nothing more to a webhook; what waits for it is dropped."""
    done = disable_endpoint(number=number, reason=reason, actor=call.actor, at=call.at)
    return Facts(webhook_out(done))


@webhook.add_command
@command("enable")
@click.argument("number", type=NUMBER)
def enable(call: Call, *, number: int) -> Facts:
    """Tell a webhook again of what happens from now on."""
    return Facts(webhook_out(enable_endpoint(number=number, actor=call.actor, at=call.at)))


@webhook.add_command
@command("rotate")
@click.argument("number", type=NUMBER)
@click.option(
    "--overlap-hours",
    type=int,
    default=OVERLAP_HOURS,
    show_default=True,
    help="How long the old secret signs as well; 0 ends it at once.",
)
@_key
def rotate(call: Call, *, number: int, overlap_hours: int, key: str | None) -> Facts:
    """Give a webhook another secret, which is printed this once."""
    new = rotate_secret(
        number=number, overlap_hours=overlap_hours, actor=call.actor, at=call.at, key=key
    )
    return Facts(webhook_out(new.endpoint) | {"secret": new.secret}, KEEP)


@webhook.add_command
@command("test")
@click.argument("number", type=NUMBER)
@_key
def test(call: Call, *, number: int, key: str | None) -> Facts:
    """Send a webhook a test event; the worker delivers it within seconds."""
    named = key or str(uuid.uuid4())  # noqa: TID251 - a door makes the key
    sent = send_trial(number=number, actor=call.actor, at=call.at, key=named)
    return Facts(delivery_out(queries.delivery(sent.pk)))


@webhook.add_command
@command("deliveries")
@click.option("--webhook", "number", type=NUMBER, help="To this one.")
@click.option("--state", type=click.Choice(queries.STATES))
@click.option("--event", help="Of this type.")
@click.option("--before", type=NUMBER, help="Those before this number.")
@_limit
def deliveries(
    _call: Call,
    *,
    number: int | None,
    state: str | None,
    event: str | None,
    before: int | None,
    limit: int,
) -> Listing:
    """List deliveries, newest first; --json has every attempt."""
    found = queries.deliveries(
        endpoint=number,
        state=state or "",
        event_type=event or "",
        before=before,
        limit=limit,
        attempts_too=True,
    )
    more = f"--before {found.next}" if found.next else ""
    return Listing(DELIVERIES, [delivery_out(row) for row in found.deliveries], more)


@webhook.add_command
@command("delivery")
@click.argument("number", type=NUMBER)
def delivery(_call: Call, *, number: int) -> Facts:
    """Show one delivery with every attempt."""
    return Facts(delivery_out(queries.delivery(number)))


@webhook.add_command
@command("resend")
@click.argument("number", type=NUMBER)
@_key
def again(call: Call, *, number: int, key: str | None) -> Facts:
    """Send a delivery again, whatever became of it."""
    resend(delivery=number, actor=call.actor, at=call.at, key=key)
    facts: dict[str, Any] = delivery_out(queries.delivery(number))
    return Facts(facts)
