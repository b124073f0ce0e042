"""Whether somebody helped to answer: asked once, when the answers are sent."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from outcomes.errors import Sentence
from outcomes.language import translate

HELPERS = {
    "family_or_friend": Sentence("Somebody in my family, or a friend"),
    "worker": Sentence("Somebody who works with me"),
    "interpreter": Sentence("An interpreter"),
    "other": Sentence("Somebody else"),
}
FIELD = "helper"
WORKER = "worker"


@dataclass(frozen=True, slots=True)
class HelperChoice:
    """One of the answers: what is sent, what is said, and whether it is chosen."""

    value: str
    label: str
    checked: bool


def helper_choices(marked: str = "") -> list[HelperChoice]:
    """Nobody first; as it was sent where the page comes back, else ``marked`` (a value of ``HELPERS``, empty: nobody)."""
    chosen = request.form.get(FIELD, marked)
    said = {"": Sentence("No, I answered alone"), **HELPERS}
    return [HelperChoice(value, translate(sentence), value == chosen) for value, sentence in said.items()]


def sent_helper() -> str | None:
    """Who helped; None for nobody, and for what isn't among the choices."""
    chosen = request.form.get(FIELD, "")
    return chosen if chosen in HELPERS else None
