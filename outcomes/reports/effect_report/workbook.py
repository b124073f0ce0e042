"""The effect report as an Excel workbook: a sheet that explains, one sheet per section, and the method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.language import format_datetime, translate, use_locale
from outcomes.language import gettext as _
from outcomes.reports.environment import say
from outcomes.reports.workbook import Workbook

if TYPE_CHECKING:
    from outcomes.reports.effect_report.context import EffectReportContext, Section
    from outcomes.reports.workbook import Sheet


def write_workbook(context: EffectReportContext, locale: str) -> bytes:
    """The workbook in ``locale``. Numbers are stored at full precision and shown rounded."""
    with use_locale(locale):
        heading = context.heading
        title = f"{translate(heading.name)}: {heading.intervention}"
        book = Workbook(title=title, author=heading.organisation, created=heading.generated_at)
        _read_me(book, context, title)
        for section in context.sections:
            _section(book, section)
        _method(book, context)
        return book.content()


def _read_me(book: Workbook, context: EffectReportContext, title: str) -> None:
    heading, trace = context.heading, context.trace
    sheet = book.sheet(_("Read me"), title)
    book.line(sheet, translate(context.summary.finding), "caption")
    book.line(sheet, translate(context.summary.number))
    sheet.row += 1
    for term, text in (
        (_("Organisation"), heading.organisation),
        (_("Period"), translate(heading.period)),
        (_("What the number may be called"), translate(heading.kind)),
        (_("Version"), translate(heading.version)),
        (_("Made"), format_datetime(heading.generated_at)),
        (_("Fingerprint of the data"), trace.snapshot),
        (_("The command that gives the same numbers"), trace.reproduce),
        (_("Interval"), _("95 per cent intervals, in two columns: from and to.")),
        (_("Withheld"), _("Numbers under 5, and numbers that they could be worked out from, aren't shown.")),
        (_("Group code"), _("intervention: those who got it. comparison: those who are compared with.")),
    ):
        book.pair(sheet, term, text)
    sheet.row += 1
    book.line(sheet, _("What we can't say"), "caption")
    for sentence in context.summary.cannot_say:
        book.line(sheet, translate(sentence))
    if heading.is_demo:
        book.line(sheet, _("Demonstration: made from data that aren't your own."), "caption")
    book.finish(sheet)


def _section(book: Workbook, section: Section) -> None:
    sheet = book.sheet(translate(section.title), translate(section.title))
    book.line(sheet, translate(section.finding), "caption")
    for sentence in (*section.body, *section.withheld):
        book.line(sheet, translate(sentence))
    sheet.row += 1
    tables = ((section.figure.table,) if section.figure else ()) + section.tables
    for table in tables:
        book.table(sheet, table)
    book.finish(sheet)


def _method(book: Workbook, context: EffectReportContext) -> None:
    title = _("How it was computed")
    sheet: Sheet = book.sheet(title, title)
    for fact in context.method.facts:
        text = " ".join(say(sentence) for sentence in fact.sentences)
        book.pair(sheet, translate(fact.term), " ".join(part for part in (text, fact.code) if part))
    for sentence in (*context.method.warnings, *context.method.limits):
        book.line(sheet, translate(sentence))
    book.finish(sheet)
    tables = book.sheet(_("Model and findings"), _("Model and findings"))
    for table in context.method.tables:
        book.table(tables, table)
    book.finish(tables)
