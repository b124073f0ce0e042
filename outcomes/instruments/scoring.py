"""From answers to scores.

Per scale: (1) each answered, visible item gives its value, turned around where reversed (``low + high - value``);
(2) fewer answered items than ``missing.min_answered`` give no score but a reason; (3) the raw score is the sum or the
mean of the answered items, a sum over some of the items being scaled up by ``items / answered`` where the rule is
``prorate``; (4) the raw score goes through the look-up table, or along the line of ``rescale``, or stays as it is.

A hidden item counts as not answered: its answer, if one is left from before, is not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.instruments.answers import check_answers, is_number, visible_answers
from outcomes.instruments.kinds import Fill, Method

if TYPE_CHECKING:
    from outcomes.instruments.answers import Answers
    from outcomes.instruments.model import Instrument, Item, Scale

DECIMALS_KEPT = 9


@dataclass(frozen=True, slots=True)
class ScaleScore:
    """One scale's score. ``value`` in the scale's points, or None with the ``reason``; counts are of its items."""

    scale: str
    value: float | None
    n_answered: int
    n_items: int
    reason: Sentence | None = None


def score_answers(instrument: Instrument, answers: Answers) -> tuple[ScaleScore, ...]:
    """The score of every scale, in the instrument's order.

    Raises :class:`~outcomes.errors.AnswerError` where an answer isn't one that the instrument allows.
    """
    check_answers(instrument, answers)
    given = visible_answers(instrument, answers)
    return tuple(_score_scale(instrument, scale, given) for scale in instrument.scales)


def reverse_value(item: Item, value: float) -> float:
    """The value turned around inside the item's bounds; doing it twice gives the value back."""
    bounds = item.bounds
    if bounds is None:
        raise ValueError(f"Item {item.id} has no bounds to turn around in.")
    return bounds[0] + bounds[1] - value


def _score_scale(instrument: Instrument, scale: Scale, given: Answers) -> ScaleScore:
    values = [
        reverse_value(instrument.item(item_id), value) if item_id in scale.reversed else value
        for item_id in scale.items
        if is_number(value := given.get(item_id))
    ]
    value, reason = _combine(scale, values)
    return ScaleScore(scale.key, value, len(values), len(scale.items), reason)


def _combine(scale: Scale, values: list[float]) -> tuple[float | None, Sentence | None]:
    if not values:
        return None, Sentence("None of the questions in this measure were answered.")
    if len(values) < scale.missing.min_answered:
        return None, Sentence(
            "%(answered)s of %(items)s questions were answered. %(needed)s are needed for a score.",
            answered=len(values),
            items=len(scale.items),
            needed=scale.missing.min_answered,
        )
    raw = sum(values)
    if scale.method is Method.MEAN:
        raw /= len(values)
    elif scale.missing.fill is Fill.PRORATE:
        raw *= len(scale.items) / len(values)
    return _convert(scale, raw)


def _convert(scale: Scale, raw: float) -> tuple[float | None, Sentence | None]:
    if scale.table is not None:
        if (value := scale.table.get(round(raw))) is None:
            return None, Sentence("The conversion table has no score for the sum %(sum)s.", sum=round(raw))
        return value, None
    if scale.table_loaded:
        return None, Sentence("The conversion table of this measure hasn't been loaded.")
    value = raw
    if scale.rescale:
        (low, high), (new_low, new_high) = scale.rescale.source, scale.rescale.target
        value = new_low + (raw - low) * (new_high - new_low) / (high - low)
    return float(round(value, DECIMALS_KEPT)), None
