"""A protected count as a cell of a table or inside a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.effect_results import CellMark
from outcomes.errors import Sentence
from outcomes.reports.effect_report.words import UNDER
from outcomes.reports.parts import Withheld

if TYPE_CHECKING:
    from outcomes.analysis.effect_results import Cell as Count
    from outcomes.reports.parts import Cell

HIDDEN = Sentence("withheld, so that a number under 5 can't be worked out")
HIDDEN_RULE = Sentence("Numbers under 5 aren't shown, nor those that they could be worked out from.")


def count_cell(count: Count) -> Cell:
    """The count, "under 5", or withheld."""
    if count.count is not None:
        return count.count
    return Withheld(UNDER, UNDER) if count.mark is CellMark.UNDER_MINIMUM else Withheld(HIDDEN)


def said_count(count: Count) -> int | Sentence:
    """The same inside a sentence."""
    if count.count is not None:
        return count.count
    return UNDER if count.mark is CellMark.UNDER_MINIMUM else Sentence("withheld")
