"""The one family of failures that callers handle: a rule said no, and nothing was changed."""

from __future__ import annotations

from typing import ClassVar, Literal

Because = Literal["invalid", "absent", "conflict", "forbidden", "busy", "too_often"]


class Refusal(Exception):  # noqa: N818 - the business word; it is an answer, not an error
    """A rule said no. The request changed nothing and may be sent again.

    Each subclass lives beside the function that raises it. Its docstring is the cause that
    `docs/refusals.md` prints, and its class attributes are what a program can rely on:

    code: stable name, public API; clients match on it and it is never renamed.
    because: the sort of no, from which each door derives its own answer (an HTTP status, an
        exit code); the core knows no HTTP.
    rule: the specification's rule that was applied, for example "F-09".
    remedy: what the caller can do.
    retry: whether the same request can end differently later without anybody's doing.
    wait_seconds: after which a repetition has a chance; an instance may know it better.
    """

    code: ClassVar[str]
    because: ClassVar[Because] = "invalid"
    rule: ClassVar[str] = ""
    remedy: ClassVar[str] = ""
    retry: ClassVar[bool] = False
    wait_seconds: int = 1

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        there: str | None = None,
        allowed: str | None = None,
    ) -> None:
        """Say what was refused.

        Args:
            message: one English sentence for a person.
            field: the name of the offending input, as the caller wrote it.
            there: what is there, for example the funds available, "12.34 CNY".
            allowed: what would have been accepted.
        """
        super().__init__(message)
        self.message = message
        self.field = field
        self.there = there
        self.allowed = allowed

    def as_dict(self) -> dict[str, str | bool]:
        """Give the refusal's facts, leaving out those that do not apply."""
        facts = {
            "code": self.code,
            "detail": self.message,
            "field": self.field,
            "rule": self.rule,
            "there": self.there,
            "allowed": self.allowed,
            "remedy": self.remedy,
        }
        return {name: fact for name, fact in facts.items() if fact} | {"retry": self.retry}
