"""The addresses of the pages."""

from __future__ import annotations

from typing import Final

from django.urls import path

from tael.web.look import numbers  # noqa: F401 - <number:…> in addresses
from tael.web.pages import entry, sign_in, wallet, wallets

urlpatterns: Final = [
    path("home", wallets.home, name="home"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("wallets", wallets.wallets, name="wallets"),
    path("wallets/<number:number>", wallet.wallet, name="wallet"),
    path("wallets/<number:number>/entries/<number:entry_id>", entry.entry, name="entry"),
]
