"""``--method did``: a roll-out in steps, each start compared with those who haven't begun (Callaway-Sant'Anna)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.arrays import Numbers, Truths, complete_rows, side_by_side
from outcomes.services.analyse.coding import number_label, read_factor, read_predictors
from outcomes.services.analyse.judge import Signs, judge
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import COLUMN, FLAG, choice, whole_number
from outcomes.services.analyse.output import AnalysisOutput, Entry, entry_of
from outcomes.services.analyse.people import NO_TIME, check_constant, check_once, read_people, read_score
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.analysis.staggered_rollout import Aggregate, StaggeredRollout
    from outcomes.services.analyse.call import Call
    from outcomes.services.analyse.coding import Factor
    from outcomes.services.analyse.people import People

METHODS = {"dr": "doubly_robust", "ipw": "inverse_probability", "regression": "outcome_regression"}
COMPARISONS = {"not-yet-treated": "not_yet", "never-treated": "never"}
SEED = 20_240_501
INFERENCES = ("analytic", "randomisation", "wild-bootstrap")
DESCRIBED = Sentence("Each group's own start, against those who hadn't begun at that time.")
ASK = Sentence(
    "A test for few places is worked out with --option inference=randomisation (or wild-bootstrap), its draws by --option"
    " seed=...."
)


def run(call: Call) -> AnalysisOutput:
    """Every ATT(g, t), their averages, and the test of what was seen before the start."""
    people = read_people(call)
    score, column = read_score(call), call.column(Role.TIME)
    time = call.numbers(column)
    call.add_faults(np.isnan(time), column, NO_TIME)
    check_once(call, people, time, column)
    first = _first_treated(call, people)
    predictors = read_predictors(call)
    cluster_column = call.optional(Role.CLUSTER)
    cluster = read_factor(call, cluster_column) if cluster_column else None
    if cluster is not None:
        check_constant(call, people, cluster.name, cluster.codes.astype(np.float64))
    call.stop_at_faults()
    background = side_by_side(score.size, [predictor.columns for predictor in predictors])
    kept = ~np.isnan(score) & complete_rows(background)
    terms = tuple(term for predictor in predictors for term in predictor.terms)
    places = cluster.codes if cluster is not None else people.codes
    resampled, said = _resampled(call, (score[kept], places[kept].tolist(), time[kept], first[kept]))
    try:
        found = _estimate(call, kept, people, score, time, first, (background, terms), cluster)
    except EstimateError as error:
        if not resampled:
            raise
        return _resampled_only(call, people, score, time, first, resampled, (error.sentence, *said))
    judgement, notes = judge(call.options, _signs(people, found, first), usual="staggered")
    lost = int((~np.isnan(score) & ~kept).sum())
    warnings = (Sentence("Rows left out because a value is missing: %(lost)s.", lost=lost),) if lost else ()
    simple, *rest = _entries(found)
    if found.few_adopters and not resampled:
        said = (ASK,)
    return AnalysisOutput(
        estimates=(simple, *resampled, *rest),
        n_subjects=found.n_units,
        n_observations=int(kept.sum()),
        completeness=float((~np.isnan(score)).sum() / (people.n * np.unique(time).size)),
        judgement=judgement,
        warnings=(*notes, *warnings, *found.warnings, *said),
        described=(DESCRIBED,),
        further=_further(call, found, people, score, time, first, kept),
    )


def _resampled_only(
    call: Call,
    people: People,
    score: Numbers,
    time: Numbers,
    first: Numbers,
    resampled: tuple[Entry, ...],
    said: tuple[Sentence, ...],
) -> AnalysisOutput:
    """The test by resampling where too few start for a standard error, as where each start is a single place's."""
    judgement, notes = judge(call.options, _signs(people, None, first), usual="staggered")
    answered = int((~np.isnan(score)).sum())
    return AnalysisOutput(
        estimates=resampled,
        n_subjects=people.n,
        n_observations=answered,
        completeness=float(answered / (people.n * np.unique(time).size)),
        judgement=judgement,
        warnings=(*notes, *said),
        described=(DESCRIBED,),
    )


def _first_treated(call: Call, people: People) -> Numbers:
    """First period with the intervention per row; 0 or empty is never."""
    column = call.options.text("first_treated") or call.optional(Role.GROUP)
    if column is None:
        sentence = Sentence(
            "Name the column of the first period with the intervention (0 or empty: never): --option first_treated=...."
        )
        call.add_general("--option first_treated", sentence)
        return np.zeros(call.n_rows)
    first = np.nan_to_num(call.numbers(column), nan=0.0)
    check_constant(call, people, column, first)
    return first


def _estimate(
    call: Call,
    kept: Truths,
    people: People,
    score: Numbers,
    time: Numbers,
    first: Numbers,
    background: tuple[Numbers, tuple[str, ...]],
    cluster: Factor | None,
) -> StaggeredRollout:
    from outcomes.analysis.staggered_rollout import estimate_staggered_rollout  # noqa: PLC0415 - with the method

    return estimate_staggered_rollout(
        score[kept],
        people.codes[kept].tolist(),
        time[kept],
        first[kept],
        covariates=background[0][kept] if background[1] else None,
        terms=background[1],
        cluster=cluster.codes[kept].tolist() if cluster is not None else None,
        method=METHODS[call.options.choice("method", "dr")],  # type: ignore[arg-type]
        comparison=COMPARISONS[call.options.choice("comparison", "not-yet-treated")],  # type: ignore[arg-type]
    )


def _resampled(
    call: Call, rows: tuple[Numbers, list[int], Numbers, Numbers]
) -> tuple[tuple[Entry, ...], tuple[Sentence, ...]]:
    """The average with a test by resampling, for few places, where it is asked for."""
    from outcomes.analysis.few_adopters import randomisation_test  # noqa: PLC0415 - with the method
    from outcomes.analysis.staggered_rollout import bootstrap_two_way, two_way_fixed_effects  # noqa: PLC0415

    wanted = call.options.choice("inference", "analytic")
    said: tuple[Sentence, ...] = ()
    if wanted == "analytic":
        return (), said
    if wanted == "randomisation":
        test = randomisation_test(*rows, generator=_generator(call))
    else:
        test = bootstrap_two_way(*rows, generator=_generator(call))
        wrong = two_way_fixed_effects(rows[0], rows[1], rows[2], rows[3]).negative_weight_share
        said = (_counted_wrongly(wrong),) if wrong else ()
    entry = Entry(
        wanted.replace("-", "_"),
        test.estimate,
        ci_low=test.ci_low,
        ci_high=test.ci_high,
        p_value=test.p_value,
        further={
            "samples": test.samples,
            "exact": test.exact,
            "smallest_p": test.smallest_p,
            "n_clusters": test.n_clusters,
        },
    )
    return (entry,), said


def _counted_wrongly(share: float) -> Sentence:
    return Sentence(
        "The wild cluster bootstrap takes the effect as one for all, and counts %(percent)s per cent of the started rows the"
        " wrong way. Where the effect may differ or grow, choose --option inference=randomisation.",
        percent=round(100 * share, 1),
    )


def _generator(call: Call) -> np.random.Generator:
    seed = call.options.number("seed")
    return np.random.default_rng(SEED if seed is None else int(seed))


def _entries(found: StaggeredRollout) -> tuple[Entry, ...]:
    cells = []
    for cell in found.cells:
        group, period = number_label(cell.group), number_label(cell.period)
        keys: dict[str, Any] = {"group": group, "occasion": period, "before_start": cell.before_start}
        cells.append(entry_of(cell.effect, f"att[{group},{period}]", **keys, n=cell.n_treated + cell.n_comparison))
    return (
        entry_of(found.simple, "simple"),
        *_aggregate(found.dynamic, "dynamic"),
        *_aggregate(found.group, "group"),
        *_aggregate(found.calendar, "calendar"),
        *cells,
    )


def _aggregate(found: Aggregate, kind: str) -> list[Entry]:
    positions = [
        entry_of(estimate, f"{kind}[{number_label(position)}]", position=position)
        for position, estimate in zip(found.positions, found.estimates, strict=True)
    ]
    return [entry_of(found.overall, f"{kind}_overall"), *positions]


def _signs(people: People, found: StaggeredRollout | None, first: Numbers) -> Signs:
    started = first[people.first_rows()]
    treated = int((started > 0).sum())
    return Signs(
        compared=True,
        smallest_group=min(treated, people.n - treated) if people.n - treated else treated,
        adjusted=True,
        pre_trend=found.pre_trend.p_value if found is not None and found.pre_trend is not None else None,
    )


def _further(
    call: Call,
    found: StaggeredRollout,
    people: People,
    score: Numbers,
    time: Numbers,
    first: Numbers,
    kept: Truths,
) -> dict[str, Any]:
    further: dict[str, Any] = {"n_never": found.n_never, "n_clusters": found.n_clusters, "pre_trend": None}
    if found.pre_trend is not None:
        test = found.pre_trend
        further["pre_trend"] = {"statistic": test.statistic, "df": test.df, "p_value": test.p_value}
    if call.options.flag("band", default=False):
        band = found.band("dynamic", _generator(call))
        further["dynamic_band"] = {
            "critical_value": band.critical_value,
            "positions": list(found.dynamic.positions),
            "limits": [list(pair) for pair in band.limits],
        }
    if call.options.flag("two_way", default=False):
        from outcomes.analysis.staggered_rollout import two_way_fixed_effects  # noqa: PLC0415 - only where asked

        check = two_way_fixed_effects(score[kept], people.codes[kept].tolist(), time[kept], first[kept])
        further["two_way"] = {
            **entry_of(check.coefficient, "two_way").to_mapping(),
            "negative_weight_share": check.negative_weight_share,
        }
    return further


METHOD = Method(
    name="did",
    title=Sentence("Roll-out in steps (difference in differences)"),
    run=run,
    needs=(Role.SCORE, Role.SUBJECT, Role.TIME),
    takes=(Role.GROUP, Role.COVARIATE, Role.CLUSTER),
    options={
        "first_treated": COLUMN,
        "method": choice(*METHODS, reg="regression", doubly_robust="dr", inverse_probability="ipw",
                         outcome_regression="regression"),
        "comparison": choice(*COMPARISONS, notyettreated="not-yet-treated", nevertreated="never-treated",
                             not_yet="not-yet-treated", never="never-treated"),
        "band": FLAG,
        "two_way": FLAG,
        "inference": choice(*INFERENCES, randomization="randomisation", wild="wild-bootstrap"),
        "seed": whole_number(0),
    },
)  # fmt: skip
