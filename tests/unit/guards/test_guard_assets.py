"""Front-end assets: in place, complete, and no more than we may and want to serve."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def assets(root: Path) -> Any:
    specification = importlib.util.spec_from_file_location("ci_assets", root / ".ci" / "assets.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_assets_are_those_of_the_lock_file(assets: Any) -> None:
    assert assets.in_place()


def test_everything_the_style_sheet_asks_for_is_there(assets: Any) -> None:
    sheet = assets.VENDOR / "dkfds" / "css" / "dkfds.min.css"
    asked = set(re.findall(r"url\([\"']?([^)\"']+\.(?:svg|woff2))", sheet.read_text(encoding="utf-8")))

    assert len(asked) > 50
    assert [name for name in sorted(asked) if not (sheet.parent / name).resolve().is_file()] == []


def test_no_portal_logo_and_no_sources_are_served(assets: Any) -> None:
    names = [path.name for path in assets.VENDOR.rglob("*") if path.is_file()]

    assert [name for name in names if "logo" in name.lower() or name.endswith((".scss", ".map", ".eot"))] == []


def test_licences_lie_beside(assets: Any) -> None:
    fonts = {path.parent for pattern in ("*.woff2", "*.ttf") for path in assets.VENDOR.rglob(pattern)}

    assert "MIT license" in (assets.VENDOR / "dkfds" / "LICENSE.md").read_text(encoding="utf-8")
    assert {folder.relative_to(assets.VENDOR).parts[0] for folder in fonts} == set(assets.PACKAGES)
    for folder in fonts:
        licence = next(file for file in (folder / "license.txt", folder.parent / "LICENSE") if file.is_file())
        assert "SIL Open Font License" in licence.read_text(encoding="utf-8")


def test_a_part_that_is_gone_stops_the_set_up(assets: Any, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"LICENSE\.md isn't in the package any more"):
        assets.copy_parts(tmp_path / "empty", tmp_path / "target", assets.DKFDS_PARTS)


def test_a_changed_lock_file_means_fetching_again(assets: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in assets.INPUTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((assets.ROOT / name).read_bytes())
    same = assets.checksum()
    monkeypatch.setattr(assets, "ROOT", tmp_path)

    assert assets.checksum() == same
    (tmp_path / "package-lock.json").write_text("{}")
    assert assets.checksum() != same


@pytest.mark.parametrize("script", ["setup", "check", "run"])
def test_shell_scripts_are_well_formed_and_stop_at_errors(root: Path, script: str) -> None:
    path = root / ".ci" / script
    answer = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, check=False)

    assert (answer.returncode, answer.stderr) == (0, "")
    assert path.stat().st_mode & 0o111
    assert "pipefail" in path.read_text(encoding="utf-8")


def test_set_up_refuses_what_it_does_not_know(root: Path) -> None:
    answer = subprocess.run([root / ".ci" / "setup", "everything"], capture_output=True, text=True, check=False)

    assert answer.returncode == 1
    assert answer.stderr == "setup: say 'runtime' or 'test', not 'everything'\n"
