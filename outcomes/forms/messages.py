"""What forms say when something is wrong: our sentences, in the language of the moment.

WTForms has no Danish of its own, and its English says what is wrong, not what to do. :class:`OwnWordsForm` (or its
``Meta``, where another base class is needed) sends every message that WTForms' own fields and validators make through
the table below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import Form

from outcomes.errors import Sentence
from outcomes.language import gettext

if TYPE_CHECKING:
    from collections.abc import Mapping

FILL_IN = Sentence("Fill this in.")
CHOOSE = Sentence("Choose one of the answers shown.")
SEND_AGAIN = Sentence("The page had been open for a long time. Nothing is lost: press the button once more.")
DATE = Sentence("Write a date, for example 24-12-2026.")
WHOLE_NUMBER = Sentence("Write a whole number, for example 12.")
NUMBER = Sentence("Write a number, for example 12.")
LOCKED = Sentence("This can't be changed here.")

WORDS: Mapping[str, Sentence] = {
    "This field is required.": FILL_IN,
    "Invalid input.": Sentence("Write this in another way."),
    "Field must be equal to %(other_name)s.": Sentence("The two fields must be the same."),
    "Field must be at least %(min)d character long.": Sentence("Write at least %(min)s characters."),
    "Field cannot be longer than %(max)d character.": Sentence("Write at most %(max)s characters."),
    "Field must be exactly %(max)d character long.": Sentence("Write exactly %(max)s characters."),
    "Field must be between %(min)d and %(max)d characters long.": Sentence("Write from %(min)s to %(max)s characters."),
    "Number must be at least %(min)s.": Sentence("Write a number of %(min)s or more."),
    "Number must be at most %(max)s.": Sentence("Write a number of %(max)s or less."),
    "Number must be between %(min)s and %(max)s.": Sentence("Write a number from %(min)s to %(max)s."),
    "Date must be at least %(min)s.": Sentence("Choose a date that is %(min)s or later."),
    "Date must be at most %(max)s.": Sentence("Choose a date that is %(max)s or earlier."),
    "Date must be between %(min)s and %(max)s.": Sentence("Choose a date from %(min)s to %(max)s."),
    "Invalid email address.": Sentence("Write an email address, for example name@example.dk."),
    "Invalid IP address.": Sentence("Write an IP address."),
    "Invalid Mac address.": Sentence("Write a MAC address."),
    "Invalid URL.": Sentence("Write a web address that begins with https://."),
    "Invalid UUID.": Sentence("Write the whole number, 32 letters and digits."),
    "Invalid value, must be one of: %(values)s.": Sentence("Choose one of: %(values)s."),
    "Invalid value, can't be any of: %(values)s.": Sentence("Choose something else than: %(values)s."),
    "This field cannot be edited.": LOCKED,
    "This field is disabled and cannot have a value.": LOCKED,
    "Invalid CSRF Token.": SEND_AGAIN,
    "CSRF token missing.": SEND_AGAIN,
    "CSRF failed.": SEND_AGAIN,
    "CSRF token expired.": SEND_AGAIN,
    "Invalid Choice: could not coerce.": CHOOSE,
    "Not a valid choice.": CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": CHOOSE,
    "'%(value)s' is not a valid choice for this field.": CHOOSE,
    "Not a valid datetime value.": Sentence("Write a date and a time, for example 24-12-2026 14:30."),
    "Not a valid date value.": DATE,
    "Not a valid time value.": Sentence("Write a time, for example 14:30."),
    "Not a valid week value.": Sentence("Write a week, for example 2026-W51."),
    "Not a valid integer value.": WHOLE_NUMBER,
    "Not a valid decimal value.": NUMBER,
    "Not a valid float value.": NUMBER,
}


class OwnWords:
    """The translations object that WTForms asks: its sentence in, ours out, placeholders left for WTForms to fill."""

    def gettext(self, string: str) -> str:
        """Our sentence for WTForms' ``string``; a text that isn't one of its messages (a label) comes back as it is."""
        return gettext(WORDS[string].message) if string in WORDS else string

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """As :meth:`gettext`: our sentences are worded so that they fit any number."""
        return self.gettext(singular) if singular in WORDS else singular if n == 1 else plural


class OwnWordsMeta:
    """``Meta`` for any form class, also one whose base brings translations of its own."""

    def get_translations(self, form: Any) -> OwnWords:  # noqa: ARG002 - WTForms passes the form
        """Our words for every form."""
        return OwnWords()


class OwnWordsForm(Form):  # type: ignore[misc] # WTForms carries no types
    """A WTForms form that speaks our words; the base of every form in the project."""

    Meta = OwnWordsMeta
