"""Section: what is no longer written down, what shows it instead, and the hours that sets free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.results import Withheld as NotGiven
from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Section
from outcomes.reports.parts import Cell, Column, Kind, Points, Table, Withheld

if TYPE_CHECKING:
    from outcomes.reports.parts import LocalText
    from outcomes.reports.requirements import RequirementBook, RequirementView


def duties_section(book: RequirementBook, retired: tuple[RequirementView, ...]) -> Section:
    """``retired``: the duties of this intervention that are no longer written down."""
    title = Sentence("What we no longer write down")
    if not retired:
        nothing = Sentence("Nothing that has to be written down in this intervention has been retired yet")
        return Section("duties", title, nothing)
    return Section(
        key="duties",
        title=title,
        finding=duties_finding(retired),
        body=(
            Sentence(
                "Hours are minutes per citizen and month, as the register says, times the citizens' months since. A duty that"
                " belongs to several interventions is counted over all of them. What a law demands stays."
            ),
            *_entry(book),
        ),
        tables=(_table(retired),),
    )


def duties_finding(retired: tuple[RequirementView, ...]) -> Sentence:
    """How many duties, and the hours where they may be shown."""
    hours = [each.freed.hours for each in retired if each.freed and not isinstance(each.freed.hours, NotGiven)]
    if not hours:
        return Sentence("No longer written down: %(n)s", n=len(retired))
    return Sentence(
        "No longer written down: %(n)s, which has freed about %(hours)s hours",
        n=len(retired),
        hours=Points(sum(hours), 0),
    )


def named_duties(retired: tuple[RequirementView, ...]) -> tuple[Sentence, ...]:
    """The duties by name, each with its hours where they may be shown."""
    return tuple(_named(each) for each in retired)


def _named(view: RequirementView) -> Sentence:
    if view.freed is None or isinstance(view.freed.hours, NotGiven):
        return Sentence("%(what)s.", what=view.title)
    return Sentence("%(what)s: about %(hours)s hours freed.", what=view.title, hours=Points(view.freed.hours, 0))


def duties_of(book: RequirementBook, intervention: LocalText) -> tuple[RequirementView, ...]:
    """The retired duties of an intervention; those without a list of interventions belong to all of them."""
    return tuple(each for each in book.retired if not each.interventions or intervention in each.interventions)


def _entry(book: RequirementBook) -> tuple[Sentence, ...]:
    """On the other side of the scale: the time that answers take."""
    return tuple(
        Sentence(
            "On the other side of the scale: %(who)s, a median of %(median)s minutes over %(n)s measured answers.",
            who=each.whose,
            median=Points(each.median, 1),
            n=each.measured,
        )
        for each in book.entry
        if not isinstance(each.median, NotGiven) and not isinstance(each.measured, NotGiven)
    )


def _table(retired: tuple[RequirementView, ...]) -> Table:
    return Table(
        key="duties",
        caption=Sentence("What is no longer written down"),
        columns=(
            Column("code", Sentence("Code"), on_page=False),
            Column("title", Sentence("What")),
            Column("instead", Sentence("What shows it instead")),
            Column("since", Sentence("Since"), Kind.DATE),
            Column("minutes", Sentence("Minutes per person and month"), Kind.NUMBER, 0),
            Column("n", Sentence("People"), Kind.COUNT),
            Column("hours", Sentence("Hours freed"), Kind.NUMBER, 0),
        ),
        rows=tuple(_row(each) for each in retired),
    )


def _row(view: RequirementView) -> tuple[Cell, ...]:
    named: tuple[Cell, ...] = (
        view.code,
        view.title,
        view.replaced_by_name or view.replacement,
        view.since,
        view.minutes,
    )
    if view.freed is None:
        return (*named, None, None)
    return (*named, _number(view.freed.people), _number(view.freed.hours))


def _number(value: float | NotGiven) -> Cell:
    return Withheld(value.sentence) if isinstance(value, NotGiven) else value
