"""Providers beside each other: whose people fare otherwise than people like them do, by more than size explains?

Question: is there a reason to talk with a provider about its outcomes?
Estimand: each provider's mean of observed minus expected score at the primary occasion (adjusted_change.py), held against 0
in a funnel with over-dispersion (:mod:`outcomes.analysis.funnel`).
Formula: mean residual with standard error spread / sqrt(n), one spread for all, so that a provider's place along the funnel
is its number of people.
Assumptions: those of the two parts. A signal is a reason for a dialogue, never a verdict; providers come by name.
Units: points; the sign is that of the raw score. People.
Missing data: people with both scores and known covariates; a person without a provider isn't in the funnel.
Errors: none raised; withheld where fewer than two providers may be shown.
Source: Spiegelhalter 2005, doi:10.1002/sim.1970. Checked: tests/unit/analysis/test_provider_comparison.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.funnel import Funnel, funnel_means
from outcomes.analysis.grouping import UNKNOWN, GroupSize, count_groups, protect_groups
from outcomes.analysis.results import Withheld, WithheldReason
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.analysis.adjusted_change import AdjustedChanges


@dataclass(frozen=True, slots=True)
class ProviderComparison:
    """``sizes``: people per provider, by name, as may be shown; ``funnel``: those of them that may be drawn.

    ``people_per_precision``: what the funnel's precision is multiplied by to give people. ``n``: people in the comparison.
    """

    n: int
    sizes: tuple[GroupSize, ...]
    funnel: Funnel
    people_per_precision: float
    adjusted_for: tuple[str, ...]
    n_incomplete: int


def compare_providers(
    changes: AdjustedChanges | Withheld, providers: Mapping[str, str]
) -> ProviderComparison | Withheld:
    """The providers by what became of their people; ``providers``: each person's, by subject."""
    if isinstance(changes, Withheld):
        return changes
    names = [providers.get(subject, UNKNOWN) for subject in changes.subjects]
    sizes = protect_groups(count_groups(names))
    drawn = [size.name for size in sizes if size.estimated and size.name != UNKNOWN]
    if len(drawn) < 2:
        return Withheld(
            WithheldReason.TOO_FEW,
            Sentence("It takes at least two providers with 10 people or more each to hold them beside each other."),
        )
    members = np.array(names)
    means = [float(changes.residuals[members == name].mean()) for name in drawn]
    people = [int((members == name).sum()) for name in drawn]
    errors = [changes.spread / math.sqrt(n) for n in people]
    try:
        funnel = funnel_means(drawn, means, errors, people, target=0.0)
    except EstimateError as error:
        return Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)
    shown = tuple(size for size in sizes if size.name != UNKNOWN)
    return ProviderComparison(len(names), shown, funnel, changes.spread**2, changes.adjusted_for, changes.n_incomplete)
