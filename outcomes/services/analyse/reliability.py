"""``--method reliability``: how alike repeated ratings are (ICC), and how a measure's questions hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.arrays import Numbers, complete_rows
from outcomes.services.analyse.coding import split_covariate
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import choice, number
from outcomes.services.analyse.output import AnalysisOutput, Entry, entry_of
from outcomes.services.analyse.people import read_planned
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.services.analyse.call import Call

TWO = 2


def run(call: Call) -> AnalysisOutput:
    """All coefficients, or the kind asked for, from people by questions (or raters, or times)."""
    values, names, n_all = _read(call)
    kind = call.options.choice("kind", "all")
    warnings: list[Sentence] = []
    if len(values) < n_all:
        warnings.append(
            Sentence(
                "%(lost)s of %(whole)s people lack an answer and are left out.", lost=n_all - len(values), whole=n_all
            )
        )
    entries: list[Entry] = []
    further: dict[str, Any] = {}
    variance: dict[str, Any] = {}
    for name, part in {"icc": _icc, "consistency": _consistency, "retest": _retest}.items():
        wanted = kind in PARTS[name] or (kind == "all" and (name != "retest" or call.options.given("interval_days")))
        if not wanted:
            continue
        try:
            found, more, spread, said = part(call, values, names)
        except EstimateError as error:
            if kind != "all":
                raise
            warnings.append(error.sentence)
            continue
        entries += [entry for entry in found if kind in {"all", "icc", "retest"} or entry.term.startswith(kind)]
        further |= more
        variance |= spread
        warnings += said
    if not entries:
        raise EstimateError(warnings[-1])
    return AnalysisOutput(
        estimates=tuple(entries),
        n_subjects=len(values),
        n_observations=int(values.size),
        variance=variance,
        completeness=len(values) / n_all,
        warnings=tuple(warnings),
        further=further,
    )


PARTS = {"icc": {"icc"}, "consistency": {"alpha", "omega"}, "retest": {"retest"}}
Found = tuple[list[Entry], dict[str, Any], dict[str, Any], list[Sentence]]


def _read(call: Call) -> tuple[Numbers, list[str], int]:
    """People by columns, those with every answer; the columns' names; how many people there were."""
    written = [*call.request.columns.get(Role.SCORE, ()), *call.request.columns.get(Role.COVARIATE, ())]
    if call.optional(Role.TIME) is not None:
        if call.optional(Role.SUBJECT) is None:
            call.add_general("--subject", Sentence("Name the column that says who."))
            call.stop_at_faults()
        data = read_planned(call)
        whole, names = data.scores, list(data.occasions)
    else:
        names = [split_covariate(name)[0] for name in written]
        columns = [call.numbers(name) for name in names]
        if len(names) < TWO:
            call.add_general("--score", Sentence("Name at least two columns with --score, or --subject and --time."))
        call.stop_at_faults()
        whole = np.column_stack(columns)
    complete = whole[complete_rows(whole)]
    if not len(complete):
        raise EstimateError(Sentence("Nobody has all the answers, so there is nothing to work out."))
    return complete, names, len(whole)


def _icc(call: Call, values: Numbers, names: list[str]) -> Found:  # noqa: ARG001 - the three parts are called alike
    from outcomes.analysis.reliability import intraclass_correlations  # noqa: PLC0415 - with the method

    found = intraclass_correlations(values)
    entries = [
        Entry(
            one.kind.value,
            one.estimate,
            ci_low=one.ci_low,
            ci_high=one.ci_high,
            p_value=one.p_value,
            further={"f": one.f, "df1": one.df1, "df2": one.df2},
        )
        for one in found.coefficients
    ]
    squares = {
        "mean_square_subjects": found.mean_square_subjects,
        "mean_square_within": found.mean_square_within,
        "mean_square_raters": found.mean_square_raters,
        "mean_square_error": found.mean_square_error,
    }
    return entries, {}, squares, [missing.reason.sentence for missing in found.withheld]


def _consistency(call: Call, values: Numbers, names: list[str]) -> Found:  # noqa: ARG001 - as above
    from outcomes.analysis.internal_consistency import internal_consistency  # noqa: PLC0415 - with the method
    from outcomes.analysis.results import Withheld  # noqa: PLC0415

    found = internal_consistency(values, names)
    entries = [entry_of(found.alpha, "alpha"), Entry("alpha_standardised", found.standardised_alpha)]
    said = list(found.warnings)
    if isinstance(found.omega_total, Withheld):
        said.append(found.omega_total.sentence)
        loadings: list[float] = []
    else:
        entries.append(Entry("omega_total", found.omega_total.omega))
        loadings = list(found.omega_total.loadings)
    items = [
        {"item": item.item, "item_rest": item.item_rest, "alpha_without": item.alpha_without,
         "loading": loadings[place] if loadings else None}
        for place, item in enumerate(found.items)
    ]  # fmt: skip
    return entries, {"items": items}, {}, said


def _retest(call: Call, values: Numbers, names: list[str]) -> Found:
    from outcomes.analysis.reliability import retest_error  # noqa: PLC0415 - with the method
    from outcomes.analysis.results import Withheld  # noqa: PLC0415

    days = call.options.number("interval_days")
    if days is None:
        call.add_general("--option interval_days", Sentence("Say how many days lay between the two times."))
    if len(names) != TWO:
        call.add_general("--score", Sentence("A retest has two columns or times; there are %(n)s.", n=len(names)))
    call.stop_at_faults()
    found = retest_error(values[:, 0].tolist(), values[:, 1].tolist(), interval_days=days or 0.0)
    agreement, said = found.agreement, list(found.warnings)
    if isinstance(agreement, Withheld):
        first = Entry("retest:agreement", None)
        said.append(agreement.sentence)
    else:
        first = Entry("retest:agreement", agreement.estimate, ci_low=agreement.ci_low, ci_high=agreement.ci_high)
    entries = [
        first,
        Entry("retest:standard_error_of_measurement", found.standard_error_of_measurement),
        Entry("retest:smallest_detectable_change", found.smallest_detectable_change),
        Entry("retest:mean_shift", found.mean_shift),
    ]
    return entries, {}, {"interval_days": found.interval_days}, said


METHOD = Method(
    name="reliability",
    title=Sentence("Reliability of a measure"),
    run=run,
    needs=(Role.SCORE,),
    takes=(Role.SUBJECT, Role.TIME, Role.COVARIATE),
    many=(Role.SCORE,),
    options={
        "kind": choice("all", "icc", "alpha", "omega", "retest"),
        "interval_days": number(above=0.0),
    },
)
