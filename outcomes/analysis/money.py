"""Whole øre: an amount of money split so that the parts sum to it exactly.

Question: how is a total shown by payer, year and line when every table must add up to the last øre?
Formula: largest remainder. Each part gets its share rounded down; the øre left over go one each to the parts that lost
most by rounding, earlier ones first where they lost alike. A sum of several splits adds up along every side.
Assumptions: none.
Units: øre (1/100 krone), whole numbers; parts in any unit, their sum giving the total before rounding.
Missing data: none.
Errors: :class:`~outcomes.errors.EstimateError` for a part that isn't a number. ValueError where parts of zero are to
share an amount (a fault of the caller).
Source: largest remainder (Hare and Niemeyer): Balinski & Young 1982, Fair Representation, ISBN 0-300-02724-9.
Checked: tests/unit/analysis/test_money.py (sums and nearness over random parts, also negative ones).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence


def to_ore(kroner: float) -> int:
    """Kroner as the nearest whole number of øre."""
    if not math.isfinite(kroner):
        raise EstimateError(Sentence("An amount of money isn't a finite number. Check prices, effects and costs."))
    return round(kroner * 100)


def split_ore(total: int, parts: Sequence[float]) -> tuple[int, ...]:
    """``total`` øre split near ``parts`` (kroner, which sum to about the total), summing to it exactly.

    No part is moved by more than the rounding: one øre, where the parts do sum to the total.
    """
    exact = [part * 100 for part in parts]
    if not all(math.isfinite(part) for part in exact):
        raise EstimateError(Sentence("An amount of money isn't a finite number. Check prices, effects and costs."))
    low = [math.floor(part) for part in exact]
    left = total - sum(low)
    if left and not exact:
        raise ValueError("an amount can't be split between nobody")
    rounds, extra = divmod(left, len(exact)) if exact else (0, 0)
    order = sorted(range(len(exact)), key=lambda index: (low[index] - exact[index], index))
    more = set(order[:extra])
    return tuple(part + rounds + (index in more) for index, part in enumerate(low))
