"""The language of a page: what its reader chose for this site, else what his browser asks for.

The two sites have packs of their own: a word of the back office may be translated otherwise than the
same word of the portal. What a site's pack has not is looked up in the pack of the look, then in
Django's own, and stays English at last.

Source: I-03; architecture, section 5.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import get_supported_language_variant, trans_real

from tael.web.look.site import HOUSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from tael.web.look.site import Site

LANGUAGES: Final = {"en": "English", "zh-hans": "简体中文", "zh-hant": "繁體中文"}
WEB: Final = Path(__file__).parents[1]


def chosen_language(request: HttpRequest, site: Site) -> str:
    """Tell the language for a request: the site's cookie, then the browser's wish, then English."""
    kept = request.COOKIES.get(site.language_cookie, "")
    if kept in LANGUAGES:
        return kept
    wished = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    for code, _weight in trans_real.parse_accept_lang_header(wished):
        try:
            found = get_supported_language_variant(code)
        except LookupError:
            continue
        if found in LANGUAGES:
            return found
    return settings.LANGUAGE_CODE


@cache
def pack(site: Site, language: str) -> trans_real.DjangoTranslation:
    """Give the words of a site in a language."""
    shared = trans_real.translation(language)
    if site is HOUSE:
        return shared
    own = trans_real.DjangoTranslation(
        language, domain=site.name, localedirs=[str(WEB / site.name / "locale")]
    )
    own.add_fallback(shared)
    return own


@contextmanager
def speaking(site: Site, language: str) -> Iterator[None]:
    """Let everything inside be said in a site's words.

    Django's `override` knows languages but no packs; what it sets is set here in the same place.
    """
    active = trans_real._active  # type: ignore[attr-defined]  # noqa: SLF001 - see above
    before = getattr(active, "value", None)
    active.value = pack(site, language)
    try:
        yield
    finally:
        if before is None:
            del active.value
        else:
            active.value = before
