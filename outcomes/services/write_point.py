"""Write down what the team thinks, wants to know or will do, and what helps or hinders a roll-out; and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from outcomes.errors import AnswerError, ConflictError, Fault, NotFoundError, Sentence
from outcomes.models import LearningPoint
from outcomes.models.learning import LEARNING_KINDS
from outcomes.reports.learning import PointView
from outcomes.reports.learning.build import describe_point, state_name
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.decide_protocol import plain_words
from outcomes.services.read_learning import find_own
from outcomes.store import learning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Actor, Runtime
    from outcomes.store.database import Scope

LONGEST_WORDS = 1000
LONGEST_NAME = 120
LIKE_CPR = re.compile(r"(?<!\d)\d{6}[-–\s]?\d{4}(?!\d)")
ENDS: Mapping[str, tuple[str, ...]] = {
    "hypothesis": ("confirmed", "refuted", "dropped"),
    "action": ("done", "dropped"),
    "question": ("done", "dropped"),
    "driver": ("done",),
    "barrier": ("done",),
}
"""What can become of each kind of point."""
NAMES_SOMEBODY = Sentence("There is a number like a CPR number in it. Write about the help, never about one person.")
TOO_LONG = Sentence("Write at most %(most)s characters.")


@dataclass(frozen=True, slots=True)
class PointText:
    """A point as it was written; days as text (``2026-03-31``). ``observed_on`` empty: today."""

    kind: str = ""
    words: str = ""
    observed_on: str = ""
    due_on: str = ""
    responsible: str = ""


@dataclass(frozen=True, slots=True)
class PointPage:
    """A point to follow up: what it may become, as stored word and name."""

    slug: str
    intervention: LocalText
    point: PointView
    ends: tuple[tuple[str, Sentence], ...]


def write_point(runtime: Runtime, actor: Actor, intervention_slug: str, written: PointText) -> UUID:
    """Write a point down; on the day of a meeting it belongs to that. The same words twice on a day are one point.

    Raises ``AnswerError`` with every fault, ``NotFoundError`` where there is no such intervention.
    """
    with runtime.database.transaction(actor.scope) as session:
        intervention = find_own(session, intervention_slug)
        today = runtime.today()
        words, responsible = plain_words(written.words), " ".join(plain_words(written.responsible).split())
        observed_on, due_on = _check(written, words, responsible, today)
        for each in learning.list_points(session, intervention_id=intervention.id):
            if (each.kind, each.words, each.observed_on, each.state) == (written.kind, words, observed_on, "open"):
                return each.id
        meeting = learning.find_meeting(session, intervention_id=intervention.id, held_on=today)
        point = LearningPoint(
            id=uuid4(), organisation_id=actor.organisation_id, intervention_id=intervention.id,
            meeting_id=meeting.id if meeting else None, kind=written.kind, words=words, observed_on=observed_on,
            due_on=due_on, responsible=responsible, entered_by=actor.name,
        )  # fmt: skip
        session.add(point)
        session.commit()
        return point.id


def open_point(runtime: Runtime, scope: Scope, intervention_slug: str, point_id: UUID) -> PointPage:
    """A point to follow up. Raises ``NotFoundError``."""
    with runtime.database.transaction(scope) as session:
        intervention = find_own(session, intervention_slug)
        point = _find(session, intervention.id, point_id)
        return PointPage(
            intervention.slug,
            local_text(intervention.title),
            describe_point(point, runtime.today()),
            tuple((word, state_name(point.kind, word)) for word in ENDS[point.kind]),
        )


def follow_up_point(
    runtime: Runtime, actor: Actor, intervention_slug: str, point_id: UUID, *, state: str, outcome: str
) -> None:
    """Say what came of a point. Raises ``AnswerError``, ``NotFoundError``, ``ConflictError`` where somebody has said it."""
    with runtime.database.transaction(actor.scope) as session:
        intervention = find_own(session, intervention_slug)
        point = _find(session, intervention.id, point_id, lock=True)
        said = plain_words(outcome)
        faults = [] if state in ENDS[point.kind] else [Fault("state", Sentence("Choose what came of it."))]
        faults += _text_faults("outcome", said, LONGEST_WORDS)
        if faults:
            raise AnswerError(Sentence("Nothing was saved."), faults)
        if point.state == state and point.outcome == said:
            return
        if point.state != "open":
            raise ConflictError(Sentence("Somebody has followed it up meanwhile. What they wrote is shown."))
        today = runtime.today()
        meeting = learning.find_meeting(session, intervention_id=intervention.id, held_on=today)
        point.state, point.outcome, point.followed_up_on = state, said, today
        point.followed_up_at = meeting.id if meeting else None
        session.commit()


def _find(session: Session, intervention_id: UUID, point_id: UUID, *, lock: bool = False) -> LearningPoint:
    found = learning.find_point(session, intervention_id=intervention_id, point_id=point_id, lock=lock)
    if found is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return found


def _check(written: PointText, words: str, responsible: str, today: date) -> tuple[date, date | None]:
    """The days of a point. Raises ``AnswerError`` with every fault."""
    faults = [] if written.kind in LEARNING_KINDS else [Fault("kind", Sentence("Choose what it is."))]
    if not words:
        faults.append(Fault("words", Sentence("Write it in your own words.")))
    faults += _text_faults("words", words, LONGEST_WORDS) + _text_faults("responsible", responsible, LONGEST_NAME)
    observed_on, due_on = _day(written.observed_on), _day(written.due_on)
    unreadable = Sentence("Write the day as year-month-day, such as 2026-03-31.")
    if written.observed_on.strip() and observed_on is None:
        faults.append(Fault("observed_on", unreadable))
    elif observed_on is not None and observed_on > today:
        faults.append(Fault("observed_on", Sentence("Write a day that has been.")))
    if written.due_on.strip() and due_on is None:
        faults.append(Fault("due_on", unreadable))
    elif due_on is not None and due_on < today:
        faults.append(Fault("due_on", Sentence("Write a day that is still to come.")))
    if faults:
        raise AnswerError(Sentence("Nothing was saved."), faults)
    return observed_on or today, due_on


def _text_faults(place: str, text: str, most: int) -> list[Fault]:
    faults = [Fault(place, Sentence(TOO_LONG.message, most=most))] if len(text) > most else []
    return [*faults, Fault(place, NAMES_SOMEBODY)] if LIKE_CPR.search(text) else faults


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
