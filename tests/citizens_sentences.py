"""Holds the list of places whose sentences are translated for citizens against what their pages really say."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.pofile import read_po
from flask import g, has_request_context

from outcomes.language import catalogue, catalogue_directory

if TYPE_CHECKING:
    from babel.support import NullTranslations

TOOL = Path(__file__).parents[1] / ".ci" / "translations.py"


class Watched:
    """A catalogue that notes each sentence looked up for a citizen that the citizen's languages don't hold."""

    def __init__(self, behind: NullTranslations, strange: set[str]) -> None:
        self.behind, self.strange = behind, strange

    def ugettext(self, message: str) -> str:
        """As the catalogue behind."""
        self.note(message)
        return str(self.behind.ugettext(message))

    def ungettext(self, singular: str, plural: str, number: int) -> str:
        """As the catalogue behind."""
        self.note(singular)
        return str(self.behind.ungettext(singular, plural, number))

    def note(self, message: str) -> None:
        """Remember a sentence that has no place on a citizen's page."""
        if has_request_context() and g.get("for_citizens") and not is_citizens(message):
            self.strange.add(message)


def watch(strange: set[str]) -> Any:
    """What to put in the place of ``outcomes.language.catalogue``."""
    return cache(lambda locale: Watched(catalogue(locale), strange))


def is_citizens(message: str) -> bool:
    """Whether the languages of citizens hold the message, or would after ``make translations``."""
    return message in stored_messages() or message in written_messages()


@cache
def stored_messages() -> frozenset[str]:
    """What the catalogues hold."""
    with (catalogue_directory() / "ar" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return _ids(read_po(file, locale="ar"))


@cache
def written_messages() -> frozenset[str]:
    """What the named places say now: slow, and asked only about what isn't stored."""
    specification = importlib.util.spec_from_file_location("citizens_translations", TOOL)
    assert specification is not None
    assert specification.loader is not None
    tool = importlib.util.module_from_spec(specification)
    sys.modules["citizens_translations"] = tool
    specification.loader.exec_module(tool)
    return _ids(tool.for_language("ar", tool.extract()))


def _ids(catalog: Any) -> frozenset[str]:
    return frozenset(message.id if isinstance(message.id, str) else message.id[0] for message in catalog if message.id)
