"""``--method proportions``: shares of people, between groups or of the same people at two times, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.coding import read_factor, read_group, read_indicator
from outcomes.services.analyse.judge import Signs, judge
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import COLUMN, TEXT, choice
from outcomes.services.analyse.output import AnalysisOutput, Entry
from outcomes.services.analyse.people import NO_TIME, check_once, find_level, read_people
from outcomes.services.analyse.request import Role
from outcomes.services.analyse.responders import difference_entry, needed_entry, share_entry

if TYPE_CHECKING:
    from outcomes.analysis.results import Share
    from outcomes.services.analyse.arrays import Numbers
    from outcomes.services.analyse.call import Call
    from outcomes.services.analyse.coding import Factor

TWO = 2


def run(call: Call) -> AnalysisOutput:
    """Shares per group and their differences; or, with two times, the same people's shares and their difference."""
    if call.options.given("observed") or call.options.given("total"):
        return _from_counts(call)
    if call.optional(Role.SCORE) is None:
        call.add_general(
            "--score",
            Sentence("Name the yes-no score, or the columns of counts: --option observed=... and total=...."),
        )
        call.stop_at_faults()
    if call.optional(Role.TIME) is not None or call.optional(Role.BASELINE) is not None:
        return _paired(call)
    values = read_indicator(call, call.column(Role.SCORE))
    group = read_group(call) if call.optional(Role.GROUP) else None
    call.stop_at_faults()
    known = ~np.isnan(values)
    if not known.any():
        raise EstimateError(Sentence("No score is known, so there is nothing to work out. Check the column's name."))
    counts = [
        (int(np.nansum(values[member])), int((known & member).sum()))
        for member in ([group.is_level(level) for level in range(len(group.levels))] if group else [known | ~known])
    ]
    lost = int((~known).sum())
    warnings = (Sentence("Rows without a score, which are in no share: %(lost)s.", lost=lost),) if lost else ()
    return _compare(call, counts, group, warnings, completeness=float(known.mean()))


def _from_counts(call: Call) -> AnalysisOutput:
    """Rows of counts; rows of the same group are added. Where only the total is an option, the score is the events."""
    read = {}
    columns = {
        "observed": call.options.text("observed") or call.optional(Role.SCORE),
        "total": call.options.text("total"),
    }
    for name, column in columns.items():
        if column is None:
            call.add_general(f"--option {name}", Sentence("Name both columns of counts: observed and total."))
            continue
        read[name] = call.numbers(column)
        wrong = ~((read[name] >= 0) & (read[name] % 1 == 0))
        call.add_faults(wrong, column, Sentence("This must be a whole number of people, 0 or more."))
    call.stop_at_faults()
    too_many = read["observed"] > read["total"]
    call.add_faults(too_many, str(columns["observed"]), Sentence("There are more events than people."))
    group = read_group(call) if call.optional(Role.GROUP) else None
    call.stop_at_faults()
    members = (
        [group.is_level(level) for level in range(len(group.levels))] if group else [np.ones(call.n_rows, dtype=bool)]
    )
    counts = [(int(read["observed"][member].sum()), int(read["total"][member].sum())) for member in members]
    return _compare(call, counts, group, (), completeness=None)


def _compare(
    call: Call,
    counts: list[tuple[int, int]],
    group: Factor | None,
    warnings: tuple[Sentence, ...],
    *,
    completeness: float | None,
) -> AnalysisOutput:
    from outcomes.analysis.number_needed_to_treat import number_needed  # noqa: PLC0415 - with the method
    from outcomes.analysis.proportions import compare_shares  # noqa: PLC0415

    shares = [_share(call, count, total) for count, total in counts]
    entries: list[Entry] = []
    for level, share in enumerate(shares):
        ending = f":{group.term(level)}" if group is not None else ""
        keys: dict[str, Any] = {"group": group.levels[level]} if group is not None else {}
        entries.append(share_entry(f"share{ending}", share, **keys))
    for level, share in enumerate(shares[1:], 1):
        if group is not None:
            difference = compare_shares(_wilson(share), _wilson(shares[0]))
            ending, keys = f":{group.term(level)}", {"group": group.levels[level], "from_group": group.levels[0]}
            entries.append(difference_entry(f"difference{ending}", difference, **keys))
            entries.append(needed_entry(f"number_needed{ending}", number_needed(difference), **keys))
    total = sum(share.total for share in shares)
    signs = Signs(group is not None, smallest_group=min(share.total for share in shares))
    judgement, notes = judge(call.options, signs, usual="none")
    return AnalysisOutput(
        estimates=tuple(entries),
        n_subjects=total,
        n_observations=total,
        completeness=completeness,
        judgement=judgement,
        warnings=(*notes, *warnings),
    )


def _share(call: Call, count: int, total: int) -> Share:
    from outcomes.analysis.proportions import estimate_share, estimate_share_exactly  # noqa: PLC0415 - with the method

    exact = call.options.choice("interval", "wilson") == "clopper-pearson"
    return estimate_share_exactly(count, total) if exact else estimate_share(count, total)


def _wilson(share: Share) -> Share:
    """Newcombe's interval is made of Wilson's, whichever is shown."""
    from outcomes.analysis.proportions import estimate_share  # noqa: PLC0415 - with the method

    return estimate_share(share.count, share.total)


def _paired(call: Call) -> AnalysisOutput:
    """The same people twice: who have both answers."""
    from outcomes.analysis.paired_proportions import compare_paired_shares  # noqa: PLC0415 - with the method

    first, second, names, n_started = _two_answers(call)
    both = ~np.isnan(first) & ~np.isnan(second)
    one, other = first[both], second[both]
    cells = [int(((one == a) & (other == b)).sum()) for a, b in ((1, 1), (1, 0), (0, 1), (0, 0))]
    found = compare_paired_shares(*cells)
    ending = [f"[{name}]" for name in names]
    difference = Entry(
        f"difference{ending[1]}-{ending[0]}",
        -found.difference,  # later minus earlier, as every change is told
        ci_low=-found.ci_high,
        ci_high=-found.ci_low,
        p_value=found.p_exact,
        further={"p_mid": found.p_mid, "n": int(both.sum())},
    )
    entries = (
        share_entry(f"share{ending[0]}", found.first, occasion=names[0]),
        share_entry(f"share{ending[1]}", found.second, occasion=names[1]),
        difference,
    )
    lost = n_started - int(both.sum())
    warnings = (
        (Sentence("People who lack one of the two answers and aren't counted: %(lost)s.", lost=lost),) if lost else ()
    )
    judgement, notes = judge(call.options, Signs(compared=False, smallest_group=int(both.sum())))
    return AnalysisOutput(
        estimates=entries,
        n_subjects=int(both.sum()),
        n_observations=int((~np.isnan(first)).sum() + (~np.isnan(second)).sum()),
        variance={"both": cells[0], "first_only": cells[1], "second_only": cells[2], "neither": cells[3],
                  "correlation": found.correlation},
        completeness=float(np.mean([~np.isnan(first), ~np.isnan(second)])),
        judgement=judgement,
        warnings=(*notes, *warnings),
    )  # fmt: skip


def _two_answers(call: Call) -> tuple[Numbers, Numbers, tuple[str, str], int]:
    """First and second answer per person, and what the two times are called."""
    values = read_indicator(call, call.column(Role.SCORE))
    baseline = call.optional(Role.BASELINE)
    if baseline is not None:
        first = read_indicator(call, baseline)
        call.stop_at_faults()
        return first, values, (baseline, call.column(Role.SCORE)), call.n_rows
    if call.optional(Role.SUBJECT) is None:
        call.add_general("--subject", Sentence("The same people at two times need a column that says who they are."))
        call.stop_at_faults()
    people, column = read_people(call), call.column(Role.TIME)
    time = read_factor(call, column, natural=True)
    call.add_faults(~time.known, column, NO_TIME)
    check_once(call, people, time.codes, column)
    call.stop_at_faults()
    if len(time.levels) < TWO:
        call.add_general(
            column, Sentence("There is only one time, “%(time)s”, so nothing can change.", time=time.levels[0])
        )
    elif len(time.levels) > TWO and not (call.options.given("pre") and call.options.given("post")):
        call.add_general(
            column, Sentence("There are more than two times. Say which with --option pre=... and post=....")
        )
    call.stop_at_faults()
    one, other = find_level(call, time, "pre", 0), find_level(call, time, "post", -1)
    wide = np.full((people.n, len(time.levels)), np.nan)
    wide[people.codes, time.codes] = values
    return wide[:, one], wide[:, other], (time.levels[one], time.levels[other]), people.n


METHOD = Method(
    name="proportions",
    title=Sentence("Shares of people"),
    run=run,
    takes=(Role.SCORE, Role.SUBJECT, Role.TIME, Role.BASELINE, Role.GROUP),
    options={
        "observed": COLUMN,
        "total": COLUMN,
        "pre": TEXT,
        "post": TEXT,
        "interval": choice("wilson", "clopper-pearson", exact="clopper-pearson"),
    },
)
