"""Methods for people followed over time, each asked about the same simulated trials."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from calibrating.measuring import Asked, Case, Interval, of_term
from calibrating.people import (
    CEILING,
    CLUSTERS,
    DROPOUT,
    DROPOUT_BY_START,
    EVERY,
    IRREGULAR,
    OCCASIONS,
    PLAIN,
    SMALL,
    YEAR,
    Circumstances,
    Trial,
    average_difference,
    lost_people,
    population,
    simulate_trial,
    stepped,
    true_difference,
)
from outcomes.analysis.ancova import fit_ancova
from outcomes.analysis.change import estimate_mean
from outcomes.analysis.factor_levels import FactorLevel
from outcomes.analysis.imputation_model import ImputationStrategy
from outcomes.analysis.mixed_model import DegreesOfFreedom, RandomEffects, fit_linear_mixed_model
from outcomes.analysis.mmrm import (
    DfMethod,
    MmrmDesign,
    MmrmFit,
    fit_mmrm,
    group_contrasts,
    robust_by_cluster,
    robust_by_person,
)
from outcomes.analysis.modelled_change import model_change
from outcomes.analysis.multiple_imputation import impute_covariates, pool_imputations
from outcomes.analysis.pattern_sums import LongitudinalSums, sum_patterns
from outcomes.analysis.reference_imputation import ImputedDifference, estimate_imputed_differences
from outcomes.analysis.response_weights import estimate_weighted_change
from outcomes.analysis.results import ModelledChange
from outcomes.analysis.standardised_change import (
    difference_by_pooled_sd,
    difference_of_smcr,
    smcc,
    smcr,
    smcr_heteroscedastic,
    summarise_pairs,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from calibrating.people import Matrix, Vector

EFFECT = 4.0
NEW = "arm[new]"
LEVELS = (FactorLevel(NEW, "arm", "new"),)
CROSSED = MmrmDesign("time", crossed=(NEW,), group="arm", reference="usual", levels=LEVELS)
CONSTRAINED = MmrmDesign("time", constrained=(NEW,), group="arm", reference="usual", levels=LEVELS)
DELTA = -5.0


def trial_cases() -> list[Case]:
    """Every method for people followed over time, under every set of circumstances that says something about it."""
    many = replace(DROPOUT_BY_START, name="drop-out known from the start, 200 in each arm", people=200)
    few = replace(DROPOUT, name="drop-out, 30 in each arm", people=30)
    differing = Circumstances("courses differ", step=True)
    report = [stepped(found) for found in (PLAIN, DROPOUT, IRREGULAR, CEILING, SMALL, CLUSTERS)]
    standardised = (PLAIN, DROPOUT, CEILING, SMALL)
    return [
        *(Case("Change", found.name, _change(found), EFFECT, 1000) for found in EVERY),
        *(
            Case("Change in standard deviations", found.name, _standardised(found), EFFECT, 4000)
            for found in standardised
        ),
        *(Case("Analysis of covariance", found.name, _ancova(found), EFFECT, 2000) for found in EVERY),
        *(Case("Mixed model, report's", found.name, _intercept(found), EFFECT, 1000) for found in (*report, differing)),
        *(Case("Mixed model, slopes", found.name, _slope(found), EFFECT, 1000) for found in EVERY[:-1]),
        *(Case("MMRM", found.name, _mmrm(found), EFFECT, 1000) for found in EVERY),
        *(
            Case("Response weights", found.name, _response_weights(found), EFFECT, 2000)
            for found in (PLAIN, DROPOUT_BY_START, many, DROPOUT)
        ),
        Case("Missing background values", "a third missing", _rubin(PLAIN), EFFECT, 300),
        Case("Reference-based imputation", few.name, _jackknife(few), EFFECT, 250),
        Case("Reference-based imputation", DROPOUT.name, _draws(DROPOUT), EFFECT, 300),
    ]


def _labels(trial: Trial) -> list[str]:
    return ["new" if arm else "usual" for arm in trial.arm]


def _change(found: Circumstances) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        trial, truth = simulate_trial(found, effect, random), population(found, effect)
        scores = trial.scores[trial.arm == 1]
        change = scores[:, -1] - scores[:, 0]

        def modelled() -> Interval | None:
            fit = model_change(scores, OCCASIONS)
            return of_term(fit.at(OCCASIONS[-1])) if isinstance(fit, ModelledChange) else None

        both = change[~np.isnan(change)].tolist()
        return [
            Asked(
                "mean change of those with both scores",
                truth.end - truth.start,
                lambda: of_term(estimate_mean(both)),
                None,
            ),
            Asked("change by a model of all occasions", truth.end - truth.start, modelled, None),
        ]

    return study


def _standardised(found: Circumstances) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        trial = simulate_trial(found, effect, random)
        with_help, without = population(found, effect), population(found, 0.0)
        both = ~np.isnan(trial.scores[:, -1])
        first, second = (
            summarise_pairs(
                trial.scores[both & (trial.arm == arm), 0].tolist(),
                trial.scores[both & (trial.arm == arm), -1].tolist(),
            )
            for arm in (1, 0)
        )
        change = with_help.end - with_help.start
        between = (with_help.end - without.end) / without.start_sd
        return [
            Asked("SMCR", change / with_help.start_sd, lambda: of_term(smcr(first)), None),
            Asked("SMCRH", change / with_help.start_sd, lambda: of_term(smcr_heteroscedastic(first)), None),
            Asked("SMCC", change / with_help.change_sd, lambda: of_term(smcc(first)), None),
            Asked("difference of SMCR", between, lambda: of_term(difference_of_smcr(first, second))),
            Asked("difference by the pooled SD", between, lambda: of_term(difference_by_pooled_sd(first, second))),
        ]

    return study


def _ancova(found: Circumstances) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        trial, truth = simulate_trial(found, effect, random), true_difference(found, effect)
        both = np.flatnonzero(~np.isnan(trial.scores[:, -1]))
        score, start = trial.scores[both, -1].tolist(), trial.scores[both, 0].tolist()
        group = [_labels(trial)[person] for person in both]
        places = trial.cluster[both].tolist() if found.clusters else None

        def ask(cluster: list[int] | None) -> Interval | None:
            return of_term(fit_ancova(score, start, group, reference="usual", cluster=cluster).contrast("new"))

        asked = [Asked("ANCOVA, HC3", truth, lambda: ask(None))]
        return asked if places is None else [*asked, Asked("ANCOVA, CR2", truth, lambda: ask(places))]

    return study


def _rows(trial: Trial, occasions: slice) -> tuple[Vector, Vector, Vector, Vector, NDArray[np.int64]]:
    """Long form of what was answered: score, month, arm, score at the start, person."""
    scores, times = trial.scores[:, occasions], trial.times[:, occasions]
    answered = ~np.isnan(scores)
    person = np.broadcast_to(np.arange(len(scores))[:, None], scores.shape)[answered]
    return scores[answered], times[answered], trial.arm[person], trial.scores[person, 0], person


def _intercept(found: Circumstances) -> Callable[[Generator, float], Sequence[Asked]]:
    """The report's model: follow-ups by arm, adjusted for the score at the start and time, one level per person."""

    def study(random: Generator, effect: float) -> list[Asked]:
        trial, truth = simulate_trial(found, effect, random), average_difference(found, effect)
        score, month, arm, start, person = _rows(trial, slice(1, None))
        columns = np.column_stack([np.ones(len(score)), start, month, arm])
        terms = ("Intercept", "start", "month", "arm")

        def ask(df: DegreesOfFreedom, *, places: bool) -> Interval | None:
            outer = trial.cluster[person] if places else None
            return of_term(fit_linear_mixed_model(score, columns, terms, person, outer=outer, df=df).term("arm"))

        plain, small = DegreesOfFreedom.SATTERTHWAITE, DegreesOfFreedom.KENWARD_ROGER
        asked = [Asked("level per person, Satterthwaite", truth, lambda: ask(plain, places=False))]
        if found.clusters:
            asked += [
                Asked("level per person and place, Satterthwaite", truth, lambda: ask(plain, places=True)),
                Asked("level per person and place, Kenward-Roger", truth, lambda: ask(small, places=True)),
            ]
        elif found.name == SMALL.name:
            asked.append(Asked("level per person, Kenward-Roger", truth, lambda: ask(small, places=False)))
        return asked

    return study


def _slope(found: Circumstances) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        trial, truth = simulate_trial(found, effect, random), true_difference(found, effect)
        score, month, arm, _start, person = _rows(trial, slice(None))
        columns = np.column_stack([np.ones(len(score)), month, arm, arm * month])
        terms = ("Intercept", "month", "arm", "month:arm")

        def ask(df: DegreesOfFreedom) -> Interval | None:
            fit = fit_linear_mixed_model(score, columns, terms, person, month, random=RandomEffects.SLOPE, df=df)
            return of_term(fit.estimate({"arm": 1.0, "month:arm": float(YEAR)}, "difference at 12 months"))

        asked = [Asked("level and slope per person, Satterthwaite", truth, lambda: ask(DegreesOfFreedom.SATTERTHWAITE))]
        if found is SMALL:
            name = "level and slope per person, Kenward-Roger"
            asked.append(Asked(name, truth, lambda: ask(DegreesOfFreedom.KENWARD_ROGER)))
        return asked

    return study


def _mmrm(found: Circumstances) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        trial, truth = simulate_trial(found, effect, random), true_difference(found, effect)
        columns = np.column_stack([np.ones(len(trial.arm)), trial.arm])
        sums = _sums(trial.scores, columns)

        def plain(design: MmrmDesign, df: DfMethod = DfMethod.SATTERTHWAITE) -> Interval | None:
            return _last(fit_mmrm(sums, design, df=df))

        def robust() -> Interval | None:
            fit = fit_mmrm(sums, CROSSED)
            if not found.clusters:
                return _last(robust_by_person(fit, trial.scores, columns, kind="CR2"))
            places = [trial.cluster == place for place in range(found.clusters)]
            return _last(robust_by_cluster(fit, [_sums(trial.scores[here], columns[here]) for here in places]))

        asked = [
            Asked("unstructured, Satterthwaite", truth, lambda: plain(CROSSED)),
            Asked("constrained baseline (cLDA), Satterthwaite", truth, lambda: plain(CONSTRAINED)),
            Asked(f"unstructured, CR2 by {'place' if found.clusters else 'person'}", truth, robust),
        ]
        if found is SMALL:
            asked += [
                Asked("unstructured, Kenward-Roger", truth, lambda: plain(CROSSED, DfMethod.KENWARD_ROGER)),
                Asked(
                    "constrained baseline (cLDA), Kenward-Roger",
                    truth,
                    lambda: plain(CONSTRAINED, DfMethod.KENWARD_ROGER),
                ),
            ]
        return asked

    return study


def _sums(scores: Matrix, columns: Matrix) -> LongitudinalSums:
    return sum_patterns(scores, columns, occasions=OCCASIONS, names=("Intercept", NEW))


def _last(fit: MmrmFit) -> Interval | None:
    return of_term(next(found.estimate for found in group_contrasts(fit) if found.occasion == OCCASIONS[-1]))


def _response_weights(found: Circumstances) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        trial, truth = simulate_trial(found, effect, random), true_difference(found, effect)
        known = np.column_stack([trial.scores[:, 0], trial.background])
        change = trial.scores[:, -1] - trial.scores[:, 0]

        def ask() -> Interval | None:
            weighted = estimate_weighted_change(change, known, intervention=trial.arm == 1)
            return None if weighted.difference is None else of_term(weighted.difference)

        return [Asked("weighted difference in change", truth, ask)]

    return study


def _rubin(found: Circumstances) -> Callable[[Generator, float], Sequence[Asked]]:
    """A third lack a background value that matters, oftener those with a low score at the start."""

    def study(random: Generator, effect: float) -> list[Asked]:
        trial, truth = simulate_trial(found, effect, random), true_difference(found, effect)
        start = trial.scores[:, 0]
        known = np.where(random.random(len(start)) < 1 / (1 + np.exp((start - 43) / 8)), np.nan, trial.background)
        table = np.column_stack([trial.scores[:, -1], start, trial.arm, known])
        group = _labels(trial)

        def ask() -> Interval | None:
            filled = impute_covariates(
                table, ("end", "start", "arm", "background"), n_imputations=5, generator=random, cycles=1
            )
            fits = [
                fit_ancova(
                    one[:, 0].tolist(),
                    one[:, 1].tolist(),
                    group,
                    reference="usual",
                    covariates={"background": one[:, 3].tolist()},
                ).contrast("new")
                for one in filled.tables
            ]
            pooled = pool_imputations(
                [[fit.estimate] for fit in fits],
                [[fit.std_error**2] for fit in fits],
                ("new",),
                complete_df=fits[0].df,
            )
            return of_term(pooled[0].estimate)

        return [Asked("Rubin's rules, ANCOVA of 5 imputations", truth, ask)]

    return study


def _jackknife(found: Circumstances) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        trial, lost = simulate_trial(found, effect, random), lost_people(found, effect)
        truth = true_difference(found, effect)

        @cache
        def compared() -> tuple[ImputedDifference, ...]:
            return estimate_imputed_differences(
                trial.scores[:, 1:],
                (trial.arm == 1).tolist(),
                trial.scores[:, :1],
                occasions=OCCASIONS[1:],
                covariate_names=("start",),
                strategies=(ImputationStrategy.MISSING_AT_RANDOM, ImputationStrategy.JUMP_TO_REFERENCE),
            )

        return [
            Asked("missing at random, jackknife", truth, lambda: of_term(compared()[0].difference)),
            Asked("jump to reference, jackknife", lost.jump_to_reference, lambda: of_term(compared()[1].difference)),
            Asked(
                "lost with the intervention 5 points lower (delta)",
                truth + DELTA * lost.share,
                lambda: of_term(compared()[0].line.at(DELTA, 0.0)),
                None,
            ),
        ]

    return study


def _draws(found: Circumstances) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        trial, lost = simulate_trial(found, effect, random), lost_people(found, effect)

        def ask() -> Interval | None:
            (found_by_draws,) = estimate_imputed_differences(
                trial.scores[:, 1:],
                (trial.arm == 1).tolist(),
                trial.scores[:, :1],
                occasions=OCCASIONS[1:],
                covariate_names=("start",),
                strategies=(ImputationStrategy.JUMP_TO_REFERENCE,),
                n_draws=10,
                generator=random,
            )
            return of_term(found_by_draws.difference)

        return [Asked("jump to reference, 10 draws, Rubin's rules", lost.jump_to_reference, ask)]

    return study
