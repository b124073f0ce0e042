"""Read a small YAML file so that every fault can be told with its line.

The scalars are those of YAML 1.2: ``yes`` and ``no`` are words (they are values in many tables), ``012`` is text.
Names given twice, aliases and other tags than the plain ones are faults, since each hides something from the reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from outcomes.errors import Fault, ImportFileError, Sentence
from outcomes.language import gettext as _
from outcomes.tables.reading import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 256_000
Steps = tuple[str | int, ...]
_TAG = "tag:yaml.org,2002:"
_KINDS = frozenset({"map", "seq", "null", "bool", "int", "float", "timestamp", "str"})


class _PlainLoader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - the library's own form


for _kind, _pattern, _first in (
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
    ("float", r"^[-+]?(?:0|[1-9][0-9]*)?\.[0-9]+(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
    ("timestamp", r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$", list("0123456789")),
):
    _PlainLoader.add_implicit_resolver(_TAG + _kind, re.compile(_pattern), _first)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a YAML file says (``content``), and the line of each of its parts."""

    source: str
    content: object
    lines: dict[Steps, int]

    def place(self, steps: Steps) -> str:
        """``columns.score (line 12)``: the full way to the fault, and the line of the nearest part that is there."""
        known = steps
        while known and known not in self.lines:
            known = known[:-1]
        return _("%(part)s (line %(line)s)", part=dotted(steps), line=self.lines.get(known, 1))


def dotted(steps: Steps) -> str:
    """``occasions[2].window.opens``."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read_yaml(path: Path) -> YamlFile:
    """The YAML (or JSON) in the file. Raises ``ImportFileError`` with every fault of form."""
    text = read_bytes(path, MOST_BYTES)
    failure = Sentence("“%(file)s” can't be read as a mapping. Nothing was imported.", file=path.name)
    try:
        node = _PlainLoader(text.decode("utf-8-sig")).get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        sentence = Sentence("This can't be read. Check indents, colons, brackets and quotation marks here and above.")
        raise ImportFileError(failure, [Fault(_("line %(line)s", line=line), sentence)]) from error
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ImportFileError(failure, [Fault("", Sentence("The file isn't YAML in UTF-8."))]) from error
    builder = _Builder()
    content = builder.build(node, ()) if node else None
    if builder.faults:
        raise ImportFileError(failure, builder.faults)
    return YamlFile(path.name, content, builder.lines)


class _Builder:
    """Plain Python values out of the parsed nodes, noting lines and collecting faults on the way."""

    def __init__(self) -> None:
        self.lines: dict[Steps, int] = {}
        self.faults: list[Fault] = []
        self._built: set[int] = set()

    def build(self, node: yaml.Node, steps: Steps) -> object:
        line = node.start_mark.line + 1
        self.lines.setdefault(steps, line)
        if id(node) in self._built:
            self._complain(line, Sentence("Anchors and aliases (& and *) can't be used here. Write the value out."))
            return None
        self._built.add(id(node))
        if node.tag.removeprefix(_TAG) not in _KINDS:
            self._complain(line, Sentence("The tag “%(tag)s” can't be used here.", tag=node.tag))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._build_block(node, steps)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*steps, number)) for number, item in enumerate(node.value)]
        try:
            return _PlainLoader("").construct_object(node)
        except ValueError:
            return str(node.value)  # 2025-02-30 looks like a date and isn't one; the mapping says so where it matters

    def _build_block(self, node: yaml.MappingNode, steps: Steps) -> dict[str, object]:
        block: dict[str, object] = {}
        for name_node, value_node in node.value:
            line = name_node.start_mark.line + 1
            name = str(name_node.value) if isinstance(name_node, yaml.ScalarNode) else ""
            if not name:
                self._complain(line, Sentence("A name is missing before the colon."))
            elif name in block:
                self._complain(line, Sentence("“%(name)s” stands here twice. Delete one of them.", name=name))
            else:
                self.lines[*steps, name] = line
                block[name] = self.build(value_node, (*steps, name))
        return block

    def _complain(self, line: int, sentence: Sentence) -> None:
        self.faults.append(Fault(_("line %(line)s", line=line), sentence))
