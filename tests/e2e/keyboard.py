"""Going through pages as somebody without a mouse does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

FARTHEST = 250
"""So many times somebody presses the tabulator before they give up."""
STOPS = """target => {
    const here = document.activeElement ?? document.body;
    const after = (one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    const stops = "a[href], button, summary, select, textarea, input:not([type=radio], [type=hidden])";
    return [...document.querySelectorAll(stops)]
        .filter(each => after(here, each) && after(each, target))
        .filter(each => !each.disabled && each.tabIndex >= 0 && each.checkVisibility({visibilityProperty: true}))
        .length;
}"""
"""How many times the tabulator stops on the way, at least: so often nobody needs to look where it is."""


def reach(target: Locator) -> None:
    """Go there with the tabulator."""
    keyboard = target.page.keyboard
    expect(target).to_be_visible()
    for _ in range(target.evaluate(STOPS)):
        keyboard.press("Tab")
    for _ in range(FARTHEST):
        if target.evaluate("each => each === document.activeElement"):
            return
        keyboard.press("Tab")
    raise AssertionError(f"the keyboard doesn't get to {target}")
