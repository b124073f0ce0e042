"""``--method weighted``: two groups made alike by weights from the chance of being in either (propensity)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.ancova import Wide
from outcomes.services.analyse.arrays import Numbers, Truths, complete_rows
from outcomes.services.analyse.judge import Signs, judge
from outcomes.services.analyse.longitudinal import answered_by_group
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import FLAG, choice
from outcomes.services.analyse.output import AnalysisOutput, Entry, entry_of
from outcomes.services.analyse.people import SCALE, share_at_bound
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.analysis.weighting import ArmContrast, WeightedComparison
    from outcomes.services.analyse.call import Call
    from outcomes.services.analyse.coding import Factor

TWO = 2
POPULATIONS = {
    "ate": Sentence("Weighted to all people."),
    "att": Sentence("Weighted to people like those in the group that isn't the base."),
    "overlap": Sentence("Weighted to people who could have been in either group."),
}


def run(call: Call) -> AnalysisOutput:
    """The weighted difference, both groups' means, and the balance that the weights reach."""
    data = Wide(call)
    group = data.group
    if group is None:
        raise ValueError("the group is needed")
    if len(group.levels) != TWO:
        sentence = Sentence("This comparison takes two groups; there are %(found)s.", found=len(group.levels))
        call.add_general(group.name, sentence)
    if not data.terms:
        call.add_general("--covariate", Sentence("Weights need something to weigh by: name --baseline or --covariate."))
    call.stop_at_faults()
    known = complete_rows(data.background)
    if not known.any():
        raise EstimateError(Sentence("Nobody has all covariates, so there is nothing to weigh by. Leave one out."))
    estimator = call.options.choice("estimator", "augmented" if _doubly(call) else "weighting")
    if estimator in {"aipw", "g-computation"}:
        return _other(call, data, estimator)
    found = _compare(call, data, estimator)
    signs = Signs(
        compared=True,
        answered=answered_by_group(group, np.ones(known.size, dtype=bool), ~np.isnan(data.score)),
        smallest_group=min(found.n_treated, found.n_control),
        n_whole=known.size,
        left_out=int((~known).sum()),
        adjusted=True,
        imbalance=max((abs(row.smd_after) for row in found.balance.rows if not row.adjusted_for), default=0.0),
        overlap=found.overlap.share_moderate,
        at_bound=share_at_bound(call, data.score),
    )
    judgement, notes = judge(call.options, signs)
    return AnalysisOutput(
        estimates=_entries(found.contrast, group),
        n_subjects=found.n_treated + found.n_control,
        n_observations=found.n_treated + found.n_control - found.n_unanswered,
        completeness=float((~np.isnan(data.score)).mean()),
        judgement=judgement,
        warnings=(*notes, *_lost(known), *found.warnings),
        described=(POPULATIONS[found.estimand],),
        further=_further(found),
    )


def _doubly(call: Call) -> bool:
    return call.options.flag("doubly_robust", default=False)


def _lost(known: Truths) -> tuple[Sentence, ...]:
    lost = int((~known).sum())
    return (Sentence("Rows left out because a value is missing: %(lost)s.", lost=lost),) if lost else ()


def _inputs(data: Wide) -> tuple[Numbers, Numbers, Numbers, tuple[str, ...], list[int] | None, str]:
    """Score, arm, columns and their names, clusters and the difference's term, for those with all covariates."""
    if data.group is None:
        raise ValueError("the group is needed")
    known = complete_rows(data.background)
    columns = np.column_stack([np.ones(int(known.sum())), data.background[known]])
    cluster = data.cluster.codes[known].tolist() if data.cluster is not None else None
    arm = data.group.is_level(1)[known].astype(np.float64)
    return data.score[known], arm, columns, ("Intercept", *data.terms), cluster, data.group.term(1)


def _compare(call: Call, data: Wide, estimator: str) -> WeightedComparison:
    from outcomes.analysis.doubly_robust import compare_doubly_robust  # noqa: PLC0415 - with the method
    from outcomes.analysis.weighting import compare_weighted  # noqa: PLC0415

    score, arm, columns, names, cluster, term = _inputs(data)
    compare = compare_doubly_robust if estimator == "augmented" else compare_weighted
    respond = call.options.flag("response_weights", default=False)
    response = np.column_stack([columns, arm]) if respond else None
    return compare(
        score,
        arm,
        columns,
        names,
        estimand=call.options.choice("estimand", "overlap"),  # type: ignore[arg-type]
        response_columns=response,
        response_terms=(*names, term) if respond else (),
        cluster=cluster,
        term=term,
    )


def _entries(contrast: ArmContrast, group: Factor) -> tuple[Entry, ...]:
    return (
        entry_of(contrast.difference, group.term(1), group=group.levels[1], from_group=group.levels[0]),
        entry_of(contrast.mean_treated, f"mean:{group.term(1)}", group=group.levels[1]),
        entry_of(contrast.mean_control, f"mean:{group.term(0)}", group=group.levels[0]),
    )


def _further(found: WeightedComparison) -> dict[str, Any]:
    return {
        "estimand": found.estimand,
        "doubly_robust": found.augmented,
        "propensity": [entry_of(term) for term in found.propensity],
        "response": [entry_of(term) for term in found.response],
        "balance": [
            {
                "term": row.term,
                "mean_treated": row.mean_treated,
                "mean_control": row.mean_control,
                "smd_before": row.smd_before,
                "smd_after": row.smd_after,
                "smd_before_treated_sd": row.smd_before_treated_sd,
                "variance_ratio": row.variance_ratio,
            }
            for row in found.balance.rows
        ],
        "effective_sample_size": {
            "treated": found.balance.effective_treated,
            "control": found.balance.effective_control,
        },
        "overlap": {
            "share_moderate": found.overlap.share_moderate,
            "share_common": found.overlap.share_common,
            "treated_range": list(found.overlap.treated_range),
            "control_range": list(found.overlap.control_range),
            "largest_weight_share": found.overlap.largest_weight_share,
        },
        "publishable": found.balance.publishable,
        "publishing_reasons": list(found.balance.reasons),
        "n_treated": found.n_treated,
        "n_control": found.n_control,
    }


def _other(call: Call, data: Wide, estimator: str) -> AnalysisOutput:
    """AIPW with plain inverse weights, or the outcome models alone."""
    from outcomes.analysis.doubly_robust import estimate_aipw, estimate_g_computation  # noqa: PLC0415 - as above

    score, arm, columns, names, _, term = _inputs(data)
    kept = ~np.isnan(score)
    estimand = call.options.choice("estimand", "ate")
    if estimand == "overlap":
        call.add_general(
            "--option estimand",
            Sentence("“%(value)s” can't be used here. It can be: %(choices)s.", value="overlap", choices="ate, att"),
        )
        call.stop_at_faults()
    work_out = estimate_aipw if estimator == "aipw" else estimate_g_computation
    contrast = work_out(
        score[kept],
        arm[kept],
        columns[kept],
        names,
        estimand="att" if estimand == "att" else "ate",
        term=term,
    )
    treated = int(arm[kept].sum())
    if data.group is None:
        raise ValueError("the group is needed")
    everybody = np.ones(data.score.size, dtype=bool)
    signs = Signs(
        compared=True,
        answered=answered_by_group(data.group, everybody, ~np.isnan(data.score)),
        smallest_group=min(treated, int(kept.sum()) - treated),
        adjusted=True,
    )
    judgement, notes = judge(call.options, signs)
    return AnalysisOutput(
        estimates=_entries(contrast, data.group),
        n_subjects=int(kept.sum()),
        n_observations=int(kept.sum()),
        completeness=float((~np.isnan(data.score)).mean()),
        judgement=judgement,
        warnings=notes,
        further={"estimand": estimand, "estimator": estimator},
    )


METHOD = Method(
    name="weighted",
    title=Sentence("Weighted comparison of two groups"),
    run=run,
    needs=(Role.SCORE, Role.GROUP),
    takes=(Role.SUBJECT, Role.BASELINE, Role.COVARIATE, Role.CLUSTER),
    options={
        **SCALE,
        "estimand": choice("ate", "att", "overlap", ato="overlap"),
        "doubly_robust": FLAG,
        "estimator": choice("weighting", "augmented", "aipw", "g-computation"),
        "response_weights": FLAG,
    },
)
