"""Every variable that a template uses stands in the comment at its top, and nothing stands there that isn't used."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

ROOT = Path(__file__).parents[3] / "outcomes" / "templates"
OURS = sorted(
    path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html") if "reports" not in path.relative_to(ROOT).parts
)
GLOBALS = {"_", "gettext", "ngettext", "csrf_token", "url_for", "range", "namespace"}
HEAD = re.compile(r"\{# variables:(.*?)#\}", re.DOTALL)
NAME = re.compile(r"^ {3}(\w+): ", re.MULTILINE)


def declared(source: str) -> set[str]:
    """Names in the comment at the top."""
    head = HEAD.match(source)
    assert head, "the comment {# variables: ... #} is missing at the top"
    return set(NAME.findall(head[1]))


@cache
def used(environment: Environment, source: str) -> frozenset[str]:
    """Names that the template takes from its context: neither globals nor the macros that it imports."""
    tree = environment.parse(source)
    imported = {each.target for each in tree.find_all(nodes.Import)}
    return frozenset(meta.find_undeclared_variables(tree) - GLOBALS - imported)


@pytest.mark.parametrize("name", OURS)
def test_the_comment_at_the_top_names_the_variables(name: str, templates: Environment) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")
    shared = declared((ROOT / "base.html").read_text(encoding="utf-8")) if name.startswith("pages/") else set()

    assert used(templates, source) - declared(source) - shared == set()


@pytest.mark.parametrize("name", [name for name in OURS if not name.startswith("pages/citizen/question")])
def test_the_comment_names_nothing_else(name: str, templates: Environment) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")
    inherited = {"organisation_name", "contact"} if name.startswith(("pages/citizen/", "pages/own/")) else set()
    # A report is handed on to the template that is included.
    inherited |= {"report"} if 'include "reports/' in source else set()

    assert declared(source) - used(templates, source) - inherited == set()


def test_the_guard_sees_an_undeclared_variable(templates: Environment) -> None:
    source = "{# variables:\n   name: whose\n#}\n{{ name }} {{ age }}"

    assert used(templates, source) - declared(source) == {"age"}
