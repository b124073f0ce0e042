"""Section: the citizens' own goals, counted over persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import MINIMUM_ESTIMATE, may_show_cell, may_show_estimate, may_show_share
from outcomes.analysis.gas import share_of_goals
from outcomes.analysis.proportions import estimate_share
from outcomes.errors import EstimateError, Sentence
from outcomes.reports.effect_report.context import Section
from outcomes.reports.parts import Cell, Column, Interval, Kind, Table, Withheld

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.analysis.results import TermEstimate
    from outcomes.reports.effect_report.material import GoalsMaterial, PersonGoals

AS_EXPECTED = 50.0
HIDDEN = Withheld(Sentence("Fewer than 5 people stand behind this number or what is left of it, so it isn't shown."))


def goals_section(goals: GoalsMaterial) -> Section:
    """How many people came as far as they had set out to, the mean GAS score and the share of goals reached.

    Persons are the unit: the goals of one person hang together. Withheld with fewer than ten rated persons.
    """
    title = Sentence("The citizens' own goals")
    people = goals.people
    if not may_show_estimate(len(people)):
        reason = Sentence(
            "Fewer than %(minimum)s people have rated goals, so the numbers aren't shown.", minimum=MINIMUM_ESTIMATE
        )
        return Section("goals", title, Sentence("Goals can't be shown yet"), withheld=(reason,))
    reached = sum(person.t_score >= AS_EXPECTED for person in people)
    body = (
        Sentence(
            "%(rated)s of %(begun)s people who began have rated goals (%(with_goals)s have set some). Nothing is known of the"
            " others' goals.",
            rated=len(people),
            begun=goals.n_begun,
            with_goals=goals.n_with_goals,
        ),
        Sentence(
            "A goal is reached when its latest rating is at the expected level or over. People set their own goals,"
            " so they can't be used to compare places."
        ),
    )
    return Section("goals", title, _finding(reached, len(people)), body, None, (_table(goals, reached),))


def said_goals(goals: GoalsMaterial) -> Sentence | None:
    """The finding with its interval; None where it may not be shown."""
    rated = len(goals.people)
    reached = sum(person.t_score >= AS_EXPECTED for person in goals.people)
    if not (may_show_estimate(rated) and may_show_share(reached, rated)):
        return None
    share = estimate_share(reached, rated)
    return Sentence(
        "%(finding)s: %(share)s per cent (%(low)s to %(high)s).",
        finding=_finding(reached, rated),
        share=round(100 * share.share),
        low=round(100 * share.ci_low),
        high=round(100 * share.ci_high),
    )


def _finding(reached: int, rated: int) -> Sentence:
    if not may_show_share(reached, rated):
        return Sentence("Almost all came out alike, so how many reached their goals isn't shown")
    return Sentence(
        "%(part)s of %(whole)s people came as far with their goals as they had set out to, or further",
        part=reached,
        whole=rated,
    )


def _table(goals: GoalsMaterial, reached: int) -> Table:
    from outcomes.analysis.change import estimate_mean  # noqa: PLC0415 - loads numpy only where there are goals

    people = goals.people
    shown = may_show_share(reached, len(people))
    share = estimate_share(reached, len(people)) if shown else None
    in_all, attained, of_goals = _of_goals(people)
    mean = _or_none(lambda: estimate_mean([person.t_score for person in people]))
    return Table(
        key="goals",
        caption=Sentence("Goals set by the citizens themselves, by the latest rating of each"),
        columns=(
            Column("what", Sentence("What"), on_page=False),
            Column("n_begun", Sentence("Begun"), Kind.COUNT),
            Column("n_with_goals", Sentence("With goals"), Kind.COUNT, on_page=False),
            Column("n_citizens", Sentence("With rated goals"), Kind.COUNT),
            Column("n_reached", Sentence("Came as far as set out to"), Kind.COUNT, on_page=False),
            Column("share_reached", Sentence("Share who came as far as set out to"), Kind.SHARE, 0),
            Column("share_reached_interval", Sentence("95 % interval"), Kind.SHARE_INTERVAL, 0),
            Column("n_goals", Sentence("Goals"), Kind.COUNT),
            Column("n_attained", Sentence("Reached"), Kind.COUNT, on_page=False),
            Column("share_attained", Sentence("Share of goals reached"), Kind.SHARE, 0),
            Column("share_attained_interval", Sentence("95 % interval"), Kind.SHARE_INTERVAL, 0),
            Column("gas_mean", Sentence("GAS score (50 = as expected)"), Kind.NUMBER),
            Column("gas_mean_interval", Sentence("95 % interval"), Kind.INTERVAL),
        ),
        rows=(
            (
                Sentence("Latest rating of each goal"),
                goals.n_begun,
                goals.n_with_goals,
                len(people),
                reached if shown else HIDDEN,
                HIDDEN if share is None else share.share,
                None if share is None else Interval(share.ci_low, share.ci_high),
                in_all,
                HIDDEN if attained is None else attained,
                *_estimate(of_goals),
                *_estimate(mean),
            ),
        ),
    )


def _of_goals(people: tuple[PersonGoals, ...]) -> tuple[int, int | None, TermEstimate | None]:
    """Rated goals, those attained, and their share; None where fewer than 5 people have any of one of the two kinds."""
    attained, goals = [person.n_attained for person in people], [person.n_goals for person in people]
    some = sum(count > 0 for count in attained)
    others = sum(count < of for count, of in zip(attained, goals, strict=True))
    if not (may_show_cell(some) and may_show_cell(others)):
        return sum(goals), None, None
    return sum(goals), sum(attained), _or_none(lambda: share_of_goals(attained, goals))


def _or_none(work: Callable[[], TermEstimate]) -> TermEstimate | None:
    try:
        return work()
    except EstimateError:
        return None


def _estimate(found: TermEstimate | None) -> tuple[Cell, Cell]:
    if found is None:
        return Withheld(Sentence("All came out alike, or too few people stand behind the number.")), None
    return found.estimate, Interval(found.ci_low, found.ci_high)
