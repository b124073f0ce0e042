"""Letters from templates: plain text for mail and SMS, in the language of whoever gets it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from outcomes.language import text_direction, use_locale
from outcomes.reports.environment import TEMPLATE_DIRECTORY, install_language

RIGHT_TO_LEFT_MARK = "\N{RIGHT-TO-LEFT MARK}"


@dataclass(frozen=True, slots=True)
class LetterText:
    """The subject (one line; empty for an SMS) and the text."""

    subject: str
    text: str


@cache
def letter_environment() -> Environment:
    """The environment of the letters. Plain text: nothing in it is markup, so nothing is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE_DIRECTORY / "mail"),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    install_language(environment)
    return environment


def write_letter(name: str, locale: str, *, has_subject: bool, **values: object) -> LetterText:
    """The letter of the template ``name`` (``citizen/invitation.txt``) in ``locale``.

    A template's first line is the subject, where it has one. In a language written from right to left every line says so,
    but those that hold nothing but an address.
    """
    with use_locale(locale):
        written = letter_environment().get_template(name).render(**values).strip() + "\n"
        if text_direction() == "rtl":
            written = "".join(_from_the_right(line) for line in written.splitlines(keepends=True))
    if not has_subject:
        return LetterText("", written)
    subject, _, rest = written.partition("\n")
    return LetterText(subject, rest.lstrip("\n"))


def _from_the_right(line: str) -> str:
    return line if not line.strip() or line.startswith(("http://", "https://")) else RIGHT_TO_LEFT_MARK + line
