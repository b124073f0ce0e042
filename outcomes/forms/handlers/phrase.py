"""Words of an instrument together with the language that they are really in.

A questionnaire need not have every language of the interface. What isn't in the page's language is marked for voices and
browsers, and whoever answers is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError

from outcomes.instruments import base_language, language_used, text
from outcomes.language import LANGUAGE_NAMES, current_locale, gettext, use_locale

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text, the base code of its language, and the language of the page where that is another one."""

    text: str
    language: str
    page_language: str = ""

    @property
    def foreign(self) -> bool:
        """True where the words aren't in the page's language."""
        return bool(self.text) and self.page_language not in ("", self.language)

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``, as the words are written."""
        return writing_direction(self.language)

    @property
    def untranslated(self) -> str:
        """A sentence that says that the words aren't translated, and which language they are in; empty where they are."""
        if not self.foreign:
            return ""
        with use_locale(self.page_language):
            return gettext(
                "This question isn't translated into %(language)s yet. It is shown in %(shown)s.",
                language=language_name(self.page_language),
                shown=language_name(self.language),
            )


def phrase(wording: Mapping[str, str], locale: str) -> Phrase:
    """The words for ``locale`` (``da``, ``da-x-easy``), else in the language that there is; empty where there are none."""
    page = base_language(locale)
    return Phrase(text(wording, locale), base_language(language_used(wording, locale) or page), page)


def language_name(code: str) -> str:
    """The name of a language in the language of the moment, as it stands inside a sentence; else its own name."""
    named = Locale.parse(code, sep="-").get_language_name(current_locale()) if _known(code) else None
    return str(named or LANGUAGE_NAMES.get(code, code))


@lru_cache(maxsize=64)
def writing_direction(code: str) -> str:
    """``ltr`` or ``rtl``; left to right for a language that nobody knows."""
    return str(Locale.parse(code, sep="-").text_direction) if _known(code) else "ltr"


@lru_cache(maxsize=64)
def _known(code: str) -> bool:
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True
