"""The words that a report may use: names of groups, occasions and characteristics, and which way is better."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import may_show_cell
from outcomes.analysis.evidence import MOST_IMBALANCE
from outcomes.analysis.grouping import PROVIDER, STANDING, TARGET_GROUP, UNKNOWN
from outcomes.analysis.results import (
    COMPARISON,
    INTERVENTION,
    BalanceTable,
    ModelledChange,
    RegressionToMean,
    TermEstimate,
)
from outcomes.errors import Sentence
from outcomes.reports.effect_report.material import ReportMaterial
from outcomes.reports.parts import LocalText, Points, Withheld, local_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.effect_results import EffectEstimate

UNDER = Sentence("under 5")
MOST_DECIMALS = 8
DECIMALS_BY_WIDTH = ((10, 1), (2, 2))  # points from the lowest to the highest of the scale
ARM_ORDER = {INTERVENTION: 0, None: 0, COMPARISON: 1}
PARTS = {
    PROVIDER: Sentence("Provider"),
    TARGET_GROUP: Sentence("Target group"),
    STANDING: Sentence("How it stands"),
}
STANDINGS = {
    "going_on": Sentence("still going on"),
    "completed": Sentence("ended as planned"),
    "stopped_by_citizen": Sentence("the citizen stopped"),
    "moved": Sentence("moved away"),
    "died": Sentence("died"),
    "referred": Sentence("went on to other help"),
    "other": Sentence("ended for another reason"),
}


def occasion_name(time: float) -> Sentence:
    """An occasion by its time in months since the start."""
    if time == 0:
        return Sentence("Start")
    if math.isinf(time):
        return Sentence("Not planned yet")
    if time == 1:
        return Sentence("1 month")
    return Sentence("%(months)s months", months=_months(time))


def after(time: float) -> Sentence:
    """An occasion inside a sentence: "after 8 months"."""
    if time == 0:
        return Sentence("at the start")
    if math.isinf(time):
        return Sentence("at the main time")
    if time == 1:
        return Sentence("after 1 month")
    return Sentence("after %(months)s months", months=_months(time))


def _months(time: float) -> float | int:
    return int(time) if time == int(time) else time


def said_times(times: Sequence[float]) -> Sentence:
    """Occasions inside a sentence: "after 2, 3 and 8 months"."""
    if len(times) == 1:
        return after(times[0])
    first = listed([_months(time) for time in times[:-1]])
    return Sentence("after %(first)s and %(last)s months", first=first, last=_months(times[-1]))


def month_number(time: float) -> float | None:
    """An occasion's time for machines; None where nobody has it planned yet."""
    return None if math.isinf(time) else time


def listed(names: Sequence[object]) -> Sentence:
    """Names after each other: "a, b, c"."""
    found = Sentence("%(name)s", name=names[0])
    for name in names[1:]:
        found = Sentence("%(first)s, %(second)s", first=found, second=name)
    return found


def better_direction(*, lower_is_better: bool) -> Sentence:
    """Which way is better, as a sentence."""
    return Sentence("A lower score is better.") if lower_is_better else Sentence("A higher score is better.")


@dataclass(frozen=True, slots=True)
class Words:
    """Names of one report's groups, measure and occasions."""

    material: ReportMaterial

    @property
    def estimate(self) -> EffectEstimate:
        return self.material.estimate

    @property
    def measure(self) -> LocalText:
        """The scale's name, or the instrument's where the scale has none of its own."""
        return self.material.measure.scale or self.material.measure.title

    @property
    def unit(self) -> Sentence:
        """Unit and direction, for the line under a title."""
        measure = self.material.measure
        direction = Sentence("lower is better") if measure.lower_is_better else Sentence("higher is better")
        if measure.minimum is None or measure.maximum is None:
            return Sentence("%(measure)s, points, %(direction)s", measure=self.measure, direction=direction)
        return Sentence(
            "%(measure)s, points from %(minimum)s to %(maximum)s, %(direction)s",
            measure=self.measure,
            minimum=measure.minimum,
            maximum=measure.maximum,
            direction=direction,
        )

    @property
    def period(self) -> Sentence:
        """The period that the report covers."""
        first, last = self.material.period_from, self.material.period_to
        if first is not None and last is not None:
            return Sentence("%(first)s to %(last)s", first=first, last=last)
        if first is not None:
            return Sentence("from %(first)s", first=first)
        return Sentence("until %(last)s", last=last) if last is not None else Sentence("time not given")

    @property
    def estimand(self) -> Sentence:
        """What is estimated, with the names that readers know in place of the data's own."""
        said = self.estimate.estimand
        names: dict[str, object] = {"scale": self.measure, INTERVENTION: self.group(INTERVENTION)}
        if self.compared:
            names[COMPARISON] = self.group(COMPARISON)
        return Sentence(said.message, **{**dict(said.values), **names})

    @property
    def has_comparison(self) -> bool:
        """True where there are two groups."""
        return len(self.estimate.arms) > 1

    @property
    def primary_time(self) -> float:
        """Months from the start to the plan's primary occasion."""
        primary = self.estimate.plan.primary_occasion
        return next((row.time for row in self.estimate.attrition.rows if row.occasion == primary), 0.0)

    @property
    def baseline_time(self) -> float:
        """Time of the occasion that change is counted from."""
        baseline = self.estimate.plan.baseline_occasion
        return next((row.time for row in self.estimate.attrition.rows if row.occasion == baseline), 0.0)

    def group(self, arm: str | None) -> LocalText:
        """The name of a group: the intervention's own, and what the comparison got."""
        if arm != COMPARISON:
            return self.material.intervention
        if self.material.comparison is not None:
            return self.material.comparison
        return local_text(self.estimate.plan.comparison_label or "")

    @property
    def compared(self) -> bool:
        """True where the main number compares two groups; with a comparison too small for that there are still two."""
        return self.estimate.compared

    def begun(self, arm: str | None) -> int | Withheld:
        """How many persons began in a group (``None``: all); a group under 5 isn't shown, nor the sum that tells it."""
        sizes = {size.arm: size.n_started for size in self.estimate.arms}
        if arm in sizes:
            return sizes[arm] if may_show_cell(sizes[arm]) else Withheld(UNDER, UNDER)
        if all(may_show_cell(n) for n in sizes.values()):
            return sum(sizes.values())
        if len(sizes) == 1:
            return Withheld(UNDER, UNDER)
        return Withheld(Sentence("withheld, so that a number under 5 can't be worked out"))

    def said_begun(self, arm: str | None) -> int | Sentence:
        """The same for a sentence."""
        found = self.begun(arm)
        return found.mark if isinstance(found, Withheld) else found

    @property
    def modelled(self) -> bool:
        """True where the main number is change by a model of all occasions."""
        return not self.compared and isinstance(self.estimate.modelled_change, ModelledChange)

    @property
    def arms_behind(self) -> tuple[str, ...]:
        """The groups that the main number is about."""
        return tuple(size.arm for size in self.estimate.arms) if self.compared else (INTERVENTION,)

    @property
    def arm_behind(self) -> str | None:
        """The group that the main number is about; None where it is all of them."""
        return None if self.compared else INTERVENTION

    def due(self, arm: str | None) -> int:
        """How many of a group were due at the primary occasion."""
        primary = self.estimate.plan.primary_occasion
        rows = [row for row in self.estimate.attrition.rows if row.occasion == primary]
        return next((row.due for row in rows if row.arm == arm), rows[-1].due)

    def characteristic(self, name: str) -> LocalText:
        """Words for a covariate of the plan, or for its baseline score, else its name in the data."""
        if name == self.estimate.plan.baseline_term:
            return self.measure
        return dict(self.material.characteristics).get(name) or local_text(name)

    def category(self, name: str, value: str) -> LocalText:
        """Words for a category's value, else the value in the data."""
        return dict(dict(self.material.category_words).get(name, ())).get(value) or local_text(value)

    def part(self, name: str) -> LocalText | Sentence:
        """What people are parted by, in words: provider, target group, how it stands, or a covariate of the plan."""
        return PARTS.get(name) or self.characteristic(name)

    def level(self, name: str, level: str) -> LocalText | Sentence:
        """One part of the people in words."""
        if level == UNKNOWN:
            return Sentence("not known")
        if name == STANDING:
            return STANDINGS.get(level, Sentence("%(text)s", text=level))
        if name == TARGET_GROUP:
            return dict(self.material.target_group_names).get(level) or local_text(level)
        return self.category(name, level)

    def named(self, sentence: Sentence) -> Sentence:
        """An analysis sentence with readers' words for the covariates that it names."""
        values = dict(sentence.values)
        names = str(values.get("covariates") or "")
        if not names:
            return sentence
        said = listed([self.characteristic(name) for name in names.split(", ")])
        return Sentence(sentence.message, **{**values, "covariates": said})

    @property
    def unequal(self) -> tuple[LocalText, ...]:
        """What the groups differed in at the start by more than the limit, each characteristic once."""
        balance = self.estimate.balance
        if not isinstance(balance, BalanceTable):
            return ()
        names = dict.fromkeys(row.name for row in balance.rows if abs(row.smd) > MOST_IMBALANCE)
        return tuple(self.characteristic(name) for name in names)

    @property
    def decimals(self) -> int:
        """Decimals of a score or a mean, by how wide the scale is."""
        measure = self.material.measure
        if measure.minimum is None or measure.maximum is None:
            return 1
        width = measure.maximum - measure.minimum
        return next((decimals for least, decimals in DECIMALS_BY_WIDTH if width >= least), 3)

    def decimals_of(self, number: TermEstimate) -> int:
        """Decimals of an estimate: enough to see its standard error, and that no end of its interval is rounded to 0."""
        decimals = self.decimals
        if number.std_error > 0:
            decimals = max(decimals, -math.floor(math.log10(number.std_error)))
        ends = [end for end in (number.ci_low, number.ci_high) if end]
        while decimals < MOST_DECIMALS and any(not round(end, decimals) for end in ends):
            decimals += 1
        return min(decimals, MOST_DECIMALS)

    def score(self, value: float) -> Points:
        """A score or mean for a sentence."""
        return Points(value, self.decimals)

    @property
    def regression_share(self) -> float | None:
        """Share of the change that was to be expected of the selection alone; None where that isn't known."""
        found = self.estimate.artefacts.regression_to_mean
        return found.share_of_change if isinstance(found, RegressionToMean) else None

    def is_better(self, points: float) -> bool:
        """True where a change or difference of ``points`` is for the better."""
        return points < 0 if self.material.measure.lower_is_better else points > 0
