"""Measurement error and norm: each kind with what it rests on, and nothing invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.instruments.checks import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.instruments.checks.parts import Finding
    from outcomes.instruments.document import Path_

NUMBERS = ("smallest_detectable_change", "sd", "reliability")
NEEDED: Mapping[str, tuple[str, ...]] = {
    "published": ("smallest_detectable_change", "source"),
    "computed": ("sd", "reliability", "reliability_kind", "source"),
    "own_baseline_sd": ("reliability", "reliability_kind", "source"),
    "assumed": ("sd", "reliability", "note"),
    "not_known": (),
}
UNWANTED: Mapping[str, tuple[str, ...]] = {
    "published": (),
    "computed": ("smallest_detectable_change", "inclusive"),
    "own_baseline_sd": ("smallest_detectable_change", "inclusive", "sd"),
    "assumed": ("smallest_detectable_change", "inclusive"),
    "not_known": (*NUMBERS, "inclusive"),
}


def precision_faults(data: Mapping[str, Any], scale: Mapping[str, Any], path: Path_) -> Iterator[Finding]:
    """Faults of one scale's norm and measurement error."""
    declared = parts.pair(scale.get("range"))
    mean = parts.number(parts.mapping(scale.get("norm")).get("mean"))
    if declared and mean is not None and not declared[0] <= mean <= declared[1]:
        yield (*path, "norm", "mean"), Sentence("The mean %(value)s is outside the scale's range.", value=mean)
    error = parts.mapping(scale.get("measurement_error"))
    kind, here = str(error.get("kind")), (*path, "measurement_error")
    for name in NEEDED.get(kind, ()):
        if name not in error:
            yield here, Sentence("Measurement error of kind %(kind)s needs “%(name)s”.", kind=kind, name=name)
    for name in UNWANTED.get(kind, ()):
        if name in error:
            yield (
                (*here, name),
                Sentence("Measurement error of kind %(kind)s doesn't use “%(name)s”.", kind=kind, name=name),
            )
    change = parts.number(error.get("smallest_detectable_change"))
    if declared and change is not None and change > declared[1] - declared[0]:
        yield (
            (*here, "smallest_detectable_change"),
            Sentence("A change of %(value)s is more than the whole scale.", value=change),
        )
    if kind in ("published", "computed") and data.get("validated") is False:
        yield (
            (*here, "kind"),
            Sentence("A measure that isn't validated has no published precision. Use “assumed” or “not_known”."),
        )
