"""Section: from which level to which people moved, where the measure has levels that mean something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.results import Share
from outcomes.analysis.results import Withheld as NotGiven
from outcomes.analysis.shift_table import SignTest
from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.counts import HIDDEN_RULE, count_cell
from outcomes.reports.effect_report.words import Words, after
from outcomes.reports.parts import Cell, Column, Kind, Points, Table

if TYPE_CHECKING:
    from outcomes.analysis.levels import LevelShift, Limit
    from outcomes.analysis.shift_table import ShiftTable


LEAST_SHOWN = 0.001
SMALLER = Sentence("under %(p)s", p=LEAST_SHOWN)


def levels_section(words: Words, shift: LevelShift) -> Section:
    """The shift table from the start to the primary occasion."""
    title = Sentence("From level to level")
    table = shift.table
    if isinstance(table, NotGiven):
        return Section("levels", title, Sentence("Moves between levels can't be shown yet"), withheld=(table.sentence,))
    cells = [cell for row in table.cells for cell in row]
    if all(cell.count is None for cell in cells):
        return Section(
            "levels", title, Sentence("Too few moved between the levels to show how many"), withheld=(HIDDEN_RULE,)
        )
    hidden = any(cell.count is None for cell in cells)
    return Section(
        key="levels",
        title=title,
        finding=_finding(words, table),
        body=(*_limits(words, shift), *_test(table)),
        tables=(_table(words, shift, table),),
        withheld=(HIDDEN_RULE,) if hidden else (),
    )


def _finding(words: Words, table: ShiftTable) -> Sentence:
    when = after(words.primary_time)
    if not isinstance(table.better, Share) or not isinstance(table.worse, Share):
        return Sentence("Where people stood at the start, and where they stand %(after)s", after=when)
    return Sentence(
        "%(better)s of %(n)s stand on a better level %(after)s than at the start, %(worse)s on a worse",
        better=table.better.count,
        worse=table.worse.count,
        n=table.n,
        after=when,
    )


def _limits(words: Words, shift: LevelShift) -> tuple[Sentence, ...]:
    """What the limits between the levels stand for, where the levels are bands."""
    cuts = {cut.value: cut for cut in words.material.measure.cut_offs}
    return tuple(
        Sentence(
            "%(value)s: %(wording)s. Source: %(source)s.",
            value=float(limit.value),
            wording=cuts[limit.value].wording,
            source=cuts[limit.value].source.rstrip("."),
        )
        for limit in shift.limits
        if limit.value in cuts
    )


def _test(table: ShiftTable) -> tuple[Sentence, ...]:
    if not isinstance(table.sign_test, SignTest):
        return ()
    return (
        Sentence(
            "If moves either way were equally likely, a split at least as uneven would come with probability %(p)s.",
            p=Points(table.sign_test.p_value, 3) if table.sign_test.p_value >= LEAST_SHOWN else SMALLER,
        ),
    )


def _name(shift: LevelShift, place: int, level: int) -> Sentence:
    if not shift.limits:
        return Sentence("Level %(level)s", level=level)
    if place == 0:
        return _upper(shift.limits[0])
    if place == len(shift.limits):
        return _lower(shift.limits[-1])
    return Sentence("%(low)s, %(high)s", low=_lower(shift.limits[place - 1]), high=_upper(shift.limits[place]))


def _lower(limit: Limit) -> Sentence:
    if limit.at_or_above:
        return Sentence("%(value)s and over", value=float(limit.value))
    return Sentence("over %(value)s", value=float(limit.value))


def _upper(limit: Limit) -> Sentence:
    if limit.at_or_above:
        return Sentence("under %(value)s", value=float(limit.value))
    return Sentence("at most %(value)s", value=float(limit.value))


def _table(words: Words, shift: LevelShift, table: ShiftTable) -> Table:
    names = [_name(shift, place, level) for place, level in enumerate(table.levels)]
    rows: list[tuple[Cell, ...]] = [
        (names[place], *(count_cell(cell) for cell in row), count_cell(table.before[place]))
        for place, row in enumerate(table.cells)
    ]
    rows.append((Sentence("All, %(after)s", after=after(words.primary_time)), *map(count_cell, table.after), table.n))
    return Table(
        key="levels",
        caption=Sentence(
            "People by level at the start (rows) and %(after)s (columns)", after=after(words.primary_time)
        ),
        columns=(
            Column("level", Sentence("At the start")),
            *(Column(f"level_{place}", name, Kind.COUNT) for place, name in enumerate(names)),
            Column("all", Sentence("All, at the start"), Kind.COUNT),
        ),
        rows=tuple(rows),
    )
