"""A payment gateway to try things with: a program of its own, with play money and a page to misbehave from.

It shares nothing with Tael but the protocol: its own process, its own state (SQLite in a folder), its
own signing. What it promises its merchants stands in `docs/sandbox.md`.
"""
