"""What happened to a thing, as its page tells it: the acts of the audit trail about it, oldest first.

Source: reliability I31; peers-settlement-invest, section 4.3 (timeline).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tael.parties.audit_search import ActsWanted, actor_names, acts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.utils.functional import _StrPromise


class Step(NamedTuple):
    """One thing that was done about it."""

    at: datetime
    what: str | _StrPromise
    actor: str
    name: str
    reason: str


def steps_of(subject: str, words: Mapping[str, str | _StrPromise]) -> list[Step]:
    """List what was done about a subject, oldest first; at most the 50 newest acts. Four queries at most.

    Args:
        subject: "remittance:17". words: what each action is called.

    Source: I31.
    """
    found = acts(ActsWanted(subject=subject), limit=50)
    names = actor_names([act.actor for act in found])
    return [
        Step(
            act.at,
            words.get(act.action, act.action),
            act.actor,
            names.get(act.actor, ""),
            str(act.details.get("reason") or ""),
        )
        for act in reversed(found)
    ]
