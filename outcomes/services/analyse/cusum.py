"""``--method cusum``: outcomes one after the other, each against its own risk, with what false alarms to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import Sentence
from outcomes.services.analyse.arrays import Codes, Numbers, side_by_side
from outcomes.services.analyse.coding import read_indicator, read_predictors
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import COLUMN, FLAG, choice, number
from outcomes.services.analyse.output import AnalysisOutput, Entry
from outcomes.services.analyse.people import NO_TIME
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.analysis.case_mix import CaseMixModel
    from outcomes.analysis.cusum import CusumPath
    from outcomes.services.analyse.call import Call

USUAL_RUN_LENGTH = 1000.0
MISSING = Sentence("The value is missing. A series without gaps is needed: fill it in, or leave the row out.")


def run(call: Call) -> AnalysisOutput:
    """Both directions of the risk-adjusted CUSUM (or of standardised residuals), or the moving mean (EWMA)."""
    kind = call.options.choice("kind", "events")
    column = call.column(Role.SCORE)
    score = read_indicator(call, column) if kind == "events" else call.numbers(column)
    call.add_faults(np.isnan(score), column, MISSING)
    order = _order(call)
    predictors = read_predictors(call)
    risk_column = call.options.text("probability")
    risk = call.numbers(risk_column) if risk_column else None
    if risk is not None and risk_column:
        call.add_faults(np.isnan(risk), risk_column, MISSING)
        outside = (risk <= 0) | (risk >= 1)
        call.add_faults(outside, risk_column, Sentence("A probability must be above 0 and under 1."))
    background = side_by_side(score.size, [one.columns for one in predictors])
    for predictor in predictors:
        call.add_faults(~predictor.known, predictor.name, MISSING)
    if kind == "events" and risk is None and not predictors:
        sentence = Sentence("Name the column of each person's probability, or covariates to work it out by.")
        call.add_general("--option probability", sentence)
    if call.options.given("limit") and call.options.given("arl0"):
        call.add_general("--option limit", Sentence("Give the limit or the run length arl0, not both."))
    call.stop_at_faults()
    model = None
    if predictors and risk is None:
        model = _case_mix(score, background, [term for one in predictors for term in one.terms], kind)
        risk = model.expected(background)
    terms = tuple(_term(term) for term in model.terms) if model is not None else ()
    if kind == "events" and risk is not None:
        return _events(call, score[order], risk[order], terms)
    residuals = score if model is None or risk is None else (score - risk) / (model.residual_sd or 1.0)
    return (_ewma if kind == "ewma" else _residuals)(call, residuals[order], terms)


def _order(call: Call) -> Codes:
    column = call.optional(Role.TIME)
    if column is None:
        return np.arange(call.n_rows)
    time = call.numbers(column)
    call.add_faults(np.isnan(time), column, NO_TIME)
    return np.argsort(time, kind="stable")


def _case_mix(score: Numbers, background: Numbers, terms: list[str], kind: str) -> CaseMixModel:
    from outcomes.analysis.case_mix import CaseMixKind, fit_case_mix  # noqa: PLC0415 - with the method

    return fit_case_mix(score, background, terms, kind=CaseMixKind.YES_NO if kind == "events" else CaseMixKind.SCORE)


def _term(found: Any) -> Entry:
    from outcomes.services.analyse.output import entry_of  # noqa: PLC0415 - one use

    return entry_of(found, f"risk_model:{found.term}")


def _settings(call: Call, n: int) -> tuple[dict[str, Any], tuple[Sentence, ...]]:
    """Limit or wanted run length, and people per year."""
    per_year = call.options.number("per_year")
    limit, target = call.options.number("limit"), call.options.number("arl0")
    warnings: tuple[Sentence, ...] = ()
    if per_year is None:
        per_year = float(n)
        warnings = (
            Sentence("The series is taken to be one year (%(n)s rows). Say it with --option per_year=....", n=n),
        )
    if limit is None and target is None:
        target = USUAL_RUN_LENGTH
    return {"people_per_year": per_year, "limit": limit, "target_run_length": target}, warnings


def _events(call: Call, score: Numbers, risk: Numbers, terms: tuple[Entry, ...]) -> AnalysisOutput:
    from outcomes.analysis.cusum import risk_adjusted_cusum  # noqa: PLC0415 - with the method

    settings, warnings = _settings(call, score.size)
    ratio = call.options.number("odds_ratio")
    restart = call.options.flag("restart", default=False)
    found = risk_adjusted_cusum(
        score.astype(np.int64), risk, odds_ratio=2.0 if ratio is None else ratio, restart=restart, **settings
    )
    entries = (
        Entry("observed", float(found.observed), further={"n": found.n}),
        Entry("expected", found.expected, further={"n": found.n}),
        *_path_entries("more", found.more),
        *_path_entries("fewer", found.fewer),
        *terms,
    )
    return AnalysisOutput(
        estimates=entries,
        n_subjects=found.n,
        n_observations=found.n,
        variance={"odds_ratio": found.odds_ratio, "false_alarms_per_year": found.false_alarms_per_year},
        warnings=(*warnings, *_said(found.more, found.fewer)),
        individuals=_steps(found.more, found.fewer, found.vlad) if _shown(call) else None,
        further={"more": _path(found.more), "fewer": _path(found.fewer), "vlad": list(found.vlad)},
    )


def _residuals(call: Call, residuals: Numbers, terms: tuple[Entry, ...]) -> AnalysisOutput:
    from outcomes.analysis.cusum import REFERENCE_VALUE, residual_cusum  # noqa: PLC0415 - with the method

    settings, warnings = _settings(call, residuals.size)
    k = call.options.number("k")
    found = residual_cusum(
        residuals,
        reference_value=REFERENCE_VALUE if k is None else k,
        restart=call.options.flag("restart", default=False),
        **settings,
    )
    return AnalysisOutput(
        estimates=(*_path_entries("more", found.more), *_path_entries("fewer", found.fewer), *terms),
        n_subjects=found.n,
        n_observations=found.n,
        variance={"reference_value": found.reference_value, "false_alarms_per_year": found.false_alarms_per_year},
        warnings=(*warnings, *found.warnings, *_said(found.more, found.fewer)),
        individuals=_steps(found.more, found.fewer, ()) if _shown(call) else None,
        further={"more": _path(found.more), "fewer": _path(found.fewer)},
    )


def _ewma(call: Call, residuals: Numbers, terms: tuple[Entry, ...]) -> AnalysisOutput:
    from outcomes.analysis.ewma import WEIGHT, ewma_chart  # noqa: PLC0415 - with the method

    settings, warnings = _settings(call, residuals.size)
    weight = call.options.number("weight")
    found = ewma_chart(
        residuals,
        people_per_year=settings["people_per_year"],
        weight=WEIGHT if weight is None else weight,
        limit_in_deviations=settings["limit"],
        target_run_length=settings["target_run_length"],
    )
    said = (found.signal_sentence,) if found.signals else ()
    return AnalysisOutput(
        estimates=(
            Entry("run_length", found.run_length.observations),
            Entry("detection", found.detection),
            Entry("signals", float(len(found.signals))),
            *terms,
        ),
        n_subjects=found.n,
        n_observations=found.n,
        variance={"limit": found.limit, "limit_in_deviations": found.limit_in_deviations,
                  "false_alarms_per_year": found.run_length.false_alarms_per_year},
        warnings=(*warnings, *found.warnings, found.run_length.sentence, *said),
        further={"values": list(found.values), "signals": _rows(found.signals)},
    )  # fmt: skip


def _path_entries(name: str, path: CusumPath) -> list[Entry]:
    return [
        Entry(f"run_length:{name}", path.run_length.observations, further={"limit": path.limit}),
        Entry(f"detection:{name}", path.detection, further={"limit": path.limit}),
        Entry(f"largest:{name}", max(path.sums), further={"limit": path.limit}),
        Entry(f"signals:{name}", float(len(path.signals)), further={"rows": _rows(path.signals)}),
    ]


def _rows(signals: tuple[int, ...]) -> list[int]:
    """Places in the series, counted from 1."""
    return [place + 1 for place in signals]


def _path(path: CusumPath) -> dict[str, Any]:
    return {
        "limit": path.limit,
        "scores": list(path.scores),
        "sums": list(path.sums),
        "signals": _rows(path.signals),
        "run_length": path.run_length.observations,
        "detection": path.detection,
        "false_alarms_per_year": path.run_length.false_alarms_per_year,
        "years_between_false_alarms": path.run_length.years_between,
    }


def _said(*paths: CusumPath) -> tuple[Sentence, ...]:
    sentences: list[Sentence] = []
    for path in paths:
        sentences.append(path.run_length.sentence)
        if path.signals:
            sentences.append(path.signal_sentence)
    return tuple(dict.fromkeys(sentences))


def _shown(call: Call) -> bool:
    return call.options.flag("individuals", default=False)


def _steps(more: CusumPath, fewer: CusumPath, vlad: tuple[float, ...]) -> tuple[dict[str, Any], ...]:
    """The series, step by step."""
    rows = []
    for place in range(len(more.sums)):
        row: dict[str, Any] = {
            "place": place + 1,
            "score_more": more.scores[place],
            "sum_more": more.sums[place],
            "score_fewer": fewer.scores[place],
            "sum_fewer": fewer.sums[place],
        }
        if vlad:
            row["vlad"] = vlad[place]
        rows.append(row)
    return tuple(rows)


METHOD = Method(
    name="cusum",
    title=Sentence("Outcomes over time (CUSUM)"),
    run=run,
    needs=(Role.SCORE,),
    takes=(Role.TIME, Role.COVARIATE),
    options={
        "kind": choice("events", "residuals", "ewma"),
        "probability": COLUMN,
        "odds_ratio": number(above=1.0),
        "limit": number(above=0.0),
        "arl0": number(above=1.0),
        "per_year": number(above=0.0),
        "k": number(above=0.0),
        "weight": number(1.0e-6, 1.0),
        "restart": FLAG,
    },
)
