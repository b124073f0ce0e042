"""Hearing a question, and leaving one: the browser's own voice, recordings, and "I don't know"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from outcomes.instruments import shipped_instruments
from outcomes.services.add_audio import add_audio
from outcomes.services.demo import content
from outcomes.services.sign_in import organisation_actor
from outcomes.views.reading import COOKIE
from tests import sounds
from tests.e2e.people import ask_once_more

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]

VOICES = """
(() => {
  const events = [];
  const waiting = [];
  window.heard = { said: [], cancelled: 0, finishOne: () => waiting.shift()?.() };
  class Utterance extends EventTarget {
    constructor(words) { super(); this.words = words; }
  }
  window.SpeechSynthesisUtterance = Utterance;
  const voices = LANGUAGES.map((lang) => ({ lang, localService: true, name: lang }));
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => voices,
    addEventListener: () => {}, removeEventListener: () => {},
    cancel: () => { window.heard.cancelled += 1; waiting.length = 0; },
    speak: (utterance) => {
      window.heard.said.push({ words: utterance.words, lang: utterance.lang });
      waiting.push(() => { utterance.dispatchEvent(new Event("start")); utterance.dispatchEvent(new Event("end")); });
    },
  } });
})();
"""
"""A stand-in for the browser's voices, that notes what it should say and says nothing."""


def first_question(
    visitor: Visitor, demo: Demo, instrument: str = "child", *, voices: tuple[str, ...] = (), aloud: bool = True
) -> None:
    """Somebody who has chosen to hear the questions, in front of the first one."""
    visitor.context.add_init_script(VOICES.replace("LANGUAGES", str(list(voices))))
    if aloud:
        visitor.context.add_cookies([{"name": COOKIE, "value": "aloud-yes", "url": demo.url}])
    visitor.open(ask_once_more(demo, instrument).link)
    visitor.press("Start")


def heard(visitor: Visitor) -> list[dict[str, str]]:
    """What the voice was given to say."""
    said: list[dict[str, str]] = visitor.page.evaluate("window.heard.said")
    return said


def test_the_browsers_voice_reads_question_and_answers_in_their_language(
    visit: Callable[..., Visitor], demo: Demo
) -> None:
    visitor = visit("da")
    first_question(visitor, demo, voices=("en-GB", "da-DK"))
    assert heard(visitor) == [], "nothing is said before it is asked for"
    visitor.look("read aloud")
    button = visitor.button("Read aloud")
    button.focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.button("Stop")).to_be_focused()
    item = next(each for each in shipped_instruments() if each.key == "child").items[0]
    said = heard(visitor)
    options = [option.wording["da"] for option in item.options]
    assert [each["words"] for each in said][: len(options) + 1] == [item.wording["da"], *options]
    assert {each["lang"] for each in said} == {"da-DK"}
    assert visitor.word("I don't know") in [each["words"] for each in said]
    for _ in said:
        visitor.page.evaluate("window.heard.finishOne()")
    expect(visitor.button("Read aloud")).to_be_visible()
    expect(visitor.page.locator(".being-read")).to_have_count(0)


def test_it_stops_at_once_and_when_the_page_is_left(visit: Callable[..., Visitor], demo: Demo) -> None:
    visitor = visit("da")
    first_question(visitor, demo, voices=("da-DK",))
    before = visitor.page.evaluate("window.heard.cancelled")
    visitor.button("Read aloud").click()
    visitor.button("Stop").click()
    expect(visitor.button("Read aloud")).to_be_visible()
    assert visitor.page.evaluate("window.heard.cancelled") > before
    visitor.button("Read aloud").click()
    count = visitor.page.evaluate(
        "() => { const at = window.heard.cancelled; window.dispatchEvent(new Event('pagehide'));"
        " return window.heard.cancelled - at; }"
    )
    assert count == 1


def test_where_the_device_has_no_voice_it_says_so(visit: Callable[..., Visitor], demo: Demo) -> None:
    visitor = visit("da")
    first_question(visitor, demo, voices=("en-GB", "xx"))
    visitor.button("Read aloud").click()
    expect(visitor.page.get_by_role("status").last).to_have_text(
        visitor.word("This device has no voice for this language.")
    )
    assert heard(visitor) == []
    expect(visitor.button("Read aloud")).to_be_visible()
    visitor.look("no voice")


def test_without_a_script_or_without_wanting_it_there_is_no_button(visit: Callable[..., Visitor], demo: Demo) -> None:
    bare = visit("da", java_script_enabled=False)
    bare.context.add_cookies([{"name": COOKIE, "value": "aloud-yes", "url": demo.url}])
    bare.page.goto(ask_once_more(demo, "child").link)
    bare.press("Start")
    expect(bare.page.locator("[data-read-aloud]")).to_be_hidden()
    quiet = visit("da")
    first_question(quiet, demo, aloud=False)
    expect(quiet.page.locator("[data-read-aloud]")).to_have_count(0)


def test_a_recording_is_played_where_there_is_one(visit: Callable[..., Visitor], demo: Demo, tmp_path: Path) -> None:
    asked = ask_once_more(demo, "mastery")
    (tmp_path / "whole_day.da.ogg").write_bytes(sounds.opus(2))
    with demo.open() as runtime:
        _, scope = organisation_actor(runtime, content.SLUG, "tests")
        version = next(each for each in shipped_instruments() if each.key == "mastery").version
        add_audio(runtime, scope, key="mastery", version=version, folder=tmp_path)
    visitor = visit("da")
    asked_for: list[str] = []
    visitor.page.on("request", lambda request: asked_for.append(request.url))
    visitor.context.add_cookies([{"name": COOKIE, "value": "aloud-yes", "url": demo.url}])
    visitor.open(asked.link)
    visitor.press("Start")
    visitor.look("recording")
    assert not [url for url in asked_for if "/lyd/" in url], "nothing is fetched before it is played"
    expect(visitor.page.locator("[data-read-aloud]")).to_have_count(0)
    length = visitor.page.locator("audio").evaluate(
        "audio => new Promise((resolve, reject) => { audio.onloadedmetadata = () => resolve(audio.duration);"
        " audio.onerror = () => reject(audio.error.message); audio.load(); audio.preload = 'metadata'; })"
    )
    assert length == pytest.approx(2, abs=0.2)
    assert [url for url in asked_for if "/lyd/" in url]
    assert not visitor.complaints


@pytest.mark.parametrize("script", [True, False])
def test_i_do_not_know_and_an_answer_are_never_both_sent(
    visit: Callable[..., Visitor], demo: Demo, script: bool
) -> None:
    visitor = visit("da", java_script_enabled=script)
    visitor.page.goto(ask_once_more(demo, "child").link)
    visitor.press("Start")
    page = visitor.page
    answer, unknown = page.locator("main .answer-row input").first, page.get_by_label(visitor.word("I don't know"))
    answer.check()
    unknown.check()
    if script:
        expect(answer).not_to_be_checked()
        answer.check()
        expect(unknown).not_to_be_checked()
        unknown.check()
    else:
        visitor.press("Next")
        assert visitor.status() == 400
        expect(page.locator(".error-summary")).to_contain_text(visitor.word("I don't know"))
        expect(page.locator("main input:checked")).to_have_count(0)
        unknown.check()
    visitor.press("Next")
    assert visitor.status() == 200
    visitor.press("Back")
    expect(page.get_by_label(visitor.word("I don't know"))).to_be_checked()
    expect(page.locator("main .answer-row input:checked")).to_have_count(0)
