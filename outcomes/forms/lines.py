"""Questions with their answers in words: for a review, a receipt, a worker's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.forms.handlers import answer_text
from outcomes.instruments.answers import is_skipped
from outcomes.instruments.wording import text as wording
from outcomes.language import current_locale

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outcomes.instruments.model import Item


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question and what was answered to it (``None``: skipped); ``number`` counts the questions shown from 1."""

    number: int
    question: str
    answer: str | None


def answer_lines(items: Iterable[Item], answers: Mapping[str, Any]) -> list[AnswerLine]:
    """The lines of ``items`` in the locale in force."""
    locale = current_locale()
    return [
        AnswerLine(
            number,
            wording(item.wording, locale),
            None if is_skipped(answers.get(item.id)) else answer_text(item, answers.get(item.id), locale),
        )
        for number, item in enumerate(items, 1)
    ]
