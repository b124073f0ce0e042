"""The tool that takes sentences out of the code and judges their translations."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Catalog


@pytest.fixture
def tool(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tool, working on an empty checkout."""
    specification = importlib.util.spec_from_file_location("ci_translations", root / ".ci" / "translations.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["ci_translations"] = module
    specification.loader.exec_module(module)
    (tmp_path / "outcomes" / "templates").mkdir(parents=True)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "FOLDER", tmp_path / "translations")
    monkeypatch.setattr(module, "TEMPLATE", tmp_path / "translations" / "messages.pot")
    return module


def write(tool: Any, name: str, text: str) -> None:
    (tool.ROOT / "outcomes" / name).write_text(text, encoding="utf-8")


def ids(catalog: Catalog) -> set[Any]:
    return {message.id for message in catalog if message.id}


def test_python_sentences_are_found_nested_joined_and_in_conditions(tool: Any) -> None:
    lines = [
        'Sentence("Outer %(a)s", a=Sentence("Inner"\n  " part"))',
        '_("Yes" if x else "No")',
        'ngettext("%(num)s day", "%(num)s days", 2)',
        'other("not this")',
    ]
    write(tool, "a.py", "\n".join(lines) + "\n")

    assert ids(tool.extract()) == {"Outer %(a)s", "Inner part", "Yes", "No", ("%(num)s day", "%(num)s days")}
    assert tool.faults == []


def test_template_sentences_are_found(tool: Any) -> None:
    write(
        tool,
        "templates/a.html",
        '{{ _("Hello") }}{% trans trimmed n=2 %}{{ n }} day{% pluralize %}{{ n }} days{% endtrans %}',
    )

    assert ids(tool.extract()) == {"Hello", ("%(n)s day", "%(n)s days")}


def test_values_pasted_into_a_sentence_are_a_fault(tool: Any) -> None:
    write(tool, "a.py", '\n_(f"Hello {name}")\n')
    tool.extract()

    assert tool.faults == ["outcomes/a.py, line 2: values are pasted into a message id; use named placeholders"]


def test_update_keeps_fills_and_drops(tool: Any, capsys: pytest.CaptureFixture[str]) -> None:
    write(tool, "a.py", '_("Yes")\n_("Old")\n_("%(a)s: %(b)s")\n')
    tool.update(tool.extract(), {"Yes": "Ja", "Old": "Gammel"})
    first = tool.catalogue_path("da").read_bytes()
    write(tool, "a.py", '\n\n_("Yes")\n_("%(a)s: %(b)s")\n')
    tool.update(tool.extract(), {})
    second = tool.read("da")

    assert "Gammel" in first.decode()
    assert {message.id: message.string for message in second if message.id} == {
        "Yes": "Ja",
        "%(a)s: %(b)s": "%(a)s: %(b)s",
    }
    assert {m.string for m in tool.read("en") if m.id} == {"Yes", "%(a)s: %(b)s"}
    assert tool.check() == 0
    assert "0 faults" in capsys.readouterr().out


def test_writing_again_changes_nothing(tool: Any) -> None:
    write(tool, "a.py", '_("Yes")\n')
    tool.update(tool.extract(), {"Yes": "Ja"})
    files = [tool.TEMPLATE, tool.catalogue_path("da"), tool.catalogue_path("en")]
    first = [file.read_bytes() for file in files]
    tool.update(tool.extract(), {})

    assert [file.read_bytes() for file in files] == first


@pytest.mark.parametrize(
    ("source", "danish", "fault"),
    [
        ('_("Yes")', "", "not translated"),
        ('_("Hello %(name)s")', "Hej", "placeholders differ"),
        ('_("Hello %(name)s")', "Hej %(nam)s", "placeholders differ"),
        ('_("Half of %(name)s")', "50 % af %(name)s", "placeholders differ"),
        ('ngettext("%(num)s day", "%(num)s days", 2)', ["%(num)s dag", ""], "not translated"),
        ('ngettext("%(num)s day", "%(num)s days", 2)', ["en dag", "flere %(dage)s"], "placeholders differ"),
    ],
)
def test_check_sees_a_bad_translation(
    tool: Any, capsys: pytest.CaptureFixture[str], source: str, danish: str | list[str], fault: str
) -> None:
    write(tool, "a.py", source + "\n")
    first = next(iter(ids(tool.extract())))
    tool.update(tool.extract(), {first if isinstance(first, str) else first[0]: danish})

    assert tool.check() == 1
    assert fault in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "danish"),
    [
        ('_("Half")', "50 % af alle"),
        ('_("Half of %(name)s")', "50 %% af %(name)s"),
        ('ngettext("one day", "%(num)s days", 2)', ["en dag", "%(num)s dage"]),
    ],
)
def test_check_lets_a_good_translation_pass(tool: Any, source: str, danish: str | list[str]) -> None:
    write(tool, "a.py", source + "\n")
    first = next(iter(ids(tool.extract())))
    tool.update(tool.extract(), {first if isinstance(first, str) else first[0]: danish})

    assert tool.check() == 0


def test_check_sees_what_is_stale_and_fuzzy(tool: Any, capsys: pytest.CaptureFixture[str]) -> None:
    write(tool, "a.py", '_("Yes")\n')
    tool.update(tool.extract(), {"Yes": "Ja"})
    path = tool.catalogue_path("da")
    path.write_text(
        path.read_text(encoding="utf-8").replace('\nmsgid "Yes"', '\n#, fuzzy\nmsgid "Yes"'), encoding="utf-8"
    )
    write(tool, "a.py", '_("Yes")\n_("No")\n')

    assert tool.check() == 1
    said = capsys.readouterr().err
    assert "messages.pot is stale" in said
    assert "marked fuzzy: 'Yes'" in said
    assert "not in the catalogue: 'No'" in said


def test_compile_writes_what_the_program_reads(tool: Any) -> None:
    from babel.support import Translations  # noqa: PLC0415 - only this test reads catalogues as the program does

    write(tool, "a.py", '_("Yes")\n')
    tool.update(tool.extract(), {"Yes": "Ja – æøå"})
    tool.compile_all()

    assert Translations.load(tool.FOLDER, ["da"]).gettext("Yes") == "Ja – æøå"
