"""An analysis plan in words, line by line, for those who decide to freeze it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.language import translate
from outcomes.reports.effect_report.sensitivity import planned_words
from outcomes.reports.effect_report.words import occasion_name
from outcomes.reports.parts import LocalText

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outcomes.services.freeze_plan import PlanView

DESIGNS = {
    "none": Sentence("No comparison: shows change, not effect"),
    "expected": Sentence("Against the course expected without the intervention"),
    "adjusted": Sentence("Against others, adjusted for differences that are measured"),
    "waiting_list": Sentence("Against people on a waiting list"),
    "staggered": Sentence("Against places that have not begun yet"),
    "randomised": Sentence("Against others, by drawing lots"),
}
DIRECTIONS = {
    "higher_is_better": Sentence("A higher score is better."),
    "lower_is_better": Sentence("A lower score is better."),
}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One part of the plan: what it is, and what was chosen."""

    label: Sentence
    value: Sentence | LocalText | str


def describe_plan(view: PlanView) -> tuple[PlanLine, ...]:
    """The plan's choices in the order that a reader asks for them."""
    plan: Mapping[str, Any] = view.definition
    measure = plan["measure"]
    lines = [
        PlanLine(Sentence("Measure"), _listed(view.measure)),
        PlanLine(Sentence("Which way is better"), DIRECTIONS[measure["direction"]]),
        PlanLine(Sentence("Compared with"), DESIGNS[plan["design"]]),
        PlanLine(Sentence("Starting point"), _occasions(view, (plan["baseline"],))),
        PlanLine(Sentence("Follow-up"), _occasions(view, plan["follow_up"])),
        PlanLine(Sentence("Decides the result"), _occasions(view, (plan["primary_occasion"],))),
    ]
    adjusted = [view.characteristics.get(each["name"], each["name"]) for each in plan.get("covariates") or ()]
    if adjusted:
        lines.append(PlanLine(Sentence("Adjusted for"), _listed(adjusted)))
    if plan.get("randomised_evidence"):
        lines.append(PlanLine(Sentence("How lots were drawn"), plan["randomised_evidence"]))
    lines.append(PlanLine(Sentence("Model"), Sentence("Linear mixed model with a random intercept for each person")))
    if plan.get("sensitivity"):
        lines.append(PlanLine(Sentence("Also tried"), _listed([planned_words(name) for name in plan["sensitivity"]])))
    return tuple(lines)


def _occasions(view: PlanView, codes: Iterable[str]) -> Sentence:
    """Occasions by their time; by their code where nobody has them planned yet."""
    return _listed([occasion_name(view.months[code]) if code in view.months else code for code in codes])


def _listed(words: Iterable[object]) -> Sentence:
    return Sentence("%(list)s", list=_List(tuple(words)))


@dataclass(frozen=True, slots=True)
class _List:
    """Words with commas between them, in the locale in force when they are shown."""

    words: tuple[object, ...]

    def __str__(self) -> str:
        return ", ".join(translate(word) if isinstance(word, Sentence) else str(word) for word in self.words)
