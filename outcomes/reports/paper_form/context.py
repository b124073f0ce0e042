"""What stands on a paper form, before it is laid out. No name stands on it anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError

from outcomes.instruments import FACES, AnswerType, FaceOrder, NonAnswer, base_language, language_used, text
from outcomes.reports.paper_form.conditions import When, say_condition
from outcomes.reports.paper_form.qr import qr_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.instruments import Instrument, Item

CITIZEN = "citizen"
TEXT_LINES = 6
SCALE_STEPS = tuple(range(11))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Who asks, and where the answers are keyed in.

    ``address``: of the page that the code opens; it names a questionnaire or a measurement, never a person. ``code``: a
    short name of the measurement that sheet and page share, empty on a sheet that is nobody's. ``respondent``: who fills
    it in. ``phone``: whom to call with a question; empty where it isn't said.
    """

    organisation_name: str
    address: str
    code: str = ""
    respondent: str = CITIZEN
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A text with the language that it is really in; ``foreign``: that isn't the sheet's."""

    text: str
    language: str
    direction: str
    foreign: bool


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """One question. ``options``: the boxes; ``ends``, ``limits``: of a scale or line, else None; ``lines``: to write on.

    ``symbol`` names the drawing beside the question, ``symbols`` that of each option (empty for none), ``faces`` those
    along a scale from 0 to 10: the same that the pages on screen show.
    """

    number: int
    kind: str
    words: Words
    help: Words
    when: When | None
    options: tuple[Words, ...]
    ends: tuple[Words, Words] | None
    limits: tuple[float, float] | None
    unit: Words
    no_answer: tuple[NonAnswer, ...]
    lines: int = 0
    symbol: str = ""
    symbols: tuple[str, ...] = ()
    faces: tuple[str, ...] = ()

    @property
    def untranslated(self) -> bool:
        """Whether the question isn't in the sheet's language."""
        return self.words.foreign


@dataclass(frozen=True, slots=True)
class PaperForm:
    """The whole sheet. ``qr``: the picture of the code, as a ``data:`` address."""

    sheet: Sheet
    key: str
    version: str
    title: Words
    purpose: Words
    intro: Words
    questions: tuple[PaperQuestion, ...]
    qr: str

    @property
    def drawings(self) -> list[str]:
        """Names of the drawings on the sheet, each once."""
        return sorted({name for each in self.questions for name in (each.symbol, *each.symbols, *each.faces) if name})


def build_paper_form(instrument: Instrument, locale: str, sheet: Sheet) -> PaperForm:
    """The sheet of an instrument in ``locale``, which may name a variant of the wording (``da-x-easy``)."""
    numbers = {item.id: number for number, item in enumerate(instrument.items, 1)}
    return PaperForm(
        sheet=sheet,
        key=instrument.key,
        version=instrument.version,
        title=find_words(instrument.title, locale),
        purpose=find_words(instrument.purpose, locale),
        intro=find_words(instrument.intro, locale),
        questions=tuple(_question(item, instrument, numbers, locale) for item in instrument.items),
        qr=qr_code(sheet.address),
    )


def find_words(wording: Mapping[str, str], locale: str) -> Words:
    """The words for ``locale``, else in the language that there is; empty where there are none."""
    page = base_language(locale)
    language = base_language(language_used(wording, locale) or page)
    return Words(text(wording, locale), language, _direction(language), language != page)


def _question(item: Item, instrument: Instrument, numbers: Mapping[str, int], locale: str) -> PaperQuestion:
    ends = item.ends
    return PaperQuestion(
        number=numbers[item.id],
        kind=item.type.value,
        words=find_words(item.wording, locale),
        help=find_words(item.help, locale),
        when=say_condition(item.show_if, instrument, numbers, locale) if item.show_if else None,
        options=tuple(find_words(option.wording, locale) for option in item.options),
        ends=(find_words(ends.low, locale), find_words(ends.high, locale)) if ends else None,
        limits=item.bounds,
        unit=find_words(item.unit, locale),
        no_answer=item.no_answer,
        lines=TEXT_LINES if item.type is AnswerType.FREE_TEXT else 0,
        symbol=item.symbol or "",
        symbols=tuple(option.symbol or "" for option in item.options),
        faces=_faces(item),
    )


def _faces(item: Item) -> tuple[str, ...]:
    """The faces along a scale, from its low end."""
    if item.faces is None:
        return ()
    return FACES if item.faces is FaceOrder.GLADDER else FACES[::-1]


def _direction(language: str) -> str:
    try:
        return str(Locale.parse(language, sep="-").text_direction)
    except (UnknownLocaleError, ValueError):
        return "ltr"
