"""A citizen says where their own goal stands. The goal's words stay as they were first written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import AnswerError, ConflictError, Fault, NotFoundError, Sentence
from outcomes.services.open_citizen import GoalView, make_goal_view, rater_names
from outcomes.services.rate_goal import LEVELS, NOTE_LENGTH, clean_note
from outcomes.store import goals

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import Goal
    from outcomes.services.runtime import Runtime
    from outcomes.services.sign_in_citizen import SignedInCitizen


def open_own_goal(runtime: Runtime, citizen: SignedInCitizen, goal_id: UUID) -> GoalView:
    """The goal with its last rating. Raises ``NotFoundError`` for somebody else's, as for one that isn't there."""
    with runtime.database.transaction(citizen.scope) as session:
        goal = find_own_goal(session, citizen, goal_id)
        ratings = goals.list_ratings(session, goal_ids=[goal_id])
        return make_goal_view(goal, ratings, rater_names(session, ratings))


def rate_own_goal(
    runtime: Runtime, citizen: SignedInCitizen, goal_id: UUID, *, level: int | None, note: str, submission_key: UUID
) -> None:
    """Store the citizen's rating, dated today. The same submission twice is one rating.

    Raises ``AnswerError`` for a missing level or too many words, ``NotFoundError`` as :func:`open_own_goal`,
    ``ConflictError`` where the submission's key was used for another rating.
    """
    note, faults = clean_note(note), []
    if level not in LEVELS:
        faults.append(Fault("level-1", Sentence("Choose where the goal is now.")))
    if len(note) > NOTE_LENGTH:
        faults.append(Fault("note", Sentence("Write at most %(length)s characters.", length=NOTE_LENGTH)))
    if faults:
        raise AnswerError(Sentence("The rating was not saved."), faults)
    with runtime.database.transaction(citizen.scope) as session:
        goal = find_own_goal(session, citizen, goal_id)
        stored = goals.add_rating(
            session,
            organisation_id=citizen.organisation_id,
            goal_id=goal.id,
            level=level or 0,
            note=note,
            rated_on=runtime.today(),
            rated_by="citizen",
            user_id=None,
            submission_key=submission_key,
        )
        if (stored.goal_id, stored.level, stored.note, stored.rated_by) != (goal_id, level, note, "citizen"):
            raise ConflictError(
                Sentence("Something else was saved from this page before, and it stands. Look at it first.")
            )
        session.commit()


def find_own_goal(session: Session, citizen: SignedInCitizen, goal_id: UUID) -> Goal:
    """A goal of the citizen's own. Raises ``NotFoundError``."""
    found = goals.find_goal(session, goal_id=goal_id)
    if found is None or found[1] != citizen.citizen_id:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return found[0]
