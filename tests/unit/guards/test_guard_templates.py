"""Templates hold neither script nor style, so that the strictest content security policy can stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import Environment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an address that is script": re.compile(r"javascript:", re.IGNORECASE),
    "script inside the page": re.compile(r"<script\b(?![^>]*\bsrc\s*=)[^>]*>", re.IGNORECASE),
    "something fetched from elsewhere": re.compile(
        r"<(?:script|link|img|iframe|source|object)\b[^>]*\b(?:src|href|data)\s*=\s*[\"']?\s*(?:https?:)?//",
        re.IGNORECASE,
    ),
    "output that isn't escaped": re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false", re.IGNORECASE),
}


def faults_in(text: str) -> list[str]:
    """What a template holds that it may not."""
    plain = COMMENT.sub("", text)
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(plain)]


def faults(templates: Iterable[Path]) -> dict[str, list[str]]:
    found = {path.name: faults_in(path.read_text(encoding="utf-8")) for path in templates}
    return {name: names for name, names in found.items() if names}


def test_templates_hold_no_script_no_style_and_nothing_unescaped(templates: list[Path]) -> None:
    assert templates
    assert faults(templates) == {}


def test_every_template_parses(templates: list[Path]) -> None:
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])

    for path in templates:
        environment.parse(path.read_text(encoding="utf-8"), filename=str(path))


def test_the_guard_itself_sees_each_fault() -> None:
    bad = {
        "a style attribute": '<p class="a" style="color: red">',
        "a style element": "<style>p { color: red }</style>",
        "a handler attribute": "<button type=button onclick='go()'>",
        "an address that is script": '<a href="javascript:go()">',
        "script inside the page": '<script nonce="{{ nonce }}">go()</script>',
        "something fetched from elsewhere": '<script src="//elsewhere.example/a.js"></script>',
        "output that isn't escaped": "{{ text | safe }}",
    }

    assert {name: faults_in(text) for name, text in bad.items()} == {name: [name] for name in bad}
    assert faults_in('{# style="a" #}<script src="{{ url }}" defer></script><p data-once="1">{{ text }}</p>') == []
