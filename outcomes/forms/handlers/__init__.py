"""One handler per answer type. A new type is a new class, its test file, and a line in ``HANDLERS``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.forms.handlers.free_text import FreeTextHandler
from outcomes.forms.handlers.multi_choice import MultiChoiceHandler
from outcomes.forms.handlers.number import NumberHandler
from outcomes.forms.handlers.scale_0_10 import Scale0To10Handler
from outcomes.forms.handlers.single_choice import SingleChoiceHandler
from outcomes.forms.handlers.visual_analogue import VisualAnalogueHandler
from outcomes.instruments import AnswerType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.forms.handlers.base import AnswerHandler
    from outcomes.instruments import Answer, Item

HANDLERS: Mapping[AnswerType, type[AnswerHandler]] = {
    AnswerType.SINGLE_CHOICE: SingleChoiceHandler,
    AnswerType.MULTI_CHOICE: MultiChoiceHandler,
    AnswerType.NUMBER: NumberHandler,
    AnswerType.SCALE_0_10: Scale0To10Handler,
    AnswerType.VISUAL_ANALOGUE: VisualAnalogueHandler,
    AnswerType.FREE_TEXT: FreeTextHandler,
}


def handler_for(item: Item, locale: str) -> AnswerHandler:
    """The handler of an item's answer type, speaking ``locale``."""
    return HANDLERS[item.type](item, locale)


def answer_text(item: Item, value: Answer, locale: str) -> str:
    """A stored answer in words, as a review or a caseworker's page shows it; skipped says so."""
    return handler_for(item, locale).answer_text(value)


def answer_language(item: Item, value: Answer, locale: str) -> str:
    """The base code of the language that :func:`answer_text` is in; empty where nobody knows, as of what people write."""
    return handler_for(item, locale).answer_language(value)


__all__ = ["HANDLERS", "answer_language", "answer_text", "handler_for"]
