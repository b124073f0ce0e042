"""What a release says, as sentences and tables of numbers that are rounded already: nothing finer than people see is out.

Stored in no language: the same release reads right on a Danish page and an English one, years later.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outcomes.analysis.suppression import TINY, rounding_step
from outcomes.errors import Sentence
from outcomes.reports.parts import Cell, Column, Interval, Kind, LocalText, Points, Proportion, Table, Withheld
from outcomes.reports.release_content import COUNTS_OF_PEOPLE
from outcomes.reports.stored_values import from_stored, to_stored

if TYPE_CHECKING:
    from collections.abc import Sequence

FORM = 1
"""Form of a release's content. It is written once: every later version of the program can read it."""
SHARE_DECIMALS = 3
OUTWARD: dict[str, Callable[[float], int]] = {
    "low": lambda steps: math.floor(steps + TINY),
    "high": lambda steps: math.ceil(steps - TINY),
}
"""How an end of an interval is rounded, by what it is called in a sentence."""
DECIMALS = {Kind.SHARE: SHARE_DECIMALS, Kind.SHARE_INTERVAL: SHARE_DECIMALS, Kind.PROBABILITY: 3}


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """A part of a release: heading, sentences, tables."""

    title: Sentence | LocalText
    lines: tuple[Sentence, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseDocument:
    """A release as it is read. ``figures``: the same numbers for machines, where others compute with them."""

    title: Sentence
    lines: tuple[Sentence, ...]
    sections: tuple[DocumentSection, ...]
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in order."""
        return tuple(table for section in self.sections for table in section.tables)


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that two versions have differently: where it stands, and both contents (None: it isn't there)."""

    table: Sentence
    row: Cell
    column: Column
    before: Cell
    after: Cell


def document_to_json(document: ReleaseDocument) -> dict[str, Any]:
    """The document as it is stored."""
    return {
        "form": FORM,
        "title": to_stored(document.title),
        "lines": [to_stored(line) for line in document.lines],
        "sections": [
            {
                "title": to_stored(section.title),
                "lines": [to_stored(line) for line in section.lines],
                "tables": [_table_to_json(table) for table in section.tables],
            }
            for section in document.sections
        ],
        "figures": dict(document.figures),
    }


def document_from_json(content: Mapping[str, Any]) -> ReleaseDocument | None:
    """The document in a release's content; None where the content is of another kind (a contract's figures)."""
    if content.get("form") != FORM or "sections" not in content:
        return None
    return ReleaseDocument(
        title=from_stored(content["title"]),
        lines=tuple(map(from_stored, content["lines"])),
        sections=tuple(
            DocumentSection(
                from_stored(section["title"]),
                tuple(map(from_stored, section["lines"])),
                tuple(map(_table_from_json, section["tables"])),
            )
            for section in content["sections"]
        ),
        figures=content["figures"],
    )


def as_published(table: Table, step: float = 0.0, *, length: float | None = None) -> Table:
    """The table as people see it, and no finer: without columns for machines, every number rounded as it is shown.

    ``step``: points, and intervals of them, are rounded to it where that is coarser; ends of intervals outward. ``length``:
    of the measure's scale, where a row that counts its own people is rounded by the fewest that it counts.
    """
    shown = [place for place, column in enumerate(table.columns) if column.on_page]
    columns = tuple(table.columns[place] for place in shown)
    steps = [_own_step(table, row, step, length) for row in table.rows]
    rows = tuple(
        tuple(_round(row[place], table.columns[place], own) for place in shown)
        for row, own in zip(table.rows, steps, strict=True)
    )
    return Table(table.key, table.caption, columns, rows, table.group)


def compare_documents(before: ReleaseDocument, after: ReleaseDocument) -> tuple[Difference, ...]:
    """Every cell that isn't the same in both, in the order of the newer one; what has gone comes last."""
    old, new = _cells(before), _cells(after)
    return tuple(
        Difference(*(new.get(key) or old[key])[:3], _content(old.get(key)), _content(new.get(key)))
        for key in [*new, *(key for key in old if key not in new)]
        if _content(old.get(key)) != _content(new.get(key))
    )


def _cells(document: ReleaseDocument) -> dict[tuple[str, ...], tuple[Sentence, Cell, Column, Cell]]:
    found: dict[tuple[str, ...], tuple[Sentence, Cell, Column, Cell]] = {}
    for section in document.sections:
        for table in section.tables:
            for row in table.rows:
                for column, cell in zip(table.columns[1:], row[1:], strict=True):
                    place = (str(section.title), table.key, str(row[0]), column.key)
                    found[place] = (table.caption, row[0], column, cell)
    return found


def _content(cell: tuple[Sentence, Cell, Column, Cell] | None) -> Cell:
    return cell[3] if cell else None


def coarsely(sentence: Sentence, step: float) -> Sentence:
    """The sentence with its points, and those of sentences in it, rounded to ``step`` where that is coarser; the ends of an
    interval, by their names, outward."""
    return Sentence(sentence.message, **{name: _coarse_value(name, value, step) for name, value in sentence.values})


def _coarse_value(name: str, value: object, step: float) -> object:
    if isinstance(value, Sentence):
        return coarsely(value, step)
    if not isinstance(value, Points):
        return value
    moved = value.value
    if step and name in OUTWARD:
        moved = OUTWARD[name](moved / step) * step
    return Points(_to_step(moved, value.decimals, step), value.decimals)


def _own_step(table: Table, row: Sequence[Cell], step: float, length: float | None) -> float:
    counted = [
        cell
        for column, cell in zip(table.columns, row, strict=True)
        if column.key in COUNTS_OF_PEOPLE and isinstance(cell, int) and cell > 0
    ]
    return rounding_step(min(counted), span=length) if counted and length is not None else step


def _round(cell: Cell, column: Column, step: float) -> Cell:
    decimals = DECIMALS.get(column.kind, column.decimals)
    step = step if column.kind in {Kind.NUMBER, Kind.INTERVAL} else 0.0
    if isinstance(cell, Interval):
        least = max(step, 10.0**-decimals)
        low, high = math.floor(cell.low / least + TINY) * least, math.ceil(cell.high / least - TINY) * least
        return Interval(_to_step(low, decimals, step), _to_step(high, decimals, step))
    if isinstance(cell, Proportion):
        return Proportion(round(cell.value, SHARE_DECIMALS))
    return _to_step(cell, decimals, step) if isinstance(cell, float) else cell


def _to_step(value: float, decimals: int, step: float) -> float:
    """``value`` to so many decimals, and to whole steps."""
    return round(round(value / step) * step if step else value, decimals) + 0.0


def _table_to_json(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "caption": to_stored(table.caption),
        "group": table.group,
        "columns": [
            {"key": each.key, "heading": to_stored(each.heading), "kind": each.kind.value, "decimals": each.decimals}
            for each in table.columns
        ],
        "rows": [[_cell_to_json(cell) for cell in row] for row in table.rows],
    }


def _table_from_json(stored: Mapping[str, Any]) -> Table:
    columns: Sequence[Mapping[str, Any]] = stored["columns"]
    return Table(
        stored["key"],
        from_stored(stored["caption"]),
        tuple(
            Column(each["key"], from_stored(each["heading"]), Kind(each["kind"]), each["decimals"]) for each in columns
        ),
        tuple(tuple(_cell_from_json(cell) for cell in row) for row in stored["rows"]),
        stored["group"],
    )


def _cell_to_json(cell: Cell) -> Any:
    if isinstance(cell, Withheld):
        return {"why": to_stored(cell.reason), "mark": to_stored(cell.mark)}
    if isinstance(cell, Interval):
        return {"low": to_stored(float(cell.low)), "high": to_stored(float(cell.high))}
    if isinstance(cell, Proportion):
        return {"share": to_stored(float(cell.value))}
    return to_stored(cell)


def _cell_from_json(stored: Any) -> Cell:
    if isinstance(stored, dict):
        if "why" in stored:
            return Withheld(from_stored(stored["why"]), from_stored(stored["mark"]))
        if "low" in stored:
            return Interval(from_stored(stored["low"]), from_stored(stored["high"]))
        if "share" in stored:
            return Proportion(from_stored(stored["share"]))
    cell: Cell = from_stored(stored)
    return cell
