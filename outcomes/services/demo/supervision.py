"""What the demo's providers have told for supervision: entered once, whoever asks. Everything is invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from outcomes.models import ProviderFact
from outcomes.services.demo import staff

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.services.demo.municipality import Municipality

SOURCE = "Tilbuddets egen oplysning (opdigtet)"
WORDS = {
    "methods": "Recovery-orienteret støtte i små skridt, valgt sammen med borgeren.",
    "aims": "Mål skrives med borgerens egne ord og ses efter hver tredje måned.",
    "user_council": "Husmøde hver anden uge; to beboere sidder med, når der ansættes.",
    "health_help": "Fast aftale om hjælp til at komme til læge og tandlæge.",
    "leadership": "En daglig leder med diplomuddannelse i ledelse.",
    "guidance": "Ekstern supervision hver sjette uge.",
    "rooms": "Lejligheder med egen indgang, fælles køkken og have; elevator mangler i den ene opgang.",
}
NUMBERS = {"incidents": 2.0, "violence": 1.0, "work_accidents": 0.0, "sickness_absence": 13.5}
SHARES = {"turnover": 0.22, "trained_staff": 0.78, "occupancy": 0.93}
DAYS_AGO = {"workplace_assessment": 400, "fire_plan": 120}
TOLD_DAYS_AGO = 45


def add_supervision(session: Session, place: Municipality, *, today: date) -> None:
    """One provider has told nearly everything, another a little; of the others nobody has asked yet."""
    days = {key: (today - timedelta(days=ago)).isoformat() for key, ago in DAYS_AGO.items()}
    for offer, told in (
        (staff.LINDEN_OFFER, {**WORDS, **NUMBERS, **SHARES, **days}),
        (staff.STAIR_OFFER, {"occupancy": 0.88, "turnover": 0.09, "guidance": WORDS["guidance"]}),
    ):
        session.add_all(
            ProviderFact(
                id=place.new_id(), organisation_id=place.id, provider_id=place.providers[offer.name], datum=datum,
                value={"value": value}, as_of=today - timedelta(days=TOLD_DAYS_AGO), source=SOURCE,
                entered_by=staff.MANAGER.name,
            )
            for datum, value in told.items()
        )  # fmt: skip
