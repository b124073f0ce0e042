"""How a part's figures were worked out: each of them by its public definition, and what the part can't show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.evidence import allowed_word, grade_word, label_meaning
from outcomes.analysis.indicator_definitions import WILSON, definitions_of
from outcomes.analysis.indicators import INDICATORS
from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Fact, Method
from outcomes.reports.effect_report.counts import HIDDEN_RULE

if TYPE_CHECKING:
    from outcomes.reports.part_report.context import PartMaterial

SHOWN = ("share_better", "share_success", "goal_attainment", "experience")
SENT = Sentence("Whether the help is the reason, or who was sent where.")


def build_method(material: PartMaterial) -> Method:
    """Facts for whoever wants to check a figure, and the limits."""
    figures, measure = material.figures, material.measure
    return Method(
        facts=(
            Fact(
                "estimand",
                Sentence("What is estimated"),
                (
                    Sentence(
                        "These people's own change from the start until the plan's main time, by the plan's measure and"
                        " model. Nobody is compared with them: the plan's comparison was made for everybody."
                    ),
                ),
            ),
            Fact("label", Sentence("Design label"), (allowed_word(figures.label), label_meaning(figures.label))),
            Fact("grade", Sentence("Evidence grade"), (_grade(material),)),
            *(_defined(key) for key in SHOWN),
            _worse(),
            Fact(
                "measure",
                Sentence("The measure"),
                (measure.scale or measure.title, Sentence("Version %(version)s.", version=measure.version)),
            ),
            Fact(
                "small",
                Sentence("Small numbers"),
                (
                    HIDDEN_RULE,
                    Sentence("What is shown of one part is decided together with all the others, here and on the overview."),
                    Sentence(
                        "Means of a part are rounded by how many people are behind them, so that no one person's answer can"
                        " be worked out."
                    ),
                ),
            ),
            Fact("plan", Sentence("Analysis plan"), (material.row.plan_status,)),
            Fact("snapshot", Sentence("Fingerprint of the data"), (), figures.snapshot),
            Fact("reproduce", Sentence("The command that gives the same numbers"), (), material.reproduce),
            Fact("program", Sentence("Program"), (), material.code_version),
        ),
        tables=(),
        warnings=(),
        limits=(
            SENT,
            Sentence("How those who haven't answered are doing."),
            *(() if measure.validated else (_untested(),)),
        ),
    )  # fmt: skip


def _untested() -> Sentence:
    return Sentence("How well the measure measures: it hasn't been tested scientifically yet.")


def _grade(material: PartMaterial) -> Sentence:
    grade = material.figures.grade
    return Sentence("%(grade)s: %(meaning)s", grade=grade.value, meaning=grade_word(grade))


def _defined(key: str) -> Fact:
    newest = definitions_of()[key][-1]
    return Fact(key, INDICATORS[key].title, (newest.counts, newest.uncertainty, newest.missing))


def _worse() -> Fact:
    """Counted here of the same people as those who are better, so that the parts of a bar add up."""
    counts = definitions_of()["share_worse"][-1].counts
    other = Sentence("A target for it counts those who answered alone, so that nobody looks well by not being asked.")
    return Fact("worse", Sentence("Reliably worse"), (counts, WILSON, other))
