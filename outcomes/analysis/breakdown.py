"""Breakdown: everything that a report says of parts of the people, worked out from one frame and who everybody is.

Question: who was in, for whom did it go how, where, and has that changed over time?
Estimand, formula, assumptions, units: those of the parts (grouping, subgroups, provider_comparison, trend, levels,
study_checks).
Missing data: a person whom nothing is known of counts as not known.
Errors: :class:`~outcomes.errors.EstimateError` only where the frame itself is wrong.
Checked: tests/unit/analysis/test_breakdown.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from outcomes.analysis.adjusted_change import adjust_changes
from outcomes.analysis.disclosure import suppress_counts
from outcomes.analysis.effect_results import Cell, CellMark
from outcomes.analysis.frame import read_frame
from outcomes.analysis.grouping import PROVIDER, STANDING, TARGET_GROUP, UNKNOWN, count_groups
from outcomes.analysis.levels import LevelShift, Limit, describe_levels
from outcomes.analysis.provider_comparison import ProviderComparison, compare_providers
from outcomes.analysis.results import INTERVENTION, Withheld, WithheldReason
from outcomes.analysis.study_checks import StudyChecks, check_study
from outcomes.analysis.subgroups import SubgroupComparison, compare_subgroups, levels_of_covariates
from outcomes.analysis.trend import Trend, follow_trend
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from outcomes.analysis.frame import StudyData
    from outcomes.analysis.plan import AnalysisPlan


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Where and when one person began: ``provider`` by name, ``target_group`` by code (both may be empty), ``started``, and
    how it stands: ``going_on``, or why it ended."""

    provider: str
    target_group: str
    started: date
    standing: str


@dataclass(frozen=True, slots=True)
class Composition:
    """Those in the intervention by one characteristic (``provider``, ``target_group``, ``standing`` or a covariate): pairs of
    level and count as it may be shown."""

    name: str
    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The parts of one report. ``trend`` looks at everybody who began up to the end of the period; the rest at the period."""

    composition: tuple[Composition, ...]
    subgroups: tuple[SubgroupComparison, ...]
    providers: ProviderComparison | Withheld
    trend: Trend | Withheld
    levels: LevelShift | None
    checks: StudyChecks


def describe_breakdown(
    frame: pd.DataFrame,
    plan: AnalysisPlan,
    facts: Mapping[str, PersonFacts],
    *,
    compared: bool,
    dated: bool = True,
    limits: Sequence[Limit] = (),
    history: tuple[pd.DataFrame, Mapping[str, PersonFacts]] | None = None,
    starts: Sequence[date] = (),
) -> Breakdown:
    """The breakdown of ``frame`` by ``facts`` of its people. ``history``: the same of everybody who had begun by the end of
    the period; None where the frame holds them all. ``dated`` False: nobody knows the days. ``starts``: first days of the
    stretches of quarters that periods are chosen from."""
    data = read_frame(frame, plan)
    groups = {subject: fact.target_group for subject, fact in facts.items()}
    changes = adjust_changes(data, groups)
    earlier = changes
    known = facts
    if history is not None:
        known = history[1]
        earlier = adjust_changes(
            read_frame(history[0], plan), {each: fact.target_group for each, fact in known.items()}
        )
    return Breakdown(
        _compose(data, facts),
        compare_subgroups(data, {TARGET_GROUP: groups}, compared=compared),
        compare_providers(changes, {subject: fact.provider for subject, fact in facts.items()}),
        follow_trend(earlier, {subject: fact.started for subject, fact in known.items()}, starts=starts)
        if dated
        else _undated(),
        describe_levels(data, limits),
        check_study(data, compared=compared),
    )


def hide_levels(breakdown: Breakdown, unseen: Mapping[str, Collection[str]]) -> Breakdown:
    """The breakdown without the counts of the levels in ``unseen``, by what people are parted by; nor of those whose level
    isn't known, from whom the hidden ones could be worked out."""

    def hide(part: Composition) -> Composition:
        levels = {*unseen.get(part.name, ())} & {level for level, _ in part.rows}
        if levels:
            levels.add(UNKNOWN)
        hidden = Cell(None, CellMark.WITHHELD)
        rows = tuple(
            (level, hidden if level in levels and cell.count is not None else cell) for level, cell in part.rows
        )
        return replace(part, rows=rows)

    return replace(breakdown, composition=tuple(hide(part) for part in breakdown.composition))


def _undated() -> Withheld:
    return Withheld(WithheldReason.NOT_POSSIBLE, Sentence("Nobody knows when these people began."))


def _compose(data: StudyData, facts: Mapping[str, PersonFacts]) -> tuple[Composition, ...]:
    """Counts by provider, target group, how it stands, and the plan's categories, where there is more than one level."""
    members = [str(subject) for subject in data.scores.index[data.members(INTERVENTION)]]
    found: dict[str, list[str]] = {}
    if facts:
        known = [facts.get(subject) for subject in members]
        found = {
            PROVIDER: [fact.provider if fact else UNKNOWN for fact in known],
            TARGET_GROUP: [fact.target_group if fact else UNKNOWN for fact in known],
            STANDING: [fact.standing if fact else UNKNOWN for fact in known],
        }
    found |= levels_of_covariates(data, data.scores.index[data.members(INTERVENTION)])
    return tuple(
        Composition(name, tuple(zip(counts, suppress_counts(list(counts.values())), strict=True)))
        for name, levels in found.items()
        if len(counts := count_groups(levels)) > 1
    )
