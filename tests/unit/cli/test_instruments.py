"""``outcomes instruments``: what it says of a file, and of recordings."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from outcomes.cli import FAULT, main
from outcomes.cli import instruments as module
from outcomes.instruments.loading import LIBRARY
from outcomes.services.add_audio import AddedAudio


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and everything that was said."""
    result = CliRunner().invoke(main, ["--language", "en", "instruments", *arguments])
    return result.exit_code, result.output


def test_a_file_in_order_is_told_how_easy_it_is_to_read() -> None:
    code, said = run("check", str(LIBRARY / "measures" / "wellbeing.yaml"))
    assert code == 0
    assert said.startswith("wellbeing.yaml is in order: Wellbeing.\nHow easy it is to read")
    assert "  da: lix 17, 7.1 words in a sentence.\n" in said
    assert "  da-x-easy: lix" in said
    assert "    The longest sentence has 9 words: “Har der været noget, du har glædet dig over?”" in said
    assert "may be hard" not in said


def test_a_profile_has_no_words_to_judge() -> None:
    assert run("check", str(LIBRARY / "profiles" / "who-5.yaml"))[1].count("\n") == 1


def test_hard_questions_are_advice_and_no_fault(tmp_path: Path) -> None:
    text = (LIBRARY / "measures" / "wellbeing.yaml").read_text("utf-8")
    hard = tmp_path / "hard.yaml"
    hard.write_text(text.replace("Har din krop haft det godt?", "Livstilfredshedsniveau gennemsnitligt?"), "utf-8")
    code, said = run("check", str(hard))
    assert code == 0
    assert "    body may be hard to read: lix 102, a sentence of 2 words." in said


def test_a_broken_file_is_refused_without_advice() -> None:
    code, said = run("check", str(Path(__file__).parents[1] / "instruments" / "broken.yaml"))
    assert code == FAULT
    assert "How easy" not in said


@pytest.mark.parametrize(
    ("added", "said"),
    [
        (AddedAudio(1, 0), "1 recording was added.\n"),
        (AddedAudio(2, 1), "2 recordings were added. 1 was there already.\n"),
        (AddedAudio(0, 3), "0 recordings were added. 3 were there already.\n"),
    ],
)
def test_recordings_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, added: AddedAudio, said: str) -> None:
    asked: list[object] = []

    def note(_runtime: object, scope: object, **values: object) -> AddedAudio:
        asked.append((scope, values))
        return added

    monkeypatch.setattr(module, "read_settings", SimpleNamespace)
    monkeypatch.setattr(module, "open_runtime", lambda _settings: nullcontext("runtime"))
    monkeypatch.setattr(module, "organisation_actor", lambda *_: ("id", "the scope"))
    monkeypatch.setattr(module, "add_audio", note)
    assert run("add-audio", "--organisation", "nordby", "wellbeing", "1.1", str(tmp_path)) == (0, said)
    assert asked == [("the scope", {"key": "wellbeing", "version": "1.1", "folder": tmp_path})]
