"""Section: what has moved since the period before, and whether it is more than noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import may_show_cell
from outcomes.analysis.effect_results import Verdict
from outcomes.analysis.period_comparison import NumberShift, ShareShift
from outcomes.analysis.results import Withheld as NotGiven
from outcomes.errors import Sentence
from outcomes.reports.charts.periods import PeriodChart, PeriodMark
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.counts import said_count
from outcomes.reports.effect_report.effect import TITLES
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.words import UNDER
from outcomes.reports.parts import Cell, Column, Figure, Interval, Kind, Points, Table

if TYPE_CHECKING:
    from outcomes.analysis.results import TermEstimate
    from outcomes.reports.effect_report.material import PreviousMaterial
    from outcomes.reports.effect_report.words import Words

WORDS = {
    Verdict.BETTER: Sentence("Those who began in this period fare better than those who began in the period before"),
    Verdict.WORSE: Sentence("Those who began in this period fare worse than those who began in the period before"),
    Verdict.INCLUDES_NONE: Sentence("Nothing has moved since the period before by more than noise"),
}
SHARES = {
    "answered": Sentence("Answered of those due"),
    "better": Sentence("Clearly better of those due"),
    "worse": Sentence("Clearly worse of those due"),
}
NOT_YET = Sentence("There is no period of equal length before this one to hold it against. Choose a shorter period.")


def periods_section(words: Words, previous: PreviousMaterial | None) -> Section:
    """This period held against the one before it; says so where there is none."""
    title = Sentence("Since the period before")
    if previous is None:
        return Section("periods", title, Sentence("There is nothing before to compare with"), withheld=(NOT_YET,))
    found = previous.comparison
    finding = periods_finding(words, previous)
    tables = (_shares(previous),) if _shifts(previous) else ()
    withheld = tuple(
        dict.fromkeys(
            each.sentence
            for each in (found.main, found.answered, found.better, found.worse)
            if isinstance(each, NotGiven)
        )
    )
    figure = _figure(words, previous, found.main) if isinstance(found.main, NumberShift) else None
    return Section("periods", title, finding, _body(previous), figure, tables, withheld)


def periods_finding(words: Words, previous: PreviousMaterial) -> Sentence:
    """What has moved: the main number first, else the shares."""
    main = previous.comparison.main
    moved = [SHARES[name] for name, shift in _shifts(previous) if shift.moved]
    if isinstance(main, NumberShift) and not main.difference.includes_zero:
        return WORDS[Verdict.BETTER if words.is_better(main.difference.estimate) else Verdict.WORSE]
    if len(moved) == 1:
        return Sentence("One thing has moved since the period before: %(what)s", what=moved[0])
    if moved:
        return Sentence("%(n)s things have moved since the period before", n=len(moved))
    if isinstance(main, NotGiven) and not _shifts(previous):
        return Sentence("There are too few answers to say what has moved since the period before")
    return WORDS[Verdict.INCLUDES_NONE]


def _body(previous: PreviousMaterial) -> tuple[Sentence, ...]:
    found = previous.comparison
    now, before = found.begun
    counted = Sentence(
        "The period before is %(first)s to %(last)s, as long as this one. %(before)s people began then and %(now)s now.",
        first=previous.period_from,
        last=previous.period_to,
        before=_said_begun(before),
        now=_said_begun(now),
    )
    if found.in_both.count == 0:
        both = Sentence("Nobody began in both, so the two periods hold different people.")
    else:
        both = Sentence(
            "Began in both: %(n)s. They are counted in this period alone, so that the two hold different people.",
            n=said_count(found.in_both),
        )
    said = [
        counted,
        both,
        Sentence(
            "Moved means that the 95 per cent interval of the difference leaves out 0; by chance 1 in 20 does. Who comes may"
            " have changed, as well as how they fare."
        ),
    ]
    if found.grades[0] is not found.grades[1]:
        said.append(
            Sentence(
                "The evidence grade was %(before)s and is %(now)s now.",
                before=found.grades[1].value,
                now=found.grades[0].value,
            )
        )
    return tuple(said)


def _said_begun(n: int) -> int | Sentence:
    return n if may_show_cell(n) else UNDER


def _shifts(previous: PreviousMaterial) -> list[tuple[str, ShareShift]]:
    found = previous.comparison
    pairs = (("answered", found.answered), ("better", found.better), ("worse", found.worse))
    return [(name, shift) for name, shift in pairs if isinstance(shift, ShareShift)]


def _figure(words: Words, previous: PreviousMaterial, shift: NumberShift) -> Figure:
    decimals = max(words.decimals_of(shift.now), words.decimals_of(shift.before))
    then = Sentence("%(first)s to %(last)s", first=previous.period_from, last=previous.period_to)
    values = {
        "difference": Points(shift.difference.estimate, decimals),
        "low": Points(shift.difference.ci_low, decimals),
        "high": Points(shift.difference.ci_high, decimals),
    }
    return Figure(
        key="periods",
        title=periods_finding(words, previous),
        subtitle=Sentence(
            "%(what)s: %(unit)s, with 95 per cent intervals, by the period in which people began.",
            what=TITLES[words.estimate.label],
            unit=words.unit,
        ),
        description=join(
            Sentence("Two dots with their intervals beside a line at zero."),
            Sentence(
                "Before %(before)s, now %(now)s: a difference of %(difference)s (%(low)s to %(high)s) points.",
                before=Points(shift.before.estimate, decimals),
                now=Points(shift.now.estimate, decimals),
                **values,
            ),
        ),
        caption=Sentence(
            "The two are estimated in the same way, by the same plan. The difference is %(difference)s points (95 per cent"
            " interval %(low)s to %(high)s).",
            **values,
        ),
        chart=PeriodChart(
            (
                _mark(Sentence("The period before"), shift.before, now=False),
                _mark(Sentence("This period"), shift.now, now=True),
            ),
            words.material.measure.lower_is_better,
            decimals,
        ),
        table=_number(words, shift, decimals, then),
    )  # fmt: skip


def _mark(name: Sentence, number: TermEstimate, *, now: bool) -> PeriodMark:
    return PeriodMark(name, number.estimate, number.ci_low, number.ci_high, now=now)


def _number(words: Words, shift: NumberShift, decimals: int, then: Sentence) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            Sentence("The period before"),
            then,
            shift.before.estimate,
            Interval(shift.before.ci_low, shift.before.ci_high),
            None,
        ),
        (
            Sentence("This period"),
            words.period,
            shift.now.estimate,
            Interval(shift.now.ci_low, shift.now.ci_high),
            None,
        ),
        (
            Sentence("Difference"),
            None,
            shift.difference.estimate,
            Interval(shift.difference.ci_low, shift.difference.ci_high),
            shift.difference.p_value,
        ),
    ]
    return Table(
        key="periods",
        caption=Sentence("The main number in the two periods, in points"),
        columns=(
            Column("which", Sentence("Period")),
            Column("days", Sentence("Days")),
            Column("estimate", Sentence("Estimate"), Kind.NUMBER, decimals),
            Column("interval", Sentence("95 % interval"), Kind.INTERVAL, decimals),
            Column("p_value", Sentence("p"), Kind.PROBABILITY, 3),
        ),
        rows=tuple(rows),
    )


def _shares(previous: PreviousMaterial) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            SHARES[name],
            name,
            shift.before.share,
            shift.now.share,
            shift.difference.difference,
            Interval(shift.difference.ci_low, shift.difference.ci_high),
            Sentence("yes") if shift.moved else Sentence("no"),
        )
        for name, shift in _shifts(previous)
    ]
    return Table(
        key="periods_shares",
        caption=Sentence("Shares in the two periods"),
        columns=(
            Column("what", Sentence("What")),
            Column("code", Sentence("Code"), on_page=False),
            Column("before", Sentence("Before"), Kind.SHARE, 0),
            Column("now", Sentence("Now"), Kind.SHARE, 0),
            Column("difference", Sentence("Difference"), Kind.SHARE, 1),
            Column("interval", Sentence("95 % interval"), Kind.SHARE_INTERVAL, 1),
            Column("moved", Sentence("Moved")),
        ),
        rows=tuple(rows),
    )
