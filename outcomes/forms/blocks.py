"""A question as HTML that is made once, with gaps for what somebody answered.

The block is made from an empty form: nobody's answer is in it, and it is the same for everybody who is asked the question
in the same words. What one person answered is put into the gaps, escaped, each time it is shown to them.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from outcomes.forms.build import answer_field_name, build_question_form
from outcomes.forms.handlers import handler_for
from outcomes.forms.handlers.base import AnswerHandler
from outcomes.forms.handlers.fields import NON_ANSWER_SUFFIX
from outcomes.instruments import NonAnswer
from outcomes.language import use_locale

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.forms.handlers.fields import ChoiceView
    from outcomes.instruments import Answer, Instrument, Item

CHECKED = " checked"
WRITTEN = "\ue000written\ue001"
"""Stands where a text goes; no wording holds it, since private characters are nobody's letters."""
_GAP = re.compile(rf"<input\b[^>]*?{CHECKED}(?=[\s>])|{WRITTEN}")
_ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')


class EmptyField:
    """A field of the form with every choice marked and a mark for the text: where the marks stand, the gaps are."""

    def __init__(self, field: Any) -> None:
        self._field = field

    def __getattr__(self, name: str) -> Any:
        return getattr(self._field, name)

    @property
    def text_value(self) -> str:
        """The mark."""
        return WRITTEN

    @property
    def choices_view(self) -> list[ChoiceView]:
        """Every choice marked."""
        return [replace(choice, checked=True) for choice in self._field.choices_view]

    @property
    def no_answer_view(self) -> list[ChoiceView]:
        """The same of what may be said in place of an answer."""
        return [replace(choice, checked=True) for choice in self._field.no_answer_view]


@dataclass(frozen=True, slots=True)
class QuestionBlock:
    """HTML in pieces, and after each but the last a gap: (name, value) of a choice, or None for a text."""

    handler: AnswerHandler
    pieces: tuple[str, ...]
    gaps: tuple[tuple[str, str] | None, ...]

    def fill(self, answer: Answer) -> Markup:
        """The question with an answer in it, or with none."""
        chosen, written = self._shown(answer)
        parts = [self.pieces[0]]
        for gap, piece in zip(self.gaps, self.pieces[1:], strict=True):
            if gap is None:
                parts.append(written)
            elif gap in chosen:
                parts.append(CHECKED)
            parts.append(piece)
        return Markup("".join(parts))  # noqa: S704 - the pieces come from our template, the text is escaped

    def _shown(self, answer: Answer) -> tuple[frozenset[tuple[str, str]], str]:
        if answer is None:
            return frozenset(), ""
        name = answer_field_name(self.handler.item)
        if isinstance(answer, NonAnswer):
            return frozenset({(name + NON_ANSWER_SUFFIX, answer.value)}), ""
        values = answer if isinstance(answer, (list, tuple)) else [answer]
        if None not in self.gaps:
            return frozenset((name, str(value)) for value in values), ""
        with use_locale(self.handler.language):
            return frozenset(), str(escape(self.handler.shown(answer)))


def make_block(instrument: Instrument, item: Item, locale: str, draw: Callable[[Any], str]) -> QuestionBlock:
    """The block of a question in the words of ``locale``; ``draw`` makes HTML of its field."""
    form = build_question_form(instrument, item, locale=locale)
    drawn = str(draw(EmptyField(form.answer_fields[0])))
    pieces, gaps, start = [], [], 0
    for found in _GAP.finditer(drawn):
        written = found.group() == WRITTEN
        pieces.append(drawn[start : found.start() if written else found.end() - len(CHECKED)])
        gaps.append(None if written else _choice(found.group()))
        start = found.end()
    pieces.append(drawn[start:])
    return QuestionBlock(handler_for(item, locale), tuple(pieces), tuple(gaps))


def _choice(tag: str) -> tuple[str, str]:
    found = dict(_ATTRIBUTE.findall(tag))
    return html.unescape(found["name"]), html.unescape(found["value"])
