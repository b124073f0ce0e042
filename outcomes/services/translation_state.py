"""How far each language is: how much of it is translated, by whom, and which person has checked it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import yaml
from babel.messages.pofile import read_po

from outcomes.language import CITIZEN_LOCALES, LANGUAGE_NAMES, LOCALES, catalogue_directory

REVIEWS = "reviews.yaml"


@dataclass(frozen=True, slots=True)
class LanguageState:
    """One language of the interface. ``messages``: how many sentences it holds; ``translated``: how many are filled in.

    ``checked_by`` is the person who speaks the language and has read every sentence; None where nobody has. ``whole``:
    the language is there for staff too, not only for citizens.
    """

    code: str
    name: str
    whole: bool
    messages: int
    translated: int
    translated_by: str
    checked_by: str | None
    checked_on: date | None


@cache
def read_translation_state() -> tuple[LanguageState, ...]:
    """The state of every language, in the order in which they are offered. It changes only with the code."""
    reviews: dict[str, Any] = yaml.safe_load((catalogue_directory() / REVIEWS).read_text(encoding="utf-8"))
    return tuple(_read_state(code, reviews.get(code) or {}) for code in CITIZEN_LOCALES)


def _read_state(code: str, review: dict[str, Any]) -> LanguageState:
    path = catalogue_directory() / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        strings = [message.string for message in read_po(file, locale=code) if message.id]
    return LanguageState(
        code=code,
        name=LANGUAGE_NAMES[code],
        whole=code in LOCALES,
        messages=len(strings),
        translated=sum(1 for string in strings if string and all(string)),
        translated_by=str(review.get("translated_by") or ""),
        checked_by=review.get("checked_by"),
        checked_on=review.get("checked_on"),
    )
