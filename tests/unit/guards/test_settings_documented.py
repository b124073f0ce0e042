"""Every setting is explained in docs/settings.md, and nothing is explained there that isn't one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outcomes.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {str(field.alias) for field in Settings.model_fields.values()}


def test_every_setting_has_its_own_heading(root: Path):
    headings = re.findall(r"^### `([A-Z_]+)`$", (root / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(NAMES)


def test_every_setting_says_what_happens_without_it(root: Path):
    text = (root / "docs" / "settings.md").read_text("utf-8")
    sections = dict(re.findall(r"^### `([A-Z_]+)`$(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    for name in NAMES:
        assert re.search(r"^Needed\.|^Default: ", sections[name].strip(), re.MULTILINE), name
