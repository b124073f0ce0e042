"""The rules by which a person's change is judged: against error, cut-off, important difference or per cent."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.options import choice, number

if TYPE_CHECKING:
    from outcomes.analysis.clinical_significance import TrueCutoff
    from outcomes.analysis.plan import Direction
    from outcomes.analysis.reliable_change_formulas import ChangeNorms, ReliableChange, ReliableChangeIndex
    from outcomes.services.analyse.arrays import Numbers
    from outcomes.services.analyse.call import Call
    from outcomes.services.analyse.pairs import Pairs

FORMULAS = {
    "jt": "jacobson-truax",
    "en": "edwards-nunnally",
    "gln": "gulliksen-lord-novick",
    "hll": "hsu-linn-lord",
    "nk": "nunnally-kotsch",
    "ha": "hageman-arrindell",
}
WORDS = {"better": "improved", "worse": "deteriorated"}
CHANGE_WORDS = ("improved", "unchanged", "deteriorated")
CLINICAL_WORDS = ("recovered", "improved", "unchanged", "deteriorated", "harmed")
NOT_COMPARED = "not_compared"

RULES: dict[str, Any] = {
    "direction": choice("lower", "higher", lower_is_better="lower", higher_is_better="higher"),
    "reliability": number(0.0, below=1.0),
    "reliability_post": number(0.0, below=1.0),
    "sd": number(above=0.0),
    "sdc": number(above=0.0),
    "formula": choice(*FORMULAS, "hlm", **{long.replace("-", "_"): short for short, long in FORMULAS.items()}),
    "m_functional": number(),
    "sd_functional": number(above=0.0),
    "m_clinical": number(),
    "sd_clinical": number(above=0.0),
    "cutoff": choice("a", "b", "c"),
    "cutoff_value": number(),
    "mid_improvement": number(above=0.0),
    "mid_deterioration": number(above=0.0),
    "percent": number(above=0.0),
    "percent_deterioration": number(above=0.0),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """Each person's category and RCI (None where the rule has none), in the pairs' order; ``numbers`` behind the rule."""

    categories: tuple[str, ...]
    indices: tuple[float | None, ...]
    words: tuple[str, ...]
    numbers: dict[str, Any]
    warnings: tuple[Sentence, ...]


def read_direction(call: Call) -> tuple[Direction, tuple[Sentence, ...]]:
    """Which way is better; a warning where nobody said it."""
    from outcomes.analysis.plan import Direction  # noqa: PLC0415 - with the method

    direction = Direction.HIGHER if call.options.choice("direction", "lower") == "higher" else Direction.LOWER
    if call.options.given("direction"):
        return direction, ()
    return direction, (
        Sentence("A lower score is taken to be better. Say it with --option direction=lower or higher."),
    )


def judge_pairs(call: Call, pairs: Pairs) -> Judged:
    """Every person by the rule that the options name."""
    direction, warnings = read_direction(call)
    before, after = _optional(pairs.before), _optional(pairs.after[0])
    norms = _norms(call, pairs)
    numbers: dict[str, Any] = {}
    change = _change(call, pairs, before, after, direction, norms, numbers)
    clinical = _clinical(call, change, before, after, direction, norms, numbers)
    if clinical is not None:
        categories, words = clinical
    elif change is not None:
        categories, words = tuple(person.category.value for person in change.persons), CHANGE_WORDS
    else:
        raise EstimateError(
            Sentence(
                "Reliable change needs to know the measure's error: --option reliability=..., or sdc=..., or another rule:"
                " mid_improvement=..., percent=..., or m_functional=... and sd_functional=...."
            )
        )
    indices = tuple(person.rci for person in change.persons) if change is not None else (None,) * pairs.n
    categories = tuple(WORDS.get(category, category) for category in categories)
    return Judged(categories, indices, words, numbers, warnings)


def _change(
    call: Call,
    pairs: Pairs,
    before: list[float | None],
    after: list[float | None],
    direction: Direction,
    norms: ChangeNorms | None,
    numbers: dict[str, Any],
) -> ReliableChange | None:
    """Change against error, by points or by per cent; None where only a cut-off was asked for."""
    from outcomes.analysis import clinical_significance as clinical  # noqa: PLC0415 - with the method
    from outcomes.analysis.reliable_change_formulas import PersonIndex, ReliableChange, judge_changes  # noqa: PLC0415

    options = call.options
    limit, percent = options.number("mid_improvement"), options.number("percent")
    if limit is None and percent is None:
        index = _index(call, norms)
        if index is None:
            return None
        numbers |= _numbers_of(index, norms)
        return judge_changes(pairs.labels, before, after, index=index, direction=direction)
    persons = []
    for label, one, other in zip(pairs.labels, before, after, strict=True):
        if limit is not None:
            worse = options.number("mid_deterioration")
            category = clinical.classify_by_important_difference(
                one, other, improvement=limit, deterioration=worse, direction=direction
            )
        else:
            category = clinical.classify_by_percentage(
                one,
                other,
                improvement=_share(percent),
                deterioration=_share(options.number("percent_deterioration")) or None,
                direction=direction,
            )
        persons.append(PersonIndex(label, one, other, None, category))
    return ReliableChange(None, tuple(persons))


def _share(percent: float | None) -> float:
    """Per cent as a share: 50 and 0.5 both mean half."""
    if percent is None:
        return 0.0
    return percent / 100 if percent > 1 else percent


def _index(call: Call, norms: ChangeNorms | None) -> ReliableChangeIndex | None:
    from outcomes.analysis.reliable_change import CRITICAL  # noqa: PLC0415 - with the method
    from outcomes.analysis.reliable_change_formulas import (  # noqa: PLC0415
        ReliableChangeFormula,
        ReliableChangeIndex,
        reliable_change_index,
    )

    published = call.options.number("sdc")
    formula = ReliableChangeFormula(FORMULAS[call.options.choice("formula", "jt")])
    if published is not None:  # a published smallest detectable change takes precedence
        jacobson = ReliableChangeFormula.JACOBSON_TRUAX
        return ReliableChangeIndex(jacobson, 1.0, 1.0, 0.0, published / CRITICAL, CRITICAL)
    if norms is None:
        return None
    return reliable_change_index(norms, formula)


def _norms(call: Call, pairs: Pairs) -> ChangeNorms | None:
    """What is known of the measure: the reliability as given, the spread as given or these people's own."""
    from outcomes.analysis.reliable_change_formulas import norms_from_scores  # noqa: PLC0415 - with the method

    reliability = call.options.number("reliability")
    if reliability is None:
        return None
    norms = norms_from_scores(
        _optional(pairs.before),
        _optional(pairs.after[0]),
        reliability=reliability,
        reliability_after=call.options.number("reliability_post"),
    )
    sd = call.options.number("sd")
    return norms if sd is None else replace(norms, sd_before=sd)


def _numbers_of(index: ReliableChangeIndex, norms: ChangeNorms | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "formula": index.formula.value,
        "std_error": index.std_error,
        "critical": index.critical,
        "reliability_of_change": index.reliability_of_change,
    }
    if index.formula.value == FORMULAS["jt"]:
        found |= {"s_diff": index.std_error, "smallest_detectable_change": index.critical * index.std_error}
    if norms is not None:
        found |= {
            "sd_before": norms.sd_before,
            "mean_before": norms.mean_before,
            "reliability": norms.reliability,
            "standard_error_of_measurement": norms.standard_error_of_measurement,
        }
    return {name: value for name, value in found.items() if value is not None}


def _clinical(
    call: Call,
    change: ReliableChange | None,
    before: list[float | None],
    after: list[float | None],
    direction: Direction,
    norms: ChangeNorms | None,
    numbers: dict[str, Any],
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Categories by the cut-off, together with the change where there is one; None without a cut-off."""
    from outcomes.analysis import clinical_significance as clinical  # noqa: PLC0415 - with the method

    cutoff = _cutoff(call, before, after, norms, numbers)
    if cutoff is None:
        return None
    if change is None:
        found = (
            [
                clinical.classify_by_cutoff(one, other, cutoff=cutoff, direction=direction).value
                for one, other in zip(before, after, strict=True)
            ]
            if isinstance(cutoff, float)
            else []
        )
        return tuple(found), CHANGE_WORDS
    if isinstance(cutoff, float):
        persons = clinical.judge_significance(change, cutoff=cutoff, direction=direction)
    else:
        persons = clinical.judge_true_significance(change, cutoff=cutoff, direction=direction)
    return tuple(person.category.value for person in persons), CLINICAL_WORDS


def _cutoff(
    call: Call,
    before: list[float | None],
    after: list[float | None],
    norms: ChangeNorms | None,
    numbers: dict[str, Any],
) -> float | TrueCutoff | None:
    from outcomes.analysis.clinical_significance import true_cutoff  # noqa: PLC0415 - with the method
    from outcomes.analysis.reliable_change import clinical_cutoffs  # noqa: PLC0415

    options = call.options
    published = options.number("cutoff_value")
    if published is not None:
        numbers |= {"cutoff": published, "cutoff_type": "given"}
        return published
    mean, sd = options.number("m_functional"), options.number("sd_functional")
    kind = options.choice("cutoff", "c")
    if mean is None and sd is None and not options.given("cutoff"):
        return None
    pairs = [one for one, other in zip(before, after, strict=True) if one is not None and other is not None]
    own = np.asarray(pairs, dtype=np.float64)
    distressed_mean = options.number("m_clinical")
    distressed_sd = options.number("sd_clinical")
    if own.size < 2 and (distressed_mean is None or distressed_sd is None):  # noqa: PLR2004 - a spread takes two
        raise EstimateError(Sentence("A cut-off from these people's own scores needs at least two with both scores."))
    distressed_mean = float(own.mean()) if distressed_mean is None else distressed_mean
    distressed_sd = float(own.std(ddof=1)) if distressed_sd is None else distressed_sd
    if kind == "a" and mean is None:  # it needs no norms, only the side that is better
        mean = distressed_mean + (1.0 if options.choice("direction", "lower") == "higher" else -1.0)
    if kind == "a" and sd is None:
        sd = distressed_sd
    if mean is None or sd is None:
        raise EstimateError(
            Sentence("This cut-off needs the ordinary population: --option m_functional=... and sd_functional=....")
        )
    if options.choice("formula", "jt") == "ha" and norms is not None:
        found = true_cutoff(norms, ordinary_mean=mean, ordinary_sd=sd)
        numbers |= {"cutoff": found.value, "cutoff_type": "c_true"}
        return found
    cutoffs = clinical_cutoffs(
        distressed_mean=distressed_mean, distressed_sd=distressed_sd, ordinary_mean=mean, ordinary_sd=sd
    )
    value = float(getattr(cutoffs, kind))
    numbers |= {"cutoff": value, "cutoff_type": kind}
    return value


def _optional(values: Numbers) -> list[float | None]:
    return [None if math.isnan(value) else float(value) for value in values]
