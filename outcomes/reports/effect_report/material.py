"""What the effect report is made from: handed in by the service, already allowed to be shown to the one who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from outcomes.analysis.effect_results import EffectEstimate
from outcomes.analysis.period_comparison import PeriodComparison
from outcomes.analysis.results import Share
from outcomes.analysis.results import Withheld as NotGiven
from outcomes.errors import Sentence
from outcomes.reports.parts import Figure, LocalText, Table
from outcomes.reports.requirements import RequirementBook
from outcomes.reports.supervision.context import SignalLine
from outcomes.reports.targets import TargetView

if TYPE_CHECKING:
    from outcomes.analysis.breakdown import Breakdown  # noqa: TC004 - annotations only: what it is made by loads numpy


@dataclass(frozen=True, slots=True)
class CutOffMaterial:
    """A value of the scale (points) with its meaning and source. ``at_or_below``: its value belongs to the lower side."""

    value: float
    wording: LocalText
    source: str
    at_or_below: bool = False


@dataclass(frozen=True, slots=True)
class MeasureMaterial:
    """The instrument and scale behind the numbers. ``unit``: the word for its points where it has one of its own.

    ``minimum`` and ``maximum`` in points (``None``: not bounded). ``validated`` is False for measures that nobody has
    tested yet; the report says so.
    """

    title: LocalText
    scale: LocalText | None
    minimum: float | None
    maximum: float | None
    lower_is_better: bool
    validated: bool
    version: str
    cut_offs: tuple[CutOffMaterial, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanMaterial:
    """The analysis plan's version and the day it was frozen (``None``: not frozen), and how the report departs from it.

    ``reason``: the authors' own words on why the plan is as it is. ``departures``: beside those that the report finds
    itself. ``allocation``: how lots were drawn, in words for readers, in place of the plan's own text.
    """

    version: int
    frozen_on: date | None
    reason: LocalText | None = None
    departures: tuple[LocalText, ...] = ()
    allocation: LocalText | None = None


@dataclass(frozen=True, slots=True)
class PersonGoals:
    """One citizen's rated goals, by the latest rating of each: ``t_score`` is their GAS T over them (50 = as expected, 10 a
    standard deviation; see :mod:`outcomes.analysis.gas`); ``n_attained`` of ``n_goals`` (at least 1) are at the expected
    level or over."""

    t_score: float
    n_goals: int
    n_attained: int


@dataclass(frozen=True, slots=True)
class GoalsMaterial:
    """The goals of the citizens in the intervention (the comparison group's aren't part of it).

    Of ``n_begun`` citizens ``n_with_goals`` have set at least one goal; ``people`` holds one entry for each citizen with at
    least one rated goal, in any order. Person data: only what the goals section works out of it is published.
    """

    n_begun: int
    n_with_goals: int
    people: tuple[PersonGoals, ...]


@dataclass(frozen=True, slots=True)
class PreviousMaterial:
    """The period before, of equal length (days of starts), and this period held against it. ``snapshot``: of its data."""

    period_from: date
    period_to: date
    comparison: PeriodComparison
    snapshot: str


@dataclass(frozen=True, slots=True)
class ExperienceMaterial:
    """How people meet the help: ``share`` of those who answered who answer more for than against; ``completeness``: answered
    of those asked, 0-1 (None: not shown)."""

    share: Share | NotGiven
    completeness: float | None


@dataclass(frozen=True, slots=True)
class MoneyMaterial:
    """What it costs and saves, as the value page says it: ``standing`` is what the amounts must be called, ``scenario`` that
    the evidence doesn't carry more. ``body``: sentences; ``figure`` and ``tables``: the payers and their total. ``net``:
    kroner left over for each person over ``years`` years, with its interval (None: not worked out)."""

    standing: Sentence
    scenario: bool
    finding: Sentence
    body: tuple[Sentence, ...]
    figure: Figure | None
    tables: tuple[Table, ...]
    warnings: tuple[Sentence, ...]
    net: tuple[float, float, float] | None = None
    years: int = 0


@dataclass(frozen=True, slots=True)
class ReportMaterial:
    """Everything about one report. Lengths in months, money in kroner per citizen and month, period by day.

    ``comparison``: what the comparison group got, in words. ``characteristics``: words for the plan's covariates, by
    their names in the data; ``category_words``: words for the values of those that are categories, by the same names.
    ``snapshot``: hash of the data that the numbers come from. ``reproduce``: the command that
    gives the same numbers again. ``locales`` in which the report exists are those of the program.

    What follows is left out of the report where it is None or empty. ``breakdown``: parts of the people, with
    ``people_snapshot``, the hash of who was where; ``target_group_names`` by code. ``previous``: the period before.
    ``signals``: about its providers, waiting or talked about. ``switches``: sentences on changed versions of the questions.
    ``experience``: how people meet the help.
    ``targets``: what is to be reached; ``duties``: the register of documentation and its account; ``money``: the value.
    """

    organisation: str
    intervention: LocalText
    description: LocalText | None
    legal_basis: LocalText | None
    planned_months: float | None
    cost_per_month: float | None
    comparison: LocalText | None
    providers: tuple[str, ...]
    target_groups: tuple[LocalText, ...]
    period_from: date | None
    period_to: date | None
    measure: MeasureMaterial
    plan: PlanMaterial
    estimate: EffectEstimate
    goals: GoalsMaterial | None
    snapshot: str
    code_version: str
    reproduce: str
    generated_at: datetime
    is_demo: bool
    characteristics: tuple[tuple[str, LocalText], ...] = ()
    category_words: tuple[tuple[str, tuple[tuple[str, LocalText], ...]], ...] = ()
    data_source: LocalText | None = None
    breakdown: Breakdown | None = None
    people_snapshot: str = ""
    target_group_names: tuple[tuple[str, LocalText], ...] = ()
    previous: PreviousMaterial | None = None
    signals: tuple[SignalLine, ...] = ()
    switches: tuple[Sentence, ...] = ()
    experience: ExperienceMaterial | None = None
    targets: tuple[TargetView, ...] = ()
    duties: RequirementBook | None = None
    money: MoneyMaterial | None = None
