"""Composition: what is stored of an intervention and what its team has written down, as the context of a meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.analysis.evidence import DesignLabel, allowed_word
from outcomes.analysis.population import PopulationFigures
from outcomes.analysis.results import Share, TermEstimate
from outcomes.analysis.results import Withheld as WithheldResult
from outcomes.analysis.since_last import compare_share_with_part, compare_with_part, too_few_new
from outcomes.errors import Sentence
from outcomes.language import sort_key
from outcomes.models import LearningPoint
from outcomes.reports.learning.context import LearningContext, Origin, PointView, Shift, SinceLast, Statement
from outcomes.reports.learning.roll_out import describe_roll_out
from outcomes.reports.learning.words import ANSWERED, GONE, KIND_NAMES, NO_NUMBER, STATE_NAMES, say_changes, say_unknown
from outcomes.reports.parts import Column, Interval, Kind, LocalText, Points, Table, Withheld

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.reports.parts import Cell

ROLL_OUT_KINDS = frozenset({"driver", "barrier"})
NOT_STORED = Sentence("The figures haven't been worked out yet. It is done every night.")


@dataclass(frozen=True, slots=True)
class LearningMaterial:
    """What a context is made of. ``figures``: everybody's, None where none are stored; ``parts``: those of each part with the
    part's name, by kind of part; ``seen``: everybody's figures at the last meeting, and its day."""

    organisation: str
    slug: str
    intervention: LocalText
    today: date
    is_demo: bool
    figures: PopulationFigures | None
    parts: Mapping[str, Sequence[tuple[LocalText | str, PopulationFigures]]]
    seen: tuple[date, PopulationFigures | None] | None
    met_today: UUID | None
    meetings: tuple[date, ...]
    points: Sequence[LearningPoint]
    starts: Sequence[date]
    stopped: int
    origin: Origin


def build_learning(material: LearningMaterial) -> LearningContext:
    """The context. Pure: what can't be said says why."""
    figures, today = material.figures, material.today
    views = [describe_point(each, today) for each in material.points]
    fresh = {
        each.id for each in material.points if each.meeting_id is not None and each.meeting_id == material.met_today
    }
    team = [each for each in views if each.kind not in ROLL_OUT_KINDS]
    since = material.seen[0] if material.seen else None
    return LearningContext(
        organisation=material.organisation,
        slug=material.slug,
        intervention=material.intervention,
        today=today,
        is_demo=material.is_demo,
        word=figures.word if figures else allowed_word(DesignLabel.D0),
        met_today=material.met_today is not None,
        meetings=material.meetings,
        changed=say_changes(figures) if figures else (Statement("main", NO_NUMBER, withheld=NOT_STORED),),
        since=_since(material) if figures else None,
        groups=tuple(_groups(kind, rows) for kind, rows in material.parts.items() if len(rows) > 1),
        unknown=say_unknown(figures, material.stopped) if figures else (NOT_STORED,),
        to_follow_up=tuple(each for each in team if each.state == "open" and each.point_id not in fresh),
        followed_up=tuple(
            each for each in team if each.followed_up_on and (since is None or each.followed_up_on > since)
        ),
        written=tuple(each for each in team if each.point_id in fresh),
        roll_out=describe_roll_out(
            material.starts,
            [(name, part.n_begun) for name, part in material.parts.get("provider", ())],
            [each for each in views if each.kind in ROLL_OUT_KINDS],
            today,
        ),
        origin=material.origin,
    )


def describe_point(point: LearningPoint, today: date) -> PointView:
    """A point in words; whoever wrote it isn't in it."""
    is_open = point.state == "open"
    return PointView(
        point_id=point.id, kind=point.kind, kind_name=KIND_NAMES[point.kind], words=point.words,
        observed_on=point.observed_on, due_on=point.due_on,
        overdue=is_open and point.due_on is not None and point.due_on < today,
        responsible=point.responsible, state=point.state, state_name=state_name(point.kind, point.state),
        outcome=point.outcome, followed_up_on=point.followed_up_on,
    )  # fmt: skip


def state_name(kind: str, state: str) -> Sentence:
    """What became of a point, in words that fit its kind."""
    if state == "done" and kind == "question":
        return ANSWERED
    if state == "done" and kind in ROLL_OUT_KINDS:
        return GONE
    return STATE_NAMES[state]


def _since(material: LearningMaterial) -> SinceLast | None:
    if material.seen is None or material.figures is None:
        return None
    held_on, before = material.seen
    if before is None or before.label is not material.figures.label:
        said = Sentence("The numbers were made in another way last time, so they aren't held against each other.")
        return SinceLast(held_on, (Shift("main", Sentence("All numbers"), said, None),))
    now = material.figures
    shifts = [_main_shift(now, before)]
    for key, name in (("better", Sentence("Reliably better")), ("worse", Sentence("Reliably worse"))):
        shift = _share_shift(key, name, getattr(now, key), getattr(before, key))
        if shift is not None:
            shifts.append(shift)
    return SinceLast(held_on, tuple(each for each in shifts if each is not None))


def _main_shift(now: PopulationFigures, before: PopulationFigures) -> Shift | None:
    """None where there is no main number now: the finding says why."""
    name = Sentence("Average %(word)s", word=now.word)
    if isinstance(now.main, WithheldResult):
        return None
    if now.snapshot == before.snapshot:
        return Shift("main", name, Sentence("No answers have come since then."), None)
    if isinstance(before.main, WithheldResult):
        return Shift("main", name, Sentence("There was no number then."), None)
    found = compare_with_part(now.main, now.n_behind or 0, before.main, before.n_behind or 0)
    return _shift("main", name, found, (Points(before.main.estimate), Points(now.main.estimate)), _points)


def _share_shift(key: str, name: Sentence, now: Share | WithheldResult, before: Share | WithheldResult) -> Shift | None:
    """None where one of the two isn't shown, or where the main number has said it already."""
    if isinstance(now, WithheldResult) or isinstance(before, WithheldResult) or now == before:
        return None
    if too_few_new(now.total, before.total) is not None:
        return None
    found = compare_share_with_part(now, before)
    shares = (_per_cent(before.share, 1), _per_cent(now.share, 1))
    return _shift(key, name, found, shares, lambda value: _points(100 * value), unit=PERCENTAGE_POINTS)


def _points(value: float, decimals: int = 1) -> Points:
    """Never minus nought."""
    return Points(round(value, decimals) + 0.0, decimals)


def _per_cent(share: float, decimals: int = 0) -> Sentence:
    return Sentence("%(share)s per cent", share=Points(100 * share, decimals))


def _shift(
    key: str,
    name: Sentence,
    found: TermEstimate | WithheldResult,
    values: tuple[object, object],
    write: Callable[[float], Points],
    unit: Sentence | None = None,
) -> Shift:
    """``unit``: the word after the difference, where the two numbers have another one than it."""
    if isinstance(found, WithheldResult):
        return Shift(key, name, found.sentence, None)
    moved = not found.includes_zero
    difference = write(found.estimate)
    text = Sentence(
        "%(before)s then, %(now)s now. The difference is %(difference)s (95 per cent interval %(low)s to %(high)s):"
        " %(verdict)s",
        before=values[0],
        now=values[1],
        difference=difference if unit is None else Sentence("%(number)s %(unit)s", number=difference, unit=unit),
        low=write(found.ci_low),
        high=write(found.ci_high),
        verdict=Sentence("more than chance would make it.")
        if moved
        else Sentence("no more than chance could make it."),
    )
    return Shift(key, name, text, moved)


PERCENTAGE_POINTS = Sentence("percentage points")

CAPTIONS = {
    "provider": (Sentence("By provider"), Sentence("Provider")),
    "target_group": (Sentence("By target group"), Sentence("Target group")),
}


def _groups(kind: str, rows: Sequence[tuple[LocalText | str, PopulationFigures]]) -> Table:
    """The parts by name: never by how they fare. They take in different people, so their order would mislead.

    The number comes first, since a narrow screen shows the first two columns; how many it stands on, last.
    """
    caption, heading = CAPTIONS[kind]
    ordered = sorted(rows, key=lambda row: sort_key(str(row[0])))
    return Table(
        f"by_{kind}",
        caption,
        (
            Column("name", heading),
            Column("change", Sentence("Average change, points"), Kind.NUMBER),
            Column("interval", Sentence("95 per cent interval"), Kind.INTERVAL),
            Column("better", Sentence("Reliably better"), Kind.SHARE, 0),
            Column("worse", Sentence("Reliably worse"), Kind.SHARE, 0),
            Column("answered", Sentence("Have answered"), Kind.COUNT),
            Column("due", Sentence("of"), Kind.COUNT),
            Column("completeness", Sentence("Share who answered"), Kind.SHARE, 0, on_page=False),
        ),
        tuple((name, *_cells(figures)) for name, figures in ordered),
    )


def _cells(figures: PopulationFigures) -> tuple[Cell, ...]:
    main = figures.main
    number: tuple[Cell, Cell]
    if isinstance(main, WithheldResult):
        number = (Withheld(main.sentence), None)
    else:
        number = (main.estimate, Interval(main.ci_low, main.ci_high))
    return (
        *number, _share_cell(figures.better), _share_cell(figures.worse), _count(figures.n_answered),
        _count(figures.n_due), figures.completeness,
    )  # fmt: skip


def _count(value: int | None) -> Cell:
    return (
        value
        if value is not None
        else Withheld(
            Sentence(
                "This number would show a group of fewer than 5 people, here or in another line, so it isn't shown."
            )
        )
    )


def _share_cell(share: Share | WithheldResult) -> Cell:
    return Withheld(share.sentence) if isinstance(share, WithheldResult) else share.share
