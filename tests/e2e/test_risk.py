"""From a questionnaire that can tell of danger to somebody who has called: each by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.keyboard import reach
from tests.e2e.people import ask_once_more
from tests.integration.risk import RISKY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]

TITLE = "Tryghed ved tastaturet"
"""What no other test calls anything."""


def enter(visitor: Visitor, target: Locator) -> None:
    """Go to a link or button with the tabulator, and press Enter."""
    reach(target)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


def write(target: Locator, words: str) -> None:
    """Go to a field with the tabulator, and write in it."""
    reach(target)
    target.page.keyboard.press("ControlOrMeta+A")
    target.page.keyboard.type(words)


def take_in(visitor: Visitor, demo: Demo, file: Path) -> None:
    """The administrator takes in the file, is refused, decides what happens, and switches it on."""
    page = visitor.page
    visitor.sign_in(demo.links["administrator"])
    enter(visitor, page.locator("main").get_by_role("link", name=visitor.word("Questionnaires"), exact=True))
    visitor.look("questionnaires")
    enter(visitor, visitor.button("Take in a questionnaire"))
    visitor.look("taking in a questionnaire")
    page.locator("#file").set_input_files(file)
    enter(visitor, visitor.button("Check and take in"))
    expect(page.locator("main")).to_contain_text(visitor.word("Switched off"))
    visitor.look("a questionnaire that is switched off")
    enter(visitor, visitor.button("Switch on"))
    assert visitor.status() == 409
    visitor.look("a questionnaire that nobody guards")
    enter(visitor, visitor.button("Make a protocol"))
    visitor.look("making a protocol")
    enter(visitor, visitor.button("Put in force"))
    assert visitor.status() == 400
    visitor.look("a protocol with nothing in it")
    expect(page.locator(".error-summary")).to_be_focused()
    for field, words in {
        "line-0-phone": "70 201 201", "line-0-name-da": "Livslinjen", "line-0-hours-da": "Hver dag 11-05",
        "line-1-phone": "112", "line-1-name-da": "Alarm 112", "hours": "24",
    }.items():  # fmt: skip
        write(page.locator(f"#{field}"), words)
    reach(page.locator("#duty"))
    page.keyboard.press("ArrowDown")
    write(page.locator("#decided_by"), "Lars Bakkely, leder")
    enter(visitor, visitor.button("Put in force"))
    expect(page.get_by_role("status")).to_have_text(visitor.word("The protocol is in force."))
    visitor.look("a protocol in force")
    enter(visitor, page.locator(".back-link"))
    enter(visitor, page.locator("h2", has_text=TITLE).get_by_role("link"))
    enter(visitor, visitor.button("Switch on"))
    expect(page.locator(".facts").first).to_contain_text(visitor.word("Switched on"))
    visitor.look("a questionnaire that is switched on")


def test_from_the_questionnaire_to_the_call(demo: Demo, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    key = "safety-by-keyboard"
    file = tmp_path / "safety.yaml"
    ours = RISKY.replace("key: safety", f"key: {key}").replace("{da: Tryghed", f"{{da: {TITLE}")
    file.write_text(ours, encoding="utf-8")
    take_in(visit("da", "desktop"), demo, file)

    citizen = visit("da", "phone")
    asked = ask_once_more(demo, key)
    citizen.open(asked.link)
    enter(citizen, citizen.button("Start"))
    reach(citizen.page.locator("input[type=radio]").first)
    citizen.page.keyboard.press("ArrowRight")
    enter(citizen, citizen.button("Next"))
    reach(citizen.page.locator("input[type=radio]").first)
    citizen.page.keyboard.press("ArrowDown")
    citizen.page.keyboard.press("ArrowDown")
    enter(citizen, citizen.button("Next"))
    expect(citizen.page.locator("a[href='tel:112']")).to_be_visible()
    citizen.look("help at once")

    worker = visit("da", "desktop")
    worker.sign_in(demo.links["worker"])
    page = worker.page
    worker.look("today, with a signal")
    turn = page.locator("section[aria-labelledby=signals] .turn").filter(has_text=TITLE)
    expect(turn).to_have_count(1)
    enter(worker, turn.locator("a.turn-action").filter(has_text=TITLE))
    worker.look("a signal")
    expect(page.locator(".said dd")).to_have_text("Nej")
    enter(worker, worker.button("Save what was done"))
    assert worker.status() == 400
    worker.look("a signal, nothing written")
    write(page.locator("#handling"), "Ringede op. Vi mødes torsdag.")
    enter(worker, worker.button("Save what was done"))
    expect(page.get_by_role("status")).to_have_text(worker.word("What was done is saved."))
    worker.look("a signal that was handled")
    enter(worker, page.locator(f"main a[href$='{asked.citizen_id}']"))
    expect(page.locator(".signals")).to_contain_text("Ringede op. Vi mødes torsdag.")
    worker.look("a citizen whose signal was handled")


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_administrators_words(demo: Demo, visit: Callable[..., Visitor], language: str) -> None:
    """What citizens are told, and how far the languages are, on a phone."""
    visitor = visit(language, "phone")
    visitor.sign_in(demo.links["administrator"])
    enter(
        visitor,
        visitor.page.locator("main").get_by_role("link", name=visitor.word("What citizens are told"), exact=True),
    )
    while visitor.page.locator("main details:not([open])").count():
        visitor.page.locator("main details:not([open]) > summary").first.click()
    visitor.look("what citizens are told")
    write(visitor.page.locator("#phone"), "")
    write(visitor.page.locator("#email"), "borgerlinjen")
    enter(visitor, visitor.button("Save"))
    assert visitor.status() == 400
    visitor.look("what citizens are told, with a fault")
    write(visitor.page.locator("#phone"), "00 00 00 00")
    write(visitor.page.locator("#email"), "borgerlinjen@solbjerg.example")
    enter(visitor, visitor.button("Save"))
    visitor.look("what citizens are told, saved")
    visitor.page.goto(f"{demo.url}/administration/sprog")
    visitor.look("the languages")
    expect(visitor.page.locator("tbody tr")).to_have_count(7)
    visitor.page.goto(f"{demo.url}/administration/spoergeskemaer")
    visitor.page.locator(".questionnaire h2 a").last.click()
    visitor.look("a questionnaire")
    for name, address in {"taking one in": "spoergeskemaer/nyt", "a protocol": "protokol/safety-demo"}.items():
        visitor.page.goto(f"{demo.url}/administration/{address}")
        visitor.look(name)
