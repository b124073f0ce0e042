"""What the guards look at: the files that belong to the project, as version control sees them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LEFT_OUT = {".git", ".venv", "var", "node_modules", "__pycache__", "vendor", "build", "dist"}


def project_files() -> list[Path]:
    """Every file that is or would be committed; all but set-up's own where this isn't a git checkout."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        found = [ROOT / name for name in answer.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not LEFT_OUT & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in set(found) if path.is_file())


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """The project's own files."""
    return project_files()


@pytest.fixture(scope="session")
def templates() -> list[Path]:
    """Every Jinja template."""
    return sorted(path for path in (ROOT / "outcomes" / "templates").rglob("*") if path.is_file())
