"""``--method mmrm``: mean scores at planned times and groups' differences there, any covariance between times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import Sentence
from outcomes.services.analyse.arrays import Numbers, Truths, answered_rows, complete_rows
from outcomes.services.analyse.coding import group_columns
from outcomes.services.analyse.judge import judge
from outcomes.services.analyse.longitudinal import (
    factor_levels,
    incomplete_warning,
    method_name,
    model_signs,
    require_groups,
)
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import FLAG, choice
from outcomes.services.analyse.output import AnalysisOutput, Entry, entry_of
from outcomes.services.analyse.people import SCALE, PlannedData, read_planned, share_at_bound
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.analysis.mmrm import MmrmFit, OccasionEstimate
    from outcomes.analysis.pattern_sums import LongitudinalSums
    from outcomes.services.analyse.call import Call

COVARIANCES = {
    "unstructured": "unstructured",
    "toeplitz": "heterogeneous-toeplitz",
    "heterogeneous-compound-symmetry": "heterogeneous-compound-symmetry",
    "compound-symmetry": "compound-symmetry",
    "random-intercept": "random-intercept",
    "random-slope": "random-slope",
}


def run(call: Call) -> AnalysisOutput:
    """Time as a factor, group and their interaction, and covariates with one coefficient each."""
    baseline = call.optional(Role.BASELINE)
    data = read_planned(call, backgrounds=[baseline] if baseline else [])
    kept = answered_rows(data.scores) & complete_rows(data.background)
    require_groups(data.group, kept)
    names, columns = _columns(data)
    fit, sums = _fit(call, data, names, columns[kept], kept)
    fit = _robust(call, data, fit, sums, columns, kept)
    left_out = int((answered_rows(data.scores) & ~kept).sum())
    constrained = call.options.flag("constrained_baseline", default=False)
    signs = model_signs(
        data.group,
        data.background,
        kept=kept,
        answered=data.answered[:, -1],
        adjusted=constrained or bool(data.terms),
        at_bound=share_at_bound(call, data.scores[:, 0], data.scores[:, -1]),
    )
    judgement, notes = judge(call.options, signs)
    means = _means(fit)
    people = None
    if call.options.flag("individuals", default=False):
        people, said = _individuals(call, data, fit, columns, kept)
        notes = (*notes, *said)
    return AnalysisOutput(
        estimates=tuple(entry_of(term) for term in fit.terms),
        n_subjects=fit.n_subjects,
        n_observations=fit.n_observations,
        variance=_variance(fit),
        log_likelihood=fit.log_likelihood,
        completeness=float(data.answered.mean()),
        individuals=people,
        judgement=judgement,
        warnings=(*notes, *incomplete_warning(left_out), *fit.warnings, *_no_interval(means)),
        described=(
            Sentence(
                "Mean scores at planned times, all answers used; uncertainty by %(method)s.",
                method=method_name(fit.method),
            ),
        ),
        further={**_entries(means), "n_started": data.people.n, "reml": fit.reml},
    )


def _columns(data: PlannedData) -> tuple[tuple[str, ...], Numbers]:
    """Per person the intercept, the group's columns and the background's, with their names."""
    of_group = group_columns(data.group)
    columns = np.column_stack([np.ones(data.people.n), *(column for _, column in of_group), data.background])
    return ("Intercept", *(term for term, _ in of_group), *data.terms), columns


def _fit(
    call: Call, data: PlannedData, names: tuple[str, ...], columns: Numbers, kept: Truths
) -> tuple[MmrmFit, LongitudinalSums]:
    from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm  # noqa: PLC0415 - with the method
    from outcomes.analysis.pattern_sums import sum_patterns  # noqa: PLC0415

    options, group = call.options, data.group
    of_group = tuple(term for term, _ in group_columns(group))
    crossed = of_group if options.flag("interaction", default=True) else ()
    constrained = options.flag("constrained_baseline", default=False)
    design = MmrmDesign(
        time=data.time_column,
        crossed=() if constrained else crossed,
        constrained=crossed if constrained else (),
        constant=(*(() if crossed else of_group), *data.terms),
        group=group.name if group is not None else None,
        reference=group.levels[0] if group is not None else "",
        times=data.times or None,
        levels=factor_levels(group, data.predictors),
    )
    sums = sum_patterns(data.scores[kept], columns, occasions=data.occasions, names=names)
    wanted = options.choice("covariance", "auto")
    fit = fit_mmrm(
        sums,
        design,
        reml=options.flag("reml", default=True),
        covariance=None if wanted == "auto" else COVARIANCES[wanted],
        df=options.choice("df", "satterthwaite"),
    )
    return fit, sums


def _robust(
    call: Call, data: PlannedData, fit: MmrmFit, sums: LongitudinalSums, columns: Numbers, kept: Truths
) -> MmrmFit:
    """The fit with uncertainty robust to a wrong covariance, by person or by cluster."""
    from outcomes.analysis.mmrm import robust_by_cluster, robust_by_person  # noqa: PLC0415 - with the method
    from outcomes.analysis.pattern_sums import sum_patterns  # noqa: PLC0415

    kind = call.options.choice("vcov", "cr2" if data.cluster is not None else "model")
    if kind == "model":
        return fit
    if data.cluster is None:
        return robust_by_person(fit, data.scores[kept], columns[kept], kind=kind.upper())
    parts = []
    for code in np.unique(data.cluster[kept]):
        mine = kept & (data.cluster == code)
        part = sum_patterns(
            data.scores[mine],
            columns[mine],
            occasions=sums.occasions,
            names=sums.columns,
            origin=sums.origin,
            column_origins=sums.column_origins,
        )
        parts.append(part)
    return robust_by_cluster(fit, parts, kind=kind.upper())


def _variance(fit: MmrmFit) -> dict[str, Any]:
    deviations = np.sqrt(np.diag(fit.sigma))
    found: dict[str, Any] = {
        "covariance": fit.sigma.tolist(),
        "correlation": (fit.sigma / np.outer(deviations, deviations)).tolist(),
        "occasions": list(fit.occasions),
        "form": fit.covariance.value,
        "n_parameters": fit.n_parameters,
    }
    effects = fit.random_effects
    if effects is not None:
        found |= {"intercept": effects.intercept, "residual": effects.within}
        if effects.slope is not None:
            found |= {"slope": effects.slope, "intercept_slope_covariance": effects.covariance}
    return found


def _means(fit: MmrmFit) -> dict[str, tuple[OccasionEstimate, ...]]:
    """Marginal means, differences between groups and changes from the first time."""
    from outcomes.analysis.mmrm import changes_from_first, group_contrasts, marginal_means  # noqa: PLC0415 - as above

    return {
        "marginal_means": marginal_means(fit),
        "contrasts": group_contrasts(fit) if fit.design.group else (),
        "changes": changes_from_first(fit),
    }


def _no_interval(means: dict[str, tuple[OccasionEstimate, ...]]) -> tuple[Sentence, ...]:
    from outcomes.analysis.few_degrees import no_interval_warning  # noqa: PLC0415 - with the method

    return no_interval_warning(one.estimate for found in means.values() for one in found)


def _entries(means: dict[str, tuple[OccasionEstimate, ...]]) -> dict[str, list[Entry]]:
    return {name: [_occasion_entry(one) for one in found] for name, found in means.items()}


def _occasion_entry(one: OccasionEstimate) -> Entry:
    keys = {"occasion": one.occasion, "group": one.group}
    if one.from_group is not None:
        keys["from_group"] = one.from_group
    if one.from_occasion is not None:
        keys["from_occasion"] = one.from_occasion
    return entry_of(one.estimate, None, **{name: value for name, value in keys.items() if value is not None})


def _individuals(
    call: Call, data: PlannedData, fit: MmrmFit, columns: Numbers, kept: Truths
) -> tuple[tuple[dict[str, Any], ...], tuple[Sentence, ...]]:
    """Each person's score at each time against what their earlier answers made one expect."""
    from outcomes.analysis.trajectory import judge_scores, predict_scores  # noqa: PLC0415 - with the method
    from outcomes.services.analyse.change_rules import read_direction  # noqa: PLC0415

    direction, said = read_direction(call)
    scores = data.scores[kept]
    predictions = predict_scores(fit, scores, columns[kept])
    statuses = judge_scores(predictions, scores, direction)
    z = predictions.z(scores)
    rows = []
    for place, person in enumerate(np.flatnonzero(kept)):
        for time, occasion in enumerate(data.occasions):
            row: dict[str, Any] = {"subject": data.people.labels[int(person)], "occasion": occasion}
            if data.group is not None:
                row["group"] = data.group.label(int(person))
            row |= {
                "score": float(scores[place, time]),
                "expected": float(predictions.expected[place, time]),
                "sd": float(predictions.sd[place, time]),
                "z": float(z[place, time]),
                "earlier": int(predictions.earlier[place, time]),
                "status": str(statuses[place, time].value),
            }
            rows.append(row)
    note = Sentence(
        "What is expected of a person comes from a model that this person is in too. For use it must be fitted to others."
    )
    return tuple(rows), (*said, note)


METHOD = Method(
    name="mmrm",
    title=Sentence("Mixed model for repeated measures (MMRM)"),
    run=run,
    needs=(Role.SCORE, Role.SUBJECT, Role.TIME),
    takes=(Role.GROUP, Role.BASELINE, Role.COVARIATE, Role.CLUSTER),
    options={
        **SCALE,
        "df": choice("satterthwaite", "kenward-roger", "kenward-roger-nonlinear", "normal", kr="kenward-roger",
                     kenward_roger_linear="kenward-roger", asymptotic="normal", z="normal"),
        "covariance": choice("auto", *COVARIANCES, us="unstructured", un="unstructured", toeph="toeplitz",
                             csh="heterogeneous-compound-symmetry", cs="compound-symmetry",
                             heterogeneous_toeplitz="toeplitz"),
        "vcov": choice("model", "cr0", "cr2", "cr3"),
        "reml": FLAG,
        "interaction": FLAG,
        "constrained_baseline": FLAG,
        "direction": choice("lower", "higher"),
    },
)  # fmt: skip
