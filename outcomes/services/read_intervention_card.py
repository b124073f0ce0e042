"""An intervention's card: what it is, for whom, by what law, what guideline it follows, and what is known of it here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from outcomes.analysis.evidence import grade_word
from outcomes.analysis.population import Population
from outcomes.analysis.results import TermEstimate
from outcomes.errors import AnalysisPlanError, NotFoundError, Sentence
from outcomes.reports.parts import Interval, LocalText, Points, local_text
from outcomes.services.measure_population import read_population
from outcomes.services.read_offers import list_offers
from outcomes.store import interventions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.analysis.population import PopulationFigures
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


@dataclass(frozen=True, slots=True)
class LocalResult:
    """What is known here. ``estimate`` and ``interval`` (in ``unit``) are None where they are withheld for ``reason``."""

    word: Sentence
    grade: str
    grade_words: Sentence
    unit: Sentence
    estimate: Points | None
    interval: Interval | None
    reason: Sentence | None
    n_answered: int | None
    n_due: int | None
    completeness: float | None


@dataclass(frozen=True, slots=True)
class InterventionCard:
    """The card. ``guideline``: address of the guideline (None: none is given, or it isn't a web address); ``result``: None
    where nothing has been worked out. ``offers``: id and name of those that give it today."""

    slug: str
    name: LocalText
    description: LocalText
    theory_of_change: LocalText
    section: str | None
    section_title: LocalText | None
    target_groups: tuple[LocalText, ...]
    planned_months: int | None
    cost_per_month: Decimal | None
    guideline: str | None
    guideline_host: str | None
    result: LocalResult | None
    offers: tuple[tuple[UUID, str], ...]


def read_intervention_card(runtime: Runtime, scope: Scope, slug: str) -> InterventionCard:
    """The card of an intervention. Raises ``NotFoundError`` where there is none of that name."""
    with runtime.database.transaction(scope) as session:
        found = interventions.find_intervention(session, slug=slug)
        if found is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        basis = interventions.find_legal_basis(session, legal_basis_id=found.legal_basis_id)
        guideline = web_address(found.guideline_url)
        return InterventionCard(
            slug=slug,
            name=local_text(found.title),
            description=local_text(found.description),
            theory_of_change=local_text(found.theory_of_change),
            section=f"{basis.law} {basis.section}" if basis else None,
            section_title=local_text(basis.title) if basis else None,
            target_groups=tuple(
                local_text(group.title) for group in interventions.list_target_groups(session, intervention_id=found.id)
            ),
            planned_months=found.planned_months,
            cost_per_month=found.cost_per_month,
            guideline=guideline,
            guideline_host=urlsplit(guideline).hostname if guideline else None,
            result=_result(runtime, session, slug),
            offers=tuple(
                (offer.provider_id, offer.name)
                for offer in list_offers(session, runtime.today())
                if slug in offer.interventions
            ),
        )


def web_address(text: str | None) -> str | None:
    """``text`` where it is a whole, safe web address (https, a host with a dot, nobody's password), else None."""
    if not text or any(letter.isspace() for letter in text):
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return None
    good = parts.scheme == "https" and "." in host.strip(".") and parts.username is None and parts.password is None
    return text if good else None


def _result(runtime: Runtime, session: Session, slug: str) -> LocalResult | None:
    try:
        figures = read_population(runtime, session, Population(slug))
    except (NotFoundError, AnalysisPlanError):
        return None
    return _as_result(figures) if figures else None


def _as_result(figures: PopulationFigures) -> LocalResult:
    main = figures.main
    shown = main if isinstance(main, TermEstimate) else None
    return LocalResult(
        word=figures.word,
        grade=figures.grade.value,
        grade_words=grade_word(figures.grade),
        unit=figures.unit,
        estimate=Points(shown.estimate) if shown else None,
        interval=Interval(shown.ci_low, shown.ci_high) if shown else None,
        reason=None if isinstance(main, TermEstimate) else main.sentence,
        n_answered=figures.n_answered,
        n_due=figures.n_due,
        completeness=figures.completeness,
    )
