"""What the mixed model and the MMRM share: who is in the model, what that shows of the evidence, entries of results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.judge import Answered, Signs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.factor_levels import FactorLevel
    from outcomes.services.analyse.arrays import Numbers, Truths
    from outcomes.services.analyse.coding import Factor, Predictor


def answered_by_group(group: Factor | None, begun: Truths, answered: Truths) -> tuple[Answered, ...]:
    """Who answered of those begun, in each group (or all together)."""
    if group is None:
        return (Answered("", int((begun & answered).sum()), int(begun.sum())),) if begun.any() else ()
    found = []
    for level, name in enumerate(group.levels):
        member = group.is_level(level) & begun
        if member.any():
            found.append(Answered(name, int((member & answered).sum()), int(member.sum())))
    return tuple(found)


def model_signs(
    group: Factor | None,
    background: Numbers,
    *,
    kept: Truths,
    answered: Truths,
    adjusted: bool,
    at_bound: float | None,
) -> Signs:
    """What a model of people shows of its evidence. ``kept``: who is in it; ``answered``: who answered at the main time;
    ``adjusted``: it takes account of where people began."""
    smallest = int(kept.sum())
    if group is not None:
        smallest = min(int((kept & group.is_level(level)).sum()) for level in range(len(group.levels)))
    incomplete = int(np.isnan(background).any(axis=1).sum())
    return Signs(
        compared=group is not None,
        answered=answered_by_group(group, np.ones(kept.size, dtype=bool), answered),
        smallest_group=smallest,
        n_whole=kept.size,
        left_out=incomplete,
        adjusted=adjusted,
        overlap=overlap_share(group, background, kept),
        at_bound=at_bound,
    )


def factor_levels(group: Factor | None, predictors: Sequence[Predictor] = ()) -> tuple[FactorLevel, ...]:
    """What the columns of the group and of categories say: a model must not guess it from their names."""
    from outcomes.analysis.factor_levels import FactorLevel  # noqa: PLC0415 - with the method

    of_group = range(1, len(group.levels)) if group is not None else ()
    found = [FactorLevel(group.term(level), group.name, group.levels[level]) for level in of_group] if group else []
    for predictor in predictors:
        if predictor.labels is not None:
            start = len(predictor.name) + 1  # a term is the name, a bracket, the level and a bracket
            found += [FactorLevel(term, predictor.name, term[start:-1]) for term in predictor.terms]
    return tuple(found)


METHOD_NAMES = {
    "satterthwaite": Sentence("Satterthwaite"),
    "kenward-roger": Sentence("Kenward-Roger"),
    "kenward-roger-nonlinear": Sentence("Kenward-Roger (non-linear)"),
    "normal": Sentence("the normal distribution"),
    **{kind: Sentence("%(kind)s by person", kind=kind) for kind in ("CR0", "CR2", "CR3")},
    **{f"{kind}-cluster": Sentence("%(kind)s by cluster", kind=kind) for kind in ("CR0", "CR2", "CR3")},
}


def method_name(method: str) -> Sentence:
    """A way to uncertainty as a reader knows it."""
    return METHOD_NAMES[method]


def overlap_share(group: Factor | None, background: Numbers, kept: Truths) -> float | None:
    """Share of people with somebody like them in both of two groups; None where that can't be told."""
    if group is None or len(group.levels) != 2 or background.shape[1] == 0:  # noqa: PLR2004 - two groups
        return None
    from outcomes.analysis.overlap import EXTREME, fit_propensity  # noqa: PLC0415 - with the method

    columns = np.column_stack([np.ones(int(kept.sum())), background[kept]])
    arm = group.is_level(1)[kept].astype(np.float64)
    if min(arm.sum(), arm.size - arm.sum()) <= columns.shape[1] or np.isnan(columns).any():
        return None
    probability = fit_propensity(columns, arm)
    return float(((probability >= EXTREME) & (probability <= 1 - EXTREME)).mean())


def incomplete_warning(left_out: int) -> tuple[Sentence, ...]:
    """A sentence on those who aren't in the model, where there are any."""
    if not left_out:
        return ()
    return (Sentence("People left out of the model because a covariate is missing: %(persons)s.", persons=left_out),)


def require_groups(group: Factor | None, kept: Truths) -> None:
    """Every group must have people in the model."""
    if not kept.any():
        raise EstimateError(
            Sentence("Nobody has both a score and all covariates, so there is nothing to fit. Leave out a covariate.")
        )
    for level, name in enumerate(group.levels if group is not None else ()):
        if group is not None and not (kept & group.is_level(level)).any():
            raise EstimateError(
                Sentence(
                    "Nobody in the group %(group)s has both a score and all covariates. Leave the group or a covariate out.",
                    group=name,
                )
            )
