"""Section: who was asked, and who answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.evidence import LEAST_FOLLOW_UP
from outcomes.analysis.results import INTERVENTION, OccasionFlow, Share, WithheldReason
from outcomes.errors import Sentence
from outcomes.reports.charts.flow import FlowBar, FlowChart, FlowPanel
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.words import ARM_ORDER, Words, after, month_number, occasion_name
from outcomes.reports.parts import Cell, Column, Figure, Interval, Kind, Table, Withheld

if TYPE_CHECKING:
    from outcomes.analysis.results import Withheld as WithheldResult


def flow_section(words: Words) -> Section:
    """The chain begun, due, answered at each occasion, with the share that the grade looks at."""
    arms = _rows_by_arm(words)
    table = _table(words, arms)
    primary = words.estimate.primary_share
    figure = Figure(
        key="flow",
        title=_finding(words, primary),
        subtitle=Sentence(
            "Share of those due who answered, by group. %(n)s people, %(period)s.",
            n=words.said_begun(None),
            period=words.period,
        ),
        description=_description(words, arms),
        caption=Sentence(
            "The dashed line stands at %(percent)s per cent: with fewer answers after %(months)s months the evidence is"
            " graded down.",
            percent=round(100 * LEAST_FOLLOW_UP),
            months=month_number(words.primary_time) or 0.0,
        ),
        chart=FlowChart(tuple(_panel(words, arm, rows) for arm, rows in arms), LEAST_FOLLOW_UP),
        table=table,
    )
    shown = any(isinstance(row.share, Share) for _arm, rows in arms for row in rows)
    return Section(
        key="flow",
        title=Sentence("Who answered"),
        finding=_finding(words, primary),
        body=(
            Sentence(
                'Everybody who began stays in the account. "Due" means that the time had come and the person could be'
                ' asked; "Answered" means that the answer can be used.'
            ),
        ),
        figure=figure if shown else None,
        tables=() if shown else (table,),
        withheld=() if isinstance(primary, Share) else (primary.sentence,),
    )


def _rows_by_arm(words: Words) -> list[tuple[str | None, list[OccasionFlow]]]:
    rows = words.estimate.attrition.rows
    arms = sorted({row.arm for row in rows}, key=lambda arm: ARM_ORDER.get(arm, 2))
    if words.has_comparison:
        arms = [arm for arm in arms if arm is not None]
    return [(arm, sorted((row for row in rows if row.arm == arm), key=lambda row: row.time)) for arm in arms]


def _finding(words: Words, share: Share | WithheldResult) -> Sentence:
    if not isinstance(share, Share):
        if share.code is WithheldReason.NOT_POSSIBLE:
            return Sentence("Nobody has come to the main time yet")
        return Sentence("Too few answered for the share to be shown")
    return Sentence(
        "%(part)s of %(whole)s answered %(after)s",
        part=share.count,
        whole=share.total,
        after=after(words.primary_time),
    )


def _panel(words: Words, arm: str | None, rows: list[OccasionFlow]) -> FlowPanel:
    bars = tuple(
        FlowBar(
            occasion_name(row.time),
            row.due,
            row.answered if isinstance(row.share, Share) else None,
            row.share.share if isinstance(row.share, Share) else None,
        )
        for row in rows
    )
    return FlowPanel(words.group(arm), arm in {None, INTERVENTION}, bars)


def _description(words: Words, arms: list[tuple[str | None, list[OccasionFlow]]]) -> Sentence:
    last = {arm: rows[-1] for arm, rows in arms if rows}
    said = [_said_last(words, arm, row) for arm, row in last.items()]
    head = Sentence("Bars of the share who answered at each time.")
    return join(head, *said)


def _said_last(words: Words, arm: str | None, row: OccasionFlow) -> Sentence:
    when = after(row.time)
    if row.answered is None:
        return Sentence(
            "In %(group)s %(begun)s began; how many answered %(after)s isn't shown.",
            group=words.group(arm),
            begun=words.said_begun(arm),
            after=when,
        )
    return Sentence(
        "In %(group)s %(begun)s began and %(answered)s answered %(after)s.",
        group=words.group(arm),
        begun=row.begun,
        answered=row.answered,
        after=when,
    )


def join(*sentences: Sentence) -> Sentence:
    """Sentences after each other as one."""
    joined = sentences[0]
    for sentence in sentences[1:]:
        joined = Sentence("%(first)s %(second)s", first=joined, second=sentence)
    return joined


def _table(words: Words, arms: list[tuple[str | None, list[OccasionFlow]]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for arm, flows in arms:
        for row in flows:
            shown = isinstance(row.share, Share)
            share: Cell = row.share.share if isinstance(row.share, Share) else Withheld(row.share.sentence)
            interval: Cell = Interval(row.share.ci_low, row.share.ci_high) if isinstance(row.share, Share) else None
            answered: Cell = row.answered if row.answered is not None else Withheld(Sentence("too few to show"))
            rows.append(
                (
                    words.group(arm),
                    arm or "all",
                    row.occasion,
                    month_number(row.time),
                    occasion_name(row.time),
                    words.begun(arm),
                    row.due if isinstance(words.begun(arm), int) else words.begun(arm),
                    answered,
                    share,
                    interval if shown else None,
                )
            )
    return Table(
        key="attrition",
        caption=Sentence("Begun, due and answered by time and group"),
        columns=(
            Column("group", Sentence("Group")),
            Column("arm", Sentence("Group code"), on_page=False),
            Column("occasion", Sentence("Occasion code"), on_page=False),
            Column("time", Sentence("Months"), on_page=False),
            Column("when", Sentence("Time")),
            Column("begun", Sentence("Begun"), Kind.COUNT),
            Column("due", Sentence("Due"), Kind.COUNT),
            Column("answered", Sentence("Answered"), Kind.COUNT),
            Column("share", Sentence("Share answered"), Kind.SHARE, 0),
            Column("share_interval", Sentence("95 % interval"), Kind.SHARE_INTERVAL, 0),
        ),
        rows=tuple(rows),
        group="group",
    )
