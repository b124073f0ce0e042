"""The documents keep their word: links lead somewhere, commands exist, and what is marked to run, runs.

    python .ci/docs.py            exit code 1 where a document says something that isn't so

Checked are README.md, CHANGELOG.md and docs/**/*.md:

- a relative link leads to a file, and its #anchor to a heading there;
- ``outcomes ...`` in a ``sh`` block is a command of ours with options that it has, and ``make ...`` has its
  target in the Makefile;
- a ``sh`` block right below the line ``<!-- run -->`` is run, from the top of the checkout, and must succeed.
"""

from __future__ import annotations

import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
RUN_MARK = "<!-- run -->"
LINK = re.compile(r"(?<!`)\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
FENCE = re.compile(r"^\s*(```+|~~~+)\s*(\w*)")


class Block(NamedTuple):
    """A fenced block: where it starts, its language, its lines, and whether it is marked to run."""

    line: int
    language: str
    lines: list[str]
    marked: bool


def documents(root: Path = ROOT) -> list[Path]:
    """Every document for readers."""
    tops = [path for path in (root / "README.md", root / "CHANGELOG.md") if path.is_file()]
    return [*tops, *sorted((root / "docs").rglob("*.md"))]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a document."""
    lines = text.splitlines()
    fence, language, start, held = "", "", 0, list[str]()
    for number, line in enumerate(lines, 1):
        found = FENCE.match(line)
        if not fence and found:
            fence, language, start, held = found[1], found[2], number, []
        elif fence and line.strip() == fence:
            marked = start > 1 and next((x.strip() for x in reversed(lines[: start - 1]) if x.strip()), "") == RUN_MARK
            yield Block(start, language, held, marked)
            fence = ""
        elif fence:
            held.append(line)


def prose(text: str) -> list[str]:
    """A document's lines with fenced blocks and inline code emptied, so that numbers of lines stay true."""
    kept, fence = [], ""
    for line in text.splitlines():
        found = FENCE.match(line)
        if not fence and found:
            fence = found[1]
            kept.append("")
        elif fence:
            fence = "" if line.strip() == fence else fence
            kept.append("")
        else:
            kept.append(re.sub(r"`[^`]*`", lambda code: "x" * len(code[0]), line))
    return kept


def anchors(text: str) -> set[str]:
    """The anchors that a document's headings make, as code hosts make them."""
    found: set[str] = set()
    fenced = False
    for line in text.splitlines():
        fenced = fenced != bool(FENCE.match(line))
        heading = None if fenced else HEADING.match(line)
        if heading:
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
            slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            taken = sum(1 for name in found if name == slug or re.fullmatch(re.escape(slug) + r"-\d+", name))
            found.add(f"{slug}-{taken}" if taken else slug)
    return found


def link_faults(path: Path) -> Iterator[str]:
    """Relative links of one document that lead nowhere."""
    for number, line in enumerate(prose(path.read_text(encoding="utf-8")), 1):
        for found in LINK.finditer(line):
            target, _, anchor = found[1].partition("#")
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            file = (path.parent / target).resolve() if target else path
            if not file.exists() or not file.is_relative_to(path_root(path)):
                yield f"{label(path)}, line {number}: nothing at {found[1]}"
            elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
                yield f"{label(path)}, line {number}: no heading for #{anchor} in {target or label(path)}"


def path_root(path: Path) -> Path:
    """Top of the checkout that ``path`` belongs to."""
    return ROOT if path.is_relative_to(ROOT) else path.parent


def label(path: Path) -> str:
    """What a reader calls the document."""
    return path.relative_to(path_root(path)).as_posix()


def commands(block: Block) -> Iterator[tuple[int, str]]:
    """Each command of a block with its line; continued lines joined, comments and prompts off."""
    held, start = "", 0
    for offset, line in enumerate(block.lines, 1):
        start = start if held else block.line + offset
        held += line.strip().removeprefix("$ ")
        if held.endswith("\\"):
            held = held[:-1]
            continue
        if held and not held.startswith("#"):
            yield start, held
        held = ""


def command_fault(words: list[str], cli: click.Command) -> str | None:
    """What is wrong with ``outcomes`` and its arguments, judged by the command line itself."""
    command, context = cli, click.Context(cli)
    rest = list(words)
    while isinstance(command, click.Group) and rest:
        found = command.get_command(context, rest[0])
        if found is None:
            return None if rest[0] in {"--help", "--version"} else f"no command {rest[0]!r} in {command.name!r}"
        command, context = found, click.Context(found, parent=context)
        rest.pop(0)
    known = {name for parameter in command.get_params(context) for name in (*parameter.opts, *parameter.secondary_opts)}
    unknown = [word for word in rest if word.startswith("--") and word.split("=")[0] not in known]
    return f"{command.name!r} has no option {unknown[0]}" if unknown else None


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def block_faults(path: Path, cli: click.Command) -> Iterator[str]:
    """Commands of one document that don't exist, and marked blocks that don't run."""
    for block in blocks(path.read_text(encoding="utf-8")):
        if block.language not in {"sh", "bash", "shell", "console"}:
            continue
        for number, line in commands(block):
            words = shlex.split(line, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words.pop(0)
            fault = None
            if words and words[0].rpartition("/")[2] == "outcomes":
                until = next((i for i, word in enumerate(words) if word in {"|", ">", "<", "&&", ";"}), len(words))
                fault = command_fault(words[1:until], cli)
            elif words[:1] == ["make"]:
                unknown = [word for word in words[1:] if "=" not in word and word not in make_targets()]
                fault = f"make has no target {unknown[0]!r}" if unknown else None
            if fault:
                yield f"{label(path)}, line {number}: {fault}"
        if block.marked:
            yield from run_faults(path, block)


def run_faults(path: Path, block: Block) -> Iterator[str]:
    """Run a marked block; what it said, where it failed."""
    environment = os.environ | {"PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    script = "set -euo pipefail\n" + "\n".join(line.removeprefix("$ ") for line in block.lines)
    answer = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        said = (answer.stderr or answer.stdout).strip()[-400:]
        yield f"{label(path)}, line {block.line}: the block doesn't run (exit code {answer.returncode}): {said}"


def command_line() -> click.Command:
    """The root of our own command line."""
    module = importlib.import_module("outcomes.cli")
    return next(value for value in (module.main, *vars(module).values()) if isinstance(value, click.Group))


def main() -> int:
    cli = command_line()
    files = documents()
    found = [fault for path in files for fault in (*link_faults(path), *block_faults(path, cli))]
    for fault in found:
        print(f"docs: {fault}", file=sys.stderr)
    print(f"docs: {len(files)} documents, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
