"""The page on accessibility goes through every criterion of WCAG 2.2, levels A and AA, and names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CRITERIA = {
    "A": (
        "1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 "
        "2.5.1 2.5.2 2.5.3 2.5.4 3.1.1 3.2.1 3.2.2 3.2.6 3.3.1 3.3.2 3.3.7 4.1.2"
    ),
    "AA": (
        "1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.5 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8 3.1.2 "
        "3.2.3 3.2.4 3.3.3 3.3.4 3.3.8 4.1.3"
    ),
}
ROW = re.compile(r"^\| (\d\.\d\.\d+) [^|]+ \| (A{1,2}) \| ([^|]+) \|$", re.MULTILINE)
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
SHORTEST_REASON = 15


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    """The text of the page."""
    return (root / "docs" / "accessibility.md").read_text(encoding="utf-8")


@cache
def functions_of(path: Path) -> frozenset[str]:
    """The names of the tests of a file."""
    tree = ast.parse(path.read_bytes())
    names = (node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(name for name in names if name.startswith("test_"))


def test_the_lists_are_those_of_the_guideline() -> None:
    a, aa = CRITERIA["A"].split(), CRITERIA["AA"].split()

    assert len(a) + len(aa) == len({*a, *aa}) == 55


def test_each_criterion_is_there_once_at_its_level(page: str) -> None:
    rows = ROW.findall(page)

    for each, numbers in CRITERIA.items():
        assert sorted(number for number, level, _ in rows if level == each) == sorted(numbers.split())


def test_each_row_has_a_test_or_a_reason(page: str) -> None:
    for number, _, how in ROW.findall(page):
        words = NAMED_TEST.sub("", how).strip(" ,.")
        assert NAMED_TEST.search(how) or len(words) >= SHORTEST_REASON, number


def test_every_named_test_exists(page: str, root: Path) -> None:
    named = NAMED_TEST.findall(page)

    assert len(named) > len(CRITERIA)
    assert [f"{path}::{name}" for path, name in named if name not in functions_of(root / path)] == []
