"""A table in a file, and the command run on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from outcomes.cli import main

if TYPE_CHECKING:
    from pathlib import Path

Analyse = Callable[..., Result]
Good = Callable[..., dict[str, Any]]


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], Path]:
    """A file with the text given."""

    def write(text: str, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def analyse() -> Analyse:
    """Run the command: ``analyse(path, "mmrm", "--score", "y")``; options of the method as ``reml="false"``."""

    def call(path: Path, method: str, *arguments: str, language: str = "en", **options: object) -> Result:
        written = [part for name, value in options.items() for part in ("--option", f"{name}={value}")]
        return CliRunner().invoke(
            main, ["--language", language, "analyse", str(path), "--method", method, *arguments, *written]
        )

    return call


@pytest.fixture
def good(analyse: Analyse) -> Good:
    """The JSON of a call that must succeed."""

    def call(path: Path, method: str, *arguments: str, **options: object) -> dict[str, Any]:
        result = analyse(path, method, *arguments, "--format", "json", **options)
        assert result.exit_code == 0, (result.stderr, result.exception)
        found = json.loads(result.stdout)
        assert isinstance(found, dict)
        return found

    return call
