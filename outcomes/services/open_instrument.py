"""One version of a questionnaire, as its administrator reads it: the questions in a language, the scoring, the risks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.instruments import language_used, precision_notes, smallest_detectable_change, text, variant_of
from outcomes.instruments.kinds import AnswerType
from outcomes.instruments.wording import base_language
from outcomes.language import LANGUAGE_NAMES
from outcomes.reports.parts import LocalText, Points, local_text
from outcomes.services.list_instruments import VARIANT_NAMES, InstrumentEntry, describe_instruments
from outcomes.services.recall_instrument import read_stored_instrument

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.instruments import Instrument, Item, Scale
    from outcomes.services.runtime import Actor, Runtime

ANSWER_KINDS = {
    AnswerType.SINGLE_CHOICE: Sentence("One of several answers"),
    AnswerType.MULTI_CHOICE: Sentence("Several answers"),
    AnswerType.NUMBER: Sentence("A number"),
    AnswerType.SCALE_0_10: Sentence("A scale from 0 to 10"),
    AnswerType.VISUAL_ANALOGUE: Sentence("A point on a line"),
    AnswerType.FREE_TEXT: Sentence("Own words"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question in the language chosen. ``language``: the one it is in, where that is another. ``risk``: answers from
    this one on tell of danger, None where none does. ``conditional``: only some are asked."""

    id: str
    words: str
    language: str | None
    code: str
    answer: Sentence
    options: tuple[str, ...]
    risk: int | None
    conditional: bool


@dataclass(frozen=True, slots=True)
class Scoring:
    """A scale: from how many questions, its range, its direction and what is known of its precision."""

    title: LocalText
    lines: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """A language or variant that the questions can be read in."""

    code: str
    language: str
    variant: Sentence | None
    current: bool


@dataclass(frozen=True, slots=True)
class InstrumentPage:
    """Everything on the page of one version."""

    entry: InstrumentEntry
    purpose: LocalText
    intro: str
    questions: tuple[Question, ...]
    scoring: tuple[Scoring, ...]
    wordings: tuple[Wording, ...]
    code: str


def open_instrument(runtime: Runtime, actor: Actor, version_id: UUID, *, code: str) -> InstrumentPage:
    """The version in the language or variant ``code``, in its first language where it doesn't have that one.

    Raises ``NotFoundError`` for no such version.
    """
    with runtime.database.transaction(actor.scope) as session:
        entry = next((each for each in describe_instruments(session) if each.version_id == version_id), None)
        if entry is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        instrument = read_stored_instrument(session, version_id)
    codes = _codes(instrument)
    shown = code if code in codes else codes[0]
    return InstrumentPage(
        entry=entry,
        purpose=local_text(instrument.purpose),
        intro=text(instrument.intro, shown),
        questions=() if entry.scoring_only else tuple(_question(item, shown) for item in instrument.items),
        scoring=tuple(_scoring(instrument, scale) for scale in instrument.scales),
        wordings=() if entry.scoring_only else tuple(_wording(each, shown) for each in codes),
        code=shown,
    )


def _codes(instrument: Instrument) -> list[str]:
    """The languages, each followed by its variants."""
    used = {code for item in instrument.items for code in item.wording}
    found = []
    for language in instrument.languages:
        found += [language, *sorted(code for code in used if code != language and base_language(code) == language)]
    return found


def _wording(code: str, shown: str) -> Wording:
    language = base_language(code)
    return Wording(code, LANGUAGE_NAMES.get(language, language), VARIANT_NAMES.get(variant_of(code)), code == shown)


def _question(item: Item, code: str) -> Question:
    found = base_language(language_used(item.wording, code) or code)
    options = tuple(text(option.wording, code) for option in item.options)
    if item.ends is not None:
        options = (text(item.ends.low, code), text(item.ends.high, code))
    return Question(
        id=item.id,
        words=text(item.wording, code),
        language=None if found == base_language(code) else LANGUAGE_NAMES.get(found, found),
        code=found,
        answer=ANSWER_KINDS[item.type],
        options=options,
        risk=item.risk.at_least if item.risk else None,
        conditional=item.show_if is not None,
    )


def _scoring(instrument: Instrument, scale: Scale) -> Scoring:
    detectable = smallest_detectable_change(scale)
    lines = [
        Sentence(
            "From %(low)s to %(high)s, of %(count)s questions.",
            low=Points(scale.range[0], 0),
            high=Points(scale.range[1], 0),
            count=len(scale.items),
        ),
        Sentence("A lower number is better.") if scale.lower_is_better else Sentence("A higher number is better."),
        Sentence("It is worked out when at least %(count)s are answered.", count=scale.missing.min_answered),
    ]
    if detectable is not None:
        lines.append(
            Sentence("Chance alone moves one person's score by up to %(points)s points.", points=Points(detectable, 1))
        )
    return Scoring(local_text(scale.title or instrument.title), (*lines, *precision_notes(scale)))
