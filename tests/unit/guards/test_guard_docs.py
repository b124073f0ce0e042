"""Documents: links lead somewhere, and the check of their commands sees what it should."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

import click
import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def docs(root: Path) -> Any:
    """The check itself, which lives beside the package."""
    specification = importlib.util.spec_from_file_location("ci_docs", root / ".ci" / "docs.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["ci_docs"] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def cli() -> click.Group:
    @click.group("outcomes")
    def cli() -> None:
        pass

    @cli.group()
    def instruments() -> None:
        pass

    @instruments.command()
    @click.argument("file")
    @click.option("--format", "form")
    def check(file: str, form: str) -> None:
        pass

    return cli


def test_every_relative_link_leads_somewhere(docs: Any) -> None:
    files = docs.documents()

    assert files
    assert [fault for path in files for fault in docs.link_faults(path)] == []


def test_a_link_to_nothing_is_seen(docs: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A title\n[here](page.md#a-title) [out](https://example.org)\n[gone](gone.md)\n[no](#nowhere)\n`[x](y)`\n"
    )

    assert list(docs.link_faults(page)) == [
        "page.md, line 3: nothing at gone.md",
        "page.md, line 4: no heading for #nowhere in page.md",
    ]


def test_a_link_out_of_the_checkout_is_seen(docs: Any, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.md").write_text("")
    page = tmp_path / "inside" / "page.md"
    page.write_text("[out](../secret.md)\n")

    assert list(docs.link_faults(page)) == ["page.md, line 1: nothing at ../secret.md"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("outcomes instruments check FILE --format json", None),
        (".venv/bin/outcomes instruments check a.yaml | head", None),
        ("DATABASE_URL=x outcomes instruments", None),
        ("outcomes --help", None),
        ("outcomes instrument check FILE", "no command 'instrument' in 'outcomes'"),
        ("outcomes instruments check FILE --colour", "'check' has no option --colour"),
        ("make demo", None),
        ("make coffee", "make has no target 'coffee'"),
        ("git clone elsewhere", None),
    ],
)
def test_commands_in_documents_are_judged(
    docs: Any, cli: click.Group, tmp_path: Path, line: str, fault: str | None
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n```sh\n# a comment\n{line}\n```\n")

    assert list(docs.block_faults(page, cli)) == ([] if fault is None else [f"page.md, line 5: {fault}"])


def test_a_marked_block_is_run(docs: Any, cli: click.Group, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- run -->\n```sh\ntest -f pyproject.toml\n```\n\n<!-- run -->\n\n```sh\necho trouble >&2; exit 3\n```\n"
    )

    assert list(docs.block_faults(page, cli)) == ["page.md, line 8: the block doesn't run (exit code 3): trouble"]


def test_a_block_without_the_mark_is_not_run(docs: Any, cli: click.Group, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Text.\n```sh\nexit 3\n```\n")

    assert list(docs.block_faults(page, cli)) == []
