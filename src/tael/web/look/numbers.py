"""How a number stands in an address: <number:…>.

Source: architecture, section 5.
"""

from __future__ import annotations

from django.urls import register_converter


class Number:
    """A whole number above zero without leading zeros, that a database can hold."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """Read it."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Write it."""
        return str(value)


register_converter(Number, "number")
