"""``--method gas``: goal attainment, one T score per person out of their own weighted goals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.coding import read_factor, read_group
from outcomes.services.analyse.judge import Signs, judge
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import COLUMN, TEXT, number
from outcomes.services.analyse.output import AnalysisOutput, Entry, entry_of, without_interval, without_number
from outcomes.services.analyse.people import (
    NO_TIME,
    People,
    check_constant,
    check_once,
    find_level,
    read_people,
    read_score,
    row_as_person,
)
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.services.analyse.arrays import Numbers, Truths
    from outcomes.services.analyse.call import Call
    from outcomes.services.analyse.coding import Factor

USUAL = 0.3


def run(call: Call) -> AnalysisOutput:
    """T per person (and time), their means per group, and the share of goals attained."""
    people, score, weight, time, goals, group = _read(call)
    rho = call.options.number("rho")
    rho = USUAL if rho is None else rho
    levels = range(len(time.levels)) if time is not None else range(1)
    scores = [_t_scores(people, score, weight, None if time is None else time.is_level(level), rho) for level in levels]
    names = [f"[{label}]" for label in time.levels] if time is not None else [""]
    members: list[tuple[str, dict[str, str], Truths]] = [("", {}, np.ones(people.n, dtype=bool))]
    if group is not None:
        first = group.codes[people.first_rows()]
        members = [
            (f":{group.term(level)}", {"group": group.levels[level]}, first == level)
            for level in range(len(group.levels))
        ]
    warnings: list[Sentence] = []
    entries: list[Entry] = []
    for ending, keys, member in members:
        for name, (values, _) in zip(names, scores, strict=True):
            entries += _mean(f"t_score{name}{ending}", values[member], keys, warnings)
        if time is not None:
            change = _changes(people, score, weight, time, goals, rho, call)
            entries += _mean(f"t_change{ending}", change[member], keys, warnings)
        entries += _attained(people, score, time, member, ending, keys, warnings)
    if not any(values[~np.isnan(values)].size for values, _ in scores):
        raise EstimateError(Sentence("No goal is rated, so there is nothing to work out."))
    judgement, notes = judge(call.options, Signs(compared=False, smallest_group=people.n))
    shown = call.options.flag("individuals", default=False)
    return AnalysisOutput(
        estimates=tuple(entries),
        n_subjects=people.n,
        n_observations=int((~np.isnan(score)).sum()),
        variance={"rho": rho},
        completeness=float((~np.isnan(score)).mean()),
        individuals=_individuals(people, scores, time) if shown else None,
        judgement=judgement,
        warnings=(*notes, *warnings),
        described=(Sentence("T has mean 50 and standard deviation 10 where goals come out as expected."),),
    )


def _read(call: Call) -> tuple[People, Numbers, Numbers, Factor | None, Factor | None, Factor | None]:
    people = read_people(call) if call.optional(Role.SUBJECT) else row_as_person(call)
    score = read_score(call)
    outside = ~np.isnan(score) & ((score < -2) | (score > 2))  # noqa: PLR2004 - the scale of goal attainment
    level = Sentence("A goal's level must be between -2 and +2. Correct the level.")
    call.add_faults(outside, call.column(Role.SCORE), level)
    column = call.optional(Role.WEIGHT)
    weight = call.numbers(column) if column else np.ones(call.n_rows)
    if column:
        wrong = ~np.isnan(score) & ~(weight > 0)
        call.add_faults(wrong, column, Sentence("A goal's weight must be a positive number. Correct the weight."))
    time_column, goal_column = call.optional(Role.TIME), call.options.text("goal")
    time = read_factor(call, time_column, natural=True) if time_column else None
    goals = read_factor(call, goal_column) if goal_column else None
    if time is not None and time_column:
        call.add_faults(~time.known, time_column, NO_TIME)
        if goals is not None:
            check_once(call, people, list(zip(time.codes.tolist(), goals.codes.tolist(), strict=True)), time_column)
    group = read_group(call) if call.optional(Role.GROUP) else None
    if group is not None:
        check_constant(call, people, group.name, group.codes.astype(np.float64))
    call.stop_at_faults()
    return people, score, weight, time, goals, group


def _t_scores(
    people: People,
    score: Numbers,
    weight: Numbers,
    rows: Truths | None,
    rho: float,
) -> tuple[Numbers, list[int]]:
    """T per person over the rows chosen (NaN where no goal is rated), and the number of goals."""
    from outcomes.analysis.gas import gas_t_score  # noqa: PLC0415 - with the method

    used = ~np.isnan(score) if rows is None else ~np.isnan(score) & rows
    values, counts = np.full(people.n, np.nan), [0] * people.n
    for person in range(people.n):
        mine = np.flatnonzero(used & (people.codes == person))
        if mine.size:
            found = gas_t_score(score[mine].tolist(), weight[mine].tolist(), correlation=rho)
            values[person], counts[person] = found.t_score, found.n_goals
    return values, counts


def _changes(
    people: People, score: Numbers, weight: Numbers, time: Factor, goals: Factor | None, rho: float, call: Call
) -> Numbers:
    """Change in T over the goals rated both times; the rows of both times are matched by goal, else by their order."""
    from outcomes.analysis.gas import gas_change  # noqa: PLC0415 - with the method

    start, end = find_level(call, time, "pre", 0), find_level(call, time, "post", -1)
    values = np.full(people.n, np.nan)
    for person in range(people.n):
        rows = [np.flatnonzero((people.codes == person) & time.is_level(level)) for level in (start, end)]
        keys = [(goals.codes[mine].tolist() if goals is not None else list(range(mine.size))) for mine in rows]
        before, after = (dict(zip(key, mine.tolist(), strict=True)) for key, mine in zip(keys, rows, strict=True))
        both = [key for key in before if key in after and not np.isnan(score[before[key]] + score[after[key]])]
        if both:
            first, last = ([float(score[side[key]]) for key in both] for side in (before, after))
            weights = [float(weight[before[key]]) for key in both]
            values[person] = gas_change(first, last, weights, correlation=rho).change
    return values


def _mean(term: str, values: Numbers, keys: dict[str, str], warnings: list[Sentence]) -> list[Entry]:
    from outcomes.analysis.change import estimate_mean  # noqa: PLC0415 - with the method

    known = values[~np.isnan(values)]
    further = {**keys, "n": int(known.size)}
    if known.size == 1:
        return [Entry(term, float(known[0]), further=further)]
    try:
        found = entry_of(estimate_mean(known.tolist(), term), term, **further)
    except EstimateError as error:
        if known.size:  # all have the same T
            return [without_interval(term, float(known.mean()), error.sentence, further, warnings)]
        return [without_number(term, error.sentence, further, warnings)]
    # a T of zero is nothing that anybody asks about
    return [replace(found, p_value=None) if term.startswith("t_score") else found]


def _attained(
    people: People,
    score: Numbers,
    time: Factor | None,
    member: Truths,
    ending: str,
    keys: dict[str, str],
    warnings: list[Sentence],
) -> list[Entry]:
    """Share of goals that came out as expected or better, at the last time."""
    from outcomes.analysis.gas import share_of_goals  # noqa: PLC0415 - with the method
    from outcomes.analysis.proportions import estimate_share  # noqa: PLC0415

    used = ~np.isnan(score) & member[people.codes]
    if time is not None:
        used &= time.is_level(len(time.levels) - 1)
    goals = np.bincount(people.codes[used], minlength=people.n)
    attained = np.bincount(people.codes[used & (score >= 0)], minlength=people.n)
    with_goals = goals > 0
    n_goals, n_attained, n_people = int(goals.sum()), int(attained.sum()), int(with_goals.sum())
    further = {**keys, "n": n_goals}
    term = f"share_attained{ending}"
    try:
        found = share_of_goals(attained[with_goals].tolist(), goals[with_goals].tolist())
    except EstimateError as error:
        if not n_goals:
            return [without_number(term, error.sentence, further, warnings)]
        if n_people > 1 and n_attained in {0, n_goals}:
            # all or none: Wilson's interval needs no spread, and counts people, since one person's goals hang together
            whole = estimate_share(n_people if n_attained else 0, n_people)
            return [Entry(term, whole.share, ci_low=whole.ci_low, ci_high=whole.ci_high, further=further)]
        return [without_interval(term, n_attained / n_goals, error.sentence, further, warnings)]
    return [entry_of(found, term, **further)]


def _individuals(
    people: People, scores: list[tuple[Numbers, list[int]]], time: Factor | None
) -> tuple[dict[str, Any], ...]:
    rows = []
    for person, label in enumerate(people.labels):
        for level, (values, counts) in enumerate(scores):
            row: dict[str, Any] = {"subject": label}
            if time is not None:
                row["occasion"] = time.levels[level]
            rows.append({**row, "t_score": float(values[person]), "n_goals": counts[person]})
    return tuple(rows)


METHOD = Method(
    name="gas",
    title=Sentence("Goal attainment"),
    run=run,
    needs=(Role.SCORE,),
    takes=(Role.SUBJECT, Role.TIME, Role.GROUP, Role.WEIGHT),
    options={"rho": number(0.0, 1.0), "goal": COLUMN, "pre": TEXT, "post": TEXT},
)
