"""The one context as PDF, workbook and JSON. None can be made of the money alone: the outcome stands first in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.language import current_locale, format_datetime, text_direction, translate, use_locale
from outcomes.language import gettext as _
from outcomes.reports.cells import cell_data, cell_text, table_data
from outcomes.reports.environment import report_environment, say
from outcomes.reports.parts import Column
from outcomes.reports.pdf import make_pdf
from outcomes.reports.render_process import render_process
from outcomes.reports.workbook import Workbook

if TYPE_CHECKING:
    from outcomes.reports.effect_report.context import KeyFigure, Section
    from outcomes.reports.parts import Table
    from outcomes.reports.value.context import MoneyPart, ValueContext

FORMAT_VERSION = 1


def render_value_html(context: ValueContext, locale: str) -> str:
    """The whole document as HTML, the way it goes into the PDF."""
    with use_locale(locale):
        template = report_environment().get_template("reports/value/document.html")
        return template.render(report=context, locale=current_locale(), direction=text_direction())


def _render(context: ValueContext, locale: str) -> bytes:
    return make_pdf(render_value_html(context, locale))


def render_value_pdf(context: ValueContext, locale: str) -> bytes:
    """The document as PDF/UA-1, made in the render process."""
    return render_process.run(_render, context, locale)


def value_to_json(context: ValueContext, locale: str) -> dict[str, Any]:
    """Plain data, ready for ``json.dumps``. Amounts: kroner in the tables, whole øre under ``ore``."""
    with use_locale(locale):
        heading, citizens = context.heading, context.citizens
        return {
            "report": "value",
            "format_version": FORMAT_VERSION,
            "locale": locale,
            "organisation": heading.organisation,
            "intervention": str(heading.intervention),
            "period": translate(heading.period),
            "generated_at": heading.generated_at.isoformat(),
            "is_demo": heading.is_demo,
            "prices_invented": context.invented,
            "citizens": {
                "finding": translate(citizens.finding),
                "number": translate(citizens.number),
                "certainty": translate(citizens.certainty),
                "key_figures": _key_figures(citizens.key_figures),
            },
            "money": _money(context.money)
            if context.money
            else {"withheld": translate(context.withheld) if context.withheld else ""},
            "method": {
                fact.key: {
                    "term": translate(fact.term),
                    "sentences": [say(each) for each in fact.sentences],
                    "code": fact.code,
                }
                for fact in context.method.facts
            },
            "warnings": [translate(each) for each in context.method.warnings],
            "limits": [translate(each) for each in context.method.limits],
            "data_snapshot": context.trace.snapshot,
            "code_version": context.trace.code_version,
            "reproduce": context.trace.reproduce,
        }


def _money(money: MoneyPart) -> dict[str, Any]:
    return {
        "standing": translate(money.standing),
        "scenario": money.scenario,
        "finding": translate(money.finding),
        "key_figures": _key_figures(money.key_figures),
        "ore": {
            "total": money.total,
            **{each.payer: {"spent": each.spent, "saved": each.saved, "net": each.net} for each in money.sums},
        },
        "sections": {section.key: _section(section) for section in money.sections},
    }


def _key_figures(figures: tuple[KeyFigure, ...]) -> dict[str, Any]:
    return {
        figure.key: {"value": cell_data(figure.value), "label": say(figure.label), "detail": say(figure.detail)}
        for figure in figures
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": translate(section.title),
        "finding": translate(section.finding),
        "sentences": [translate(each) for each in section.body],
        "tables": {table.key: table_data(table) for table in _tables(section)},
    }


def _tables(section: Section) -> tuple[Table, ...]:
    return (*section.tables, *((section.figure.table,) if section.figure else ()))


def write_value_workbook(context: ValueContext, locale: str) -> bytes:
    """The workbook: citizens and money on the first sheet, one sheet per section, and how it was worked out."""
    with use_locale(locale):
        heading = context.heading
        title = f"{translate(heading.name)}: {heading.intervention}"
        book = Workbook(title=title, author=heading.organisation, created=heading.generated_at)
        _first_sheet(book, context, title)
        for section in context.money.sections if context.money else ():
            _sheet(book, section)
        _method_sheet(book, context)
        return book.content()


def _first_sheet(book: Workbook, context: ValueContext, title: str) -> None:
    heading, citizens = context.heading, context.citizens
    sheet = book.sheet(_("People and money"), title)
    for warning in context.method.warnings:
        book.line(sheet, translate(warning))
    book.line(sheet, _("What changed for the citizens"), "caption")
    book.line(sheet, translate(citizens.finding))
    book.line(sheet, translate(citizens.number))
    book.line(sheet, translate(citizens.certainty))
    for figure in citizens.key_figures:
        book.pair(sheet, say(figure.label), f"{_written(figure)} ({say(figure.detail)})")
    sheet.row += 1
    book.line(sheet, _("What it costs and saves"), "caption")
    if context.money is None:
        book.line(sheet, translate(context.withheld) if context.withheld else "")
    else:
        book.line(sheet, translate(context.money.standing))
        book.line(sheet, translate(context.money.finding))
        for figure in context.money.key_figures:
            book.pair(sheet, say(figure.label), f"{_written(figure)} ({say(figure.detail)})")
    sheet.row += 1
    book.pair(sheet, _("Organisation"), heading.organisation)
    book.pair(sheet, _("Period"), translate(heading.period))
    book.pair(sheet, _("Made"), format_datetime(heading.generated_at))
    if heading.is_demo:
        book.line(sheet, _("Demonstration: made from data that aren't your own."), "caption")
    book.finish(sheet)


def _written(figure: KeyFigure) -> str:
    return cell_text(figure.value, Column(figure.key, figure.label, figure.kind, figure.decimals))


def _sheet(book: Workbook, section: Section) -> None:
    sheet = book.sheet(translate(section.title), translate(section.title))
    book.line(sheet, translate(section.finding), "caption")
    for sentence in section.body:
        book.line(sheet, translate(sentence))
    sheet.row += 1
    for table in _tables(section):
        book.table(sheet, table)
    book.finish(sheet)


def _method_sheet(book: Workbook, context: ValueContext) -> None:
    title = _("How it was computed")
    sheet = book.sheet(title, title)
    for fact in context.method.facts:
        text = " ".join(say(sentence) for sentence in fact.sentences)
        book.pair(sheet, translate(fact.term), " ".join(part for part in (text, fact.code) if part))
    for sentence in context.method.limits:
        book.line(sheet, translate(sentence))
    book.finish(sheet)
