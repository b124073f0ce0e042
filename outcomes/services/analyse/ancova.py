"""``--method ancova``: groups compared at the same score before and the same covariates, by least squares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.arrays import Numbers, Truths, complete_rows
from outcomes.services.analyse.coding import group_columns, read_factor, read_group, read_labels, read_predictors
from outcomes.services.analyse.judge import judge
from outcomes.services.analyse.longitudinal import model_signs
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import FLAG, TEXT, choice, whole_number
from outcomes.services.analyse.output import AnalysisOutput, Entry, entry_of
from outcomes.services.analyse.people import NO_SUBJECT, SCALE, read_score, share_at_bound
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.cluster_robust import WaldTest
    from outcomes.analysis.linear_model import LinearModel
    from outcomes.services.analyse.call import Call
    from outcomes.services.analyse.coding import Factor, Predictor

KINDS = ("classical", "hc0", "hc1", "hc2", "hc3", "cr0", "cr1", "cr1s", "cr2", "cr3")
SEED = 20_240_501


class Wide:
    """One row per person: score, group, baseline, covariates, cluster and weight, checked."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.score = read_score(call)
        self.group = read_group(call) if call.optional(Role.GROUP) else None
        column = call.optional(Role.BASELINE)
        self.baseline = call.numbers(column) if column else None
        self.predictors = read_predictors(call)
        self.cluster = self._cluster()
        self.weight = self._weight()
        self._check_people()
        call.stop_at_faults()

    def _cluster(self) -> Factor | None:
        column = self.call.optional(Role.CLUSTER)
        if column is None:
            return None
        cluster = read_factor(self.call, column)
        missing = Sentence("What this person belongs to is missing. Fill it in.")
        self.call.add_faults(~cluster.known, column, missing)
        return cluster

    def _weight(self) -> Numbers | None:
        column = self.call.optional(Role.WEIGHT)
        if column is None:
            return None
        weight = self.call.numbers(column)
        self.call.add_faults(~(weight >= 0), column, Sentence("A weight must be a number of 0 or more."))
        return weight

    def _check_people(self) -> None:
        column = self.call.optional(Role.SUBJECT)
        if column is None:
            return
        seen: set[str] = set()
        for row, label in enumerate(read_labels(self.call, column, NO_SUBJECT)):
            if label and label in seen:
                twice = Sentence("This person is there twice. The method needs one row per person.")
                self.call.add_fault(row, column, twice)
            seen.add(label)

    @property
    def background(self) -> Numbers:
        """Baseline and covariates, NaN where missing."""
        parts = [np.zeros((self.score.size, 0)), *(predictor.columns for predictor in self.predictors)]
        return np.column_stack(parts if self.baseline is None else [self.baseline, *parts])

    @property
    def terms(self) -> tuple[str, ...]:
        names = tuple(term for predictor in self.predictors for term in predictor.terms)
        return names if self.baseline is None else (self.call.column(Role.BASELINE), *names)

    @property
    def counted(self) -> Truths:
        """Rows with a weight above 0, which are all where there are no weights."""
        return np.ones(self.score.size, dtype=bool) if self.weight is None else self.weight > 0

    @property
    def kept(self) -> Truths:
        """Who has the score and everything else that the model needs."""
        return ~np.isnan(self.score) & complete_rows(self.background)


def run(call: Call) -> AnalysisOutput:
    """The model's terms, adjusted means of the groups and their differences."""
    data = Wide(call)
    if not data.kept.any():
        raise EstimateError(
            Sentence("Nobody has both a score and all covariates, so there is nothing to fit. Leave out a covariate.")
        )
    asked = call.options.choice("vcov", "")
    if data.baseline is not None and data.group is not None and not (asked.startswith("cr") and asked != "cr2"):
        model, further, warnings = _with_baseline(call, data, asked)
    else:
        model, further, warnings = _linear(call, data, asked)
    joint = call.options.text("joint_test")
    if joint:
        further["joint_test"] = _joint_test(model, joint)
    counted = data.counted
    signs = model_signs(
        data.group, data.background, kept=data.kept & counted, answered=~np.isnan(data.score) & counted,
        adjusted=bool(data.terms) or data.weight is not None, at_bound=share_at_bound(call, data.score),
    )  # fmt: skip
    without = int((~counted).sum())
    if without:
        warnings = (*warnings, Sentence("Rows left out because their weight is 0: %(rows)s.", rows=without))
    judgement, notes = judge(call.options, signs)
    return AnalysisOutput(
        estimates=tuple(entry_of(term) for term in model.terms),
        n_subjects=model.n_observations,
        n_observations=model.n_observations,
        variance={
            "residual": model.residual_variance,
            "residual_df": model.residual_df,
            "vcov": model.variance,
            "n_clusters": model.n_clusters,
        },
        completeness=float((~np.isnan(data.score) & counted).mean()),
        judgement=judgement,
        warnings=(*notes, *warnings),
        described=(Sentence("Least squares; uncertainty by %(kind)s.", kind=model.variance),),
        further=further,
    )


def _with_baseline(call: Call, data: Wide, asked: str) -> tuple[LinearModel, dict[str, Any], tuple[Sentence, ...]]:
    from outcomes.analysis.ancova import dunnett_p_values, fit_ancova  # noqa: PLC0415 - with the method

    group, baseline = data.group, data.baseline
    if group is None or baseline is None:
        raise ValueError("asked for only where both are there")
    found = fit_ancova(
        data.score.tolist(),
        baseline.tolist(),
        [group.label(row) for row in range(group.codes.size)],
        reference=group.levels[0],
        covariates={one.name: _values(one) for one in data.predictors},
        interaction=call.options.flag("interaction", default=False),
        cluster=data.cluster.codes.tolist() if data.cluster is not None else None,
        weights=data.weight.tolist() if data.weight is not None else None,
        variance=asked.upper() if asked.startswith(("h", "cr")) else asked or None,  # type: ignore[arg-type]
        names=(call.column(Role.SCORE), call.column(Role.BASELINE), group.name),
    )
    levels = {group.term(level): group.levels[level] for level in range(len(group.levels))}
    means = [entry_of(mean, None, group=levels[mean.term]) for mean in found.adjusted_means]
    contrasts = [entry_of(one, None, group=levels[one.term.rsplit(" - ", 1)[0]]) for one in found.contrasts]
    further: dict[str, Any] = {"adjusted_means": means, "contrasts": contrasts, "baseline_mean": found.baseline_mean}
    if found.interaction is not None:
        further["interaction_test"] = _wald(found.interaction)
    if call.options.flag("dunnett", default=False):
        seed = call.options.number("seed")
        generator = np.random.default_rng(SEED if seed is None else int(seed))
        p_values = dunnett_p_values(found, generator)
        further["dunnett_p_values"] = {one.term: p for one, p in zip(found.contrasts, p_values, strict=True)}
    return found.model, further, found.warnings


def _values(predictor: Predictor) -> Sequence[object]:
    if predictor.labels is not None:
        return predictor.labels
    numbers: list[float] = predictor.columns[:, 0].tolist()
    return numbers


def _linear(call: Call, data: Wide, asked: str) -> tuple[LinearModel, dict[str, Any], tuple[Sentence, ...]]:
    """Without a baseline, or with the variance exactly as asked for."""
    from outcomes.analysis.cluster_robust import FEW_CLUSTERS  # noqa: PLC0415 - with the method
    from outcomes.analysis.linear_model import fit_linear_model  # noqa: PLC0415

    kept = data.kept
    of_group = group_columns(data.group)
    columns = np.column_stack([np.ones(kept.size), *(column for _, column in of_group), data.background])[kept]
    if call.options.flag("interaction", default=False):
        call.add_general(
            "--option interaction", Sentence("An interaction with the baseline needs --baseline and --group.")
        )
        call.stop_at_faults()
    model = fit_linear_model(
        data.score[kept],
        columns,
        ["Intercept", *(term for term, _ in of_group), *data.terms],
        weights=data.weight[kept] if data.weight is not None else None,
        cluster=data.cluster.codes[kept].tolist() if data.cluster is not None else None,
        variance=(asked if asked == "classical" else asked.upper() or None),  # type: ignore[arg-type]
    )
    warnings = list(model.warnings)
    lost = int((~kept).sum())
    if lost:
        warnings.append(Sentence("Rows left out because a value is missing: %(lost)s.", lost=lost))
    if asked.startswith("cr") and asked != "cr2" and (model.n_clusters or FEW_CLUSTERS) < FEW_CLUSTERS:
        warnings.append(
            Sentence(
                "Under %(least)s clusters only CR2 holds. %(kind)s is given because you asked for it.",
                least=FEW_CLUSTERS,
                kind=asked.upper(),
            )
        )
    return model, {"adjusted_means": _means(data, model, kept)}, tuple(warnings)


def _means(data: Wide, model: LinearModel, kept: Truths) -> list[Entry]:
    """Each group's mean at the mean of every number and with every level of a category alike."""
    if data.group is None:
        return []
    parts = [np.zeros(0), *(predictor.typical(kept) for predictor in data.predictors)]
    if data.baseline is not None:
        parts = [np.array([data.baseline[kept].mean()]), *parts]
    typical = np.concatenate(parts)
    found = []
    for level in range(len(data.group.levels)):
        member = [float(level == other) for other in range(1, len(data.group.levels))]
        estimate = model.estimate(np.concatenate([[1.0], member, typical]), data.group.term(level))
        found.append(entry_of(estimate, None, group=data.group.levels[level]))
    return found


def _joint_test(model: LinearModel, names: str) -> dict[str, Any]:
    """Whether several terms are zero together."""
    wanted = [name.strip() for name in names.split(";")]
    known = [term.term for term in model.terms]
    for name in wanted:
        if name not in known:
            raise EstimateError(
                Sentence("There is no term “%(name)s”. The terms are: %(names)s.", name=name, names=", ".join(known))
            )
    rows = np.eye(len(known))[[known.index(name) for name in wanted]]
    return {"terms": wanted, **_wald(model.wald_test(rows))}


def _wald(test: WaldTest) -> dict[str, Any]:
    return {
        "test": test.test,
        "statistic": test.statistic,
        "df_numerator": test.df_numerator,
        "df_denominator": test.df_denominator,
        "p_value": test.p_value,
    }


METHOD = Method(
    name="ancova",
    title=Sentence("Groups compared at the same score before (ANCOVA)"),
    run=run,
    needs=(Role.SCORE,),
    takes=(Role.SUBJECT, Role.GROUP, Role.BASELINE, Role.COVARIATE, Role.CLUSTER, Role.WEIGHT),
    options={
        **SCALE,
        "vcov": choice(*KINDS, ols="classical", model="classical", const="classical"),
        "interaction": FLAG,
        "dunnett": FLAG,
        "seed": whole_number(0),
        "joint_test": TEXT,
    },
)
