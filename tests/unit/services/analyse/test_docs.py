"""The page keeps its word: its commands run, what it shows is printed, and it names every option."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from outcomes.cli import main
from outcomes.services.analyse import FAMILIES, find_method
from outcomes.services.analyse.options import COMMON
from outcomes.services.analyse.people import SCALE

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "analyse.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\noutcomes (.+?)```(?:\s+```text\n(.+?)```)?", PAGE, re.DOTALL)


@pytest.mark.parametrize(
    ("command", "shown"), EXAMPLES, ids=[text.split("--method ")[1].split()[0] for text, _ in EXAMPLES]
)
def test_examples_run(monkeypatch: pytest.MonkeyPatch, command: str, shown: str) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, shlex.split(command.replace("\\\n", " ")))
    assert result.exit_code == 0, result.stderr
    if shown:
        assert result.stdout == shown


def test_every_method_has_its_example_and_names_its_options() -> None:
    assert [text.split("--method ")[1].split()[0] for text, _ in EXAMPLES if text] != []
    named = {text.split("--method ")[1].split()[0] for text, _ in EXAMPLES}
    assert named == set(FAMILIES)
    for name in FAMILIES:
        for option in {**find_method(name).options, **COMMON}:
            if option not in SCALE:
                assert re.search(rf"`[^`]*\b{option}\b[^`]*`", PAGE), (name, option)


def test_the_scale_is_named() -> None:
    assert "`minimum=` and `maximum=`" in PAGE
