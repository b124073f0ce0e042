"""``--method mixed-model``: time as a number, group and their interaction, an intercept (and slope) of each person's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import Sentence
from outcomes.services.analyse.arrays import Numbers, Truths, complete_rows, side_by_side
from outcomes.services.analyse.coding import Factor, Predictor, group_columns, read_factor, read_group, read_predictors
from outcomes.services.analyse.judge import judge
from outcomes.services.analyse.longitudinal import incomplete_warning, method_name, model_signs, require_groups
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import FLAG, NUMBERS, choice, number
from outcomes.services.analyse.output import AnalysisOutput, entry_of
from outcomes.services.analyse.people import (
    SCALE,
    People,
    check_constant,
    check_once,
    read_people,
    read_score,
    read_times,
    share_at_bound,
)
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.analysis.mixed_model import LinearMixedModel
    from outcomes.analysis.results import TermEstimate
    from outcomes.services.analyse.call import Call

    Means = list[tuple[TermEstimate, dict[str, Any]]]

PLANNED_TIMES = 60
PEOPLE_PER_TIME = 5


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The table as rows of scores: everything per row; ``time`` None where the model has none."""

    people: People
    score: Numbers
    time: Numbers | None
    group: Factor | None
    predictors: tuple[Predictor, ...]
    cluster: Factor | None

    @property
    def background(self) -> Numbers:
        """The predictors' columns, NaN where missing."""
        return side_by_side(self.score.size, [predictor.columns for predictor in self.predictors])

    @property
    def terms(self) -> tuple[str, ...]:
        return tuple(term for predictor in self.predictors for term in predictor.terms)

    @property
    def kept(self) -> Truths:
        """Rows with a score and nothing missing."""
        return ~np.isnan(self.score) & complete_rows(self.background)


def run(call: Call) -> AnalysisOutput:
    """The fit, its variances, marginal means at the times seen, and where asked each person's own deviation."""
    rows = read_rows(call)
    kept = rows.kept
    require_groups(rows.group, kept)
    names, columns = _columns(call, rows)
    fit = fit_rows(call, rows, names, columns)
    means = _means(call, rows, fit)
    return AnalysisOutput(
        estimates=tuple(entry_of(term) for term in fit.terms),
        n_subjects=fit.n_subjects,
        n_observations=fit.n_observations,
        variance=_variance(fit),
        log_likelihood=fit.log_likelihood,
        completeness=_completeness(rows),
        individuals=_individuals(rows, fit) if call.options.flag("individuals", default=False) else None,
        **_judged(call, rows, fit, means),
        described=(
            Sentence(
                "Linear mixed model, all answers used; uncertainty by %(method)s.",
                method=method_name(fit.df_method.value),
            ),
        ),
        further={
            "marginal_means": [entry_of(estimate, None, **keys) for estimate, keys in means],
            "n_started": rows.people.n,
            "n_clusters": fit.n_outer or None,
            "reml": fit.reml,
            "singular": fit.singular,
        },
    )


def read_rows(call: Call) -> Rows:
    """The table, with every fault in it."""
    people = read_people(call)
    score = read_score(call)
    time_column = call.optional(Role.TIME)
    faults = len(call.faults)
    time = read_times(call, time_column) if time_column else None
    if time is not None and time_column:
        if len(call.faults) == faults and not call.options.flag("repeated_times", default=False):
            check_once(call, people, time, time_column)
    elif call.options.choice("random", "intercept") == "slope" or call.options.given("time_basis"):
        call.add_general("--time", Sentence("A slope needs the column of the time. Name it."))
    group = read_group(call) if call.optional(Role.GROUP) else None
    if group is not None:
        check_constant(call, people, group.name, group.codes.astype(np.float64))
    baseline = call.optional(Role.BASELINE)
    predictors = tuple(read_predictors(call, [baseline] if baseline else []))
    cluster_column = call.optional(Role.CLUSTER)
    cluster = read_factor(call, cluster_column) if cluster_column else None
    if cluster is not None:
        call.add_faults(~cluster.known, cluster.name, Sentence("What this person belongs to is missing. Fill it in."))
        check_constant(call, people, cluster.name, cluster.codes.astype(np.float64))
    call.stop_at_faults()
    return Rows(people, score, time, group, predictors, cluster)


def fit_rows(call: Call, rows: Rows, names: tuple[str, ...], columns: Numbers) -> LinearMixedModel:
    """The mixed model of the rows that are complete."""
    from outcomes.analysis.mixed_model import fit_linear_mixed_model  # noqa: PLC0415 - with the method

    kept = rows.kept
    return fit_linear_mixed_model(
        rows.score[kept],
        columns[kept],
        names,
        rows.people.codes[kept],
        rows.time[kept] if rows.time is not None else None,
        random=call.options.choice("random", "intercept"),
        outer=rows.cluster.codes[kept] if rows.cluster is not None else None,
        reml=call.options.flag("reml", default=True),
        df=call.options.choice("df", "satterthwaite"),
    )


def _columns(call: Call, rows: Rows) -> tuple[tuple[str, ...], Numbers]:
    """Intercept, time, group, covariates, and time by group; NaN where a covariate is missing."""
    time_names, time_columns = _time_columns(call, rows)
    of_group = group_columns(rows.group)
    names = ["Intercept", *time_names, *(name for name, _ in of_group), *rows.terms]
    if call.options.flag("interaction", default=True):
        names += [f"{name}:{term}" for name in time_names for term, _ in of_group]
    indicators = side_by_side(rows.score.size, [column for _, column in of_group])
    return tuple(names), _design(call, time_columns, indicators, rows.background)


def _design(call: Call, time_columns: Numbers, indicators: Numbers, background: Numbers) -> Numbers:
    """The model's columns in the order of its terms, of rows seen or of rows that one asks about."""
    columns = [np.ones(len(time_columns)), *time_columns.T, *indicators.T, *background.T]
    if call.options.flag("interaction", default=True):
        columns += [column * indicator for column in time_columns.T for indicator in indicators.T]
    return np.column_stack(columns)


def _time_columns(call: Call, rows: Rows) -> tuple[tuple[str, ...], Numbers]:
    """Functions of time with their names: a straight line unless a bent or a levelling one was asked for."""
    from outcomes.analysis.mixed_model import (  # noqa: PLC0415 - with the method
        linear_time,
        piecewise_linear_time,
        saturating_time,
    )

    if rows.time is None:
        return (), np.zeros((rows.score.size, 0))
    name = call.column(Role.TIME)
    kind = call.options.choice("time_basis", "linear")
    if kind == "piecewise":
        basis = piecewise_linear_time(rows.time, call.options.numbers("knots"), name)
    elif kind == "exponential":
        tau = call.options.number("tau")
        basis = saturating_time(rows.time, np.nan if tau is None else tau, name)
    else:
        basis = linear_time(rows.time, name)
    return basis.names[1:], basis.columns[:, 1:]


def _variance(fit: LinearMixedModel) -> dict[str, Any]:
    found = fit.variance
    values = {
        "slope": found.slope,
        "intercept_slope_covariance": found.covariance,
        "intercept_slope_correlation": found.correlation,
        "cluster": found.outer,
        "residual": found.residual,
    }
    known = {name: value for name, value in values.items() if value is not None}
    return {"intercept": found.intercept, **known, "singular": fit.singular}


def _planned(rows: Rows) -> Numbers:
    """The times, where they look planned: few, and each of many people; else none."""
    if rows.time is None:
        return np.zeros(0)
    times = np.unique(rows.time)
    return times if times.size <= PLANNED_TIMES and rows.time.size >= PEOPLE_PER_TIME * times.size else np.zeros(0)


def _completeness(rows: Rows) -> float:
    planned = _planned(rows).size * rows.people.n
    return float((~np.isnan(rows.score)).sum() / max(planned, rows.score.size))


def _judged(call: Call, rows: Rows, fit: LinearMixedModel, means: Means) -> dict[str, Any]:
    """Judgement and warnings."""
    from outcomes.analysis.few_degrees import no_interval_warning  # noqa: PLC0415 - with the method

    people, kept, known = rows.people, rows.kept, ~np.isnan(rows.score)
    first = people.first_rows()
    inside = np.zeros(people.n, dtype=bool)
    inside[people.codes[kept]] = True
    answered = np.bincount(people.codes[known], minlength=people.n)
    times = _planned(rows)
    last = np.zeros(people.n, dtype=bool)
    if times.size and rows.time is not None:
        last[people.codes[known & (rows.time == times[-1])]] = True
    else:
        last = answered > 1
    signs = model_signs(
        rows.group.taken(first) if rows.group is not None else None,
        rows.background[first],
        kept=inside,
        answered=last,
        adjusted=bool(rows.terms),
        at_bound=share_at_bound(call, rows.score),
    )
    judgement, notes = judge(call.options, signs)
    left_out = int(((answered > 0) & ~inside).sum())
    thin = no_interval_warning(estimate for estimate, _ in means)
    return {"judgement": judgement, "warnings": (*notes, *incomplete_warning(left_out), *fit.warnings, *thin)}


def _means(call: Call, rows: Rows, fit: LinearMixedModel) -> Means:
    """Marginal means at the planned times (else at the first and the last), of each group, with what they are of."""
    kept = rows.kept
    _, time_columns = _time_columns(call, rows)
    times: list[float | None] = [None]
    if rows.time is not None:
        planned = _planned(rows)
        seen = np.unique(rows.time[kept])
        times = [float(time) for time in (planned if planned.size else seen[[0, -1]]) if time in seen]
    typical = np.concatenate([np.zeros(0), *(predictor.typical(kept) for predictor in rows.predictors)])
    n_levels = len(rows.group.levels) if rows.group is not None else 1
    found = []
    for time in times:
        row = int(np.flatnonzero(rows.time == time)[0]) if rows.time is not None else 0
        for level in range(n_levels):
            member = np.arange(1, n_levels) == level
            weights = _design(call, time_columns[[row]], member[None].astype(np.float64), typical[None])[0]
            labels = [] if time is None else [f"{call.column(Role.TIME)}={time:g}"]
            keys: dict[str, Any] = {} if time is None else {"occasion": time}
            if rows.group is not None:
                labels.append(rows.group.term(level))
                keys["group"] = rows.group.levels[level]
            found.append((fit.estimate(weights, ", ".join(labels)), keys))
    return found


def _individuals(rows: Rows, fit: LinearMixedModel) -> tuple[dict[str, Any], ...]:
    """Each person's predicted deviation from the fixed part (BLUP), with its conditional standard deviation."""
    effects = fit.person_effects()
    group = rows.group.taken(rows.people.first_rows()) if rows.group is not None else None
    people = []
    for place, code in enumerate(effects.subjects.tolist()):
        person: dict[str, Any] = {"subject": rows.people.labels[code]}
        if group is not None:
            person["group"] = group.label(code)
        person |= {"intercept": float(effects.intercept[place]), "intercept_sd": float(effects.intercept_sd[place])}
        if effects.slope is not None and effects.slope_sd is not None:
            person |= {"slope": float(effects.slope[place]), "slope_sd": float(effects.slope_sd[place])}
        people.append((code, person))
    return tuple(person for _, person in sorted(people, key=lambda pair: pair[0]))


METHOD = Method(
    name="mixed-model",
    title=Sentence("Linear mixed model"),
    run=run,
    needs=(Role.SCORE, Role.SUBJECT),
    takes=(Role.TIME, Role.GROUP, Role.BASELINE, Role.COVARIATE, Role.CLUSTER),
    options={
        **SCALE,
        "random": choice("intercept", "slope"),
        "reml": FLAG,
        "df": choice("satterthwaite", "kenward-roger", "normal", kr="kenward-roger", asymptotic="normal", z="normal"),
        "interaction": FLAG,
        "repeated_times": FLAG,
        "time_basis": choice("linear", "piecewise", "exponential"),
        "knots": NUMBERS,
        "tau": number(above=0.0),
    },
)
