"""Composition: the report's material and the case to one context."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.effect_results import Progression, ProgressionRow
from outcomes.analysis.evidence import DesignLabel, allowed_word
from outcomes.analysis.results import COMPARISON, INTERVENTION, Share
from outcomes.analysis.value import CitizenOutcome, estimate_value
from outcomes.analysis.value_prices import coarse_share, make_value_case, refusion_case, success_difference
from outcomes.errors import EstimateError, Sentence
from outcomes.reports.effect_report.context import Heading, Trace
from outcomes.reports.effect_report.headline import main_number
from outcomes.reports.effect_report.summary import build_summary
from outcomes.reports.effect_report.words import Words
from outcomes.reports.value.context import CitizenPart, MoneyPart, ValueContext
from outcomes.reports.value.method import build_method
from outcomes.reports.value.money import build_money
from outcomes.reports.value.rounding import cell_unit
from outcomes.reports.value.sections import Basis

if TYPE_CHECKING:
    from outcomes.reports.effect_report.material import ReportMaterial
    from outcomes.reports.value.material import ValueMaterial

HIDDEN = Sentence(
    "So few of those compared with succeeded, or didn't, that their share isn't shown. The assumption takes its"
    " place, and what follows from it is a scenario."
)
UNADJUSTED = Sentence(
    "The two groups are alike only after adjustment, and these shares are as they are. So what follows from them is a"
    " scenario."
)
CERTAINTY = Sentence("The number is called “%(word)s” (%(label)s), and the evidence has grade %(grade)s.")


def build_value(material: ReportMaterial, value: ValueMaterial, *, published: bool = False) -> ValueContext:
    """Money and outcome of one intervention and period. Pure; what can't be worked out says why.

    ``published``: every amount follows from shares that are rounded by how many they are of, and from nothing finer.
    """
    words = Words(material)
    money, withheld = _money(words, value, published=published)
    return ValueContext(
        heading=_heading(words),
        citizens=_citizens(words),
        money=money,
        withheld=withheld,
        invented=value.invented,
        price_name=value.price_name,
        price_year=value.prices.price_year,
        method=build_method(words, value, money),
        trace=Trace(
            material.plan.version,
            material.plan.frozen_on,
            material.snapshot,
            material.code_version,
            material.reproduce.replace("outcomes report ", "outcomes report --of value ", 1),
        ),
    )


def _heading(words: Words) -> Heading:
    material = words.material
    return Heading(
        name=Sentence("People and money"),
        organisation=material.organisation,
        intervention=material.intervention,
        kind=allowed_word(material.estimate.label),
        period=words.period,
        version=Sentence("Data %(data)s", data=material.snapshot[:8]),
        generated_at=material.generated_at,
        is_demo=material.is_demo,
    )


def _citizens(words: Words) -> CitizenPart:
    summary, estimate = build_summary(words), words.estimate
    certainty = Sentence(
        CERTAINTY.message,
        word=allowed_word(estimate.label),
        label=estimate.label.code,
        grade=estimate.evidence.grade.value,
    )
    return CitizenPart(summary.finding, summary.number, certainty, summary.key_figures, summary.figure)


def _money(words: Words, value: ValueMaterial, *, published: bool) -> tuple[MoneyPart | None, Sentence | None]:
    estimate, number = words.estimate, main_number(words)
    reached = _success(words, INTERVENTION)
    if number is None or reached is None:
        return None, Sentence(
            "No amount is shown, because it isn't known how many succeeded. Money never stands without the citizens' outcome."
        )
    compared = _success(words, COMPARISON) if estimate.label >= DesignLabel.D2 else None
    if published:
        reached, compared = coarse_share(reached), coarse_share(compared) if compared else None
    caution = _caution(estimate.label, compared)
    label = estimate.label if caution is None else min(estimate.label, DesignLabel.D1)
    outcome = CitizenOutcome(str(words.measure), number, label, estimate.evidence.grade)
    try:
        success = success_difference(reached, compared, value.assumptions)
        case = make_value_case(value.prices, value.assumptions, success, persons=reached.total)
        unit = cell_unit(case, outcome)
        found = estimate_value(case, outcome, generator=np.random.default_rng(value.seed), unit=unit)
        moved = estimate_value(refusion_case(case, value.assumptions), outcome, unit=unit)
    except EstimateError as error:
        return None, error.sentence
    basis = Basis(reached, compared, caution, published=published)
    return build_money(value, found, moved, basis), None


def _caution(label: DesignLabel, compared: Share | None) -> Sentence | None:
    """Why people are compared with and the amounts are a scenario all the same; None where they aren't for that reason."""
    if label < DesignLabel.D2:
        return None
    if compared is None:
        return HIDDEN
    return None if label.causal else UNADJUSTED


def _success(words: Words, arm: str) -> Share | None:
    """The share of an arm's people who came where the help was meant to bring them; None where it isn't shown."""
    progression = words.estimate.progression
    if not isinstance(progression, Progression):
        return None
    arms = {arm, None} if arm == INTERVENTION else {arm}
    row: ProgressionRow | None = next((row for row in progression.rows if row.arm in arms), None)
    return row.share_succeeded if row is not None and isinstance(row.share_succeeded, Share) else None
