"""A row of the manager's overview: what an intervention's report finds, its number and its picture; stored and read again."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from outcomes.errors import Sentence
from outcomes.reports.parts import LocalText
from outcomes.reports.stored_population import FORM, store_figures
from outcomes.reports.stored_values import from_stored, to_stored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outcomes.analysis.effect_results import EffectEstimate
    from outcomes.analysis.population import PopulationFigures
    from outcomes.analysis.results import ChangeEstimate, TermEstimate
    from outcomes.reports.effect_report import ReportMaterial
    from outcomes.reports.effect_report.words import Words

Row = TypeVar("Row", bound="InterventionRow")
ATTENTION = {"worse": 0, "withheld": 1, "interval_includes_zero": 2, "better": 3}
BOTH_TIMES = Sentence("%(n)s people who answered both times")
ONCE_OR_MORE = Sentence("%(n)s people who answered once or more")
WITH_COMPARED = Sentence("%(n)s people, those compared with among them")
LEAST_REACH = 0.25
"""Part of a measure's scale that a picture shows to either side of zero, at least."""


@dataclass(frozen=True, slots=True)
class SharesView:
    """Shares (0-1) of those whose time has come who are reliably better, the same, reliably worse.

    What is missing to 1 are those who didn't answer both times.
    """

    better: float
    same: float
    worse: float


@dataclass(frozen=True, slots=True)
class IntervalView:
    """The main number with its interval, in points.

    ``reach``: how far the picture goes to either side of zero, the same part of each measure's scale for all rows; None
    where the scale has no ends. ``unit``: what the number counts, which way is better, and how many people are behind it.
    """

    estimate: float
    low: float
    high: float
    reach: float | None
    unit: Sentence


@dataclass(frozen=True, slots=True)
class Figures:
    """What is stored of a row.

    ``total``: people in it whose time to answer has come (None: too few to say); ``answered``: those of them who answered
    both at the start and then (None: too few to say). ``attention``: what needs it most comes first. ``scale``: points
    from the measure's lowest to its highest, 0 where it has no ends. ``from_results`` False: nothing could be estimated.
    """

    finding: Sentence
    answered: int | None
    total: int | None
    shares: SharesView | None
    interval: IntervalView | None
    withheld: Sentence | None
    attention: int
    scale: float = 0.0
    from_results: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionRow(Figures):
    """One intervention in the overview: its figures, and when they were worked out (None: not yet).

    ``answers_since``: answers have come that aren't in them.
    """

    intervention_id: str
    name: LocalText
    plan_status: Sentence
    computed_at: datetime | None = None
    answers_since: bool = False


def make_row(
    figures: Figures, *, slug: str, name: LocalText, plan_status: Sentence, computed_at: datetime | None = None,
    answers_since: bool = False,
) -> InterventionRow:  # fmt: skip
    """The row of one intervention from its figures."""
    return InterventionRow(
        **{each.name: getattr(figures, each.name) for each in fields(Figures)},
        intervention_id=slug, name=name, plan_status=plan_status, computed_at=computed_at, answers_since=answers_since,
    )  # fmt: skip


def make_figures(material: ReportMaterial) -> Figures:
    """The figures of a row from what the report is made of, in the report's own words."""
    from outcomes.reports.effect_report.summary import build_summary  # noqa: PLC0415 - see STACK: heavy imports
    from outcomes.reports.effect_report.words import Words  # noqa: PLC0415

    words = Words(material)
    estimate, summary = material.estimate, build_summary(words)
    number = _main_number(estimate)
    measure = estimate.plan.measure
    bounded = measure.minimum is not None and measure.maximum is not None
    return Figures(
        finding=summary.finding,
        answered=_answered(estimate),
        total=_due(estimate),
        shares=_shares(estimate),
        interval=_interval(words, number) if number else None,
        withheld=None if number else summary.number,
        attention=ATTENTION.get(str(estimate.verdict), 1),
        scale=(measure.maximum or 0) - (measure.minimum or 0) if bounded else 0,
    )


def make_part(figures: PopulationFigures, scale: float) -> Figures:
    """The row of a part of an intervention's people; ``scale``: points from the measure's lowest to its highest, or 0."""
    from outcomes.analysis.results import Share, TermEstimate  # noqa: PLC0415
    from outcomes.reports.effect_report.headline import FINDINGS, WITHHELD  # noqa: PLC0415

    number = figures.main
    shares = [each for each in (figures.better, figures.unchanged, figures.worse) if isinstance(each, Share)]
    unit = _unit(BOTH_TIMES, figures.n_behind, lower_is_better=figures.lower_is_better)
    return Figures(
        finding=FINDINGS[figures.label].get(figures.verdict, WITHHELD),
        answered=figures.n_answered,
        total=figures.n_due,
        shares=SharesView(*(each.share for each in shares)) if len(shares) == 3 else None,  # noqa: PLR2004 - all
        interval=IntervalView(number.estimate, number.ci_low, number.ci_high, None, unit)
        if isinstance(number, TermEstimate)
        else None,
        withheld=None if isinstance(number, TermEstimate) else number.sentence,
        attention=ATTENTION.get(str(figures.verdict), 1),
        scale=scale,
    )


def without_result(why: Sentence) -> Figures:
    """A row that has no result, and why."""
    return Figures(Sentence("No result yet"), None, 0, None, None, why, attention=1, from_results=False)


def plan_status(version: int, frozen_on: date | None) -> Sentence:
    """Which plan a row follows."""
    return Sentence("Analysis plan version %(version)s, frozen %(day)s.", version=version, day=frozen_on)


def on_one_scale(rows: Sequence[Row]) -> list[Row]:
    """All intervals drawn in parts of their own measure's scale, with room for the widest."""
    parts = [
        abs(end) / row.scale
        for row in rows
        if row.interval and row.scale
        for end in (row.interval.low, row.interval.high)
    ]
    part = max([LEAST_REACH, *parts])
    return [
        replace(row, interval=replace(row.interval, reach=part * row.scale)) if row.interval and row.scale else row
        for row in rows
    ]


def row_to_json(row: Figures, figures: PopulationFigures | None) -> dict[str, Any]:
    """A row as it is stored, with the figures of everybody in the intervention (None: nothing could be estimated)."""
    return {"form": FORM, **_row_to_json(row), "figures": figures and store_figures(figures)}


def _row_to_json(figures: Figures) -> dict[str, Any]:
    shares, interval = figures.shares, figures.interval
    return {
        "finding": to_stored(figures.finding),
        "answered": to_stored(figures.answered),
        "total": to_stored(figures.total),
        "shares": shares and [to_stored(share) for share in (shares.better, shares.same, shares.worse)],
        "interval": interval and [to_stored(end) for end in (interval.estimate, interval.low, interval.high)],
        "unit": interval and to_stored(interval.unit),
        "withheld": to_stored(figures.withheld),
        "attention": figures.attention,
        "scale": to_stored(float(figures.scale)),
        "from_results": figures.from_results,
    }


def row_from_json(stored: Mapping[str, Any]) -> Figures | None:
    """A stored row; None where it was stored in another form than this version's."""
    if stored.get("form") != FORM:
        return None
    shares, interval = stored["shares"], stored["interval"]
    return Figures(
        finding=from_stored(stored["finding"]),
        answered=stored["answered"],
        total=stored["total"],
        shares=SharesView(*map(from_stored, shares)) if shares else None,
        interval=_stored_interval(interval, stored["unit"]) if interval else None,
        withheld=from_stored(stored["withheld"]),
        attention=stored["attention"],
        scale=from_stored(stored["scale"]),
        from_results=stored["from_results"],
    )


def _stored_interval(ends: Sequence[Any], unit: Any) -> IntervalView:
    estimate, low, high = map(from_stored, ends)
    return IntervalView(estimate, low, high, None, from_stored(unit))


def _answered(estimate: EffectEstimate) -> int | None:
    """Those in the intervention with an answer at the start and at the primary occasion."""
    change = _primary_change(estimate)
    return change.n if change else None


def _due(estimate: EffectEstimate) -> int | None:
    """Those in the intervention whose time to answer at the primary occasion has come."""
    from outcomes.analysis.disclosure import may_show_cell  # noqa: PLC0415
    from outcomes.analysis.results import INTERVENTION  # noqa: PLC0415

    primary = estimate.plan.primary_occasion
    rows = (row for row in estimate.attrition.rows if row.occasion == primary and row.arm == INTERVENTION)
    due = next((row.due for row in rows), 0)
    return due if may_show_cell(due) or not due else None


def _primary_change(estimate: EffectEstimate) -> ChangeEstimate | None:
    from outcomes.analysis.results import INTERVENTION, ChangeEstimate  # noqa: PLC0415

    for change in estimate.changes:
        if change.occasion == estimate.plan.primary_occasion and change.arm == INTERVENTION:
            return change.result if isinstance(change.result, ChangeEstimate) else None
    return None


def _main_number(estimate: EffectEstimate) -> TermEstimate | None:
    """The number behind the finding: the effect, or the change where the design only shows change."""
    from outcomes.analysis.evidence import DesignLabel  # noqa: PLC0415
    from outcomes.analysis.results import TermEstimate  # noqa: PLC0415

    if isinstance(estimate.effect, TermEstimate):
        return estimate.effect
    change = estimate.main_change
    return change if estimate.label is DesignLabel.D0 and isinstance(change, TermEstimate) else None


def _interval(words: Words, number: TermEstimate) -> IntervalView:
    estimate = words.estimate
    behind = WITH_COMPARED if words.compared else ONCE_OR_MORE if words.modelled else BOTH_TIMES
    lower_is_better = estimate.plan.measure.direction == "lower_is_better"
    unit = _unit(behind, estimate.n_behind, lower_is_better=lower_is_better)
    return IntervalView(number.estimate, number.ci_low, number.ci_high, None, unit)


def _unit(behind: Sentence, n: int | None, *, lower_is_better: bool) -> Sentence:
    """What the number counts, which way is better, and which people are behind it."""
    people = Sentence(behind.message, n=n)
    if lower_is_better:
        return Sentence("points, lower is better; %(people)s", people=people)
    return Sentence("points, higher is better; %(people)s", people=people)


def _shares(estimate: EffectEstimate) -> SharesView | None:
    from outcomes.analysis.effect_results import Progression  # noqa: PLC0415
    from outcomes.analysis.results import Share  # noqa: PLC0415

    if not isinstance(estimate.progression, Progression):
        return None
    row = estimate.progression.rows[0]
    better, worse, unchanged = row.share_better, row.share_worse, row.unchanged.count
    if not isinstance(better, Share) or not isinstance(worse, Share) or unchanged is None:
        return None
    return SharesView(better.share, unchanged / better.total, worse.share)
