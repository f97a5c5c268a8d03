"""The addresses of the sandbox."""

from __future__ import annotations

from django.urls import path

from tael.sandbox import control, pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("healthz", pages.alive, name="alive"),
    path("favicon.ico", pages.no_icon, name="icon"),
    path("static/sandbox.css", pages.stylesheet, name="stylesheet"),
    path("language", pages.choose_language, name="language"),
    path("pay", pages.begin, name="begin"),
    path("pay/<str:token>", pages.payment, name="payment"),
    path("query", pages.query, name="query"),
    path("refund", pages.refund, name="refund"),
    path("control", control.overview, name="control"),
    path("control/release", control.release, name="release"),
    path("control/<str:token>", control.payment, name="control-payment"),
    path("control/<str:token>/refund", control.refund, name="control-refund"),
    path("control/<str:token>/send", control.send, name="control-send"),
]
