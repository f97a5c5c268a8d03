"""Texts that mean something to a spreadsheet, a typesetter or a reader of files."""

from __future__ import annotations

NASTY = (
    "=1+1",
    "+SUM(A1)",
    "-2",
    "@x",
    "\u00a0=1",
    " =1",
    "'=1",
    "＝1",
    '=HYPERLINK("http://example.com")',
    "http://example.com",
    "12345678901234567890",
    "a\\nb",
    '"quoted", with comma; and semicolon',
    "午餐 · lunch 😀 مرحبا",
    "_x0041_",
)
