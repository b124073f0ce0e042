"""The demo's targets: met, not met, and such that it can't be said of yet; one was changed. All of them are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from outcomes.analysis.indicators import INDICATORS
from outcomes.services.demo import content, staff
from outcomes.services.gather_outcomes import Period
from outcomes.store import targets

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.services.demo.municipality import Municipality

STARTED = (770, 0)
"""The targets are for those who began between so many days ago and today, widened to whole quarters: an end among those who
haven't been measured twice yet would part a few from the rest."""
HOME, COMMUNITY = content.HOME_SUPPORT.slug, content.COMMUNITY.slug
COMMITTEE = "Social- og Sundhedsudvalget (opdigtet)"


@dataclass(frozen=True, slots=True)
class Goal:
    """A target of the demo: ``thresholds`` with the reason of each version, the first one first."""

    code: str
    title: dict[str, str]
    intervention: str
    indicator: str
    thresholds: tuple[tuple[str, str], ...]
    minimum_n: int
    provider: str | None = None


GOALS = (
    Goal(
        "mindre-ensomhed",
        {"da": "Mennesker på Kornloftet er blevet mindre ensomme", "en": "People at Kornloftet have become less lonely"},
        COMMUNITY, "mean_change", (("5", "Så meget kan mærkes i hverdagen."),), 20,
    ),
    Goal(
        "hver-fjerde-bedre",
        {"da": "Mindst hver fjerde på Kornloftet har fået det målbart bedre",
         "en": "At least every fourth person at Kornloftet is measurably better"},
        COMMUNITY, "share_better", (("0.25", ""),), 20,
    ),
    Goal(
        "trivsel-med-bostoette",
        {"da": "Mindst tre ud af ti får det målbart bedre med bostøtte",
         "en": "At least three in ten get measurably better with support at home"},
        HOME, "share_better", (("0.3", "Aftalt i budgettet."),), 50,
    ),
    Goal(
        "tillid-til-hjaelpen",
        {"da": "Mennesker med bostøtte har indflydelse og møder hjælp, de har tillid til",
         "en": "People with support at home have a say and meet help that they trust"},
        HOME, "experience",
        (("0.5", ""), ("0.35", "Udvalget ville have et mål, der kan nås på to år. Begge versioner bliver stående.")), 50,
    ),
    Goal(
        "ingen-tilbagegang-lindehoej",
        {"da": "Ingen tilbagegang på Lindehøj", "en": "No decline at Lindehøj"},
        HOME, "mean_change", (("0", "Tilsynet har bedt om at følge det."),), 20, staff.LINDEN_OFFER.name,
    ),
    Goal(
        "fremgang-havrevang",
        {"da": "Mindst hver femte hos Havrevang har fået det målbart bedre",
         "en": "At least every fifth person at Havrevang is measurably better"},
        HOME, "share_better", (("0.2", ""),), 18, staff.OAT_OFFER.name,
    ),
)  # fmt: skip


def add_targets(session: Session, place: Municipality, *, today: date) -> None:
    """Every target in every version."""
    first, last = (today - timedelta(days=ago) for ago in STARTED)
    period = Period(first, last).in_whole_quarters()
    for goal in GOALS:
        for version, (threshold, reason) in enumerate(goal.thresholds, start=1):
            targets.add_target(
                session, organisation_id=place.id, code=goal.code, version=version, title=goal.title,
                indicator=goal.indicator, level="provider" if goal.provider else "municipal",
                intervention_id=place.services[goal.intervention].intervention_id, intervention_slug=goal.intervention,
                provider_id=place.providers[goal.provider] if goal.provider else None, target_group=None,
                legal_section=None, threshold=Decimal(threshold),
                direction="at_least" if INDICATORS[goal.indicator].higher_is_better else "at_most",
                first_day=period.from_date, last_day=period.to_date, minimum_n=goal.minimum_n, reason=reason, ends=False,
                decided_by=COMMITTEE,
            )  # fmt: skip
