"""What a release of the overview says of an intervention: a table of everybody, one of the parts, the same for machines.

Every number is rounded by how many people are behind it, and the tables show no more decimals than that leaves. The ends of
an interval are rounded outward, so that whoever judges by them says no more than the figures do.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from outcomes.analysis.evidence import grade_word
from outcomes.analysis.indicators import INDICATORS, indicator_value
from outcomes.analysis.results import TermEstimate
from outcomes.analysis.suppression import SHARE_SPAN, SPAN, round_interval, round_mean, rounding_step
from outcomes.errors import Sentence
from outcomes.reports.parts import Cell, Column, Kind, LocalText, Points, Proportion, Table, Withheld
from outcomes.reports.stored_values import to_stored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outcomes.analysis.indicators import IndicatorValue
    from outcomes.analysis.plan import Measure
    from outcomes.analysis.population import PopulationFigures

TOO_FEW = Sentence("Too few people.")
STANDARDISED_SPAN = 4.0
"""Standard deviations that hold nearly everybody."""


def scale_length(measure: Measure) -> float:
    """Points from the measure's lowest to its highest; a usual length where it has no ends."""
    if measure.minimum is None or measure.maximum is None:
        return SPAN
    return float(measure.maximum - measure.minimum)


COLUMNS = (
    Column("figure", Sentence("Figure")),
    Column("value", Sentence("Value"), Kind.NUMBER, 2),
    Column("interval", Sentence("95 per cent interval")),
    Column("n", Sentence("People"), Kind.COUNT),
    Column("completeness", Sentence("Share known"), Kind.SHARE, 0),
)


def main_table(slug: str, title: LocalText, figures: PopulationFigures, length: float) -> Table:
    """What is known of everybody, figure by figure."""
    rows: list[tuple[Cell, ...]] = [
        (Sentence("People who began"), _shown(figures.n_begun), None, None, None),
        (Sentence("People whose time has come"), _shown(figures.n_due), None, None, None),
        (Sentence("Answered both times"), _shown(figures.n_answered), None, None, figures.completeness),
        (
            Sentence("Main figure: %(word)s, %(unit)s", word=figures.word, unit=figures.unit),
            *_term_cells(figures.main, _n_main(figures), length),
            figures.n_behind,
            figures.completeness,
        ),
    ]
    for key, indicator in INDICATORS.items():
        if indicator.unit != "points":
            value = indicator_value(figures, key)
            rows.append((indicator.title, *indicator_cells(value, indicator.unit, length)))
    rows.append((Sentence("How far it can be trusted"), grade_word(figures.grade), None, None, None))
    return Table(f"{slug}", Sentence("What is known: %(intervention)s", intervention=title), COLUMNS, tuple(rows))


def part_tables(
    slug: str, title: LocalText, keys: Sequence[str], parts: Mapping[str, PopulationFigures],
    names: Mapping[str, LocalText | str], length: float,
) -> tuple[Table, ...]:  # fmt: skip
    """Every part by name, those without a number too."""
    if not keys:
        return ()
    columns = (Column("part", Sentence("Provider or target group")), *COLUMNS[1:])
    rows: list[tuple[Cell, ...]] = []
    for key in sorted(keys, key=lambda key: str(names.get(key, key))):
        each = parts.get(key)
        cells = _term_cells(each.main, _n_main(each), length) if each else (Withheld(TOO_FEW), None)
        known = (each.n_behind, each.completeness) if each else (None, None)
        rows.append((names.get(key, key), *cells, *known))
    unit = next((each.unit for each in parts.values()), "")
    caption = Sentence("By provider and target group: %(intervention)s, %(unit)s", intervention=title, unit=unit)
    return (Table(f"{slug}-parts", caption, columns, tuple(rows)),)


def _shown(count: int | None) -> Cell:
    return count if count is not None else Withheld(TOO_FEW)


def _term_cells(term: Any, n: int | None, span: float) -> tuple[Cell, Cell]:
    if not isinstance(term, TermEstimate) or n is None:
        return Withheld(getattr(term, "sentence", TOO_FEW)), None
    return _rounded(term, n, span)


def indicator_cells(value: IndicatorValue | Any, unit: str, length: float) -> tuple[Cell, Cell, Cell, Cell]:
    """Value, interval, people and share known of an indicator, rounded. ``length``: of the measure's scale, in points."""
    n = getattr(value, "n", None)
    if n is None:
        return Withheld(getattr(value, "sentence", TOO_FEW)), None, None, None
    span = _span(unit, length)
    if unit != "share":
        return *_rounded(value, n, span), n, value.completeness
    middle, low, high = _ends(value, n, span)
    decimals = _decimals(100 * rounding_step(n, span=span))
    between = Sentence(
        "%(low)s to %(high)s per cent", low=Points(100 * low, decimals), high=Points(100 * high, decimals)
    )
    return Proportion(middle), between, n, value.completeness


def as_released(value: IndicatorValue, unit: str, length: float) -> IndicatorValue:
    """The indicator's value as it is published. Judged by it, a status tells nothing that the published numbers don't."""
    if value.n is None:
        return value
    middle, low, high = _ends(value, value.n, _span(unit, length))
    return replace(value, estimate=middle, ci_low=low, ci_high=high)


def _span(unit: str, length: float) -> float:
    return {"share": SHARE_SPAN, "standardised": STANDARDISED_SPAN}.get(unit, length)


def _n_main(figures: PopulationFigures) -> int | None:
    """People whom the main number is rounded by: those with both answers, and not whoever else the model looks at."""
    if figures.n_behind is None or figures.n_answered is None:
        return figures.n_behind
    return min(figures.n_behind, figures.n_answered)


def _ends(number: Any, n: int, span: float) -> tuple[float, float, float]:
    """Estimate, low end and high end, rounded; a share stays one."""
    middle = round_mean(number.estimate, n, span=span)
    low, high = round_interval(number.ci_low, number.ci_high, n, span=span)
    if span == SHARE_SPAN:
        return min(max(middle, 0.0), 1.0), max(low, 0.0), min(high, 1.0)
    return middle, low, high


def _decimals(step: float) -> int:
    return max(0, -math.floor(math.log10(step)))


def _rounded(number: Any, n: int, span: float) -> tuple[Sentence, Sentence]:
    """An estimate and its interval with no more decimals than the rounding leaves."""
    decimals = _decimals(rounding_step(n, span=span))
    value, low, high = (Points(each, decimals) for each in _ends(number, n, span))
    return Sentence("%(value)s", value=value), Sentence("%(low)s to %(high)s", low=low, high=high)


def figures_for_machines(slug: str, title: LocalText, figures: PopulationFigures, length: float) -> dict[str, Any]:
    """The same numbers for whoever computes with them; what isn't shown is an empty object."""
    return {
        "slug": slug,
        "title": to_stored(title),
        "label": figures.label.code,
        "word": to_stored(figures.word),
        "grade": figures.grade.value,
        "goal_kind": figures.goal_kind.value,
        "unit": to_stored(figures.unit),
        "lower_is_better": figures.lower_is_better,
        "n_begun": figures.n_begun,
        "n_due": figures.n_due,
        "n_answered": figures.n_answered,
        "n_behind": figures.n_behind,
        "completeness": _share(figures.completeness),
        "main": _number(figures.main, _n_main(figures), length),
        "indicators": {key: _indicator(figures, key, length) for key in INDICATORS},
    }


def part_for_machines(
    figures: PopulationFigures, names: Mapping[str, LocalText | str], length: float
) -> dict[str, Any]:
    """A part's numbers for whoever computes with them."""
    key = figures.population.key
    return {
        "population": key,
        "title": to_stored(names.get(key, key)),
        "n_behind": figures.n_behind,
        "completeness": _share(figures.completeness),
        "main": _number(figures.main, _n_main(figures), length),
    }


def _indicator(figures: PopulationFigures, key: str, length: float) -> dict[str, Any] | None:
    value = indicator_value(figures, key)
    n = getattr(value, "n", None)
    if n is None:
        return None
    return _number(value, n, _span(INDICATORS[key].unit, length)) | {
        "n": n,
        "completeness": _share(getattr(value, "completeness", None)),
    }


def _number(value: Any, n: int | None, span: float) -> dict[str, Any]:
    """Estimate and interval, or an empty object where they aren't shown."""
    if n is None or not hasattr(value, "estimate"):
        return {}
    return dict(zip(("estimate", "ci_low", "ci_high"), _ends(value, n, span), strict=True))


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
