"""A citizen's own copy of what is stored about them, to read: the same facts as the file for machines, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.language import current_locale, text_direction, use_locale
from outcomes.reports.environment import report_environment
from outcomes.reports.pdf import make_pdf
from outcomes.reports.render_process import render_process

if TYPE_CHECKING:
    from outcomes.reports.parts import LocalText

    Words = Sentence | LocalText | str | date


@dataclass(frozen=True, slots=True)
class CopyEntry:
    """One thing stored: what it is, and what it says, as pairs of label and value."""

    title: Words
    lines: tuple[tuple[Words, Words], ...]


@dataclass(frozen=True, slots=True)
class CopySection:
    """Things of one kind. ``empty``: what stands there where there are none."""

    heading: Sentence
    entries: tuple[CopyEntry, ...]
    empty: Sentence


@dataclass(frozen=True, slots=True)
class CopyDocument:
    """The whole copy."""

    organisation_name: str
    name: str
    made_at: datetime
    sections: tuple[CopySection, ...]
    left_out: tuple[Sentence, ...]


def render_copy_html(document: CopyDocument, locale: str) -> str:
    """The document as HTML, the way it goes into the PDF."""
    with use_locale(locale):
        template = report_environment().get_template("reports/own_copy.html")
        return template.render(document=document, locale=current_locale(), direction=text_direction())


def render_copy(document: CopyDocument, locale: str) -> bytes:
    """The document as PDF/UA-1."""
    return make_pdf(render_copy_html(document, locale))


def render_copy_apart(document: CopyDocument, locale: str) -> bytes:
    """The same, made in the render process: for web processes."""
    return render_process.run(render_copy, document, locale)
