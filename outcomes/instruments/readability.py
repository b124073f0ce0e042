"""How hard a questionnaire is to read, in each of its languages and variants: advice to whoever words it.

The measure is lix (läsbarhetsindex): words per sentence + 100 x the share of words longer than six letters. Below 25 is as
easy as books for children, 25-34 easy, 35-44 middling, 45 and more hard.

Source: C. H. Björnsson, Läsbarhet, Liber 1968; C. H. Björnsson, Readability of newspapers in 11 languages, Reading Research
Quarterly 18 (1983) 480-497, doi 10.2307/747382. Long words mean something else in languages that build words in other
ways: where lix isn't meant for a language, only the words per sentence are given.

What is read: the introduction, each question and its help. Answers to choose from are no sentences and aren't counted. One
question is a short text, and its lix jumps with each long word: it says where to look, not what is wrong.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.instruments.wording import VARIANTS, base_language, variant_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outcomes.instruments.model import Instrument

LIX_LANGUAGES = frozenset({"da", "sv", "nb", "nn", "no", "en", "de", "fr"})
LONG_WORD = 6
HARD_LIX = 35
HARD_SENTENCE = 20

WORD = re.compile(r"\w+(?:['’\-]\w+)*")
SENTENCE_END = re.compile(r"(?<=[.!?…؟])[\"”’»)]*\s+|\n+|:\s+(?=[A-ZÆØÅ])")


@dataclass(frozen=True, slots=True)
class HardQuestion:
    """A question that may be hard to read. ``lix`` is None where it isn't meant for the language; ``words``: of the
    longest sentence."""

    item: str
    lix: float | None
    words: int


@dataclass(frozen=True, slots=True)
class LanguageReadability:
    """One language or variant (``da``, ``da-x-easy``) of an instrument.

    ``lix``: of the whole, None where it isn't meant for the language. ``words_per_sentence``: mean. ``longest``: the
    longest sentence, of ``longest_words`` words. ``hard``: questions with a lix over 35 or a sentence over 20 words.
    """

    code: str
    lix: float | None
    words_per_sentence: float
    longest: str
    longest_words: int
    hard: tuple[HardQuestion, ...]

    @property
    def language(self) -> str:
        """The language without its variant."""
        return base_language(self.code)

    @property
    def variant(self) -> str:
        """``easy`` or ``child``; empty for the plain language."""
        return variant_of(self.code)


def readability(instrument: Instrument) -> tuple[LanguageReadability, ...]:
    """Each language of the instrument in its order, followed by its variants; only languages that say something.

    A variant is judged by what its reader meets: its own words where it has them, else those of the plain language.
    """
    found = (_judge(instrument, code) for code in _codes(instrument))
    return tuple(each for each in found if each is not None)


def lix(text: str) -> float:
    """Lix of a text; 0 where it has no words."""
    words = _words(text)
    if not words:
        return 0.0
    long_words = sum(sum(sign.isalpha() for sign in word) > LONG_WORD for word in words)
    return len(words) / len(sentences(text)) + 100 * long_words / len(words)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text that hold a word; a line end ends one too."""
    return tuple(part.strip() for part in SENTENCE_END.split(text) if WORD.search(_plain(part)))


def _judge(instrument: Instrument, code: str) -> LanguageReadability | None:
    texts = [instrument.intro, *(text for item in instrument.items for text in (item.wording, item.help))]
    whole = "\n".join(_said(texts, code))
    parts = sentences(whole)
    if not parts:
        return None
    longest = max(parts, key=_length)
    return LanguageReadability(
        code=code,
        lix=_lix_where_meant(whole, code),
        words_per_sentence=len(_words(whole)) / len(parts),
        longest=longest,
        longest_words=_length(longest),
        hard=tuple(_hard_questions(instrument, code)),
    )


def _hard_questions(instrument: Instrument, code: str) -> Iterator[HardQuestion]:
    for item in instrument.items:
        text = "\n".join(_said([item.wording, item.help], code))
        words, value = max(map(_length, sentences(text)), default=0), _lix_where_meant(text, code)
        if words > HARD_SENTENCE or (value is not None and value > HARD_LIX):
            yield HardQuestion(item.id, value, words)


def _codes(instrument: Instrument) -> Iterator[str]:
    used = {code for item in instrument.items for code in (*item.wording, *item.help)} | set(instrument.intro)
    for language in instrument.languages:
        yield from sorted((code for code in used if base_language(code) == language), key=_plain_first)


def _plain_first(code: str) -> int:
    return ("", *VARIANTS).index(variant_of(code))


def _said(texts: Sequence[Mapping[str, str]], code: str) -> Iterator[str]:
    for wording in texts:
        if said := wording.get(code) or wording.get(base_language(code)):
            yield said


def _lix_where_meant(text: str, code: str) -> float | None:
    return lix(text) if base_language(code) in LIX_LANGUAGES else None


def _length(sentence: str) -> int:
    return len(_words(sentence))


def _words(text: str) -> list[str]:
    return WORD.findall(_plain(text))


def _plain(text: str) -> str:
    """Without marks that stand above or below letters, which would break words apart."""
    return "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Mn")
