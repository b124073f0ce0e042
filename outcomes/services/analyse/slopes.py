"""``--method reliable-change --option formula=hlm``: each person's slope from the mixed model against its uncertainty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import Sentence
from outcomes.services.analyse.change_rules import CHANGE_WORDS, NOT_COMPARED, WORDS, read_direction
from outcomes.services.analyse.judge import Signs, judge
from outcomes.services.analyse.output import AnalysisOutput
from outcomes.services.analyse.pairs import Pairs
from outcomes.services.analyse.people import check_once, read_people, read_score, read_times
from outcomes.services.analyse.reliable_change import count_shares
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.services.analyse.call import Call


def run_slopes(call: Call) -> AnalysisOutput:
    """Categories by the slope's predicted deviation over its conditional standard deviation (three answers or more)."""
    from outcomes.analysis.mixed_model import fit_linear_mixed_model  # noqa: PLC0415 - with the method
    from outcomes.analysis.reliable_change_formulas import judge_slopes  # noqa: PLC0415

    for role in (Role.SUBJECT, Role.TIME):
        if call.optional(role) is None:
            call.add_general(f"--{role.value}", Sentence("Slopes need this column. Name it."))
    call.stop_at_faults()
    people, score, column = read_people(call), read_score(call), call.column(Role.TIME)
    time = read_times(call, column)
    call.stop_at_faults()
    check_once(call, people, time, column)
    call.stop_at_faults()
    direction, warnings = read_direction(call)
    answers = np.bincount(people.codes[~np.isnan(score)], minlength=people.n)
    used = ~np.isnan(score) & (answers[people.codes] >= 3)  # noqa: PLR2004 - a slope and its spread take three
    columns = np.column_stack([np.ones(time.size), time])
    fit = fit_linear_mixed_model(
        score[used], columns[used], ("Intercept", column), people.codes[used], time[used], random="slope"
    )
    effects = fit.person_effects()
    slope, spread = np.zeros(people.n), np.ones(people.n)
    slope[effects.subjects], spread[effects.subjects] = effects.slope, effects.slope_sd
    found = judge_slopes(people.labels, slope.tolist(), spread.tolist(), answers.tolist(), direction=direction)
    categories = tuple(WORDS.get(person.category.value, person.category.value) for person in found.persons)
    nobody = np.zeros(people.n)
    pairs = Pairs(people.labels, nobody, (nobody,), ("",), None, None)
    individuals: tuple[dict[str, Any], ...] = tuple(
        {"subject": person.subject, "rci": person.rci, "category": category}
        for person, category in zip(found.persons, categories, strict=True)
    )
    judged = int(len(categories) - categories.count(NOT_COMPARED))
    judgement, notes = judge(call.options, Signs(compared=False, smallest_group=judged))
    return AnalysisOutput(
        estimates=count_shares(pairs, categories, CHANGE_WORDS),
        n_subjects=judged,
        n_observations=int(used.sum()),
        completeness=float((~np.isnan(score)).mean()),
        individuals=individuals if call.options.flag("individuals", default=False) else None,
        judgement=judgement,
        warnings=(*notes, *warnings, *fit.warnings),
        described=(Sentence("Each person's slope against the mean slope of all, by a mixed model."),),
    )
