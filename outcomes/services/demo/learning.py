"""A learning meeting of the demo some months ago: what the team saw, thought and agreed, and what helps and hinders.

All words are invented. The figures that the meeting saw are worked out from those who had begun early enough to have been in
them, so that today's page can say what has moved.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from outcomes.analysis.population import Population
from outcomes.errors import OutcomesError
from outcomes.models import LearningMeeting, LearningPoint, Subscription
from outcomes.reports.stored_population import FORM, store_figures
from outcomes.services.demo import content, staff
from outcomes.services.gather_outcomes import Period
from outcomes.services.measure_population import measure_population
from outcomes.services.subscription_rules import OVERVIEW, next_day

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.models.base import Json
    from outcomes.services.demo.municipality import Municipality
    from outcomes.services.runtime import Runtime

DAYS_AGO = 92
DAYS_TO_MAIN_NUMBER = 380
"""A year until the plan's main number, and the days that one has to answer."""
FIRST_DAY = date(2000, 1, 1)
TEAM = "Bostøtteteamet"

POINTS = (
    (
        "hypothesis",
        "De første tre måneder afgør meget: de, der ser den samme medarbejder hver uge, kommer bedst i gang.",
        None,
        "",
    ),
    ("hypothesis", "De, der ikke svarer, har det dårligere end de andre.", None, ""),
    ("action", "Vi ringer til dem, der ikke har svaret, og tilbyder at svare sammen.", 60, TEAM),
    ("action", "Nye borgere får en fast makker fra første uge.", 120, "Teamkoordinator"),
    ("question", "Hvad gør Kløvermarken anderledes i opstarten?", None, ""),
)
"""What the team wrote down: kind, words, days until it is due, who takes it on."""
FOLLOWED_UP = {
    1: ("refuted", "Vi ringede til 20. De lignede de andre, men havde fået mailen på et skævt tidspunkt."),
    2: ("done", "15 svarede sammen med os. Vi bliver ved."),
}
"""What came of two of them, by their place in the list."""
ROLL_OUT = (
    ("driver", "Makkerordning for nye borgere", 500),
    ("driver", "Borgerne svarer på tablet hjemme hos sig selv", 300),
    ("barrier", "To stillinger stod tomme hen over sommeren", 420),
    ("barrier", "Visitationen sender papirerne for sent", 150),
)
"""What helps and what hinders: kind, words, and how many days ago it was seen."""


def add_learning(runtime: Runtime, session: Session, place: Municipality, *, today: date) -> None:
    """The meeting, what was written down and followed up, and one subscription."""
    held_on = today - timedelta(days=DAYS_AGO)
    whose = {
        "organisation_id": place.id,
        "intervention_id": place.services[content.HOME_SUPPORT.slug].intervention_id,
    }
    seen = _seen(runtime, session, held_on)
    meeting = LearningMeeting(id=place.new_id(), **whose, held_on=held_on, seen=seen, held_by=staff.MANAGER.name)
    session.add(meeting)
    session.flush()
    for number, (kind, words, days, responsible) in enumerate(POINTS):
        state, outcome = FOLLOWED_UP.get(number, ("open", ""))
        session.add(
            LearningPoint(
                id=place.new_id(), **whose, meeting_id=meeting.id, kind=kind, words=words, observed_on=held_on,
                due_on=held_on + timedelta(days=days) if days else None, responsible=responsible, state=state,
                outcome=outcome, followed_up_on=today - timedelta(days=5) if state != "open" else None,
                entered_by=staff.MANAGER.name,
            )
        )  # fmt: skip
    for kind, words, days in ROLL_OUT:
        session.add(
            LearningPoint(
                id=place.new_id(), **whose, kind=kind, words=words, observed_on=today - timedelta(days=days),
                entered_by=staff.MANAGER.name,
            )
        )  # fmt: skip
    session.add(
        Subscription(
            id=place.new_id(), organisation_id=place.id, user_id=place.users[staff.MANAGER.email], subject=OVERVIEW,
            schedule="monthly", next_on=next_day("monthly", today), added_by=staff.MANAGER.name,
        )
    )  # fmt: skip


def _seen(runtime: Runtime, session: Session, held_on: date) -> Json:
    """The figures of those whose time had come on the day of the meeting; none where there were too few."""
    period = Period(FIRST_DAY, held_on - timedelta(days=DAYS_TO_MAIN_NUMBER))
    try:
        figures = measure_population(runtime, session, Population(content.HOME_SUPPORT.slug), period)
    except OutcomesError:
        return {}
    return {"form": FORM, "figures": store_figures(figures)}
