"""The layers of ARCHITECTURE.md hold: no package imports one above it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tidy.tree import ROOT


def test_the_import_contracts_are_kept() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint_imports], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
