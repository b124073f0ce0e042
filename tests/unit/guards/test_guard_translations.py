"""The tool that takes sentences out of the code and judges their translations."""

from __future__ import annotations

import importlib.util
import json
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
    path = tool.ROOT / "outcomes" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


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


def write_both_sides(tool: Any) -> None:
    """A citizen's page that builds on a macro, and a page of the staff's."""
    write(tool, "templates/pages/citizen/a.html", '{% import "macros/m.html" as m %}{{ _("For you") }}')
    write(tool, "templates/macros/m.html", '{% extends "base.html" %}{{ ngettext("%(num)s day", "%(num)s days", n) }}')
    write(tool, "templates/base.html", '{{ _("Language") }}')
    write(tool, "templates/pages/staff/a.html", '{{ _("For staff") }}{{ _("Language") }}')
    write(tool, "views/citizen.py", '_("Sent")\n')
    write(tool, "views/staff.py", '_("Rated")\n')


CITIZENS = {"For you", ("%(num)s day", "%(num)s days"), "Language", "Sent"}
DANISH = {
    "For you": "Til dig", "%(num)s day": ["%(num)s dag", "%(num)s dage"], "Language": "Sprog", "Sent": "Sendt",
    "For staff": "Til dig på arbejde", "Rated": "Vurderet",
}  # fmt: skip
ARABIC = {
    "For you": "لك", "Language": "اللغة", "Sent": "أُرسل",
    "%(num)s day": ["لا أيام", "يوم واحد", "يومان", "%(num)s أيام", "%(num)s يومًا", "%(num)s يوم"],
}  # fmt: skip


def fill_in_all(tool: Any, arabic: dict[str, Any]) -> None:
    """Danish as it is above, Arabic as it is given, and something for the other languages."""
    write_both_sides(tool)
    tool.update(tool.extract(), DANISH)
    tool.update(tool.extract(), arabic, "ar")
    for language in ("uk", "pl", "tr", "so"):
        forms = tool.read(language).num_plurals
        given = {each: each for each in ("For you", "Language", "Sent")}
        tool.update(tool.extract(), {**given, "%(num)s day": ["%(num)s"] * forms}, language)


def test_citizens_languages_hold_what_a_citizen_can_meet(tool: Any, capsys: pytest.CaptureFixture[str]) -> None:
    fill_in_all(tool, ARABIC)

    assert tool.check() == 0, capsys.readouterr().err
    assert ids(tool.read("ar")) == ids(tool.read("so")) == CITIZENS
    assert ids(tool.read("da")) == ids(tool.read("en")) == {*CITIZENS, "For staff", "Rated"}
    assert tool.read("da").get("For you").string == "Til dig", "a language isn't filled with another's"


@pytest.mark.parametrize(
    ("sentence", "said", "fault"),
    [
        ("Sent", "", "not translated: 'Sent'"),
        ("%(num)s day", ARABIC["%(num)s day"][:5], "not translated: ('%(num)s day'"),
        ("%(num)s day", [*ARABIC["%(num)s day"][:5], ""], "not translated: ('%(num)s day'"),
        ("%(num)s day", [*ARABIC["%(num)s day"][:5], "%(nun)s"], "placeholders differ: ('%(num)s day'"),
    ],
)
def test_check_sees_a_fault_in_a_citizens_language(
    tool: Any, capsys: pytest.CaptureFixture[str], sentence: str, said: Any, fault: str
) -> None:
    fill_in_all(tool, {**ARABIC, sentence: said})

    assert tool.check() == 1
    assert f"ar: {fault}" in capsys.readouterr().err


def test_what_is_missing_is_written_as_a_file_to_be_filled(
    tool: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill_in_all(tool, {"For you": "لك"})
    assert tool.main(["export-missing", "--language", "ar"]) == 0
    missing = json.loads(capsys.readouterr().out)
    assert missing == {"%(num)s day": [""] * 6, "Language": "", "Sent": ""}

    file = tmp_path / "ar.json"
    file.write_text(json.dumps({**{each: ARABIC[each] for each in missing}, "Gone": "x"}), encoding="utf-8")
    assert tool.main(["fill", "--language", "ar", str(file)]) == 0
    assert "nothing in the code says 'Gone'" in capsys.readouterr().out
    assert tool.check() == 0
    assert tool.main(["export-missing", "--language", "ar"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "{}"


@pytest.mark.parametrize("arguments", [["fill"], ["fill", "--language"], ["fill", "--language", "xx", "a.json"], []])
def test_an_unknown_way_of_calling_it_is_refused(
    tool: Any, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert tool.main(arguments) == 2
    assert "export-missing" in capsys.readouterr().err


def test_compile_writes_what_the_program_reads(tool: Any) -> None:
    from babel.support import Translations  # noqa: PLC0415 - only this test reads catalogues as the program does

    write(tool, "a.py", '_("Yes")\n')
    tool.update(tool.extract(), {"Yes": "Ja – æøå"})
    tool.compile_all()

    assert Translations.load(tool.FOLDER, ["da"]).gettext("Yes") == "Ja – æøå"
