"""Section: what was to be reached, and whether it is: met, not met, or can't be said yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.results import Withheld as NotGiven
from outcomes.analysis.target_status import TargetStatus
from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.words import listed
from outcomes.reports.parts import Cell, Column, Kind, Table
from outcomes.reports.targets import STATUS_WORDS, Amount, count_standings, whom

if TYPE_CHECKING:
    from outcomes.reports.parts import LocalText
    from outcomes.reports.targets import TargetView

RULE = Sentence(
    "A target is met when the whole interval is on its side, and not met when the whole interval is on the other. Else it"
    " can't be said yet. Only outcomes for citizens count. Each target has its own days."
)


def targets_section(targets: tuple[TargetView, ...]) -> Section:
    """The targets in force, each with its number and why it stands as it does.

    The finding counts those for everybody, as the overview does; those for parts of the people have their own count.
    """
    return Section(
        key="targets",
        title=Sentence("What was to be reached"),
        finding=targets_finding(targets),
        body=(*_of_parts(targets), RULE),
        tables=(targets_table(targets),),
    )


def targets_finding(targets: tuple[TargetView, ...]) -> Sentence:
    """How many targets for everybody are met, not met, and can't be said."""
    every = for_everybody(targets)
    if not every:
        return Sentence("No target is for everybody")
    return said_counts(every)


def said_counts(targets: tuple[TargetView, ...]) -> Sentence:
    """How many of these targets are met, not met, and can't be said."""
    counts = count_standings(targets)
    return Sentence(
        "Targets met: %(met)s. Not met: %(not_met)s. Can't be said yet: %(not_said)s",
        met=counts.met,
        not_met=counts.not_met,
        not_said=counts.not_said,
    )


def named_targets(targets: tuple[TargetView, ...]) -> tuple[Sentence, ...]:
    """The targets for everybody by name, after how they stand; what needs attention first."""
    every = for_everybody(targets)
    found = []
    for status in (TargetStatus.NOT_MET, TargetStatus.NOT_SAID, TargetStatus.MET):
        names = [each.title for each in every if each.standing is not None and each.standing.status is status]
        if names:
            found.append(Sentence("%(standing)s: %(names)s.", standing=STATUS_WORDS[status], names=_quoted(names)))
    return tuple(found)


def _quoted(names: list[LocalText]) -> Sentence:
    """Titles hold commas of their own."""
    return listed([Sentence("“%(name)s”", name=name) for name in names])


def for_everybody(targets: tuple[TargetView, ...]) -> tuple[TargetView, ...]:
    """Those about all of the intervention's people, which is whom the overview counts."""
    return tuple(target for target in targets if not target.population.key)


def _of_parts(targets: tuple[TargetView, ...]) -> tuple[Sentence, ...]:
    parts = [target for target in targets if target.population.key]
    if not parts:
        return ()
    counts = count_standings(parts)
    said = Sentence(
        "Counted above are the targets for everybody. Of the targets for a single provider or group, %(met)s are met,"
        " %(not_met)s not met, and of %(not_said)s it can't be said yet.",
        met=counts.met,
        not_met=counts.not_met,
        not_said=counts.not_said,
    )
    return (said,)


def targets_table(targets: tuple[TargetView, ...]) -> Table:
    """The targets with their numbers, one to a row."""
    return Table(
        key="targets",
        caption=Sentence("Targets in force and how they stand"),
        columns=(
            Column("code", Sentence("Code"), on_page=False),
            Column("version", Sentence("Version"), Kind.COUNT, on_page=False),
            Column("title", Sentence("Target")),
            Column("whom", Sentence("For whom")),
            Column("wish", Sentence("To be reached")),
            Column("days", Sentence("Days"), on_page=False),
            Column("value", Sentence("Is now")),
            Column("n", Sentence("Of how many"), Kind.COUNT),
            Column("status", Sentence("Status")),
            Column("why", Sentence("Why")),
        ),
        rows=tuple(_row(target) for target in targets),
    )


def _row(target: TargetView) -> tuple[Cell, ...]:
    days = Sentence("%(first)s to %(last)s", first=target.first_day, last=target.last_day)
    named: tuple[Cell, ...] = (target.code, target.version, target.title, whom(target), _wish(target), days)
    standing = target.standing
    if standing is None:
        return (*named, None, None, None, None)
    value = standing.value
    if isinstance(value, NotGiven):
        return (*named, None, None, standing.words, standing.finding)
    said = Sentence(
        "%(estimate)s (%(low)s to %(high)s)",
        estimate=Amount(value.estimate, target.unit),
        low=Amount(value.ci_low, target.unit),
        high=Amount(value.ci_high, target.unit),
    )
    return (*named, said, value.n, standing.words, standing.finding)


def _wish(target: TargetView) -> Sentence:
    return Sentence("%(first)s: %(second)s", first=listed([target.indicator_title]), second=target.wish)
