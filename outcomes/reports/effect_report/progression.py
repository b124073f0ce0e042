"""Section: what became of each person, held against the measure's own error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.effect_results import Cell as Count
from outcomes.analysis.effect_results import CellMark, Progression
from outcomes.analysis.plan import GoalKind
from outcomes.analysis.results import Share, ShareDifference, WithheldReason
from outcomes.errors import Sentence
from outcomes.reports.charts.progression import Part, ProgressionBar, ProgressionChart
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.headline import success_finding
from outcomes.reports.effect_report.words import ARM_ORDER, UNDER, Words, after
from outcomes.reports.parts import Cell, Column, Figure, Interval, Kind, Points, Table, Withheld

if TYPE_CHECKING:
    from outcomes.analysis.effect_results import ProgressionRow
    from outcomes.analysis.results import Withheld as WithheldResult

HIDDEN = Sentence("withheld, so that a number under 5 can't be worked out")


def progression_section(words: Words) -> Section:
    """Shares better, unchanged, worse and not answered, of everybody who was due."""
    progression = words.estimate.progression
    title = Sentence("What became of each person")
    if not isinstance(progression, Progression):
        return Section("progression", title, Sentence("This can't be shown yet"), withheld=(progression.sentence,))
    rows = shown_rows(words, progression)
    finding = progression_finding(words, progression)
    bars = tuple(_bar(words, row) for row in rows if row.n_due)
    figure = Figure(
        key="progression",
        title=finding,
        subtitle=Sentence(
            "Everybody who was due %(after)s, by change in %(measure)s. Better and worse: %(error)s.",
            measure=words.measure,
            after=after(words.primary_time),
            error=said_error(words, progression),
        ),
        description=join(Sentence("Bars that hold everybody who was due."), *(_said(words, row) for row in rows)),
        caption=_error_caption(progression),
        chart=ProgressionChart(bars),
        table=_table(words, progression, rows),
    )
    body = (_explanation(words, progression), *_not_due(rows), *_success(progression), *_difference(progression))
    return Section("progression", title, finding, body, figure, (), _withheld(progression, rows))


def shown_rows(words: Words, progression: Progression) -> list[ProgressionRow]:
    """The rows of the groups that the report speaks of, intervention first."""
    rows = [row for row in progression.rows if row.arm is None or row.arm in words.arms_behind]
    return sorted(rows, key=lambda row: ARM_ORDER.get(row.arm, 2))


def said_error(words: Words, progression: Progression) -> Sentence:
    """How large a change must be to count: "by more than 11 points", or "by 6 points or more"."""
    points = Points(progression.threshold.smallest_detectable_change, words.decimals)
    if progression.threshold.inclusive:
        return Sentence("by %(points)s points or more", points=points)
    return Sentence("by more than %(points)s points", points=points)


def progression_finding(words: Words, progression: Progression) -> Sentence:
    """How many of those due are better by more than the measure's error, or did well by the plan's kind of goal."""
    success = success_finding(words)
    if success is not None:
        return success
    rows = shown_rows(words, progression)
    counts = [row.better.count for row in rows]
    if any(count is None for count in counts) or not rows:
        return Sentence("Too few are in some of the groups for all numbers to be shown")
    if len(rows) == 1:
        return Sentence(
            "%(part)s of %(whole)s were clearly better %(after)s",
            part=counts[0],
            whole=rows[0].n_due,
            after=after(words.primary_time),
        )
    return Sentence(
        "%(part)s of %(whole)s were clearly better %(after)s, against %(other)s of %(all)s in the comparison group",
        part=counts[0],
        whole=rows[0].n_due,
        after=after(words.primary_time),
        other=counts[1],
        all=rows[1].n_due,
    )


def said_outcomes(words: Words, progression: Progression) -> list[Sentence]:
    """For the first page: per group how many are better and worse, with interval, and of how many nothing is known."""
    said = [
        Sentence("%(group)s: too few have answered for this to be shown.", group=words.group(row.arm))
        if row.better.mark is CellMark.WITHHELD and row.worse.mark is CellMark.WITHHELD
        else Sentence(
            "%(group)s, of %(n)s: %(better)s clearly better, %(worse)s clearly worse, %(missing)s without two answers.",
            group=words.group(row.arm),
            n=row.n_due,
            better=_with_interval(row.better, row.share_better),
            worse=_with_interval(row.worse, row.share_worse),
            missing=_number(row.not_compared),
        )
        for row in shown_rows(words, progression)
    ]
    success = success_finding(words)
    lead = [] if success is None else [Sentence("%(finding)s.", finding=success)]
    error = Sentence('"Clearly": %(error)s, which is the measurement error.', error=said_error(words, progression))
    return [*lead, *said, error]


def said_outcome(words: Words, progression: Progression) -> Sentence:
    """One sentence on those who got the intervention: how many are better, unchanged and worse, and of how many nothing is
    known."""
    row = shown_rows(words, progression)[0]
    if row.better.mark is CellMark.WITHHELD and row.worse.mark is CellMark.WITHHELD:
        return Sentence("Too few have answered for this to be shown.")
    return Sentence(
        # the spaces after the numbers don't break, so that no number ends a line without its word
        "Of %(n)s whose time has come: %(better)s\u00a0clearly better, %(unchanged)s\u00a0unchanged, %(worse)s\u00a0clearly"
        " worse, %(missing)s\u00a0not known.",
        n=row.n_due,
        better=_count(row.better),
        unchanged=_count(row.unchanged),
        worse=_count(row.worse),
        missing=_number(row.not_compared),
    )


def _with_interval(count: Count, share: Share | WithheldResult) -> int | Sentence:
    if not isinstance(share, Share) or count.count is None:
        return _count(count)
    return Sentence(
        "%(count)s (%(low)s-%(high)s %%)",
        count=count.count,
        low=round(100 * share.ci_low),
        high=round(100 * share.ci_high),
    )


def _number(count: int | None) -> int | Sentence:
    return Sentence("withheld") if count is None else count


def _explanation(words: Words, progression: Progression) -> Sentence:
    return Sentence(
        "A change counts only when the score moves %(error)s, since one person's score may move by less by chance alone."
        " Smaller changes are called unchanged. Whoever was due and didn't answer both times stays in the account.",
        error=said_error(words, progression),
    )


def _not_due(rows: list[ProgressionRow]) -> tuple[Sentence, ...]:
    left = sum(row.not_due for row in rows)
    if not left:
        return ()
    return (
        Sentence(
            "%(n)s who began aren't counted here: their time hasn't come yet, or they could no longer be asked.", n=left
        ),
    )


def _success(progression: Progression) -> tuple[Sentence, ...]:
    if progression.goal_kind is GoalKind.MAINTAIN:
        return (Sentence("The aim is to keep a level: who isn't clearly worse has come through well."),)
    if progression.goal_kind is GoalKind.LIMIT_LOSS:
        return (
            Sentence("The aim is to limit a loss: who fares clearly better than was expected has come through well."),
        )
    return ()


def _difference(progression: Progression) -> tuple[Sentence, ...]:
    difference = progression.difference_better
    if not isinstance(difference, ShareDifference):
        return ()
    return (
        Sentence(
            "The difference between the groups in the share who are better is %(difference)s percentage points (95 per cent"
            " interval %(low)s to %(high)s), when those who didn't answer are counted as not better.",
            difference=Points(100 * difference.difference, 0),
            low=Points(100 * difference.ci_low, 0),
            high=Points(100 * difference.ci_high, 0),
        ),
    )


def _error_caption(progression: Progression) -> Sentence:
    threshold = progression.threshold
    source = Sentence("Source of the measurement error: %(source)s.", source=threshold.source.rstrip("."))
    if threshold.assumed:
        source = join(source, Sentence("It is an assumption: nobody has measured it yet."))
    if threshold.internal_consistency:
        source = join(
            source, Sentence("It is probably too small, since the reliability isn't from a repeated measurement.")
        )
    return source


def _bar(words: Words, row: ProgressionRow) -> ProgressionBar:
    shown = {Part.BETTER: row.better, Part.UNCHANGED: row.unchanged, Part.WORSE: row.worse}
    if row.n_compared is None or row.not_answered is None or row.no_start is None:
        return ProgressionBar(words.group(row.arm), row.n_due, ((Part.WITHHELD, row.n_due),))
    if all(count.mark is CellMark.SHOWN for count in shown.values()):
        parts = [(part, count.count or 0) for part, count in shown.items()]
    elif row.better.count is not None:
        parts = [(Part.BETTER, row.better.count), (Part.NOT_BETTER, row.n_compared - row.better.count)]
    else:
        parts = [(Part.WITHHELD, row.n_compared)]
    parts += [(Part.NO_START, row.no_start), (Part.NOT_COMPARED, row.not_answered)]
    return ProgressionBar(words.group(row.arm), row.n_due, tuple(part for part in parts if part[1]))


def _said(words: Words, row: ProgressionRow) -> Sentence:
    return Sentence(
        "%(group)s: better %(better)s, unchanged %(unchanged)s, worse %(worse)s, not answered both times %(missing)s, of"
        " %(n)s.",
        group=words.group(row.arm),
        better=_count(row.better),
        unchanged=_count(row.unchanged),
        worse=_count(row.worse),
        missing=_number(row.not_compared),
        n=row.n_due,
    )


def _count(count: Count) -> int | Sentence:
    if count.count is not None:
        return count.count
    return UNDER if count.mark is CellMark.UNDER_MINIMUM else Sentence("withheld")


def _cell(count: Count) -> Cell:
    if count.count is not None:
        return count.count
    return Withheld(UNDER, UNDER) if count.mark is CellMark.UNDER_MINIMUM else Withheld(HIDDEN)


def _withheld(progression: Progression, rows: list[ProgressionRow]) -> tuple[Sentence, ...]:
    hidden = any(cell.count is None for row in rows for cell in (row.better, row.unchanged, row.worse))
    shares = [share for row in rows for share in (row.share_better, row.share_worse)]
    reasons = [share.sentence for share in shares if not isinstance(share, Share)]
    if hidden:
        reasons.insert(0, Sentence("Numbers under 5 aren't shown, nor those that they could be worked out from."))
    difference = progression.difference_better
    if not isinstance(difference, ShareDifference) and difference.code is WithheldReason.NOT_POSSIBLE:
        reasons.append(difference.sentence)
    return tuple(dict.fromkeys(reasons))


def _table(words: Words, progression: Progression, rows: list[ProgressionRow]) -> Table:
    success = progression.goal_kind is not GoalKind.DEVELOP
    return Table(
        key="progression",
        caption=Sentence("People by what became of them, of everybody who was due"),
        columns=(
            Column("group", Sentence("Group")),
            Column("arm", Sentence("Group code"), on_page=False),
            Column("n_started", Sentence("Begun"), Kind.COUNT, on_page=False),
            Column("not_due", Sentence("Not due"), Kind.COUNT, on_page=any(row.not_due for row in rows)),
            Column("n_due", Sentence("Due"), Kind.COUNT),
            Column("better", Sentence("Better"), Kind.COUNT),
            Column("unchanged", Sentence("Unchanged"), Kind.COUNT),
            Column("worse", Sentence("Worse"), Kind.COUNT),
            Column("not_better", Sentence("Unchanged or worse"), Kind.COUNT, on_page=False),
            Column("not_compared", Sentence("Not answered both times"), Kind.COUNT, on_page=False),
            Column(
                "no_start", Sentence("No score at the start"), Kind.COUNT, on_page=any(row.no_start for row in rows)
            ),
            Column("not_answered", Sentence("Not answered"), Kind.COUNT),
            Column("share_better", Sentence("Share better"), Kind.SHARE, 0),
            Column("share_better_interval", Sentence("95 % interval"), Kind.SHARE_INTERVAL, 0),
            Column("share_worse", Sentence("Share worse"), Kind.SHARE, 0, on_page=False),
            Column(
                "share_worse_interval", Sentence("95 % interval, share worse"), Kind.SHARE_INTERVAL, 0, on_page=False
            ),
            Column("succeeded", Sentence("Came through well"), Kind.COUNT, on_page=False),
            Column("share_succeeded", Sentence("Share who came through well"), Kind.SHARE, 0, on_page=success),
            Column("share_succeeded_interval", Sentence("95 % interval"), Kind.SHARE_INTERVAL, 0, on_page=success),
        ),
        rows=tuple(_cells(words, row) for row in rows),
    )


def _cells(words: Words, row: ProgressionRow) -> tuple[Cell, ...]:
    begun = words.begun(row.arm)
    tiny = not isinstance(begun, int)
    return (
        words.group(row.arm),
        row.arm or "all",
        begun,
        begun if tiny else row.not_due,
        begun if tiny else row.n_due,
        _cell(row.better),
        _cell(row.unchanged),
        _cell(row.worse),
        _cell(row.not_better),
        _known(row.not_compared),
        _known(row.no_start),
        _known(row.not_answered),
        *_share(row.share_better),
        *_share(row.share_worse),
        _cell(row.succeeded),
        *_share(row.share_succeeded),
    )


def _known(count: int | None) -> Cell:
    return Withheld(HIDDEN) if count is None else count


def _share(share: Share | WithheldResult) -> tuple[Cell, Cell]:
    if isinstance(share, Share):
        return share.share, Interval(share.ci_low, share.ci_high)
    return Withheld(share.sentence), None
