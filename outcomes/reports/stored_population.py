"""A population's figures as JSON in the database, and back: with all digits, and in no language."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.analysis.effect_results import Verdict
from outcomes.analysis.evidence import DesignLabel, EvidenceGrade
from outcomes.analysis.plan import GoalKind
from outcomes.analysis.population import Population, PopulationFigures
from outcomes.analysis.results import Share, TermEstimate, Withheld, WithheldReason
from outcomes.reports.stored_values import from_stored, to_stored

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = 4
"""Form of a stored result. A result of another form is worked out again."""

NUMBERS: dict[str, type[Share | TermEstimate]] = {"share": Share, "term": TermEstimate}


def store_figures(figures: PopulationFigures) -> dict[str, Any]:
    """The figures as they are stored."""
    written = {each.name: _write(getattr(figures, each.name)) for each in fields(figures)}
    population = figures.population
    written["population"] = {
        "intervention": population.intervention,
        "provider_id": str(population.provider_id) if population.provider_id else None,
        "target_group": population.target_group,
        "legal_section": population.legal_section,
    }
    return written


def read_stored_figures(content: Mapping[str, Any]) -> PopulationFigures | None:
    """The figures in a stored result; None where it has none, or has them in another form than this version's."""
    stored = content.get("figures")
    if content.get("form") != FORM or stored is None:
        return None
    values = {each.name: _read(stored[each.name]) for each in fields(PopulationFigures) if each.name != "population"}
    values |= {
        "population": _population(stored["population"]),
        "label": DesignLabel[values["label"]],
        "grade": EvidenceGrade(values["grade"]),
        "goal_kind": GoalKind(values["goal_kind"]),
        "verdict": Verdict(values["verdict"]),
    }
    return PopulationFigures(**values)


def read_stored_population(content: Mapping[str, Any]) -> Population | None:
    """Whose figures a stored result holds, without reading them."""
    stored = content.get("figures")
    return _population(stored["population"]) if stored and content.get("form") == FORM else None


def _population(stored: Mapping[str, Any]) -> Population:
    provider_id = stored["provider_id"]
    return Population(**{**stored, "provider_id": UUID(provider_id) if provider_id else None})


def _write(value: Any) -> Any:
    if isinstance(value, Population):
        return None
    if isinstance(value, DesignLabel):
        return value.code
    if isinstance(value, Withheld):
        return {"why": value.code.value, "said": to_stored(value.sentence)}
    for name, kind in NUMBERS.items():
        if isinstance(value, kind):
            return {name: {each.name: to_stored(getattr(value, each.name)) for each in fields(value)}}
    if isinstance(value, tuple):
        return {"each": [to_stored(one) for one in value]}
    return to_stored(value)


def _read(stored: Any) -> Any:
    if isinstance(stored, dict):
        if "why" in stored:
            return Withheld(WithheldReason(stored["why"]), from_stored(stored["said"]))
        if "each" in stored:
            return tuple(map(from_stored, stored["each"]))
        for name, kind in NUMBERS.items():
            if name in stored:
                return kind(**{key: from_stored(each) for key, each in stored[name].items()})
    return from_stored(stored)
