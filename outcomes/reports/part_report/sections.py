"""The parts of a part's report, under the same names as in the whole one, so that the overview's links fit both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.results import Share, TermEstimate
from outcomes.errors import Sentence
from outcomes.reports.charts.periods import PeriodChart, PeriodMark
from outcomes.reports.charts.progression import Part, ProgressionBar, ProgressionChart
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.flow import join
from outcomes.reports.overview_page import OF_DUE, OF_RATED, OF_REPLIED, SUCCESS, hidden_count
from outcomes.reports.parts import Cell, Column, Figure, Interval, Kind, Points, Table, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.analysis.population import PopulationFigures
    from outcomes.analysis.results import Withheld as NotGiven
    from outcomes.reports.part_report.context import PartMaterial

NOT_SHOWN = Sentence("This can't be shown yet")
ALONE = Sentence(
    "These are all the people in it, so nobody stands beside them. Their means are rounded, as every part's are."
)
BESIDE = Sentence(
    "Everybody's change has these people's in it. Who is sent where isn't decided by lot: the providers section of"
    " the whole report takes into account who they are."
)
UNKNOWN = Sentence("Who hasn't answered both times is unknown, and isn't taken to be well.")


def flow_section(material: PartMaterial) -> Section:
    """Begun, their time has come, answered both times: what of it may be shown."""
    figures = material.figures
    rows: list[tuple[Cell, ...]] = [
        (Sentence("Have begun"), _count(figures, "begun", figures.n_begun)),
        (Sentence("Their time to answer has come"), _count(figures, "due", figures.n_due)),
        (Sentence("Answered both at the start and then"), _count(figures, "answered", figures.n_answered)),
    ]
    finding = (
        Sentence("%(part)s of the %(whole)s whose time has come answered both times", part=figures.n_answered,
                 whole=figures.n_due)
        if figures.completeness is not None and figures.n_answered is not None
        else Sentence("How many of them have answered isn't shown, so that nobody can be singled out")
    )  # fmt: skip
    table = Table(
        key="flow",
        caption=Sentence("People, as far as they may be counted here"),
        columns=(Column("what", Sentence("What")), Column("n", Sentence("People"), Kind.COUNT)),
        rows=tuple(rows),
    )
    hidden = tuple(dict.fromkeys(cell.reason for _, cell in rows if isinstance(cell, Withheld)))
    return Section("flow", Sentence("Who answered"), finding, (UNKNOWN,), None, (table,), hidden)


def _count(figures: PopulationFigures, name: str, count: int | None) -> Cell:
    return count if count is not None else Withheld(*hidden_count(figures, name))


def course_section(material: PartMaterial) -> Section:
    """The change from the start, beside that of everybody where they are others too."""
    title, figures = Sentence("How it went over time"), material.figures
    change = figures.change
    if not isinstance(change, TermEstimate):
        return Section("course", title, NOT_SHOWN, withheld=(change.sentence,))
    alone = holds_everybody(material)
    whole = material.everybody.change if material.everybody and not alone else None
    marks = [PeriodMark(Sentence("These people"), change.estimate, change.ci_low, change.ci_high, now=True)]
    if isinstance(whole, TermEstimate):
        marks.insert(
            0, PeriodMark(Sentence("Everybody"), whole.estimate, whole.ci_low, whole.ci_high, now=False)
        )  # fmt: skip
    finding = _direction(change, lower_is_better=figures.lower_is_better)
    figure = Figure(
        key="course",
        title=finding,
        subtitle=Sentence(
            "Change since the start: %(measure)s, points, with 95 per cent intervals. %(n)s people answered both times.",
            measure=material.measure.scale or material.measure.title, n=figures.n_answered,
        ),
        description=join(
            Sentence("Dots with intervals beside a line at zero."),
            Sentence(
                "These people: %(estimate)s (%(low)s to %(high)s).", estimate=Points(change.estimate),
                low=Points(change.ci_low), high=Points(change.ci_high),
            ),
        ),
        caption=ALONE if alone else BESIDE,
        chart=PeriodChart(tuple(marks), figures.lower_is_better),
        table=_course_table(figures, change, whole),
    )  # fmt: skip
    return Section("course", title, finding, (), figure)


def holds_everybody(material: PartMaterial) -> bool:
    """Do the counts say that the part is all the people there are?"""
    begun = material.figures.n_begun
    return begun is not None and material.everybody is not None and material.everybody.n_begun == begun


def _direction(change: TermEstimate, *, lower_is_better: bool) -> Sentence:
    if change.includes_zero:
        return Sentence("The uncertainty is so large that we can't rule out that nothing has changed on average")
    if (change.estimate < 0) is lower_is_better:
        return Sentence("Those who answered both times are better off than at the start")
    return Sentence("Those who answered both times are worse off than at the start")


def _course_table(figures: PopulationFigures, change: TermEstimate, whole: TermEstimate | NotGiven | None) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (Sentence("Mean at the start"), figures.mean_start, None),
        (Sentence("Mean when their time had come"), figures.mean_then, None),
        (Sentence("Change"), change.estimate, Interval(change.ci_low, change.ci_high)),
    ]
    if isinstance(figures.standardised, TermEstimate):
        each = figures.standardised
        said = Sentence("Change in standard deviations")
        rows.append((said, each.estimate, Interval(each.ci_low, each.ci_high)))
    if isinstance(whole, TermEstimate):
        rows.append((Sentence("Everybody's change"), whole.estimate, Interval(whole.ci_low, whole.ci_high)))
    return Table(
        key="course",
        caption=Sentence("From the start until their time had come, in points"),
        columns=(
            Column("what", Sentence("What")),
            Column("value", Sentence("Points"), Kind.NUMBER),
            Column("interval", Sentence("95 % interval"), Kind.INTERVAL),
        ),
        rows=tuple(rows),
    )


def progression_section(material: PartMaterial) -> Section:
    """Better, unchanged, worse and unknown of all whose time has come, and how many came where the help was to bring them."""
    title, figures = Sentence("What became of each person"), material.figures
    named: list[tuple[str, Sentence, Share | NotGiven]] = [
        ("better", Sentence("Reliably better"), figures.better),
        ("unchanged", Sentence("Unchanged"), figures.unchanged),
        ("worse", Sentence("Reliably worse"), figures.worse),
        ("success", SUCCESS[figures.goal_kind], figures.success),
    ]
    shown = [share for _, _, share in named if isinstance(share, Share)]
    if not shown:
        return Section("progression", title, NOT_SHOWN, withheld=_reasons(named))
    finding = (
        Sentence("%(part)s of %(whole)s came where the help was to bring them", part=figures.success.count,
                 whole=figures.success.total)
        if isinstance(figures.success, Share)
        else Sentence("Some of the numbers can be shown")
    )  # fmt: skip
    body = (Sentence("Counted %(base)s.", base=Sentence(OF_DUE.message, n=shown[0].total)), UNKNOWN)
    table = _shares("progression", Sentence("People by what became of them"), named)
    figure = _bar(material, finding, table)
    tables = () if figure else (table,)
    return Section("progression", title, finding, body, figure, tables, _reasons(named))


def _bar(material: PartMaterial, finding: Sentence, table: Table) -> Figure | None:
    """Everybody whose time has come as one bar; None where a part of it is hidden."""
    figures = material.figures
    found = (figures.better, figures.unchanged, figures.worse)
    shares = [each for each in found if isinstance(each, Share)]
    if len(shares) < len(found):
        return None
    better, unchanged, worse = (each.count for each in shares)
    due = shares[0].total
    parts = (
        (Part.BETTER, better),
        (Part.UNCHANGED, unchanged),
        (Part.WORSE, worse),
        (Part.NOT_COMPARED, due - better - unchanged - worse),
    )
    name = material.row.part or material.row.name
    return Figure(
        key="progression",
        title=finding,
        subtitle=Sentence("Everybody whose time has come: %(n)s people.", n=due),
        description=Sentence(
            "A bar: %(better)s better, %(unchanged)s unchanged, %(worse)s worse, %(missing)s not answered both times.",
            better=better, unchanged=unchanged, worse=worse, missing=due - better - unchanged - worse,
        ),
        caption=Sentence("Better and worse: by more than the measure's own error, judged as for everybody."),
        chart=ProgressionChart((ProgressionBar(name, due, tuple(part for part in parts if part[1])),)),
        table=table,
    )  # fmt: skip


def goals_and_experience(material: PartMaterial) -> Iterator[Section]:
    """Their own goals, and how they meet the help."""
    figures = material.figures
    yield _one_share(
        "goals", Sentence("The citizens' own goals"), Sentence("Came as far with their own goals as they had set out to"),
        figures.goal_attainment, OF_RATED, figures.goals_known,
    )  # fmt: skip
    yield _one_share(
        "experience", Sentence("How people meet the help"), Sentence("Have a say, and meet help that they trust"),
        figures.experience, OF_REPLIED, figures.experience_known,
    )  # fmt: skip


def _one_share(
    key: str, title: Sentence, what: Sentence, share: Share | NotGiven, base: Sentence, known: float | None
) -> Section:
    if not isinstance(share, Share):
        return Section(key, title, NOT_SHOWN, withheld=(share.sentence,))
    finding = Sentence(
        "%(what)s: %(part)s %(base)s", what=what, part=share.count, base=Sentence(base.message, n=share.total)
    )
    table = _shares(key, title, [(key, what, share)], known)
    return Section(key, title, finding, (), None, (table,))


def _shares(
    key: str, caption: Sentence, named: list[tuple[str, Sentence, Share | NotGiven]], known: float | None = None
) -> Table:
    rows = tuple(
        (said, name, share.count, share.total, share.share, Interval(share.ci_low, share.ci_high), known)
        if isinstance(share, Share)
        else (said, name, Withheld(share.sentence), None, None, None, None)
        for name, said, share in named
    )
    return Table(
        key=key,
        caption=caption,
        columns=(
            Column("what", Sentence("What")),
            Column("key", Sentence("Name in the data"), on_page=False),
            Column("n", Sentence("People"), Kind.COUNT),
            Column("of", Sentence("Of"), Kind.COUNT),
            Column("share", Sentence("Share"), Kind.SHARE, 0),
            Column("share_interval", Sentence("95 % interval"), Kind.SHARE_INTERVAL, 0),
            Column("known", Sentence("Known of all"), Kind.SHARE, 0, on_page=known is not None),
        ),
        rows=rows,
    )


def _reasons(named: list[tuple[str, Sentence, Share | NotGiven]]) -> tuple[Sentence, ...]:
    return tuple(dict.fromkeys(share.sentence for _, _, share in named if not isinstance(share, Share)))
