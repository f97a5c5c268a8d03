"""Gathers the words of the pages into the language packs, and compiles the packs: `make messages`.

Three packs, each with a folder of its own: the portal's, the back office's, and that of the look, which
also has the words that the domain says (names of operations, causes of refusals). A word goes to the
pack of the site in whose files it stands. What has been translated stays; what no file says any more
goes; what is new waits with an empty translation, and is said in English until then.

Nothing but Python and Django is needed.
"""
# ruff: noqa: INP001, PLC0415, T201 - a program; what needs Django's settings is imported once they are there

from __future__ import annotations

import ast
import os
import re
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tael"
WEB = SOURCE / "web"
PACKS = {"look": "django", "portal": "portal", "backoffice": "backoffice"}  # folder: domain
LOCALES = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant"}
CALLS = {"gettext", "gettext_lazy", "gettext_noop", "_", "translate", "pgettext", "pgettext_lazy"}
CALLS |= {"ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy"}
IN_TEMPLATE = re.compile(r"\b(?:n?p?gettext|_)\(")

# A word of the pack: its context or none, the word, its plural or none.
Word = tuple[str | None, str, str | None]


def words() -> dict[str, dict[Word, set[str]]]:
    """Give what each pack must have, with the files where it is said."""
    found: dict[str, dict[Word, set[str]]] = {pack: {} for pack in PACKS}
    for path in sorted([*SOURCE.rglob("*.py"), *(WEB / "templates").rglob("*.html")]):
        if "migrations" in path.parts:
            continue
        said = in_python(path.read_text("utf-8")) if path.suffix == ".py" else in_template(path)
        for word in said:
            found[pack_of(path)].setdefault(word, set()).add(str(path.relative_to(ROOT)))
    for word, place in [*refusals(), *scopes()]:
        found["look"].setdefault(word, set()).add(place)
    return found


def pack_of(path: Path) -> str:
    """Tell which pack a file's words belong to: a site's own file to the site's."""
    sites = {"portal", "backoffice"} & set(path.relative_to(SOURCE).parts[:-1])
    return sites.pop() if sites and path.is_relative_to(WEB) else "look"


def in_python(text: str) -> list[Word]:
    """Find the words that a module gives to gettext."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            word = called(name, node.args) if name in CALLS else None
            if word:
                found.append(word)
    return found


def in_template(path: Path) -> list[Word]:
    """Find the words of a template: Django turns its tags into calls, one a line, and all else into X."""
    from django.utils.translation.template import templatize

    text = templatize(path.read_text("utf-8"))
    found = []
    for start in IN_TEMPLATE.finditer(text):
        line = text[start.start() :].split("\n", 1)[0]
        for end in (at.end() for at in re.finditer(r"\)", line)):
            try:
                call = ast.parse(line[:end], mode="eval").body
            except SyntaxError:
                continue
            word = called(call.func.id, call.args) if isinstance(call, ast.Call) else None
            found += [word] if word else []
            break
    return found


def called(name: str, arguments: list[ast.expr]) -> Word | None:
    """Read a call of gettext as a word; what is put together at run time is none."""
    texts = []
    for argument in arguments:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            break
        texts.append(argument.value)
    with_context = "pgettext" in name
    plural = name.lstrip("_").startswith("n")
    if len(texts) < 1 + with_context + plural or not texts[with_context]:
        return None
    context = texts[0] if with_context else None
    return context, texts[with_context], texts[with_context + 1] if plural else None


def refusals() -> list[tuple[Word, str]]:
    """Give the cause and the remedy of every sort of refusal, and where it is."""
    import tael
    from tael.refusal import Refusal
    from tael.web.look.tags import first_sentence

    for module in walk_packages(tael.__path__, "tael."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            import_module(module.name)
    said = []
    family = [Refusal]
    while family:
        sort = family.pop()
        family += sort.__subclasses__()
        if hasattr(sort, "code") and sort.__module__.startswith("tael."):
            place = f"src/{sort.__module__.replace('.', '/')}.py"
            said += [
                ((None, text, None), place) for text in (first_sentence(sort), sort.remedy) if text
            ]
    return said


def scopes() -> list[tuple[Word, str]]:
    """Give what an API key may be used for."""
    from tael.parties.scopes import SCOPES

    return [((None, what, None), "src/tael/parties/scopes.py") for what in SCOPES.values()]


# ---------------------------------------------------------------- the files


def read(path: Path) -> dict[Word, tuple[str, ...]]:
    """Read a pack: what each word is in its language, one text for each form of number."""
    if not path.exists():
        return {}
    known: dict[Word, tuple[str, ...]] = {}
    for block in path.read_text("utf-8").split("\n\n"):
        if "#, fuzzy" in block:
            continue
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            start = re.fullmatch(r'(msg\w+(?:\[\d\])?) (".*")', line)
            if start:
                name = start[1]
                fields[name] = ast.literal_eval(start[2])
            elif line.startswith('"') and name:
                fields[name] += ast.literal_eval(line)
        if fields.get("msgid"):
            word = fields.get("msgctxt"), fields["msgid"], fields.get("msgid_plural")
            known[word] = tuple(
                text for name, text in sorted(fields.items()) if name.startswith("msgstr")
            )
    return known


def written(language: str, said: dict[Word, set[str]], known: dict[Word, tuple[str, ...]]) -> str:
    """Write a pack, in the order of its words."""
    blocks = [f'msgid ""\nmsgstr ""\n{header(language)}']
    for word in sorted(said, key=lambda word: (word[1], word[0] or "", word[2] or "")):
        context, one, many = word
        lines = [f"#: {place}" for place in sorted(said[word])]
        if "%(" in one:
            lines.append("#, python-format")
        if context is not None:
            lines.append(f"msgctxt {quoted(context)}")
        lines.append(f"msgid {quoted(one)}")
        text = known.get(word, ("",))[0]
        lines += (
            [f"msgid_plural {quoted(many)}", f"msgstr[0] {quoted(text)}"]
            if many is not None
            else [f"msgstr {quoted(text)}"]
        )
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def header(language: str) -> str:
    """Give the header of a pack; Chinese has one form for every number."""
    fields = {
        "Project-Id-Version": "tael",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return "\n".join(quoted(f"{name}: {value}\n") for name, value in fields.items())


def quoted(text: str) -> str:
    """Write a text as the packs do."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def compiled(language: str, known: dict[Word, tuple[str, ...]]) -> bytes:
    """Make the file that is read at run time: GNU's .mo, sorted, without what is not translated."""
    plain = header(language).replace('"', "").replace("\n", "").replace("\\n", "\n")
    texts = {b"": plain.encode()}
    for (context, one, many), translated in known.items():
        if all(translated):
            name = one if many is None else f"{one}\0{many}"
            name = name if context is None else f"{context}\x04{name}"
            texts[name.encode()] = "\0".join(translated).encode()
    names = sorted(texts)
    count = len(names)
    at = 28 + 16 * count
    tables: list[int] = []
    body = b""
    for parts in (names, [texts[name] for name in names]):
        for part in parts:
            tables += [len(part), at + len(body)]
            body += part + b"\0"
    numbers = [0x950412DE, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count, *tables]
    return b"".join(number.to_bytes(4, "little") for number in numbers) + body


def main() -> None:
    """Write all packs, and say how much of each is translated."""
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tael.web.settings")
    import django

    django.setup()
    for pack, said in words().items():
        for locale, language in LOCALES.items():
            folder = WEB / pack / "locale" / locale / "LC_MESSAGES"
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{PACKS[pack]}.po"
            known = {word: text for word, text in read(path).items() if word in said}
            path.write_text(written(language, said, known), "utf-8")
            path.with_suffix(".mo").write_bytes(compiled(language, known))
            translated = sum(all(text) for text in known.values())
            print(f"{pack:<10} {language}: {translated} of {len(said)} translated")


if __name__ == "__main__":
    main()
