"""What every template can name, on both sites.

Source: architecture, section 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tael import __version__
from tael.wallet.serial_number import business_zone
from tael.web.look.appearance import chosen_theme
from tael.web.look.language import LANGUAGES
from tael.web.look.site import BACKOFFICE, PORTAL, site_of

if TYPE_CHECKING:
    from django.http import HttpRequest

LABELS: Final = {PORTAL: _("Portal"), BACKOFFICE: _("Back office")}


def look(request: HttpRequest) -> dict[str, Any]:
    """Give the site, its frame, the language, light or dark, the version and the zone of all times."""
    site = site_of(request)
    return {
        "site": site.name,
        "site_label": LABELS.get(site, ""),
        "start": site.prefix,
        "frame": site.frame,
        "appearance_address": f"{site.prefix}appearance",
        "languages": LANGUAGES.items(),
        "language": get_language() or "en",
        "theme": chosen_theme(request, site),
        "here": request.get_full_path() if request.method in {"GET", "HEAD"} else request.path,
        "version": __version__,
        "zone": str(business_zone()),
    }
