"""Picking the right language out of a wording."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FALLBACK_LANGUAGES = ("da", "en")


def text(wording: Mapping[str, str], locale: str) -> str:
    """The text in ``locale``, else in Danish, else in English, else in any language; empty where there is none."""
    language = language_used(wording, locale)
    return wording[language] if language else ""


def language_used(wording: Mapping[str, str], locale: str) -> str | None:
    """Which language :func:`text` answers in, so that a page can mark a text that isn't in the page's own language."""
    for language in (locale, *FALLBACK_LANGUAGES, *wording):
        if wording.get(language):
            return language
    return None
