"""A file's address changes with its content, and every file that a page names is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from tael.wallet.operation import Operation
from tael.web.look.static_files import VersionedFiles, version_of
from tidy.tree import ROOT

LOOK = ROOT / "src" / "tael" / "web" / "static" / "look"
TAILWIND = shutil.which("tailwindcss", path=Path(sys.executable).parent)
TEMPLATES = ROOT / "src" / "tael" / "web" / "templates"


def test_an_address_carries_the_version_of_its_content(tmp_path, monkeypatch):
    file = tmp_path / "a.css"
    monkeypatch.setattr(finders, "find", lambda name: str(file) if name == "a.css" else None)
    addresses = []
    for content in ("one", "two", "one"):
        file.write_text(content)
        version_of.cache_clear()  # as in a process that starts with the new file
        addresses.append(VersionedFiles().url("a.css"))
    version_of.cache_clear()

    assert re.fullmatch(r"/static/a\.css\?v=[0-9a-f]{8}", addresses[0])
    assert addresses[0] == addresses[2] != addresses[1]
    assert static("nobody.css") == "/static/nobody.css"
    version_of.cache_clear()


def test_every_file_that_a_template_names_is_there():
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"""\{% static ['"]([^'"]+)""", path.read_text("utf-8"))
    }

    assert "look/tael.css" in named
    assert [name for name in sorted(named) if not finders.find(name)] == []


def test_every_icon_that_a_template_or_menu_names_is_drawn():
    drawn = set(re.findall(r'<symbol id="(\w+)"', (LOOK / "icons.svg").read_text("utf-8")))
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"""\{% icon ['"](\w+)['"]""", path.read_text("utf-8"))
    }
    named |= {operation.word for operation in Operation}  # the buttons of a wallet name them so
    for site in ("portal", "backoffice"):
        menu = (TEMPLATES.parent / site / "menu.py").read_text("utf-8")
        named |= set(re.findall(r'Way\("[\w:-]+", _\("[^"]+"\), "(\w+)"', menu))

    assert len(named) > 20
    assert named - drawn == set()


def test_the_style_sheet_loads_nothing_from_elsewhere():
    style = (LOOK / "tael.css").read_text("utf-8")
    loaded = re.findall(r"url\(([^)]*)\)", style)

    assert [
        name for name in loaded if not name.strip("\"'").startswith(("data:", "inter-", "%23"))
    ] == []
    assert all((LOOK / name).exists() for name in loaded if name.startswith("inter-"))
    assert "@import" not in style


def test_what_others_made_is_here_with_its_licence():
    licences = (LOOK / "LICENSES.txt").read_text("utf-8")

    for name in ("htmx.min.js", "uplot.min.js", "inter-5.woff2", "icons.svg", "daisyUI"):
        assert name in licences
    for text in ("Zero-Clause BSD", "MIT License", "SIL Open Font License", "ISC License"):
        assert text.lower() in licences.lower(), text


def test_the_style_sheet_has_every_class_that_a_module_gives_to_an_input():
    style = (LOOK / "tael.css").read_text("utf-8")
    given = {
        name
        for path in TEMPLATES.parent.rglob("*.py")
        for names in re.findall(
            r"""["']class["']\]?(?:\s*=|:) *"([\w -]+)\"""", path.read_text("utf-8")
        )
        for name in names.split()
    }

    assert "tabular-nums" in given
    assert [name for name in sorted(given) if f".{name}" not in style] == []


@pytest.mark.skipif(not TAILWIND, reason="tailwindcss is not installed")
def test_the_style_sheet_is_that_of_the_templates(tmp_path):
    made = tmp_path / "tael.css"
    source = ROOT / "tools" / "look" / "tael.css"
    subprocess.run(
        [TAILWIND, "--input", source, "--output", made, "--minify"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )

    assert made.read_text("utf-8") == (LOOK / "tael.css").read_text("utf-8"), "run `make look`"
