"""A worker records where a goal stands: one level, a few words, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import AnswerError, ConflictError, Fault, NotFoundError, Sentence
from outcomes.instruments.answers import FORBIDDEN_CHARACTERS
from outcomes.models.record import GOAL_RATED, GOAL_RATING
from outcomes.services.list_caseload import read_names
from outcomes.services.open_citizen import GoalView, admit, make_goal_view, rater_names
from outcomes.store import goals

if TYPE_CHECKING:
    from outcomes.services.runtime import Actor, Runtime

LEVELS = (-2, -1, 0, 1, 2)
NOTE_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class RatingPage:
    """A goal to be rated, and whose it is."""

    citizen_id: UUID
    name: str
    goal: GoalView


def open_goal(runtime: Runtime, actor: Actor, goal_id: UUID) -> RatingPage:
    """The goal and its last rating. Raises ``NotFoundError`` for whoever doesn't need to know the citizen."""
    with runtime.database.transaction(actor.scope) as session:
        found = goals.find_goal(session, goal_id=goal_id)
        if found is None:
            raise _no_such_goal()
        goal, citizen_id = found
        admission = admit(session, actor, citizen_id, GOAL_RATING, runtime.today(), episode_id=goal.episode_id)
        ratings = goals.list_ratings(session, goal_ids=[goal_id])
        page = RatingPage(
            citizen_id=citizen_id,
            name=read_names(session, runtime.vault, {citizen_id: admission.number})[citizen_id],
            goal=make_goal_view(goal, ratings, rater_names(session, ratings)),
        )
        session.commit()
        return page


def rate_goal(
    runtime: Runtime, actor: Actor, goal_id: UUID, *, level: int | None, note: str, submission_key: UUID
) -> UUID:
    """Store a rating by the worker, dated today; gives the citizen's id. The same submission twice is one rating.

    Raises ``AnswerError`` for a missing level or a note that is too long, ``NotFoundError`` as :func:`open_goal`, and
    ``ConflictError`` where the submission's key was used for another rating: that one stands, and this one isn't stored.
    """
    faults = []
    note = clean_note(note)
    if level not in LEVELS:
        faults.append(Fault("level-1", Sentence("Choose where the goal is now.")))
    if len(note) > NOTE_LENGTH:
        faults.append(Fault("note", Sentence("Write at most %(length)s characters.", length=NOTE_LENGTH)))
    if faults:
        raise AnswerError(Sentence("The rating was not saved."), faults)
    with runtime.database.transaction(actor.scope) as session:
        found = goals.find_goal(session, goal_id=goal_id)
        if found is None:
            raise _no_such_goal()
        goal, citizen_id = found
        admit(session, actor, citizen_id, GOAL_RATED, runtime.today(), episode_id=goal.episode_id)
        stored = goals.add_rating(
            session,
            organisation_id=actor.organisation_id,
            goal_id=goal_id,
            level=level or 0,
            note=note,
            rated_on=runtime.today(),
            rated_by="worker",
            user_id=actor.user_id,
            submission_key=submission_key,
        )
        if (stored.goal_id, stored.level, stored.note, stored.user_id) != (goal_id, level, note, actor.user_id):
            raise ConflictError(
                Sentence(
                    "Another rating was saved from this page before, and it stands. Look at it, and press Save again "
                    "if you want to add this one."
                )
            )
        session.commit()
        return citizen_id


def clean_note(note: str) -> str:
    """A note as it is stored: trimmed, with plain line ends and without control characters."""
    lines = note.replace("\r\n", "\n").replace("\r", "\n")
    return FORBIDDEN_CHARACTERS.sub("", lines).strip()


def _no_such_goal() -> NotFoundError:
    return NotFoundError(Sentence("There is no such page, or it is not yours to see."))
