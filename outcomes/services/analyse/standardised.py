"""The responders' share expected had everybody answered: from an MMRM of all times (missing at random)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.arrays import Numbers, Truths, answered_rows
from outcomes.services.analyse.coding import group_columns
from outcomes.services.analyse.longitudinal import factor_levels
from outcomes.services.analyse.output import Entry

if TYPE_CHECKING:
    from outcomes.analysis.mmrm import MmrmFit
    from outcomes.services.analyse.call import Call
    from outcomes.services.analyse.change_rules import Judged
    from outcomes.services.analyse.pairs import Pairs


def standardised_entries(call: Call, pairs: Pairs, judged: Judged) -> tuple[list[Entry], list[Sentence]]:
    """Per group the mean over all starters of the probability of a change beyond the threshold, given what each answered."""
    from outcomes.analysis.plan import Direction  # noqa: PLC0415 - with the method
    from outcomes.analysis.responders import standardised_rate  # noqa: PLC0415

    threshold = judged.numbers.get("smallest_detectable_change") or call.options.number("mid_improvement")
    if threshold is None:
        raise EstimateError(
            Sentence(
                "A standardised share needs a threshold: --option sdc=..., or reliability=..., or mid_improvement=...."
            )
        )
    direction = Direction.HIGHER if call.options.choice("direction", "lower") == "higher" else Direction.LOWER
    scores, first, last = _scores(pairs)
    kept = answered_rows(scores)
    means, fit = _means(pairs, scores, kept)
    entries = []
    for level in pairs.levels:
        member = pairs.member(level) & kept
        rate = standardised_rate(
            scores[member],
            means[member],
            fit.sigma,
            threshold=threshold,
            direction=direction,
            baseline=first,
            occasion=last,
            inclusive="mid_improvement" in call.options.values,
        )
        ending, keys = pairs.ending("", level), {**pairs.keys("", level), "n": rate.n_started}
        entries.append(Entry(f"improved_standardised{ending}", rate.improved, further=keys))
        entries.append(Entry(f"deteriorated_standardised{ending}", rate.deteriorated, further=keys))
    return entries, list(fit.warnings)


def _scores(pairs: Pairs) -> tuple[Numbers, int, int]:
    """People by times, and which of these are compared."""
    data = pairs.planned
    if data is None:
        return np.column_stack([pairs.before, pairs.after[0]]), 0, 1
    same = [np.array_equal(column, pairs.before, equal_nan=True) for column in data.scores.T]
    return data.scores, same.index(True), data.occasions.index(pairs.occasions[0])


def _means(pairs: Pairs, scores: Numbers, kept: Truths) -> tuple[Numbers, MmrmFit]:
    """Each person's expected scores by group and time, and the fit behind them."""
    from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm, marginal_means  # noqa: PLC0415 - with the method
    from outcomes.analysis.pattern_sums import sum_patterns  # noqa: PLC0415

    group, data = pairs.group, pairs.planned
    of_group = group_columns(group)
    names = ["Intercept", *(term for term, _ in of_group)]
    columns = [np.ones(pairs.n), *(column for _, column in of_group)]
    occasions = data.occasions if data is not None else ("before", "after")
    design = MmrmDesign(
        time="time",
        crossed=tuple(names[1:]),
        group=group.name if group is not None else None,
        reference=group.levels[0] if group is not None else "",
        times=tuple(map(float, range(len(occasions)))),
        levels=factor_levels(group),
    )
    fit = fit_mmrm(sum_patterns(scores[kept], np.column_stack(columns)[kept], occasions=occasions, names=names), design)
    means = np.zeros(scores.shape)
    for one in marginal_means(fit):
        place = group.levels.index(one.group) if group is not None and one.group is not None else None
        means[pairs.member(place), occasions.index(one.occasion)] = one.estimate.estimate
    return means, fit
