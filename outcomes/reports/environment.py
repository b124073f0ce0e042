"""The Jinja environment of the reports, and the language that it shares with the pages.

``install_language`` gives any Jinja environment our messages and the filters ``say``, ``number``, ``kroner``, ``percent``,
``date``, ``datetime``, ``cell`` and ``cards``. The web application calls it on its own environment, so that a partial reads
the same in page and PDF.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from outcomes.errors import Sentence
from outcomes.language import (
    catalogue,
    current_locale,
    format_date,
    format_datetime,
    format_number,
    format_percent,
    gettext,
    localise,
    translate,
)
from outcomes.reports.cards import as_cards
from outcomes.reports.cells import cell_text
from outcomes.reports.parts import LocalText

if TYPE_CHECKING:
    from datetime import date, datetime

TEMPLATE_DIRECTORY = Path(__file__).parent.parent / "templates"


def plural_message(singular: str, plural: str, number: int) -> str:
    """The translated singular or plural, placeholders not yet filled in: Jinja fills and escapes them itself."""
    return str(catalogue(current_locale()).ungettext(singular, plural, number))


def single_message(message: str) -> str:
    """The translated message, placeholders not yet filled in."""
    return gettext(message)


def say(value: Sentence | LocalText | str | float | date | None) -> str:
    """A sentence in the locale in force; a number, date or plain text as it is written there; nothing for ``None``."""
    if value is None:
        return ""
    if isinstance(value, Sentence):
        return translate(value)
    if isinstance(value, str | LocalText):
        return str(value)
    return translate(Sentence("%(value)s", value=value))


def marked(value: Sentence | LocalText | str | date) -> str:
    """Filter: as ``say``; the owner's words, where they aren't in the page's language, with the language they are in.

    So also where they stand inside a sentence of ours.
    """
    if isinstance(value, Sentence):
        parts = {
            name: marked(each) if isinstance(each, Sentence | LocalText) else localise(each)
            for name, each in value.values
        }
        if any(isinstance(each, Markup) for each in parts.values()):
            return escape(gettext(value.message)) % parts
    if isinstance(value, LocalText) and value.language != current_locale():
        direction = Locale.parse(value.language).text_direction if value.language else "auto"
        return Markup('<span lang="{}" dir="{}">{}</span>').format(value.language, direction, str(value))
    return say(value)


def number(value: float, decimals: int | None = None) -> str:
    """Filter: a number with the locale's separators."""
    return format_number(value, decimals)


def kroner(amount: float) -> str:
    """Filter: kroner, with øre only where there are any."""
    return format_number(amount, 0 if amount == round(amount) else 2)


def percent(share: float, decimals: int = 0) -> str:
    """Filter: a share between 0 and 1 as per cent."""
    return format_percent(share, decimals)


def in_words(value: date, style: str = "long") -> str:
    """Filter: a date in words, or in digits with ``style='short'``."""
    return format_date(value, style)


def moment(value: datetime) -> str:
    """Filter: a moment in Danish local time."""
    return format_datetime(value)


def install_language(environment: Environment) -> None:
    """Give ``environment`` our messages (``_``, ``{% trans %}``) and the filters for numbers, dates and sentences."""
    environment.add_extension("jinja2.ext.i18n")
    installer: Any = environment
    installer.install_gettext_callables(single_message, plural_message, newstyle=True)
    environment.filters.update(
        say=say, marked=marked, number=number, kroner=kroner, percent=percent, date=in_words, datetime=moment, cell=cell_text,
        cards=as_cards,
    )  # fmt: skip


@cache
def report_environment() -> Environment:
    """The reports' own environment: autoescaping, and a template that names what isn't there fails."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE_DIRECTORY),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    install_language(environment)
    return environment
