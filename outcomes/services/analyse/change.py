"""``--method change``: mean change from the first score, in points and in standard deviations, per time and group."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.judge import Answered, Signs, judge
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import COLUMN, number
from outcomes.services.analyse.output import AnalysisOutput, Entry, entry_of, without_interval, without_number
from outcomes.services.analyse.pairs import PRE_POST, Pairs, read_pairs
from outcomes.services.analyse.people import SCALE, share_at_bound
from outcomes.services.analyse.request import Role
from outcomes.services.analyse.summaries import SUMMARY_COLUMNS, run_on_summaries

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from outcomes.analysis.results import TermEstimate
    from outcomes.analysis.standardised_change import PairedSummary
    from outcomes.services.analyse.arrays import Truths
    from outcomes.services.analyse.call import Call


def run(call: Call) -> AnalysisOutput:
    """Mean change, SMCR and SMCC of each group at each later time, among those with both scores."""
    if any(call.options.given(name) for name in SUMMARY_COLUMNS):
        return run_on_summaries(call)
    if call.optional(Role.SCORE) is None:
        call.add_general("--score", Sentence("The method %(method)s needs this column. Name it.", method="change"))
        call.stop_at_faults()
    pairs = read_pairs(call)
    warnings: list[Sentence] = []
    entries: list[Entry] = []
    for place, occasion in enumerate(pairs.occasions):
        summaries: dict[int | None, PairedSummary | EstimateError] = {}
        for level in pairs.levels:
            both = pairs.member(level) & ~np.isnan(pairs.before) & ~np.isnan(pairs.after[place])
            further = {**pairs.keys(occasion, level), "n": int(both.sum())}
            ending = pairs.ending(occasion, level)
            summary = _summary(pairs, place, both)
            entries += _mean_change(pairs, place, both, summary, ending, further, warnings)
            entries += _standardised(call, summary, ending, further, warnings)
            summaries[level] = summary
        entries += _between(pairs, occasion, summaries, warnings)
    if all(entry.estimate is None for entry in entries):
        raise EstimateError(warnings[0])
    last = pairs.after[-1]
    both = ~np.isnan(pairs.before) & ~np.isnan(last)
    signs = Signs(
        compared=False,
        answered=(Answered("", int(both.sum()), int((~np.isnan(pairs.before)).sum())),),
        smallest_group=min(int((both & pairs.member(level)).sum()) for level in pairs.levels),
        at_bound=share_at_bound(call, pairs.before, last),
    )
    judgement, notes = judge(call.options, signs)
    pair_known = ~np.isnan(pairs.before) & np.any([~np.isnan(after) for after in pairs.after], axis=0)
    return AnalysisOutput(
        estimates=tuple(entries),
        n_subjects=int(pair_known.sum()),
        n_observations=pairs.n_observations,
        completeness=pairs.completeness,
        individuals=_individuals(pairs) if call.options.flag("individuals", default=False) else None,
        judgement=judgement,
        warnings=(*notes, *warnings),
        described=(
            Sentence("Mean change in points among those with both scores; SMCR and SMCC in standard deviations."),
        ),
    )


def _summary(pairs: Pairs, place: int, both: Truths) -> PairedSummary | EstimateError:
    """What the standardised changes are made of, or why they can't be given."""
    from outcomes.analysis.standardised_change import summarise_pairs  # noqa: PLC0415 - with the method

    try:
        return summarise_pairs(pairs.before[both].tolist(), pairs.after[place][both].tolist())
    except EstimateError as error:
        return error


def _mean_change(
    pairs: Pairs,
    place: int,
    both: Truths,
    summary: PairedSummary | EstimateError,
    ending: str,
    further: dict[str, Any],
    warnings: list[Sentence],
) -> list[Entry]:
    """Mean change in points, with the means, spreads and correlation behind it where they are known."""
    from outcomes.analysis.change import estimate_mean  # noqa: PLC0415 - with the method

    change = pairs.after[place][both] - pairs.before[both]
    names = ("mean_before", "mean_after", "sd_before", "sd_after", "correlation")
    moments = {} if isinstance(summary, EstimateError) else {name: getattr(summary, name) for name in names}
    term, keys = f"mean_change{ending}", {**further, **moments}
    try:
        return [entry_of(estimate_mean(change.tolist()), term, **keys)]
    except EstimateError as error:
        if change.size > 1:  # all have changed by the same, which is a mean all the same
            return [without_interval(term, float(change.mean()), error.sentence, keys, warnings)]
        return [without_number(term, error.sentence, keys, warnings)]


def _standardised(
    call: Call, summary: PairedSummary | EstimateError, ending: str, further: dict[str, Any], warnings: list[Sentence]
) -> list[Entry]:
    from outcomes.analysis.standardised_change import change_by_known_sd, smcc, smcr  # noqa: PLC0415 - with the method

    wanted: list[tuple[str, Callable[[], TermEstimate], dict[str, Any]]] = [
        ("smcr", lambda: smcr(_given(summary)), further),
        ("smcc", lambda: smcc(_given(summary)), further),
    ]
    sd = call.options.number("sd")
    if sd is not None:
        wanted.append(("smc_known_sd", lambda: change_by_known_sd(_given(summary), sd), further))
    return _tried(wanted, ending, warnings)


def _given(summary: PairedSummary | EstimateError) -> PairedSummary:
    """The summary; where there is none the reason is raised."""
    if isinstance(summary, EstimateError):
        raise EstimateError(summary.sentence)
    return summary


def _between(
    pairs: Pairs, occasion: str, summaries: dict[int | None, PairedSummary | EstimateError], warnings: list[Sentence]
) -> list[Entry]:
    """Each group's standardised change minus the base group's."""
    from outcomes.analysis.standardised_change import (  # noqa: PLC0415 - with the method
        difference_by_pooled_sd,
        difference_of_smcr,
    )

    found: list[Entry] = []
    for level, summary in summaries.items():
        if level in {None, 0}:
            continue
        base = summaries[0]
        further: dict[str, Any] = pairs.keys(occasion, level)
        if not isinstance(summary, EstimateError) and not isinstance(base, EstimateError):
            further["n"] = summary.n + base.n
        wanted: list[tuple[str, Callable[[], TermEstimate], dict[str, Any]]] = [
            ("smcr_difference", partial(_compared, difference_of_smcr, summary, base), further),
            ("d_ppc2", partial(_compared, difference_by_pooled_sd, summary, base), further),
        ]
        found += _tried(wanted, pairs.ending(occasion, level), warnings)
    return found


def _compared(
    work_out: Callable[[PairedSummary, PairedSummary], TermEstimate],
    summary: PairedSummary | EstimateError,
    base: PairedSummary | EstimateError,
) -> TermEstimate:
    return work_out(_given(summary), _given(base))


def _tried(
    wanted: list[tuple[str, Callable[[], TermEstimate], dict[str, Any]]], ending: str, warnings: list[Sentence]
) -> list[Entry]:
    """Every term asked for: what couldn't be worked out is there without a number, and a warning says why."""
    found = []
    for name, work_out, further in wanted:
        try:
            found.append(entry_of(work_out(), f"{name}{ending}", **further))
        except EstimateError as error:
            found.append(without_number(f"{name}{ending}", error.sentence, further, warnings))
    return found


def _individuals(pairs: Pairs) -> tuple[dict[str, Any], ...]:
    rows = []
    for person, label in enumerate(pairs.labels):
        for place, occasion in enumerate(pairs.occasions):
            before, after = float(pairs.before[person]), float(pairs.after[place][person])
            row: dict[str, Any] = {"subject": label}
            if occasion:
                row["occasion"] = occasion
            if pairs.group is not None:
                row["group"] = pairs.group.label(person)
            rows.append({**row, "before": before, "after": after, "change": after - before})
    return tuple(rows)


METHOD = Method(
    name="change",
    title=Sentence("Change from the first score"),
    run=run,
    takes=(Role.SCORE, Role.SUBJECT, Role.TIME, Role.BASELINE, Role.GROUP),
    options={**PRE_POST, **SCALE, "sd": number(above=0.0), **dict.fromkeys(SUMMARY_COLUMNS, COLUMN)},
)
