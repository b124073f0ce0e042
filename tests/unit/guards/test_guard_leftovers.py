"""Nothing is left lying about: no notes to self, no half-merged files, no paths of one machine, no silent skips."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TEXT = {
    ".py",
    ".md",
    ".html",
    ".txt",
    ".css",
    ".js",
    ".toml",
    ".yaml",
    ".yml",
    ".json",
    ".po",
    ".pot",
    ".sql",
    ".mako",
    "",
}
# The words are put together here, so that this file doesn't find itself.
LEFTOVERS = {
    "a note to self": re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|\bphase" + r" 2\b"),
    "a half-made merge": re.compile(r"^(?:<{7} |>{7} |={7}$)", re.MULTILINE),
    "a stop for debugging": re.compile(r"\bbreak" + r"point\(\)|\bset_" + r"trace\("),
    "a path of one machine": re.compile(r"(?<![\w.])/(?:ro" + r"ot|wo" + r"rk|ho" + r"me)/\w"),
}
GENERATED = {"package-lock.json", "requirements.lock", "requirements-dev.lock", "node.lock", "mutation.lock", "LICENSE"}


def leftovers_in(text: str) -> list[str]:
    return [name for name, pattern in LEFTOVERS.items() if pattern.search(text)]


def silent_skips(tree: ast.AST) -> list[int]:
    """Lines where a test is skipped or expected to fail without a word about why."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            reasons = [*node.args, *(k.value for k in node.keywords if k.arg in {"reason", "msg"})]
            texts = [a for a in reasons if isinstance(a, ast.JoinedStr) or (isinstance(a, ast.Constant) and a.value)]
            if name in {"pytest.skip", "pytest.xfail", "pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}:
                named = any(k.arg == "reason" for k in node.keywords) if name.endswith("skipif") else bool(texts)
                lines += [] if named else [node.lineno]
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bare = {ast.unparse(mark) for mark in node.decorator_list}
            lines += [node.lineno] if bare & {"pytest.mark.skip", "pytest.mark.xfail"} else []
    return lines


def test_no_leftovers(files: list[Path], root: Path) -> None:
    found = {}
    for path in files:
        if path.suffix in TEXT and path.name not in GENERATED:
            names = leftovers_in(path.read_text(encoding="utf-8", errors="replace"))
            if names:
                found[str(path.relative_to(root))] = names

    assert found == {}


def test_every_skip_says_why(files: list[Path], root: Path) -> None:
    tests = [path for path in files if path.suffix == ".py" and path.is_relative_to(root / "tests")]
    named = [(path.name, source) for path in tests if re.search(rb"skip|xfail", source := path.read_bytes())]
    found = {name: silent_skips(ast.parse(source)) for name, source in named}

    assert named
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_everything_that_set_up_makes_stays_out_of_version_control(files: list[Path], root: Path) -> None:
    made = ("outcomes/static/vendor/", "node_modules/", ".venv/", "var/", "outcomes/translations/")
    names = [path.relative_to(root).as_posix() for path in files]

    assert [name for name in names if name.startswith(made) or name.endswith((".mo", ".pyc"))] == []


def test_the_guard_itself_sees_each_fault() -> None:
    assert leftovers_in("# TO" + "DO: later") == ["a note to self"]
    assert leftovers_in("<<<<<<< ours\n") == ["a half-made merge"]
    assert leftovers_in("break" + "point()") == ["a stop for debugging"]
    assert leftovers_in("open('/ro" + "ot/file')") == ["a path of one machine"]
    assert leftovers_in("the way to do it; see pages/home/index.html") == []
    assert silent_skips(ast.parse("@pytest.mark.skip\ndef test_a(): pass")) == [2]
    assert silent_skips(ast.parse("pytest.skip()")) == [1]
    assert silent_skips(ast.parse("pytest.mark.skipif(windows)")) == [1]
    assert silent_skips(ast.parse("pytest.skip('no server here')\npytest.mark.skipif(a, reason='b')")) == []
