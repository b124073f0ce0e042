"""The one context of a part as PDF, workbook and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.language import current_locale, format_datetime, text_direction, translate, use_locale
from outcomes.language import gettext as _
from outcomes.reports.cells import cell_data, table_data
from outcomes.reports.environment import report_environment, say
from outcomes.reports.pdf import make_pdf
from outcomes.reports.render_process import render_process
from outcomes.reports.workbook import Workbook

if TYPE_CHECKING:
    from outcomes.reports.effect_report.context import Section
    from outcomes.reports.part_report.context import PartContext
    from outcomes.reports.parts import Table

FORMAT_VERSION = 1


def render_part_html(context: PartContext, locale: str) -> str:
    """The whole document as HTML, the way it goes into the PDF."""
    with use_locale(locale):
        template = report_environment().get_template("reports/part/document.html")
        return template.render(report=context, locale=current_locale(), direction=text_direction())


def _render(context: PartContext, locale: str) -> bytes:
    return make_pdf(render_part_html(context, locale))


def render_part_pdf(context: PartContext, locale: str) -> bytes:
    """The document as PDF/UA-1, made in the render process."""
    return render_process.run(_render, context, locale)


def part_to_json(context: PartContext, locale: str) -> dict[str, Any]:
    """Plain data, ready for ``json.dumps``: raw numbers, sentences in the locale asked for."""
    with use_locale(locale):
        heading, trace = context.heading, context.trace
        return {
            "report": "part",
            "format_version": FORMAT_VERSION,
            "locale": locale,
            "organisation": heading.organisation,
            "intervention": str(heading.intervention),
            "part": str(context.part),
            "period": translate(heading.period),
            "generated_at": heading.generated_at.isoformat(),
            "is_demo": heading.is_demo,
            "word": translate(heading.kind),
            "finding": translate(context.finding),
            "caution": translate(context.caution) if context.caution else None,
            "number": translate(context.number),
            "key_figures": {
                each.key: {"value": cell_data(each.value), "label": translate(each.label)}
                for each in context.key_figures
            },
            "sections": {section.key: _section(section) for section in context.sections},
            "method": {
                fact.key: {
                    "term": translate(fact.term),
                    "sentences": [say(each) for each in fact.sentences],
                    "code": fact.code,
                }
                for fact in context.method.facts
            },
            "limits": [translate(each) for each in context.method.limits],
            "plan_version": trace.plan_version,
            "data_snapshot": trace.snapshot,
            "code_version": trace.code_version,
            "reproduce": trace.reproduce,
        }


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": translate(section.title),
        "finding": translate(section.finding),
        "sentences": [translate(each) for each in section.body],
        "withheld": [translate(each) for each in section.withheld],
        "tables": {table.key: table_data(table) for table in _tables(section)},
    }


def _tables(section: Section) -> tuple[Table, ...]:
    return (*((section.figure.table,) if section.figure else ()), *section.tables)


def write_part_workbook(context: PartContext, locale: str) -> bytes:
    """The workbook: what it is about, one sheet per section, and how it was worked out."""
    with use_locale(locale):
        heading = context.heading
        title = f"{translate(heading.name)}: {heading.intervention}"
        book = Workbook(title=title, author=heading.organisation, created=heading.generated_at)
        _read_me(book, context, title)
        for section in context.sections:
            _sheet(book, section)
        _method(book, context)
        return book.content()


def _read_me(book: Workbook, context: PartContext, title: str) -> None:
    heading, trace = context.heading, context.trace
    sheet = book.sheet(_("Read me"), title)
    if context.caution:
        book.line(sheet, translate(context.caution), "caption")
    book.line(sheet, translate(context.finding), "caption")
    book.line(sheet, translate(context.number))
    sheet.row += 1
    for term, text in (
        (_("Organisation"), heading.organisation),
        (_("Period"), translate(heading.period)),
        (_("What the number may be called"), translate(heading.kind)),
        (_("Version"), translate(heading.version)),
        (_("Made"), format_datetime(heading.generated_at)),
        (_("Fingerprint of the data"), trace.snapshot),
        (_("The command that gives the same numbers"), trace.reproduce),
        (_("Withheld"), _("Numbers under 5, and numbers that they could be worked out from, aren't shown.")),
    ):
        book.pair(sheet, term, text)
    if heading.is_demo:
        book.line(sheet, _("Demonstration: made from data that aren't your own."), "caption")
    book.finish(sheet)


def _sheet(book: Workbook, section: Section) -> None:
    sheet = book.sheet(translate(section.title), translate(section.title))
    book.line(sheet, translate(section.finding), "caption")
    for sentence in (*section.body, *section.withheld):
        book.line(sheet, translate(sentence))
    sheet.row += 1
    for table in _tables(section):
        book.table(sheet, table)
    book.finish(sheet)


def _method(book: Workbook, context: PartContext) -> None:
    title = _("How it was computed")
    sheet = book.sheet(title, title)
    for fact in context.method.facts:
        text = " ".join(say(sentence) for sentence in fact.sentences)
        book.pair(sheet, translate(fact.term), " ".join(part for part in (text, fact.code) if part))
    for sentence in context.method.limits:
        book.line(sheet, translate(sentence))
    book.finish(sheet)
