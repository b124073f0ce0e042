"""The manager's overview: one finding per intervention, or per part of its people, in the words its design allows.

Read from what is stored (see :mod:`outcomes.services.store_results`): a few queries, whatever the number of citizens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.analysis.population import EVERYBODY, Population
from outcomes.errors import AnalysisPlanError, NotFoundError, Sentence
from outcomes.language import TIMEZONE
from outcomes.models import AnalysisPlan, Intervention, StoredResult
from outcomes.reports.overview import (
    Figures,
    InterventionRow,
    make_row,
    on_one_scale,
    plan_status,
    row_from_json,
    without_result,
)
from outcomes.reports.overview_groups import Titles, choose, group_rows
from outcomes.reports.overview_page import (
    Grouping,
    OverviewPage,
    OverviewQuestion,
    OverviewRow,
    describe_figures,
    make_caution,
    name_grade,
    qualify,
)
from outcomes.reports.parts import LocalText, local_text
from outcomes.reports.stored_population import read_stored_figures, read_stored_population
from outcomes.services.freeze_plan import require_frozen
from outcomes.services.gather_outcomes import Period
from outcomes.services.judge_targets import TargetNames, count_by_population, read_target_names
from outcomes.services.measure_population import holds_everybody
from outcomes.services.settle_period import settle_period
from outcomes.services.store_results import store_results_of_period
from outcomes.store import organisations, stored_results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope
    from outcomes.store.stored_results import Span

__all__ = ["NOT_YET", "Grouping", "OverviewQuestion", "list_interventions"]

NOT_YET = Sentence("Not worked out yet. It is done every night, and can be done now.")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One intervention with its newest plan, the law and section that it rests on, what is stored of its populations, and
    the period as it is stored: None where it holds everybody. ``shown``: the days, where they aren't those asked for."""

    intervention: Intervention
    plan: AnalysisPlan
    section: str | None
    stored: Mapping[str, StoredResult]
    period: Period | None
    shown: Period | None

    @property
    def populations(self) -> list[Population]:
        """Every population that figures are stored of, by key."""
        found = [read_stored_population(result.content) for _, result in sorted(self.stored.items())]
        return [each for each in found if each is not None]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One look at what is stored."""

    names: TargetNames
    newest: Mapping[UUID, datetime]

    def titles(self, sections: Mapping[str, str | None]) -> Titles:
        """What the groups are called; ``sections``: law and section by intervention."""
        return Titles(
            {key: local_text(name) for key, name in self.names.providers.items()}, self.names.groups, sections
        )


def list_interventions(
    runtime: Runtime, scope: Scope, period: Period, question: OverviewQuestion | None = None
) -> OverviewPage:
    """Every intervention with an analysis plan that somebody has begun; what needs attention first, never by size of effect.

    Figures of everybody are those of the last refresh, and the row says so where there are none. Those of another period,
    or of one provider's part of a target group, are worked out the first time that somebody asks for them.
    """
    question = question or OverviewQuestion()
    page, missing = _read(runtime, scope, period, question)
    if missing:
        for part_of in {each.period for each in missing}:
            ids = frozenset(each.intervention.id for each in missing if each.period == part_of)
            also = [question.part_of(each.intervention.slug) for each in missing if each.period == part_of]
            store_results_of_period(runtime, scope, intervention_ids=ids, period=part_of, also=also)
        page, _ = _read(runtime, scope, period, question)
    return page


def _read(
    runtime: Runtime, scope: Scope, period: Period, question: OverviewQuestion
) -> tuple[OverviewPage, tuple[_Asked, ...]]:
    """What is stored; and the interventions of which something asked for isn't."""
    if scope.organisation_id is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    with runtime.database.transaction(scope) as session:
        name = organisations.get_organisation(session, organisation_id=scope.organisation_id).name
        every = _list_asked(session, period)
        asked = [each for each in every if _is_asked(each, question)]
        stored = [result for each in asked for key, result in each.stored.items() if key == EVERYBODY]
        reading = _Reading(read_target_names(session), _newest_answers(session, stored))
        rows = [row for each in asked for row in _rows(each, question, reading)]
        counts = count_by_population(runtime, session)
        shown = {each.plan.id for each in asked if each.plan.results_first_seen_at is None and _has_result(each)}
        if shown:  # before anybody sees them
            stored_results.mark_results_seen(session, plan_ids=shown, at=runtime.now())
            session.commit()
        ready = [replace(row, targets=counts.get(row.population)) for row in on_one_scale(rows)]
        sections = {each.intervention.slug: each.section for each in every}
        groups = group_rows(ready, question.grouping, reading.titles(sections))
        moments = [row.computed_at for row in rows if row.computed_at is not None]
        page = OverviewPage(
            organisation_name=name,
            from_date=period.from_date,
            to_date=period.to_date,
            groups=groups,
            choosers=choose(question, [each for one in every for each in one.populations], reading.titles(sections)),
            computed_at=min(moments, default=None),
            outdated=any(row.answers_since or row.withheld == NOT_YET for row in rows),
            filtered=question.filtered,
        )
        return page, tuple(each for each in asked if _is_missing(each, question))


def _is_asked(asked: _Asked, question: OverviewQuestion) -> bool:
    return question.legal_section in {None, asked.section} and question.intervention in {None, asked.intervention.slug}


def _list_asked(session: Session, period: Period) -> list[_Asked]:
    """Interventions with a plan, by slug: those that somebody has begun, and those whose plan waits to be frozen."""
    plans, spans = stored_results.list_latest_plans(session), stored_results.list_spans(session)
    asked = []
    for intervention, section in stored_results.list_sections(session):
        plan, span = plans.get(intervention.id), spans.get(intervention.id)
        if plan is not None and (span is not None or plan.frozen_at is None):
            asked.append(_Asked(intervention, plan, section, {}, *_settle(session, intervention, plan, span, period)))
    days = {(each.period.from_date, each.period.to_date) for each in asked if each.period is not None}
    found: dict[tuple[UUID, date | None, date | None], dict[str, StoredResult]] = {}
    for result in stored_results.list_results_of_periods(session, days):
        found.setdefault((result.plan_id, result.first_day, result.last_day), {})[result.population] = result
    return [replace(each, stored=found.get((each.plan.id, *_days(each.period)), {})) for each in asked]


def _settle(
    session: Session, intervention: Intervention, plan: AnalysisPlan, span: Span | None, period: Period
) -> tuple[Period | None, Period | None]:
    """The period as it is stored, and as the row says it where that isn't what was asked for."""
    if holds_everybody(plan, span, period):
        return None, None
    settled = settle_period(session, intervention, plan, period)
    return None if holds_everybody(plan, span, settled) else settled, settled if settled != period else None


def _days(period: Period | None) -> tuple[date | None, date | None]:
    return (period.from_date, period.to_date) if period else (None, None)


def _newest_answers(session: Session, stored: list[StoredResult]) -> dict[UUID, datetime]:
    """When the newest answer came after the oldest of what is stored, by intervention."""
    if not stored:
        return {}
    return stored_results.list_newest_answers(session, since=min(each.read_at for each in stored))


def _has_result(asked: _Asked) -> bool:
    result = asked.stored.get(EVERYBODY)
    row = row_from_json(result.content) if result else None
    return row is not None and row.from_results


def _is_missing(asked: _Asked, question: OverviewQuestion) -> bool:
    """Is something asked for that only the first one who asks has worked out?"""
    if asked.plan.frozen_at is None:
        return False
    base = asked.stored.get(EVERYBODY)
    if base is None or row_from_json(base.content) is None:
        return asked.period is not None
    both = question.provider_id is not None and question.target_group is not None
    if not both or question.part_of(asked.intervention.slug).key in asked.stored:
        return False
    part = question.part_of(asked.intervention.slug)
    return {replace(part, provider_id=None).key, replace(part, target_group=None).key} <= asked.stored.keys()


def _rows(asked: _Asked, question: OverviewQuestion, reading: _Reading) -> Iterator[OverviewRow]:
    """The rows of one intervention: of the people asked for, or of each part of them that the rows are grouped by."""
    slug = asked.intervention.slug
    base = asked.stored.get(EVERYBODY)
    if asked.plan.frozen_at is None or base is None or row_from_json(base.content) is None:
        yield _row(asked, Population(slug), reading)  # it says what it waits for
        return
    wanted = question.part_of(slug)
    for population in _parts(asked, question.grouping, wanted):
        if population.key in asked.stored:
            yield _row(asked, population, reading)


def _parts(asked: _Asked, grouping: Grouping, wanted: Population) -> list[Population]:
    """What a group can hold of the people asked for."""
    if grouping is Grouping.PROVIDER and wanted.provider_id is None:
        keys = sorted({each.provider_id for each in asked.populations if each.provider_id}, key=str)
        return [replace(wanted, provider_id=key) for key in keys]
    if grouping is Grouping.TARGET_GROUP and wanted.target_group is None:
        codes = sorted({each.target_group for each in asked.populations if each.target_group})
        return [replace(wanted, target_group=code) for code in codes]
    return [wanted]


def _row(asked: _Asked, population: Population, reading: _Reading) -> OverviewRow:
    stored = asked.stored.get(population.key)
    figures = read_stored_figures(stored.content) if stored else None
    plain = _plain_row(asked, stored, reading.newest)
    days = (asked.shown.from_date, asked.shown.to_date) if asked.shown else None
    values = {each.name: getattr(plain, each.name) for each in fields(plain)}
    if figures is None:
        return OverviewRow(**values, population=population, days=days)
    caution = make_caution(figures.completeness)
    word, grade, grade_words = name_grade(figures)
    if plain.interval is not None:
        values["finding"] = qualify(plain.finding, caution)
    return OverviewRow(
        **values,
        population=population,
        days=days,
        part=_name_part(population, reading.names),
        caution=caution,
        label=figures.label,
        word=word,
        grade=grade,
        grade_words=grade_words,
        figures=describe_figures(figures, plain),
    )


def _plain_row(asked: _Asked, stored: StoredResult | None, newest: Mapping[UUID, datetime]) -> InterventionRow:
    slug, name, plan = asked.intervention.slug, local_text(asked.intervention.title), asked.plan
    try:
        frozen_on = require_frozen(plan, slug).astimezone(TIMEZONE).date()
    except AnalysisPlanError as error:
        waits = Sentence("The analysis plan waits to be frozen.")
        return make_row(without_result(error.sentence), slug=slug, name=name, plan_status=waits)
    status = plan_status(plan.version, frozen_on)
    row: Figures | None = row_from_json(stored.content) if stored else None
    if stored is None or row is None:
        return make_row(without_result(NOT_YET), slug=slug, name=name, plan_status=status)
    answer = newest.get(asked.intervention.id)
    return make_row(
        row,
        slug=slug,
        name=name,
        plan_status=status,
        computed_at=stored.computed_at,
        answers_since=answer is not None and answer > stored.read_at,
    )


def _name_part(population: Population, names: TargetNames) -> LocalText | None:
    """The provider and the target group in words; None for everybody."""
    provider = names.providers.get(population.provider_id) if population.provider_id else None
    code = population.target_group
    group = names.groups.get(code, local_text(code)) if code else None  # without a title, its code
    if provider and group:
        return local_text({locale: f"{provider}, {text}" for locale, text in group.texts})
    return local_text(provider) if provider else group
