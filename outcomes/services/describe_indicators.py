"""The catalogue of indicators with its definitions, for anyone to read: every version there has been, and no figure."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.analysis.indicator_definitions import DEFINITIONS, Definition, definitions_of
from outcomes.analysis.indicators import INDICATORS
from outcomes.errors import Sentence


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """An indicator: its name, unit (``share``, ``points``, ``standardised``), which way is better, and its definitions.

    ``versions``: the first one first. ``changed``: there is more than one, and they are shown side by side.
    """

    key: str
    title: Sentence
    unit: str
    higher_is_better: bool
    versions: tuple[Definition, ...]

    @property
    def changed(self) -> bool:
        """Whether the definition has been another one before."""
        return len(self.versions) > 1


def describe_indicators(definitions: tuple[Definition, ...] = DEFINITIONS) -> tuple[IndicatorView, ...]:
    """Every indicator that a target can be set for, with every version of its definition."""
    versions = definitions_of(definitions)
    return tuple(
        IndicatorView(each.key, each.title, each.unit, each.higher_is_better, versions[each.key])
        for each in INDICATORS.values()
    )
