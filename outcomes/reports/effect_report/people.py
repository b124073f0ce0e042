"""Section: who was in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.results import INTERVENTION
from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.counts import HIDDEN_RULE, count_cell
from outcomes.reports.parts import Cell, Column, Kind, Proportion, Table

if TYPE_CHECKING:
    from outcomes.analysis.breakdown import Breakdown
    from outcomes.reports.effect_report.words import Words


def people_section(words: Words, breakdown: Breakdown) -> Section:
    """Those who began in the intervention, by provider, target group, how it stands, and what the plan looks at."""
    begun = words.begun(INTERVENTION)
    hidden = any(count.count is None for part in breakdown.composition for _level, count in part.rows)
    return Section(
        key="people",
        title=Sentence("Who was in"),
        finding=Sentence("%(n)s people began, %(period)s", n=words.said_begun(INTERVENTION), period=words.period),
        body=(
            Sentence("Everybody who began is counted, whatever came after. A person who began twice is counted once."),
        ),
        tables=(_table(words, breakdown, begun if isinstance(begun, int) else None),) if breakdown.composition else (),
        withheld=(HIDDEN_RULE,) if hidden else (),
    )


def _table(words: Words, breakdown: Breakdown, begun: int | None) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            words.part(part.name),
            part.name,
            level,
            words.level(part.name, level),
            count_cell(count),
            Proportion(count.count / begun) if begun and count.count is not None else None,
        )
        for part in breakdown.composition
        for level, count in part.rows
    ]
    return Table(
        key="people",
        caption=Sentence("People who began in the intervention"),
        columns=(
            Column("what", Sentence("What")),
            Column("part", Sentence("Name in the data"), on_page=False),
            Column("level_code", Sentence("Level in the data"), on_page=False),
            Column("level", Sentence("Who")),
            Column("n", Sentence("Begun"), Kind.COUNT),
            Column("share", Sentence("Share"), Kind.SHARE, 0),
        ),
        rows=tuple(rows),
        group="what",
    )
