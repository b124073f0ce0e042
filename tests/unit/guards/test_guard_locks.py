"""What is installed is decided by lock files that say which and by hash, never from where."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PYTHON_LOCKS = ("requirements.lock", "requirements-dev.lock", ".ci/node.lock", ".ci/mutation.lock")


def pins(path: Path) -> dict[str, str]:
    """Package names and versions of a Python lock file."""
    return dict(re.findall(r"^([\w.-]+(?:\[[\w,-]+\])?)==([\w.!+]+)", path.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("name", [*PYTHON_LOCKS, "package-lock.json", ".npmrc"])
def test_lock_file_names_no_host(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")

    assert "://" not in text
    assert "index-url" not in text
    assert "find-links" not in text
    assert "registry=" not in text


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_every_python_pin_has_a_hash(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]

    assert lines
    assert [line for line in lines if not re.search(r"==.*--hash=sha256:[0-9a-f]{64}", line)] == []


def test_every_front_end_package_has_a_hash_and_no_address(root: Path) -> None:
    packages = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name: entry for name, entry in packages.items() if name}

    assert installed
    assert [name for name, entry in installed.items() if not entry["integrity"].startswith("sha512-")] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_front_end_lock_fits_its_package_file(root: Path) -> None:
    wanted = json.loads((root / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert locked[""]["dependencies"] == wanted
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_development_has_the_same_versions_as_the_program(root: Path) -> None:
    program, development = pins(root / "requirements.lock"), pins(root / "requirements-dev.lock")

    assert {name: development.get(name) for name in program} == program


def test_every_dependency_is_locked(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    locked = {"project": pins(root / "requirements.lock"), "dev": pins(root / "requirements-dev.lock")}
    wanted = {"project": [*project["project"]["dependencies"], *groups["build"]]}
    wanted["dev"] = [*wanted["project"], *(entry for entry in groups["dev"] if isinstance(entry, str))]

    for name, requirements in wanted.items():
        there = {re.sub(r"[-_.]+", "-", pin.split("[")[0]).lower() for pin in locked[name]}
        asked = {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ;]", entry)[0]).lower() for entry in requirements}
        assert asked - there == set()
