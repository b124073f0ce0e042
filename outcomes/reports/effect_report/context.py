"""The context of the effect report: numbers at full precision and sentences, nothing formatted.

One :class:`EffectReportContext` feeds the web page, the PDF, the workbook and the JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from outcomes.analysis.effect_results import EffectEstimate
from outcomes.errors import Sentence
from outcomes.reports.parts import Cell, Figure, Kind, LocalText, Table, Withheld


@dataclass(frozen=True, slots=True)
class Heading:
    """Who and what the report is about.

    ``kind`` is the word that the design allows (change ... effect, randomised); ``name`` is what the report may be called.
    """

    name: Sentence
    organisation: str
    intervention: LocalText
    kind: Sentence
    period: Sentence
    version: Sentence
    generated_at: datetime
    is_demo: bool


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A large number: ``value`` raw, written by ``kind`` and ``decimals``; ``detail`` holds n or the interval."""

    key: str
    label: Sentence
    value: float | int | str | Withheld
    kind: Kind
    detail: Sentence
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """One question that a committee asks, and the sentences that answer it. ``points`` are shown as a list."""

    key: str
    question: Sentence
    sentences: tuple[Sentence, ...]
    points: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The first page: finding first, number second, then the answers, then what can't be said."""

    finding: Sentence
    number: Sentence
    uncertain: bool
    key_figures: tuple[KeyFigure, ...]
    figure: Figure | None
    answers: tuple[Answer, ...]
    cannot_say: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: the finding in words, a figure where there is one, more tables, and what is withheld."""

    key: str
    title: Sentence
    finding: Sentence
    body: tuple[Sentence, ...] = ()
    figure: Figure | None = None
    tables: tuple[Table, ...] = ()
    withheld: tuple[Sentence, ...] = ()
    warnings: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the method page: a term and what it stands for; ``code`` is shown as typed."""

    key: str
    term: Sentence
    sentences: tuple[Sentence | LocalText, ...]
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """How it was computed, for a statistician: facts, the model's terms, the findings behind the grade, the limits."""

    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]
    warnings: tuple[Sentence, ...]
    limits: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What ties the report to its origin: plan version and day, data snapshot, code version, command.

    ``people_snapshot``: of who was where and began when; ``previous_snapshot``: of the period before. Empty where not used.
    """

    plan_version: int
    plan_frozen_on: date | None
    snapshot: str
    code_version: str
    reproduce: str
    people_snapshot: str = ""
    previous_snapshot: str = ""


@dataclass(frozen=True, slots=True)
class Committee:
    """One page for those who decide: ``sentences`` under a question each, at most as many words as are read in two minutes.

    ``cannot_say``: what the numbers don't tell, the most important first.
    """

    finding: Sentence
    number: Sentence
    uncertain: bool
    key_figures: tuple[KeyFigure, ...]
    figure: Figure | None
    answers: tuple[Answer, ...]
    cannot_say: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class EffectReportContext:
    """The whole report. ``estimate`` is the analysis result that every number comes from.

    ``begun``: how many began, in all (``None``) and per group, as they may be shown.
    """

    heading: Heading
    summary: Summary
    sections: tuple[Section, ...]
    method: Method
    trace: Trace
    estimate: EffectEstimate
    begun: tuple[tuple[str | None, Cell], ...]
    committee: Committee

    def section(self, key: str) -> Section:
        """The section called ``key``; KeyError where the report has none."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table of the report, in order."""
        found = [table for section in self.sections for table in _section_tables(section)]
        return (*found, *self.method.tables)


def _section_tables(section: Section) -> tuple[Table, ...]:
    return ((section.figure.table,) if section.figure else ()) + section.tables
