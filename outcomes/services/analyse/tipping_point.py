"""``--method tipping-point``: how bad must the missing scores be before the difference between two groups is gone?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import Sentence
from outcomes.services.analyse.ancova import Wide
from outcomes.services.analyse.arrays import Numbers, complete_rows
from outcomes.services.analyse.judge import judge
from outcomes.services.analyse.longitudinal import incomplete_warning, model_signs, require_groups
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import FLAG, NUMBERS, TEXT, choice, number, whole_number
from outcomes.services.analyse.output import AnalysisOutput, Entry, entry_of
from outcomes.services.analyse.people import find_occasion, read_planned
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.delta_adjustment import DeltaLine
    from outcomes.analysis.reference_imputation import ImputedDifference
    from outcomes.services.analyse.call import Call
    from outcomes.services.analyse.coding import Factor

STRATEGIES = {"mar": "mar", "jtr": "j2r", "cir": "cir", "cr": "cr"}
SHOWN = {imputed: shown for shown, imputed in STRATEGIES.items()}
SEED = 20_240_501
TWO = 2


class Trial:
    """Scores of two groups at each time, with the covariates known of everybody."""

    def __init__(
        self, scores: Numbers, occasions: tuple[str, ...], group: Factor, background: Numbers, terms: Sequence[str]
    ) -> None:
        self.started = scores.shape[0]
        kept = complete_rows(background)
        require_groups(group, kept)
        self.kept = kept
        self.scores, self.background = scores[kept], background[kept]
        self.whole_background = background
        self.whole_group = group
        self.group = group.taken(kept)
        self.occasions, self.terms = occasions, tuple(terms)
        self.last = ~np.isnan(scores[:, -1])


def run(call: Call) -> AnalysisOutput:
    """The difference at the last time under each strategy for what is missing, and the delta that turns it."""
    trial = _read(call)
    found = _differences(call, trial)
    entries: list[Entry] = []
    warnings: list[Sentence] = []
    for one in found:
        entries += _of_strategy(call, trial, one, warnings)
        warnings += one.warnings
    signs = model_signs(
        trial.whole_group, trial.whole_background, kept=trial.kept, answered=trial.last,
        adjusted=bool(trial.terms), at_bound=None,
    )  # fmt: skip
    judgement, notes = judge(call.options, signs)
    lost = int((~trial.kept).sum())
    return AnalysisOutput(
        estimates=tuple(entries),
        n_subjects=int(trial.kept.sum()),
        n_observations=int((~np.isnan(trial.scores)).sum()),
        completeness=float((~np.isnan(trial.scores)).mean()),
        judgement=judgement,
        warnings=(*notes, *incomplete_warning(lost), *dict.fromkeys(warnings)),
        described=(
            Sentence(
                "Difference at %(occasion)s with what is missing filled in by the strategy.", occasion=found[0].occasion
            ),
        ),
        further={
            "n_missing": {
                trial.group.levels[1]: found[0].n_missing_intervention,
                trial.group.levels[0]: found[0].n_missing_comparison,
            },
            "grid": _grid(call, found[0].line),
        },
    )


def _read(call: Call) -> Trial:
    if call.optional(Role.TIME) is None:
        data = Wide(call)
        if data.group is None:
            raise ValueError("the group is needed")
        _two_groups(call, data.group)
        return Trial(data.score[:, None], (call.column(Role.SCORE),), data.group, data.background, data.terms)
    if call.optional(Role.SUBJECT) is None:
        call.add_general("--subject", Sentence("Name the column that says who."))
        call.stop_at_faults()
    baseline = call.optional(Role.BASELINE)
    planned = read_planned(call, backgrounds=[baseline] if baseline else [])
    if planned.group is None:
        raise ValueError("the group is needed")
    _two_groups(call, planned.group)
    first = find_occasion(call, planned, "pre", 0) if call.options.given("pre") else None
    last = find_occasion(call, planned, "post", -1)
    columns = [place for place in range(last + 1) if place != first]
    background, terms = planned.background, planned.terms
    if first is not None:
        background = np.column_stack([planned.scores[:, first], background])
        terms = (f"{planned.time_column}[{planned.occasions[first]}]", *terms)
    occasions = tuple(planned.occasions[place] for place in columns)
    return Trial(planned.scores[:, columns], occasions, planned.group, background, terms)


def _two_groups(call: Call, group: Factor) -> None:
    if len(group.levels) != TWO:
        sentence = Sentence("This comparison takes two groups; there are %(found)s.", found=len(group.levels))
        call.add_general(group.name, sentence)
        call.stop_at_faults()


def _differences(call: Call, trial: Trial) -> tuple[ImputedDifference, ...]:
    from outcomes.analysis.imputation_model import ImputationStrategy  # noqa: PLC0415 - with the method
    from outcomes.analysis.reference_imputation import estimate_imputed_differences  # noqa: PLC0415

    asked = call.options.choice("reference_based", "mar")
    strategies = tuple(STRATEGIES.values()) if asked == "all" else (STRATEGIES[asked],)
    draws, seed = call.options.number("draws"), call.options.number("seed")
    generator = None if draws is None else np.random.default_rng(SEED if seed is None else int(seed))
    return estimate_imputed_differences(
        trial.scores,
        trial.group.is_level(1).tolist(),
        trial.background if trial.terms else None,
        occasions=trial.occasions,
        covariate_names=trial.terms,
        constant=_listed(call, trial, "constant"),
        adjust_for=_listed(call, trial, "adjust_for") if call.options.given("adjust_for") else None,
        strategies=tuple(ImputationStrategy(one) for one in strategies),
        pooled_covariance=call.options.flag("pooled_covariance", default=True),
        n_draws=None if draws is None else int(draws),
        generator=generator,
    )


def _listed(call: Call, trial: Trial, option: str) -> tuple[str, ...]:
    """Columns named in an option, each as the terms that it became."""
    names = [name.strip() for name in (call.options.text(option) or "").split(";") if name.strip()]
    found: list[str] = []
    for name in names:
        terms = [term for term in trial.terms if term == name or term.startswith(f"{name}[")]
        if not terms:
            sentence = Sentence(
                "“%(name)s” isn't one of the covariates: %(names)s.", name=name, names=", ".join(trial.terms)
            )
            call.add_general(f"--option {option}", sentence)
        found += terms
    call.stop_at_faults()
    return tuple(found)


def _of_strategy(call: Call, trial: Trial, one: ImputedDifference, warnings: list[Sentence]) -> list[Entry]:
    """The difference, both means, the difference with the deltas asked for, and where it turns."""
    from outcomes.analysis.delta_adjustment import DeltaScenario, find_tipping_point  # noqa: PLC0415 - with the method

    strategy, group = SHOWN[one.strategy.value], trial.group
    keys = {"strategy": strategy, "occasion": one.occasion}
    entries = [
        entry_of(one.difference, f"difference[{strategy}]", **keys, n=one.n_subjects),
        entry_of(one.intervention_mean, f"mean[{strategy}]:{group.term(1)}", **keys, group=group.levels[1]),
        entry_of(one.comparison_mean, f"mean[{strategy}]:{group.term(0)}", **keys, group=group.levels[0]),
    ]
    deltas = _deltas(call)
    if deltas is not None:
        moved = one.line.at(*deltas)
        entries.append(
            entry_of(
                moved, f"difference[{strategy}]:delta", **keys, delta_intervention=deltas[0], delta_comparison=deltas[1]
            )
        )
    for scenario in DeltaScenario:
        tip = find_tipping_point(one.line, scenario, smallest_detectable_change=call.options.number("sdc"))
        further: dict[str, Any] = {
            **keys,
            "scenario": scenario.value,
            "in_detectable_changes": tip.in_detectable_changes,
        }
        entries.append(Entry(f"tipping_point[{strategy},{scenario.value}]", tip.delta, further=further))
        if tip.sentence is not None:
            warnings.append(tip.sentence)
    return entries


def _deltas(call: Call) -> tuple[float, float] | None:
    both = call.options.number("delta")
    one, other = call.options.number("delta_intervention"), call.options.number("delta_comparison")
    if both is None and one is None and other is None:
        return None
    return (both or 0.0) if one is None else one, (both or 0.0) if other is None else other


def _grid(call: Call, line: DeltaLine) -> list[dict[str, Any]]:
    """The difference at every pair of the deltas listed."""
    from outcomes.analysis.delta_adjustment import delta_grid  # noqa: PLC0415 - with the method

    deltas = call.options.numbers("grid")
    return [
        {
            "delta_intervention": cell.intervention_delta,
            "delta_comparison": cell.comparison_delta,
            **entry_of(cell.difference, "difference").to_mapping(),
        }
        for cell in (delta_grid(line, deltas, deltas) if deltas else ())
    ]


METHOD = Method(
    name="tipping-point",
    title=Sentence("What if the missing scores were worse? (tipping point)"),
    run=run,
    needs=(Role.SCORE, Role.GROUP),
    takes=(Role.SUBJECT, Role.TIME, Role.BASELINE, Role.COVARIATE),
    options={
        "reference_based": choice(*STRATEGIES, "all", j2r="jtr", jump_to_reference="jtr",
                                  copy_increments="cir", copy_reference="cr"),
        "delta": number(),
        "delta_intervention": number(),
        "delta_comparison": number(),
        "grid": NUMBERS,
        "sdc": number(above=0.0),
        "constant": TEXT,
        "adjust_for": TEXT,
        "pooled_covariance": FLAG,
        "draws": whole_number(2),
        "seed": whole_number(0),
        "pre": TEXT,
        "post": TEXT,
    },
)  # fmt: skip
