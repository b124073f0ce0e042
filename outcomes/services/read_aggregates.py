"""Stored aggregates of one intervention as the sums that a model is fitted to, without touching anybody's rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from outcomes.analysis.federation import Column, ColumnKind, Measure, Study
from outcomes.analysis.pattern_sums import INTERCEPT, LongitudinalSums, add_sums, sum_cells
from outcomes.analysis.plan import parse_analysis_plan
from outcomes.analysis.results import COMPARISON, INTERVENTION
from outcomes.errors import EstimateError, Sentence
from outcomes.services.freeze_plan import find_plan, require_frozen
from outcomes.services.gather_measure import find_measure
from outcomes.store import aggregates, organisations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from outcomes.analysis.pattern_sums import Matrix, Vector
    from outcomes.analysis.plan import AnalysisPlan
    from outcomes.models import ScoreAggregate
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

ARM = "arm"
ARM_COLUMN = f"{ARM}[{INTERVENTION}]"


@dataclass(frozen=True, slots=True, eq=False)
class StoredSums:
    """Sums of one intervention's people, each of ``groups`` one arm. ``due``: how many should have answered, by occasion.
    ``organisation``: the municipality's official code, else the organisation's short name."""

    intervention_id: UUID
    organisation: str
    study: Study
    columns: tuple[Column, ...]
    groups: tuple[LongitudinalSums, ...]
    due: tuple[int, ...]

    @property
    def sums(self) -> LongitudinalSums:
        """Everybody's sums; few people may stand behind a pattern, so they aren't to be shown or sent."""
        return add_sums(self.groups)


def read_aggregates(runtime: Runtime, scope: Scope, *, intervention_slug: str, period: Period) -> StoredSums:
    """The sums of everybody who started in the whole quarters of ``period``, on the analysis plan's measure and occasions.

    Raises ``NotFoundError`` (no intervention or plan), ``AnalysisPlanError`` (plan not frozen) and ``EstimateError`` where
    the period holds nobody, or scores that aren't on one scale.
    """
    with runtime.database.transaction(scope) as session:
        return take_sums(session, intervention_slug, period)


def take_sums(session: Session, intervention_slug: str, period: Period) -> StoredSums:
    """:func:`read_aggregates` in a transaction that is open already."""
    intervention, stored = find_plan(session, intervention_slug)
    require_frozen(stored, intervention_slug)
    plan = parse_analysis_plan(stored.definition["analysis"])
    whole = period.in_whole_quarters()
    found = aggregates.list_aggregates(
        session,
        intervention_id=intervention.id,
        instrument_key=plan.measure.instrument,
        scale=plan.measure.scale,
        from_quarter=whole.from_date,
        to_quarter=whole.to_date,
    )
    rows = [row for row in found if _counts(row, plan)]
    if not any(_places(row, plan) for row in rows):
        raise EstimateError(
            Sentence(
                "There are no sums of scores for these quarters. Run: outcomes aggregates refresh, or choose a longer"
                " period."
            )
        )
    study = _study(session, plan, rows, intervention_slug, whole)
    owner = organisations.get_organisation(session, organisation_id=intervention.organisation_id)
    name = owner.municipality_code or owner.slug
    return StoredSums(intervention.id, name, study, _columns(plan), tuple(_groups(rows, plan)), _due(rows, plan))


def _counts(row: ScoreAggregate, plan: AnalysisPlan) -> bool:
    """Does the design look at these people? Where groups are compared, each person counts once."""
    if plan.design.has_comparison_arm:
        return row.first_episode
    return row.comparison_status == INTERVENTION


def _study(session: Session, plan: AnalysisPlan, rows: Sequence[ScoreAggregate], slug: str, period: Period) -> Study:
    versions = frozenset(version for row in rows for version in row.version_ids)
    measure = find_measure(session, plan, versions)
    bases = ((ARM, COMPARISON),) if plan.design.has_comparison_arm else ()
    return Study(
        Measure(plan.measure.instrument, plan.measure.scale, "points", measure.minimum, measure.maximum),
        slug,
        period.from_date.isoformat(),
        period.to_date.isoformat(),
        bases,
    )


def _columns(plan: AnalysisPlan) -> tuple[Column, ...]:
    intercept = Column(INTERCEPT, ColumnKind.INDICATOR)
    if not plan.design.has_comparison_arm:
        return (intercept,)
    return intercept, Column(ARM_COLUMN, ColumnKind.INDICATOR, ARM, INTERVENTION)


def _groups(rows: Sequence[ScoreAggregate], plan: AnalysisPlan) -> Iterator[LongitudinalSums]:
    names = [column.name for column in _columns(plan)]
    for arm in (INTERVENTION, COMPARISON):
        members = [row for row in rows if (row.comparison_status == INTERVENTION) == (arm == INTERVENTION)]
        columns = np.array([[1.0, float(arm == INTERVENTION)][: len(names)]])
        cells = [_cell(row, plan) for row in members if _places(row, plan)]
        if cells:
            yield sum_cells(columns, cells, occasions=plan.occasions, names=names, origin=0.0)


def _places(row: ScoreAggregate, plan: AnalysisPlan) -> list[tuple[int, int]]:
    """Where each of the plan's occasions that were answered stands in the plan, and where in the row; in the plan's order."""
    return [(place, row.answered.index(code)) for place, code in enumerate(plan.occasions) if code in row.answered]


def _cell(row: ScoreAggregate, plan: AnalysisPlan) -> tuple[tuple[int, ...], int, int, Vector, Matrix]:
    """The row as :func:`sum_cells` takes it: in order of time, without the occasions that the plan doesn't look at."""
    places = _places(row, plan)
    kept = [stored for _, stored in places]
    size = len(row.answered)
    products = np.zeros((size, size))
    lower = np.tril_indices(size)
    products[lower] = row.products
    products.T[lower] = row.products
    return (
        tuple(place for place, _ in places), 0, row.n, np.array(row.sums)[kept], products[np.ix_(kept, kept)],
    )  # fmt: skip


def _due(rows: Sequence[ScoreAggregate], plan: AnalysisPlan) -> tuple[int, ...]:
    return tuple(sum(row.n for row in rows if code in row.due) for code in plan.occasions)
