"""A score in words, for whoever gave the answers and for those who help them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.reports.parts import local_text
from outcomes.services.read_curves import find_scale

if TYPE_CHECKING:
    from outcomes.instruments import Instrument
    from outcomes.models import Score


def describe_score(instrument: Instrument, score: Score) -> Sentence:
    """A score in words: what, how much, of how much."""
    scale = find_scale(instrument, score.scale)
    title = local_text(scale.title or instrument.title)
    if score.value is None:
        return Sentence(
            "%(measure)s: too few answers for a number (%(answered)s of %(items)s)",
            measure=title, answered=score.n_answered, items=score.n_items,
        )  # fmt: skip
    return Sentence(
        "%(measure)s: %(value)s on a scale from %(low)s to %(high)s",
        measure=title,
        value=round(score.value, scale.decimals) if scale.decimals else round(score.value),
        low=plain(scale.range[0]),
        high=plain(scale.range[1]),
    )


def plain(value: float) -> float | int:
    """A whole number without decimals."""
    return int(value) if float(value).is_integer() else value
