"""The addresses of the pages."""

from __future__ import annotations

from typing import Final

from django.urls import path, register_converter

from tael.web.pages import entry, sign_in, wallet, wallets


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

urlpatterns: Final = [
    path("", wallets.home, name="home"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("wallets", wallets.wallets, name="wallets"),
    path("wallets/<number:number>", wallet.wallet, name="wallet"),
    path("wallets/<number:number>/entries/<number:entry_id>", entry.entry, name="entry"),
]
