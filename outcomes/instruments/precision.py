"""How far one person's score moves by chance.

Smallest detectable change, 95 % (Jacobson & Truax 1991, doi 10.1037/0022-006X.59.1.12):

    SDC = 1.96 * sqrt(2) * SD * sqrt(1 - r)      in points of the scale

with SD the standard deviation of scores and r the reliability. A published SDC takes precedence. Nothing is invented:
where a measure's error isn't known there is no SDC, and where planning values are assumed that is said.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.instruments.kinds import ErrorKind, ReliabilityKind, Side

if TYPE_CHECKING:
    from outcomes.instruments.model import CutOff, Scale

Z_95 = 1.96


def smallest_detectable_change(scale: Scale, *, baseline_sd: float | None = None) -> float | None:
    """The smallest change, in points, that chance alone makes in fewer than 1 in 20; None where it isn't known.

    ``baseline_sd`` is the standard deviation of the data's own baseline. It is used where the instrument says
    ``own_baseline_sd``, and only there; without it such a scale has no smallest detectable change.
    """
    error = scale.measurement_error
    if error.smallest_detectable_change is not None:
        return error.smallest_detectable_change
    sd = baseline_sd if error.kind is ErrorKind.OWN_BASELINE_SD else error.sd
    if sd is None or error.reliability is None or not math.isfinite(sd):
        return None
    return Z_95 * math.sqrt(2) * sd * math.sqrt(1 - error.reliability)


def precision_notes(scale: Scale) -> tuple[Sentence, ...]:
    """What a reader must know before trusting the smallest detectable change."""
    error = scale.measurement_error
    notes = []
    if error.kind is ErrorKind.NOT_KNOWN:
        notes.append(
            Sentence("The measurement error isn't known, so we can't say whether one person's change is chance.")
        )
    if error.kind is ErrorKind.ASSUMED:
        notes.append(
            Sentence(
                "The measurement error is a planning value, not measured yet: "
                "spread %(sd)s points and reliability %(reliability)s are assumed.",
                sd=error.sd,
                reliability=error.reliability,
            )
        )
    if error.kind is ErrorKind.OWN_BASELINE_SD:
        notes.append(Sentence("The measurement error uses the spread of these people's own first scores."))
    if error.reliability_kind is ReliabilityKind.INTERNAL_CONSISTENCY:
        notes.append(
            Sentence(
                "The reliability is internal consistency, not repeated measurement: "
                "the measurement error is probably too small."
            )
        )
    return tuple(notes)


def cut_off_met(scale: Scale, value: float) -> CutOff | None:
    """The strictest cut-off that a score meets: highest of those at or above, else lowest of those at or below."""
    above = [cut for cut in scale.cut_offs if cut.side is Side.AT_OR_ABOVE and value >= cut.value]
    below = [cut for cut in scale.cut_offs if cut.side is Side.AT_OR_BELOW and value <= cut.value]
    if above:
        return max(above, key=lambda cut: cut.value)
    return min(below, key=lambda cut: cut.value, default=None)
