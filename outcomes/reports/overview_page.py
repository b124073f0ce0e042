"""The manager's overview as page, print and JSON show it: rows of figures in groups, and what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.analysis.evidence import DesignLabel, allowed_word, grade_word
from outcomes.analysis.plan import GoalKind
from outcomes.analysis.population import Population, PopulationFigures
from outcomes.analysis.results import Share, Withheld, WithheldReason
from outcomes.errors import Sentence
from outcomes.reports.overview import Figures, InterventionRow
from outcomes.reports.parts import LocalText
from outcomes.reports.targets import TargetCounts

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL, LEAST = 0.8, 0.6
"""Completeness from which a claim stands unqualified, and under which it hardly says anything."""

MARKS = {
    WithheldReason.TOO_FEW: Sentence("too few"),
    WithheldReason.PROTECTS: Sentence("withheld"),
    WithheldReason.NOT_PLANNED: Sentence("not known"),
    WithheldReason.NOT_POSSIBLE: Sentence("not known"),
}
FEW_MISSING = Sentence("some may be missing")
WHY_FEW_MISSING = Sentence("So few haven't answered, here or in another part, that how many isn't shown.")
SUCCESS = {
    GoalKind.DEVELOP: Sentence("The aim: reliably better"),
    GoalKind.MAINTAIN: Sentence("The aim: kept their level, or better"),
    GoalKind.LIMIT_LOSS: Sentence("The aim: fared better than was expected"),
}
OF_DUE = Sentence("of the %(n)s whose time has come")
OF_RATED = Sentence("of the %(n)s with rated goals")
OF_REPLIED = Sentence("of the %(n)s who answered these questions")


class Grouping(StrEnum):
    """What the rows stand under, by its name in the address."""

    INTERVENTION = "indsats"
    PROVIDER = "udbyder"
    TARGET_GROUP = "maalgruppe"
    LEGAL_SECTION = "paragraf"


@dataclass(frozen=True, slots=True)
class OverviewQuestion:
    """What a manager looks at: everybody, or the people of one provider, target group (code) or law and section; in every
    intervention, or in one (by its slug)."""

    grouping: Grouping = Grouping.INTERVENTION
    provider_id: UUID | None = None
    target_group: str | None = None
    legal_section: str | None = None
    intervention: str | None = None

    @property
    def filtered(self) -> bool:
        """True where not everybody is looked at."""
        return bool(self.provider_id or self.target_group or self.legal_section)

    def part_of(self, slug: str) -> Population:
        """Whom of an intervention's people."""
        return Population(slug, self.provider_id, self.target_group)


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure of a row: a count of people, or a share (0-1) of ``total`` with its interval where it is an estimate.

    ``mark`` stands in its place where it isn't shown, and ``why`` says it. ``known``: share of those who could be known.
    ``base``: of whom, in words (None: a count). ``section``: of the report, where it is explained; ``indicator``: its
    definition (None: it is no indicator).
    """

    key: str
    label: Sentence
    value: float | None
    total: int | None = None
    low: float | None = None
    high: float | None = None
    known: float | None = None
    mark: Sentence | None = None
    why: Sentence | None = None
    section: str = "flow"
    indicator: str | None = None
    base: Sentence | None = None

    @property
    def is_share(self) -> bool:
        """True for a share, False for a count."""
        return self.key != "begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewRow(InterventionRow):
    """An intervention, or the part of its people that the page looks at.

    ``part``: what the part is called (None: everybody). ``caution``: how much is unknown, where that is much. ``word``: what
    the number may be called; ``grade`` A-D with ``grade_words``. ``targets``: how many are met, for exactly these people.
    ``days``: first and last of those it is about, where they aren't the page's.
    """

    population: Population
    part: LocalText | None = None
    caution: Sentence | None = None
    label: DesignLabel | None = None
    word: Sentence | None = None
    grade: str | None = None
    grade_words: Sentence | None = None
    figures: tuple[FigureView, ...] = ()
    targets: TargetCounts | None = None
    days: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class OverviewGroup:
    """Rows under one heading; ``title`` None: all interventions without one."""

    key: str
    title: LocalText | None
    rows: tuple[OverviewRow, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen, by its value in the address."""

    value: str
    label: Sentence | LocalText
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chooser:
    """What can be chosen of one kind; ``nothing``: what it is called when nothing is chosen (None: something always is)."""

    key: str
    label: Sentence
    choices: tuple[Choice, ...]
    nothing: Sentence | None = None


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """An organisation's interventions in groups, each with what needs attention first, never by size of effect.

    ``computed_at``: when the oldest of the figures was worked out (None: none is). ``outdated``: something isn't worked out
    yet, or answers have come since. ``filtered``: not everybody is looked at.
    """

    organisation_name: str
    from_date: date
    to_date: date
    groups: tuple[OverviewGroup, ...]
    choosers: tuple[Chooser, ...]
    computed_at: datetime | None
    outdated: bool
    filtered: bool

    @property
    def rows(self) -> tuple[OverviewRow, ...]:
        """Every row, in the order of the page."""
        return tuple(row for group in self.groups for row in group.rows)


def describe_figures(figures: PopulationFigures, row: Figures) -> tuple[FigureView, ...]:
    """What stands below a row's picture: the shares that the picture doesn't show are among them."""
    return tuple(_views(figures, with_changes=row.shares is None))


def make_caution(completeness: float | None) -> Sentence | None:
    """What is said before a finding where many haven't answered: how they are isn't known, and isn't taken for well."""
    if completeness is None or completeness >= FULL:
        return None
    unknown = round(100 * (1 - completeness))
    if completeness >= LEAST:
        return Sentence(
            "Less certain: how %(unknown)s of 100 are isn't known, for they haven't answered", unknown=unknown
        )
    return Sentence("Uncertain: how %(unknown)s of 100 are isn't known, for they haven't answered", unknown=unknown)


def qualify(finding: Sentence, caution: Sentence | None) -> Sentence:
    """The finding, said of those alone who are known where many aren't."""
    return Sentence("Among those who have answered: %(finding)s", finding=finding) if caution else finding


def name_grade(figures: PopulationFigures) -> tuple[Sentence, str, Sentence]:
    """The only word for the number, its evidence grade, and the grade in words."""
    return allowed_word(figures.label), figures.grade.value, grade_word(figures.grade)


def _views(figures: PopulationFigures, *, with_changes: bool) -> Iterator[FigureView]:
    begun = Sentence("People who have begun")
    yield _count("begun", begun, figures)
    yield _completeness(figures)
    yield _share("share_success", SUCCESS[figures.goal_kind], figures.success, OF_DUE, figures.completeness)
    if with_changes:
        if figures.goal_kind is not GoalKind.DEVELOP:
            yield _share("share_better", Sentence("Reliably better"), figures.better, OF_DUE, figures.completeness)
        worse = _share("worse", Sentence("Reliably worse"), figures.worse, OF_DUE, figures.completeness)
        yield replace(worse, indicator=None)  # the indicator of that name counts those who answered alone
    goals = Sentence("Came as far with their own goals as they had set out to")
    yield _share("goal_attainment", goals, figures.goal_attainment, OF_RATED, figures.goals_known, "goals")
    experience = Sentence("Have a say, and meet help that they trust")
    yield _share("experience", experience, figures.experience, OF_REPLIED, figures.experience_known, "experience")


def _count(key: str, label: Sentence, figures: PopulationFigures) -> FigureView:
    if figures.n_begun is not None:
        return FigureView(key, label, figures.n_begun)
    return _hidden(FigureView(key, label, None), figures, "begun")


def _completeness(figures: PopulationFigures) -> FigureView:
    label = Sentence("Answered both times, of those whose time has come")
    if figures.completeness is not None:
        base = Sentence(OF_DUE.message, n=figures.n_due)
        return FigureView("completeness", label, figures.completeness, figures.n_due, base=base)
    return _hidden(FigureView("completeness", label, None), figures, "answered", "due")


def _hidden(view: FigureView, figures: PopulationFigures, *names: str) -> FigureView:
    """The view of a count that isn't shown, with why."""
    why, mark = hidden_count(figures, *names)
    return replace(view, mark=mark, why=why)


def hidden_count(figures: PopulationFigures, *names: str) -> tuple[Sentence, Sentence]:
    """Why a count by one of these names isn't shown, and what stands in its place."""
    if "due" in names and figures.n_due is None and figures.n_answered is not None:
        return WHY_FEW_MISSING, FEW_MISSING
    code = WithheldReason.PROTECTS if set(names) & set(figures.protecting) else WithheldReason.TOO_FEW
    return WHY[code], MARKS[code]


WHY = {
    WithheldReason.TOO_FEW: Sentence("Fewer than 5 people would be counted here."),
    WithheldReason.PROTECTS: Sentence("Another number, which is too small to be shown, could be worked out from it."),
}


def _share(
    key: str, label: Sentence, share: Share | Withheld, base: Sentence, known: float | None,
    section: str = "progression",
) -> FigureView:  # fmt: skip
    if isinstance(share, Withheld):
        mark, why = MARKS[share.code], share.sentence
        return FigureView(key, label, None, mark=mark, why=why, section=section, indicator=key)
    return FigureView(
        key, label, share.share, share.total, share.ci_low, share.ci_high, known, section=section, indicator=key,
        base=Sentence(base.message, n=share.total),
    )  # fmt: skip
