"""Questions with their answers in words: for a review, a receipt, a worker's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.forms.handlers import answer_language, answer_text
from outcomes.instruments import NonAnswer
from outcomes.instruments.answers import is_skipped
from outcomes.instruments.wording import base_language, language_used
from outcomes.instruments.wording import text as wording
from outcomes.language import current_locale

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outcomes.instruments.model import Item


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question and what was said to it (``None``: skipped); ``number`` counts the questions shown from 1.

    ``language``: which language the question's words are in where it isn't the page's own, for a page to mark.
    ``answer_language``: the same of the answer; empty for what somebody wrote, in a language that nobody knows.
    """

    number: int
    question: str
    answer: str | None
    language: str | None = None
    answer_language: str | None = None


def answer_lines(
    items: Iterable[Item], answers: Mapping[str, Any], *, wording_locale: str | None = None
) -> list[AnswerLine]:
    """The lines of ``items`` in the locale in force, or in a variant of its wording (``da-x-easy``)."""
    locale = wording_locale or current_locale()
    return [
        AnswerLine(
            number,
            wording(item.wording, locale),
            answer_words(item, answers.get(item.id), locale),
            question_language(item, locale),
            answer_words_language(item, answers.get(item.id), locale),
        )
        for number, item in enumerate(items, 1)
    ]


def _unless_the_pages(language: str) -> str | None:
    return None if language == current_locale() else language


def question_words(item: Item, locale: str) -> str:
    """The question itself."""
    return wording(item.wording, locale)


def question_language(item: Item, locale: str) -> str | None:
    """The language of :func:`question_words`, for a page to mark: None where it is the page's own."""
    return _unless_the_pages(base_language(language_used(item.wording, locale) or locale))


def answer_words(item: Item, value: Any, locale: str) -> str | None:
    """What was said to a question in words, also that one doesn't know or doesn't want to answer; None: skipped."""
    if is_skipped(value) and not isinstance(value, NonAnswer):
        return None
    return answer_text(item, value, locale)


def answer_words_language(item: Item, value: Any, locale: str) -> str | None:
    """The language of :func:`answer_words`, for a page to mark: None where it is the page's own, empty where unknown."""
    return _unless_the_pages(answer_language(item, value, locale))
