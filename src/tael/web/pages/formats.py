"""How figures and moments look, for the pages that still look here."""

from __future__ import annotations

from tael.web.look.formats import NAMES, change, figure, moment, named, register

__all__ = ["NAMES", "change", "figure", "moment", "named", "register"]
