"""`tael schema` writes the OpenAPI document, or says that it is out of date."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from tael.api.v1.api import document_text
from tael.cli.schema import schema


def test_the_document_is_written(tmp_path: Path) -> None:
    place = tmp_path / "folder" / "openapi.json"

    done = CliRunner().invoke(schema, ["--output", str(place)])

    assert done.exit_code == 0, done.output
    assert place.read_text("utf-8") == document_text()


def test_an_old_document_is_told(tmp_path: Path) -> None:
    place = tmp_path / "openapi.json"
    place.write_text("{}", "utf-8")

    old = CliRunner().invoke(schema, ["--check", "--output", str(place)])
    CliRunner().invoke(schema, ["--output", str(place)])
    new = CliRunner().invoke(schema, ["--check", "--output", str(place)])

    assert (old.exit_code, new.exit_code) == (1, 0)
    assert place.read_text("utf-8") == document_text()
