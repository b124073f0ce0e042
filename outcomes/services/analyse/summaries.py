"""``--method change`` where each row holds a study's means and standard deviations in place of people's scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.coding import read_group, read_labels
from outcomes.services.analyse.output import AnalysisOutput, Entry, entry_of, without_interval, without_number
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.analysis.results import TermEstimate
    from outcomes.analysis.standardised_change import PairedSummary
    from outcomes.services.analyse.arrays import Numbers
    from outcomes.services.analyse.call import Call

SUMMARY_COLUMNS = ("mean_before", "mean_after", "sd_before", "sd_after", "correlation", "n")
MUST_BE_KNOWN = Sentence("The value is missing. Fill it in, or leave the row out.")


def run_on_summaries(call: Call) -> AnalysisOutput:
    """SMCR, SMCC and mean change per row; with a group also each study's difference between the groups."""
    values = _columns(call)
    subject = call.optional(Role.SUBJECT)
    names = (
        read_labels(call, subject, Sentence("The study's name is missing."))
        if subject
        else [str(row + 1) for row in range(call.n_rows)]
    )
    group = read_group(call) if call.optional(Role.GROUP) else None
    call.stop_at_faults()
    if subject is None and group is not None:  # rows come in the order of studies within each group
        counters: dict[int, int] = {}
        names = []
        for code in group.codes.tolist():
            counters[code] = counters.get(code, 0) + 1
            names.append(str(counters[code]))
    entries: list[Entry] = []
    warnings: list[Sentence] = []
    found: dict[tuple[str, int], PairedSummary] = {}
    for row, name in enumerate(names):
        summary = _summary(values, row)
        level = int(group.codes[row]) if group is not None else 0
        ending = f"[{name}]" + (f":{group.term(level)}" if group is not None else "")
        further = {"study": name, "n": summary.n, **({"group": group.levels[level]} if group is not None else {})}
        if (name, level) in found:
            call.add_fault(row, subject or call.table.columns[0], Sentence("This study has the same group twice."))
            call.stop_at_faults()
        found[name, level] = summary
        entries += _entries(summary, ending, further, warnings)
    if group is not None:
        entries += _differences(found, group.levels, group.name)
    total = sum(summary.n for summary in found.values())
    return AnalysisOutput(
        estimates=tuple(entries),
        n_subjects=total,
        n_observations=2 * total,
        warnings=tuple(warnings),
        described=(Sentence("Change in standard deviations, from the means of each row."),),
    )


def _columns(call: Call) -> dict[str, Numbers]:
    values = {}
    for name in SUMMARY_COLUMNS:
        column = call.options.text(name)
        if column is None and name == "sd_after":
            continue
        if column is None:
            sentence = Sentence("Change from summaries needs this column too. Name it.")
            call.add_general(f"--option {name}", sentence)
            continue
        values[name] = call.numbers(column)
        call.add_faults(np.isnan(values[name]), column, MUST_BE_KNOWN)
        if name == "n":
            call.add_faults(values[name] % 1 != 0, column, Sentence("The number of people must be a whole number."))
    call.stop_at_faults()
    return values


def _summary(values: dict[str, Numbers], row: int) -> PairedSummary:
    from outcomes.analysis.standardised_change import PairedSummary  # noqa: PLC0415 - with the method

    one = {name: float(column[row]) for name, column in values.items()}
    return PairedSummary(
        n=int(one["n"]),
        mean_before=one["mean_before"],
        mean_after=one["mean_after"],
        sd_before=one["sd_before"],
        sd_after=one.get("sd_after", one["sd_before"]),
        correlation=one["correlation"],
    )


def _entries(summary: PairedSummary, ending: str, further: dict[str, object], warnings: list[Sentence]) -> list[Entry]:
    """Mean change and both standardised ones; where all changed by the same, without what that can't give."""
    from outcomes.analysis.standardised_change import smcc, smcr  # noqa: PLC0415 - with the method

    wanted: dict[str, Callable[[PairedSummary], TermEstimate]] = {
        "mean_change": mean_change,
        "smcr": smcr,
        "smcc": smcc,
    }
    found = []
    for name, work_out in wanted.items():
        term = f"{name}{ending}"
        try:
            found.append(entry_of(work_out(summary), term, **further))
        except EstimateError as error:
            if name == "mean_change":
                found.append(without_interval(term, summary.change, error.sentence, further, warnings))
            else:
                found.append(without_number(term, error.sentence, further, warnings))
    return found


def mean_change(summary: PairedSummary) -> TermEstimate:
    """Mean change in points with its t interval."""
    from outcomes.analysis.intervals import t_estimate  # noqa: PLC0415 - with the method

    std_error = (summary.variance_of_change / summary.n) ** 0.5
    if std_error == 0.0:
        raise EstimateError(Sentence("All have the same value, so no uncertainty can be worked out."))
    return t_estimate("mean_change", summary.change, std_error, float(summary.n - 1))


def _differences(found: dict[tuple[str, int], PairedSummary], levels: tuple[str, ...], column: str) -> list[Entry]:
    from outcomes.analysis.standardised_change import (  # noqa: PLC0415 - with the method
        difference_by_pooled_sd,
        difference_of_smcr,
    )

    entries = []
    for (name, level), summary in found.items():
        base = found.get((name, 0))
        if level == 0 or base is None:
            continue
        ending = f"[{name}]:{column}[{levels[level]}]"
        further = {"study": name, "group": levels[level], "n": summary.n + base.n}
        entries.append(entry_of(difference_of_smcr(summary, base), f"smcr_difference{ending}", **further))
        entries.append(entry_of(difference_by_pooled_sd(summary, base), f"d_ppc2{ending}", **further))
    if not entries:
        raise EstimateError(
            Sentence("No study has both groups. Give the studies' names with --subject, the same in both groups.")
        )
    return entries
