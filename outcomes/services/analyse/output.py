"""What the command gives out: one shape for every method, as the contract says, ready for JSON and for text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outcomes.analysis.evidence import Judgement
from outcomes.errors import Sentence
from outcomes.language import translate

if TYPE_CHECKING:
    from outcomes.analysis.results import TermEstimate

VERSION = "1"
"""Version of the contract's numbers: it changes where a method gives another number for the same data."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One estimate, in the units of its method. ``further``: keys beside the contract's, such as occasion, group, n.

    What doesn't belong to an estimate is None: ``df`` where a normal distribution was used, ``p_value`` where nothing
    was tested, ``std_error`` where the interval isn't made from one.
    """

    term: str
    estimate: float | None
    std_error: float | None = None
    df: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_value: float | None = None
    further: Mapping[str, Any] = field(default_factory=dict)

    def to_mapping(self) -> dict[str, Any]:
        """Keys as in the contract."""
        return {
            "term": self.term,
            "estimate": self.estimate,
            "std_error": self.std_error,
            "df": self.df,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "p_value": self.p_value,
            **self.further,
        }


def entry_of(found: TermEstimate, term: str | None = None, **further: Any) -> Entry:
    """A method's estimate under the name that it has here."""
    return Entry(
        found.term if term is None else term,
        found.estimate,
        found.std_error,
        found.df,
        found.ci_low,
        found.ci_high,
        found.p_value,
        further,
    )


def without_number(term: str, reason: Sentence, further: Mapping[str, Any], warnings: list[Sentence]) -> Entry:
    """A term that can't be worked out: it is there all the same, and a warning says why it has no number."""
    warnings.append(Sentence("%(term)s isn't given. %(reason)s", term=term, reason=reason))
    return Entry(term, None, further=further)


def without_interval(
    term: str, estimate: float, reason: Sentence, further: Mapping[str, Any], warnings: list[Sentence]
) -> Entry:
    """An estimate whose uncertainty can't be worked out, with a warning that says why."""
    warnings.append(Sentence("%(term)s is given without an interval. %(reason)s", term=term, reason=reason))
    return Entry(term, estimate, further=further)


@dataclass(frozen=True, slots=True)
class AnalysisOutput:
    """A method's result. ``completeness``: share (0-1) answered of what was to be answered; None where nothing was.

    ``judgement`` is None where no intervention is judged. ``further``: keys of the method's own at the
    top. ``described``: sentences on what was worked out, for the reader of the text.
    """

    estimates: tuple[Entry, ...]
    n_subjects: int
    n_observations: int
    variance: Mapping[str, Any] = field(default_factory=dict)
    log_likelihood: float | None = None
    completeness: float | None = None
    individuals: tuple[Mapping[str, Any], ...] | None = None
    judgement: Judgement | None = None
    warnings: tuple[Sentence, ...] = ()
    described: tuple[Sentence, ...] = ()
    further: Mapping[str, Any] = field(default_factory=dict)


def to_mapping(method: str, output: AnalysisOutput) -> dict[str, Any]:
    """The contract's JSON in the locale in force: plain values, and null for what isn't a finite number."""
    judgement = output.judgement
    whole: dict[str, Any] = {
        "method": method,
        "version": VERSION,
        "estimates": [entry.to_mapping() for entry in output.estimates],
        "variance": dict(output.variance),
        "log_likelihood": output.log_likelihood,
        "n_subjects": output.n_subjects,
        "n_observations": output.n_observations,
        "completeness": output.completeness,
        "design_label": judgement.label.code if judgement else None,
        "design_word": translate(judgement.word) if judgement else None,
        "evidence_grade": judgement.evidence.grade.value if judgement else None,
        "evidence_reasons": [translate(reason) for reason in judgement.evidence.reasons] if judgement else [],
        "warnings": [translate(warning) for warning in output.warnings],
        **output.further,
    }
    if output.individuals is not None:
        whole["individuals"] = list(output.individuals)
    plain_values = plain(whole)
    if not isinstance(plain_values, dict):
        raise TypeError("the output is a mapping")
    return plain_values


def plain(value: Any) -> Any:
    """``value`` made of nothing but what JSON has; an infinite or undefined number is None."""
    if isinstance(value, Entry):
        value = value.to_mapping()
    elif hasattr(value, "tolist"):  # numpy's arrays and numbers
        value = value.tolist()
    elif isinstance(value, Sentence):
        value = translate(value)
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int) else str(value)
