"""The tables of the method page: the model's terms and variances, the findings behind the grade, the scale's ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.evidence import FindingCode
from outcomes.analysis.results import ModelledChange, TermEstimate
from outcomes.errors import Sentence
from outcomes.reports.effect_report.words import UNDER, Words, occasion_name
from outcomes.reports.parts import Cell, Column, Interval, Kind, Table, Withheld

if TYPE_CHECKING:
    from outcomes.analysis.results import BoundShare, MixedModelFit

UNDER_IN_ARM = Sentence("withheld, so that a number under 5 can't be worked out")


def terms_table(model: MixedModelFit) -> Table:
    """The model's terms."""
    return Table(
        key="estimates",
        caption=Sentence("All terms of the model, in points per unit"),
        columns=(
            Column("term", Sentence("Term")),
            Column("estimate", Sentence("Estimate"), Kind.NUMBER, 4),
            Column("std_error", Sentence("Standard error"), Kind.NUMBER, 4),
            Column("df", Sentence("Degrees of freedom"), Kind.NUMBER, 1),
            Column("interval", Sentence("95 % interval"), Kind.INTERVAL, 2),
            Column("p_value", Sentence("p"), Kind.PROBABILITY, 3),
        ),
        rows=tuple(
            (term.term, term.estimate, term.std_error, term.df, Interval(term.ci_low, term.ci_high), term.p_value)
            for term in model.terms
        ),
    )


def variances_table(model: MixedModelFit) -> Table:
    """Variances (points squared) and log-likelihood."""
    likelihood = Sentence("Restricted log-likelihood") if model.reml else Sentence("Log-likelihood")
    return Table(
        key="variance",
        caption=Sentence("Variances and fit"),
        columns=(
            Column("code", Sentence("Code"), on_page=False),
            Column("what", Sentence("What")),
            Column("value", Sentence("Value"), Kind.NUMBER, 4),
        ),
        rows=(
            ("between", Sentence("Variance between people"), model.variance_between),
            ("within", Sentence("Variance within a person"), model.variance_within),
            ("log_likelihood", likelihood, model.log_likelihood),
        ),
    )


def modelled_table(words: Words) -> Table:
    """Change at every later occasion by the model of all occasions."""
    change = words.estimate.modelled_change
    found = change.occasions if isinstance(change, ModelledChange) else ()
    times = {row.occasion: row.time for row in words.estimate.attrition.rows}
    return Table(
        key="modelled_change",
        caption=Sentence("Change from the start as if all had answered every time, in points"),
        columns=(
            Column("occasion", Sentence("Time")),
            Column("n", Sentence("Answered"), Kind.COUNT),
            Column("estimate", Sentence("Estimate"), Kind.NUMBER, 4),
            Column("std_error", Sentence("Standard error"), Kind.NUMBER, 4),
            Column("df", Sentence("Degrees of freedom"), Kind.NUMBER, 1),
            Column("interval", Sentence("95 % interval"), Kind.INTERVAL, 2),
            Column("p_value", Sentence("p"), Kind.PROBABILITY, 3),
        ),
        rows=tuple(
            (
                occasion_name(times[row.occasion]),
                row.n,
                row.change.estimate,
                row.change.std_error,
                row.change.df,
                Interval(row.change.ci_low, row.change.ci_high),
                row.change.p_value,
            )
            for row in found
            if isinstance(row.change, TermEstimate)
        ),
    )


def findings_table(words: Words) -> Table:
    """Everything that was looked at before grading, applied or not."""
    return Table(
        key="findings",
        caption=Sentence("What was looked at before grading the evidence"),
        columns=(
            Column("code", Sentence("Code"), on_page=False),
            Column("reason", Sentence("What was found")),
            Column("measured", Sentence("Measured"), Kind.NUMBER, 2),
            Column("threshold", Sentence("Limit"), Kind.NUMBER, 2),
            Column("applies", Sentence("Takes the grade down")),
        ),
        rows=tuple(
            (
                finding.code.value,
                finding.reason,
                _measured(finding.code, finding.measured),
                _measured(finding.code, finding.threshold),
                Sentence("yes") if finding.applies else Sentence("no"),
            )
            for finding in words.estimate.evidence.findings
        ),
    )


def _measured(code: FindingCode, value: float | None) -> float | int | None:
    return int(value) if value is not None and code is FindingCode.NUMBER else value


def bounds_table(words: Words) -> Table:
    """Shares of scores at the ends of the scale."""
    measure = words.estimate.plan.measure
    times = {row.occasion: row.time for row in words.estimate.attrition.rows}
    rows: list[tuple[Cell, ...]] = [
        (
            bound.occasion,
            occasion_name(times.get(bound.occasion, 0.0)),
            Withheld(UNDER_IN_ARM) if bound.n is None else bound.n,
            _at_end(bound, bound.at_lowest, measure.minimum),
            _at_end(bound, bound.at_highest, measure.maximum),
        )
        for bound in words.estimate.artefacts.bounds
    ]
    return Table(
        key="bounds",
        caption=Sentence("Scores at the ends of the scale (floor and ceiling)"),
        columns=(
            Column("occasion", Sentence("Occasion code"), on_page=False),
            Column("when", Sentence("Time")),
            Column("n", Sentence("Scores"), Kind.COUNT),
            Column("at_lowest", Sentence("At the lowest"), Kind.SHARE, 0),
            Column("at_highest", Sentence("At the highest"), Kind.SHARE, 0),
        ),
        rows=tuple(rows),
    )


def _at_end(bound: BoundShare, share: float | None, end: float | None) -> Cell:
    """A share at an end of the scale: nothing where there is no such end, "under 5" where few stand there."""
    if end is None:
        return None
    if bound.n is None:
        return Withheld(UNDER_IN_ARM)
    return Withheld(UNDER, UNDER) if share is None else share
