"""The program that does one step of `tael bench settlement`, as a process of its own.

Run as ``python -m tael.assurance.bench.settlement_process``, it takes one JSON object, whose ``do`` names a
step of `settlement_town.STEPS`, and answers with one.

Source: issue 4 (`tael bench settlement`).
"""

from __future__ import annotations

import json
import os
import sys

import django


def main() -> None:
    """Do one step in the database that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tael.web.settings")
    django.setup()
    from tael.assurance.bench import settlement_payouts, settlement_town  # noqa: PLC0415 - need the settings

    steps = {**settlement_town.STEPS, **settlement_payouts.STEPS}
    asked = json.loads(sys.stdin.read())
    print(json.dumps(steps[asked.pop("do")](**asked)), flush=True)  # noqa: T201 - it is how we answer


if __name__ == "__main__":
    main()
