"""The program that fills a database for `tael bench pages`, as a process of its own.

Run as ``python -m tael.assurance.bench.page_process``, it takes one JSON object, what `page_town.Town`
says, and answers with one: whom to sign in as, and numbers of things to look at.

Source: F-22, F-33 (pages stay quick however much there is).
"""

from __future__ import annotations

import json
import os
import sys

import django


def main() -> None:
    """Fill the database that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tael.web.settings")
    django.setup()
    from tael.assurance.bench.page_town import Town, settle  # noqa: PLC0415 - needs Django's settings

    print(json.dumps(settle(Town(**json.loads(sys.stdin.readline())))), flush=True)  # noqa: T201 - it is how we answer


if __name__ == "__main__":
    main()
