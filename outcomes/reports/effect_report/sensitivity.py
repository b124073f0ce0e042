"""What if those who are missing fared worse? The table on the method page, and the one sentence beside the main number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.plan import PlannedSensitivity
from outcomes.analysis.results import Sensitivity, SensitivityCode, TermEstimate
from outcomes.analysis.results import Withheld as NotGiven
from outcomes.errors import Sentence
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.words import after
from outcomes.reports.parts import Column, Interval, Kind, Points, Table, Withheld

if TYPE_CHECKING:
    from outcomes.analysis.results import SensitivityScenario
    from outcomes.reports.effect_report.words import Words
    from outcomes.reports.parts import Cell

SCENARIOS = {
    SensitivityCode.MAIN: Sentence("The main number: those who are missing go on like people like them who answered"),
    SensitivityCode.DETECTABLE_WORSE: Sentence(
        "Those missing of the intervention are worse than that by as much as the measure can tell apart in one person"
    ),
    SensitivityCode.TIPPING_INTERVENTION: Sentence(
        "Those missing of the intervention are so different that the interval just reaches zero"
    ),
    SensitivityCode.TIPPING_BOTH: Sentence(
        "Those missing of both groups are so different that the interval just reaches zero"
    ),
    SensitivityCode.MISSING_AT_RANDOM: Sentence(
        "At the main time alone, with each missing score worked out from the person's own group"
    ),
    SensitivityCode.JUMP_TO_REFERENCE: Sentence(
        "At the main time alone, and those missing of the intervention are then as if they had never got it"
    ),
    SensitivityCode.RESPONSE_WEIGHTS: Sentence(
        "Those who answered at the main time stand for people who were like them at the start"
    ),
}
PLANNED = {
    PlannedSensitivity.DELTA_ADJUSTMENT: SensitivityCode.TIPPING_INTERVENTION,
    PlannedSensitivity.JUMP_TO_REFERENCE: SensitivityCode.JUMP_TO_REFERENCE,
    PlannedSensitivity.RESPONSE_WEIGHTS: SensitivityCode.RESPONSE_WEIGHTS,
}
PLANNED_WORDS = {
    PlannedSensitivity.DELTA_ADJUSTMENT: Sentence("points added to the scores of those missing"),
    PlannedSensitivity.JUMP_TO_REFERENCE: Sentence("those missing as if they had never got the intervention"),
    PlannedSensitivity.RESPONSE_WEIGHTS: Sentence("those who answered weighted to stand for all"),
}


def sensitivity_table(words: Words) -> Table:
    """Every assumption about those missing, with the main number under it."""
    found = words.estimate.sensitivity
    return Table(
        key="sensitivity",
        caption=Sentence("What if those who are missing fared worse?"),
        columns=(
            Column("code", Sentence("Code"), on_page=False),
            Column("what", Sentence("What is taken of those missing")),
            Column("delta", Sentence("Points added to their scores"), Kind.NUMBER, 2),
            Column("in_detectable_changes", Sentence("The same in smallest detectable changes"), Kind.NUMBER, 2),
            Column("estimate", Sentence("Estimate"), Kind.NUMBER, 2),
            Column("interval", Sentence("95 % interval"), Kind.INTERVAL, 2),
            Column("std_error", Sentence("Standard error"), Kind.NUMBER, 4, on_page=False),
            Column("df", Sentence("Degrees of freedom"), Kind.NUMBER, 1, on_page=False),
            Column("n", Sentence("People"), Kind.COUNT),
        ),
        rows=tuple(_row(scenario) for scenario in found.scenarios) if isinstance(found, Sensitivity) else (),
    )


def _row(scenario: SensitivityScenario) -> tuple[Cell, ...]:
    number = scenario.estimate
    named: tuple[Cell, ...] = (
        scenario.code.value,
        SCENARIOS[scenario.code],
        scenario.delta,
        scenario.in_detectable_changes,
    )
    if isinstance(number, NotGiven):
        return (*named, Withheld(number.sentence, Sentence("not given")), None, None, None, None)
    interval = Interval(number.ci_low, number.ci_high)
    return (*named, number.estimate, interval, number.std_error, number.df, scenario.n)


def said_how(words: Words) -> tuple[Sentence, ...]:
    """How the table's numbers are made; nothing where there are none."""
    if not isinstance(words.estimate.sensitivity, Sensitivity):
        return ()
    said = Sentence(
        "Points are added to the scores of those missing at the main time, and the main number moves by as much times the"
        " share who are missing."
    )
    if words.compared:
        return (
            said,
            Sentence(
                "At the main time alone the missing scores are also worked out from what each person had answered, by a"
                " model of planned measurements; standard errors by leaving out each person in turn. Where those missing are"
                " taken to be like the others on average, the interval is narrower; that is no sign of more knowledge."
            ),
        )
    return (
        said,
        Sentence(
            "Those who answered are also weighted by how likely people like them were to answer, judged by what was known at"
            " the start."
        ),
    )


def said_withheld(words: Words) -> tuple[Sentence, ...]:
    """Why something of it isn't given, each reason once."""
    found = words.estimate.sensitivity
    if not isinstance(found, Sensitivity):
        return (words.named(found.sentence),)
    reasons = [each.estimate.sentence for each in found.scenarios if isinstance(each.estimate, NotGiven)]
    return tuple(dict.fromkeys(reasons))


STANDS = Sentence(
    "The result stands whatever became of those who got the intervention and didn't answer %(after)s: to turn it would take"
    " more points than the scale has."
)
TURNS_IF_WORSE = Sentence(
    "The result stands unless those who got the intervention and didn't answer %(after)s were at least %(points)s points"
    " worse off than people like them who answered."
)
TURNS_IF_BETTER = Sentence(
    "The result stands unless those who got the intervention and didn't answer %(after)s were at least %(points)s points"
    " better off than people like them who answered."
)


def said_tipping(words: Words) -> Sentence | None:
    """How far off those missing of the intervention must be for the result to turn; None where that isn't known."""
    found = words.estimate.sensitivity
    if not isinstance(found, Sensitivity) or not found.missing[0]:
        return None
    main, scenario = found.scenario(SensitivityCode.MAIN), found.scenario(SensitivityCode.TIPPING_INTERVENTION)
    if isinstance(main.estimate, TermEstimate) and main.estimate.includes_zero:
        return Sentence(
            "The uncertainty holds 0 already, so there is no result that those who are missing could turn. What they could"
            " mean stands in the table under how it was computed."
        )
    when, measure = after(words.primary_time), words.material.measure
    width = None if measure.minimum is None or measure.maximum is None else measure.maximum - measure.minimum
    if scenario.delta is None or (width is not None and abs(scenario.delta) > width):
        return Sentence(STANDS.message, after=when)
    turns = TURNS_IF_BETTER if words.is_better(scenario.delta) else TURNS_IF_WORSE
    said = Sentence(turns.message, after=when, points=Points(abs(scenario.delta), words.decimals))
    if scenario.in_detectable_changes is None:
        return said
    times = Points(abs(scenario.in_detectable_changes), 1)
    return join(said, Sentence("That is %(times)s times what the measure can tell apart in one person.", times=times))


def is_made(words: Words, planned: str) -> bool:
    """True where ``planned`` names an analysis that is in the table; a tipping point counts where there is none."""
    found = words.estimate.sensitivity
    if planned not in {str(name) for name in PLANNED} or not isinstance(found, Sensitivity):
        return False
    code = PLANNED[PlannedSensitivity(planned)]
    return any(
        scenario.code is code
        and (code is SensitivityCode.TIPPING_INTERVENTION or isinstance(scenario.estimate, TermEstimate))
        for scenario in found.scenarios
    )


def planned_words(name: str) -> Sentence:
    """A planned analysis in words: those of one that the report knows, else the plan's own."""
    known = {str(planned): said for planned, said in PLANNED_WORDS.items()}
    return known.get(name) or Sentence("%(text)s", text=name)
