"""Reading an instrument file into plain values, with the line of every part.

YAML (the safe subset, without anchors) or JSON. What can't be read at all, or would be read as something else than it
says (a key written twice), is a fault here; what it means is looked at later.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from outcomes.errors import Fault, Sentence
from outcomes.language import gettext as _

if TYPE_CHECKING:
    from pathlib import Path

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where PyYAML was built with it: ten times as fast, and as safe."""
MAX_BYTES = 512 * 1024
MAX_DEPTH = 25

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says (``data``, None where it can't be read), where (``lines``: path to line) and what is wrong."""

    data: object
    lines: Mapping[Path_, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def place(self, path: Path_) -> str:
        """A place as the author sees it: ``items[2].wording.da (line 14)``; the nearest line that there is."""
        name = place_name(path)
        line = next((self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines), None)
        if line is None:
            return name
        return named_line(name, line) if name else line_place(line)


def line_place(line: int) -> str:
    """A line of the file, in the locale in force."""
    return _("line %(line)s", line=line)


def named_line(name: str, line: int) -> str:
    """A named part of the file and its line."""
    return _("%(part)s (line %(line)s)", part=name, line=line)


def place_name(path: Path_) -> str:
    """``("items", 2, "wording")`` as ``items[2].wording``."""
    name = ""
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def read_document(path: Path) -> Document:
    """Read a ``.yaml``, ``.yml`` or ``.json`` file of at most 512 kB in UTF-8."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return _unreadable(Sentence("The file is larger than %(limit)s kB.", limit=MAX_BYTES // 1024))
        content = path.read_bytes()
    except FileNotFoundError:
        return _unreadable(Sentence("There is no file %(path)s.", path=str(path)))
    except OSError as error:
        return _unreadable(Sentence("The file can't be opened: %(reason)s.", reason=error.strerror or str(error)))
    return read_content(content, json_text=path.suffix.lower() == ".json")


def read_content(content: bytes, *, json_text: bool = False) -> Document:
    """Read what a file holds."""
    if len(content) > MAX_BYTES:
        return _unreadable(Sentence("The file is larger than %(limit)s kB.", limit=MAX_BYTES // 1024))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _unreadable(Sentence("The file isn't text in UTF-8. Save it as UTF-8 and try again."))
    return read_json(text) if json_text else read_yaml(text)


def read_yaml(text: str) -> Document:
    """Read YAML text."""
    try:
        if fault := _shape_fault(text):
            return Document(None, {}, (fault,))
        node = yaml.compose(text, Loader=LOADER)
        if node is None:
            return _unreadable(Sentence("The file is empty."))
        lines: dict[Path_, int] = {}
        faults = tuple(_walk(node, (), lines))
        return Document(yaml.SafeLoader("").construct_document(node), lines, faults)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = line_place(mark.line + 1) if mark else ""
        return Document(None, {}, (Fault(place, Sentence("This isn't YAML: %(reason)s.", reason=error.problem or "")),))
    except (yaml.YAMLError, ValueError) as error:
        return _unreadable(Sentence("This isn't YAML: %(reason)s.", reason=str(error).splitlines()[0]))


def read_json(text: str) -> Document:
    """Read JSON text; line numbers are known where it is YAML too, which nearly all JSON is."""
    faults: list[Fault] = []

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result:
                faults.append(Fault(key, _twice(key)))
            result[key] = value
        return result

    try:
        data = json.loads(text, object_pairs_hook=keep)
    except json.JSONDecodeError as error:
        place = line_place(error.lineno)
        return Document(None, {}, (Fault(place, Sentence("This isn't JSON: %(reason)s.", reason=error.msg)),))
    except ValueError as error:
        return _unreadable(Sentence("This isn't JSON: %(reason)s.", reason=str(error).splitlines()[0]))
    except RecursionError:
        return _unreadable(_too_deep())
    as_yaml = read_yaml(text)
    return Document(data, as_yaml.lines, tuple(faults))


def _unreadable(sentence: Sentence) -> Document:
    return Document(None, {}, (Fault("", sentence),))


def _twice(key: object) -> Sentence:
    return Sentence("“%(name)s” is written twice. Keep one of them.", name=str(key))


def _too_deep() -> Sentence:
    return Sentence("The file is nested too deeply to be an instrument.")


def _shape_fault(text: str) -> Fault | None:
    """Anchors (which could blow a small file up) and deep nesting, found before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        line = line_place(event.start_mark.line + 1) if event.start_mark else ""
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return Fault(line, Sentence("Anchors (& and *) aren't used here. Name shared answers in option_sets."))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            return Fault(line, _too_deep())
    return None


def _walk(node: yaml.Node, path: Path_, lines: dict[Path_, int]) -> Iterator[Fault]:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _walk(child, (*path, index), lines)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, child in node.value:
            name = str(key.value)
            here = (*path, name)
            line = key.start_mark.line + 1
            if name in seen:
                yield Fault(named_line(place_name(here), line), _twice(name))
            seen.add(name)
            yield from _walk(child, here, lines)
            lines[here] = line
