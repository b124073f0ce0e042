"""Read the register of process requirements with its account: what is no longer written down, and what that has freed.

Hours = minutes per citizen and month x the months that citizens were in the interventions while it was retired / 60. The
other side of the scale is measured: the time from the first answer that is kept to sending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import may_show_estimate, too_few_for_estimate
from outcomes.analysis.indicators import INDICATORS
from outcomes.analysis.results import Withheld
from outcomes.errors import Sentence
from outcomes.reports.parts import LocalText, Points, local_text
from outcomes.reports.requirements import (
    NOT_COVERED,
    SOURCE_WORDS,
    STEP_WORDS,
    EntryView,
    Freed,
    RequirementBook,
    RequirementView,
    StepView,
    read_state,
    retired_spans,
    state_words,
)
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import instruments, interventions, organisations, requirements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outcomes.models import ProcessRequirement, RequirementEvent
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

DAYS_PER_MONTH = 365.25 / 12
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Names:
    """What interventions, and what can show the same as a duty, are called; by slug and by key."""

    interventions: Mapping[str, LocalText]
    indicators: Mapping[str, Sentence]
    instruments: Mapping[str, LocalText]

    def shown_by(self, key: str | None) -> LocalText | Sentence | None:
        """Name of the indicator or questionnaire with this key."""
        return self.indicators.get(key or "") or self.instruments.get(key or "")


def read_requirements(runtime: Runtime, scope: Scope) -> RequirementBook:
    """The register of the organisation, and its account until today."""
    today = runtime.today()
    with runtime.database.transaction(scope) as session:
        names = read_names(session)
        steps: dict[object, list[RequirementEvent]] = {}
        for event in requirements.list_requirement_events(session):
            steps.setdefault(event.requirement_id, []).append(event)
        rows = tuple(
            view_requirement(session, each, steps.get(each.id, []), names, today)
            for each in requirements.list_requirements(session)
        )
        since = min((first for row in rows for first, _ in _counted(row)), default=today - A_YEAR)
        entry = tuple(_entry(each) for each in requirements.list_entry_times(session, since=since, until=today))
        organisation_id = scope.organisation_id
        name = organisations.get_organisation(session, organisation_id=organisation_id).name if organisation_id else ""
    return make_book(name, rows, entry, since=since, today=today)


def _counted(row: RequirementView) -> tuple[tuple[date, date], ...]:
    """The days on which a requirement was retired, where the hours that it freed are shown."""
    return row.freed.days if row.freed and not isinstance(row.freed.hours, Withheld) else ()


def make_book(
    name: str, rows: tuple[RequirementView, ...], entry: tuple[EntryView, ...], *, since: date, today: date
) -> RequirementBook:
    """The account of the rows, with what it comes to."""
    shown = [row.freed.hours for row in rows if row.freed and not isinstance(row.freed.hours, Withheld)]
    hours = sum(shown) if shown else None
    staff = next((each for each in entry if each.by_staff), None)
    spent = staff.hours if staff else 0.0
    return RequirementBook(
        organisation_name=name,
        as_of=today,
        since=since,
        finding=_finding(rows, hours, since),
        rows=rows,
        hours=hours,
        entry=entry,
        # of what is shown, so that the reader comes to the same
        net=None if hours is None or isinstance(spent, Withheld) else float(round(hours) - round(spent)),
        not_covered=NOT_COVERED,
    )


def read_names(session: Session) -> Names:
    """The names of the organisation's interventions and questionnaires, and of the indicators."""
    questionnaires = {each.key: each.id for each in instruments.list_versions(session)}
    return Names(
        {each.slug: local_text(each.title) for each in interventions.list_interventions(session)},
        {key: each.title for key, each in INDICATORS.items()},
        {key: local_text(read_stored_instrument(session, version).title) for key, version in questionnaires.items()},
    )


def view_requirement(
    session: Session, requirement: ProcessRequirement, steps: Sequence[RequirementEvent], names: Names, today: date
) -> RequirementView:
    """One requirement as it is shown; a step whose day is still to come has been decided, and frees nothing yet."""
    state = read_state([each.step for each in steps])
    spans = retired_spans([(each.step, each.on_day) for each in steps], until=today)
    return RequirementView(
        code=requirement.code,
        title=local_text(requirement.title),
        source_kind=SOURCE_WORDS[requirement.source_kind],
        source=requirement.source,
        law_bound=requirement.law_bound,
        minutes=float(requirement.minutes_per_month),
        minutes_source=requirement.minutes_source,
        interventions=tuple(names.interventions.get(slug, local_text(slug)) for slug in requirement.interventions),
        replaced_by=requirement.replaced_by,
        replaced_by_name=names.shown_by(requirement.replaced_by),
        replacement=local_text(requirement.replacement or ""),
        state=state,
        state_words=state_words(state, law_bound=requirement.law_bound),
        since=steps[-1].on_day if steps else None,
        steps=tuple(
            StepView(each.number, each.step, STEP_WORDS[each.step], each.on_day, each.reason, each.by, each.created_at)
            for each in steps
        ),
        freed=_freed(session, requirement, spans) if spans else None,
    )


def _freed(session: Session, requirement: ProcessRequirement, spans: tuple[tuple[date, date], ...]) -> Freed:
    active = [
        requirements.read_active_time(session, interventions=requirement.interventions, first_day=first, last_day=last)
        for first, last in spans
    ]
    if not all(may_show_estimate(each.people) for each in active):
        withheld = too_few_for_estimate()
        return Freed(spans, withheld, withheld, withheld)
    months = sum(each.days for each in active) / DAYS_PER_MONTH
    people = max(each.people for each in active)
    return Freed(spans, people, months, float(requirement.minutes_per_month) * months / 60)


def _entry(times: requirements.EntryTimes) -> EntryView:
    whose = (
        Sentence("Staff who ask and write down") if times.by_staff else Sentence("Citizens and relatives, on their own")
    )
    too_few = too_few_for_estimate()
    answers = times.answers if may_show_estimate(times.answers) else too_few
    measured = times.measured if may_show_estimate(times.measured) else too_few
    if times.quartiles is None or not may_show_estimate(times.measured):
        return EntryView(whose, times.by_staff, answers, measured, too_few, too_few, too_few, too_few)
    first, median, third = (seconds / 60 for seconds in times.quartiles)
    return EntryView(whose, times.by_staff, answers, measured, median, first, third, median * times.answers / 60)


def _finding(rows: Sequence[RequirementView], hours: float | None, since: date) -> Sentence:
    n = sum(1 for row in rows if row.freed)
    if not n:
        return Sentence("Nothing has been retired yet.")
    if hours is None:
        return Sentence("Documentation has been retired. How many hours that frees can't be shown for so few people.")
    return Sentence(
        "What is no longer written down has freed about %(hours)s hours since %(day)s.",
        hours=Points(hours, 0),
        day=since,
    )
