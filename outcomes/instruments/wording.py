"""Picking the right language out of a wording, and the right variant of it.

A variant of a language is written as BCP 47 has it for private use: ``da-x-easy`` is Danish in easy words, ``da-x-child``
Danish for a child. A variant that isn't there is the plain language; a language that isn't there is Danish, else English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FALLBACK_LANGUAGES = ("da", "en")
VARIANT_MARK = "-x-"
EASY, CHILD = "easy", "child"
VARIANTS = (EASY, CHILD)


def text(wording: Mapping[str, str], locale: str) -> str:
    """The text in ``locale``, else in its plain language, else Danish, English or any; empty where there is none."""
    language = language_used(wording, locale)
    return wording[language] if language else ""


def language_used(wording: Mapping[str, str], locale: str) -> str | None:
    """Which code :func:`text` answers in, so that a page can mark a text that isn't in the page's own language."""
    return next((code for code in _preferred(wording, locale) if wording.get(code)), None)


def base_language(code: str) -> str:
    """``da`` of ``da`` and of ``da-x-easy``."""
    return code.partition(VARIANT_MARK)[0]


def variant_of(code: str) -> str:
    """``easy`` of ``da-x-easy``; empty for a plain language."""
    return code.partition(VARIANT_MARK)[2]


def with_variant(language: str, variant: str) -> str:
    """``da`` and ``easy`` as ``da-x-easy``; the plain language for an empty variant."""
    return f"{language}{VARIANT_MARK}{variant}" if variant else language


def _preferred(wording: Mapping[str, str], locale: str) -> Iterator[str]:
    variant = variant_of(locale)
    for language in (base_language(locale), *FALLBACK_LANGUAGES):
        yield with_variant(language, variant)
        yield language
    yield from wording
