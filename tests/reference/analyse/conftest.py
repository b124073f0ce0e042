"""The command itself, run on the data of the folders beside this one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from outcomes.cli import main

REFERENCE = Path(__file__).parent.parent


class Found(dict[str, Any]):
    """The command's JSON."""

    def terms(self) -> dict[str, dict[str, Any]]:
        """The estimates by their terms, each of which stands there once."""
        terms = [entry["term"] for entry in self["estimates"]]
        assert len(terms) == len(set(terms))
        return {entry["term"]: entry for entry in self["estimates"]}


Run = Callable[..., Found]


@pytest.fixture
def run() -> Run:
    """Run ``outcomes analyse`` on a file (a path below ``tests/reference``) and read its JSON.

    A parameter is an option of the command; several values repeat it; ``option`` holds the method's own.
    """

    def call(data: str | Path, method: str, /, option: dict[str, object] | None = None, **given: object) -> Found:
        arguments = ["--language", "en", "analyse", str(REFERENCE / data), "--method", method, "--format", "json"]
        for name, value in given.items():
            for one in value if isinstance(value, list) else [value]:
                arguments += [f"--{name}", str(one)]
        for name, value in (option or {}).items():
            arguments += ["--option", f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.stderr
        return Found(json.loads(result.stdout))

    return call


@pytest.fixture
def reference() -> Callable[[str], Any]:
    """Results of outside software, from a folder beside this one."""
    return lambda name: json.loads((REFERENCE / name).read_text(encoding="utf-8"))
