"""The language of the moment: messages, numbers and dates, without knowing Flask.

A locale is set for a stretch of code with :func:`use_locale`; everything below it translates and formats in that locale.
Message ids are the English sentences; ``translations/`` holds the catalogues (compiled at set-up).
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_date as babel_format_date
from babel.dates import format_datetime as babel_format_datetime
from babel.dates import get_date_format, get_datetime_format, get_time_format, get_timezone
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCALES: tuple[str, ...] = ("da", "en")
"""Languages that everything is said in."""
CITIZEN_LOCALES: tuple[str, ...] = (*LOCALES, "ar", "uk", "pl", "tr", "so")
"""Languages that everything a citizen meets is said in."""
DEFAULT_LOCALE = "da"
LANGUAGE_NAMES = {
    "da": "Dansk",
    "en": "English",
    "ar": "العربية",
    "uk": "Українська",
    "pl": "Polski",
    "tr": "Türkçe",
    "so": "Soomaali",
}
"""Each language by its own name, as those who read it know it."""
REGIONS = {"en": "en_GB"}
TIMEZONE = get_timezone("Europe/Copenhagen")

_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)


def catalogue_directory() -> Path:
    """Folder of the catalogues: inside the installed package, or at the top of a checkout."""
    packaged = Path(__file__).parent / "translations"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "translations"


@cache
def catalogue(locale: str) -> NullTranslations:
    """The compiled catalogue of ``locale``; an empty one where it isn't compiled."""
    return Translations.load(catalogue_directory(), [locale])


def current_locale() -> str:
    """Code of the locale in force, one of :data:`CITIZEN_LOCALES`."""
    return _locale.get()


def formats() -> str:
    """The locale whose numbers and dates are written: Danish, or English as it is written in Europe."""
    return REGIONS.get(current_locale(), current_locale())


def supported_locale(code: str | None) -> str:
    """``code`` where we speak it, else the default."""
    return code if code in CITIZEN_LOCALES else DEFAULT_LOCALE


@contextmanager
def use_locale(code: str) -> Iterator[None]:
    """Translate and format in ``code`` inside the ``with`` block."""
    token = _locale.set(supported_locale(code))
    try:
        yield
    finally:
        _locale.reset(token)


def set_locale(code: str) -> None:
    """Set the locale for the rest of this context (one web request, one command)."""
    _locale.set(supported_locale(code))


def text_direction() -> str:
    """``ltr`` or ``rtl`` for the locale in force."""
    return Locale.parse(current_locale()).text_direction


def gettext(message: str, **values: object) -> str:
    """``message`` in the locale in force, with its named placeholders filled in."""
    text = str(catalogue(current_locale()).ugettext(message))
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """Singular or plural by ``number``, which is also the placeholder ``num``."""
    text = str(catalogue(current_locale()).ungettext(singular, plural, number))
    return text % {"num": number, **values}


def translate(sentence: Sentence) -> str:
    """A :class:`~outcomes.errors.Sentence` in the locale in force."""
    values = {
        name: translate(value) if isinstance(value, Sentence) else localise(value) for name, value in sentence.values
    }
    return gettext(sentence.message, **values)


def localise(value: object) -> object:
    """Numbers and dates as the locale in force writes them; anything else as it is."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value  # years, codes and counts are written plainly inside sentences
    if isinstance(value, float):
        return format_number(value)
    if isinstance(value, datetime):
        return format_datetime(value)
    return format_date(value) if isinstance(value, date) else value


def format_number(value: float, decimals: int | None = None) -> str:
    """A number with the locale's separators; ``decimals`` fixes how many, default up to two."""
    pattern = "#,##0.##" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    text = format_decimal(value, format=pattern, locale=formats())
    return text.replace("-", "\N{MINUS SIGN}") if text.startswith("-") else text


def format_percent(share: float, decimals: int = 0) -> str:
    """A share between 0 and 1 as per cent with a no-break space (Danish) or without (English)."""
    space = "\N{NO-BREAK SPACE}" if current_locale() == "da" else ""
    return f"{format_number(100 * share, decimals)}{space}%"


def format_date(value: date, style: str = "long") -> str:
    """A date in words (``21. november 2026``) or, with ``style='short'``, in digits."""
    # Arabic dates in digits come with marks that turn them round in a drawing; without them they read the same on a page.
    return babel_format_date(value, format=style, locale=formats()).replace("\N{RIGHT-TO-LEFT MARK}", "")


def format_datetime(value: datetime) -> str:
    """A moment in Danish local time, to the minute."""
    locale = formats()
    day, time = get_date_format("long", locale).pattern, get_time_format("short", locale).pattern
    pattern = str(get_datetime_format("long", locale)).replace("{1}", day).replace("{0}", time)
    return babel_format_datetime(value, pattern, tzinfo=TIMEZONE, locale=locale)


def sort_key(text: str) -> tuple[str, ...]:
    """Danish alphabetical order (… z, æ, ø, å; aa as å), without the database's collation."""
    folded = text.casefold().replace("aa", "å")
    order = {"æ": "z1", "ä": "z1", "ø": "z2", "ö": "z2", "å": "z3"}
    return tuple(order.get(letter, letter) for letter in folded)
