"""A citizen says that something about them is wrong. It stands beside the original, which stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import AnswerError, ConflictError, Fault, NotFoundError, Sentence
from outcomes.services.rate_goal import clean_note
from outcomes.services.rate_own_goal import find_own_goal
from outcomes.store import own_page

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Runtime
    from outcomes.services.sign_in_citizen import SignedInCitizen

WORDS_LENGTH = 2000


def add_correction(
    runtime: Runtime, citizen: SignedInCitizen, *, words: str, response_id: UUID | None = None,
    goal_id: UUID | None = None, submission_key: UUID,
) -> None:  # fmt: skip
    """Store the citizen's words: about one of their responses, one of their goals, or in general.

    Raises ``AnswerError`` for no words or too many, ``NotFoundError`` where it is about something that isn't theirs,
    ``ConflictError`` where the submission's key was used for other words. The same submission twice is one correction.
    """
    words = clean_note(words)
    if not words:
        raise _not_saved(Sentence("Write what is wrong."))
    if len(words) > WORDS_LENGTH:
        raise _not_saved(Sentence("Write at most %(length)s characters.", length=WORDS_LENGTH))
    with runtime.database.transaction(citizen.scope) as session:
        if goal_id is not None:
            find_own_goal(session, citizen, goal_id)
        own = {response.id for response, *_ in own_page.list_responses(session, citizen_id=citizen.citizen_id)}
        if (response_id is not None and response_id not in own) or (response_id is not None and goal_id is not None):
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        stored = own_page.add_correction(
            session,
            organisation_id=citizen.organisation_id,
            citizen_id=citizen.citizen_id,
            response_id=response_id,
            goal_id=goal_id,
            words=words,
            at=runtime.now(),
            submission_key=submission_key,
        )
        if (stored.citizen_id, stored.words, stored.response_id, stored.goal_id) != (
            citizen.citizen_id, words, response_id, goal_id,
        ):  # fmt: skip
            raise ConflictError(
                Sentence("Something else was saved from this page before, and it stands. Look at it first.")
            )
        session.commit()


def _not_saved(sentence: Sentence) -> AnswerError:
    return AnswerError(Sentence("It was not saved."), [Fault("words", sentence)])
