"""A citizen's own curve, for the one who has just answered: never behind the bare link.

Whoever answers sees the course of what they answered and nothing beside it: the same measure, in the same episode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.language import TIMEZONE
from outcomes.services.answer_questions import read_stored_instrument, use_link
from outcomes.services.read_curves import CurveData, find_scale, gather_curves, make_curve
from outcomes.store import episodes, responses

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import Response
    from outcomes.services.open_link import Ticket
    from outcomes.services.runtime import Runtime

CITIZEN = "citizen"


def show_own_curve(runtime: Runtime, ticket: Ticket, *, response_id: UUID | None) -> tuple[CurveData, ...]:
    """The curves of whoever sent ``response_id`` by this link. Raises ``NotFoundError`` for anybody else.

    A citizen sees the answers to this measure in this episode. A relative or helper sees the one response they sent:
    the link before may have been another person's.
    """
    with runtime.database.transaction(ticket.scope) as session:
        opened = use_link(session, ticket, runtime.now())
        if opened.response is None or opened.response.id != response_id:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        if opened.respondent_kind != CITIZEN:
            return _curves_of(session, opened.response)
        episode = episodes.get_episode(session, episode_id=opened.occasion.episode_id)
        curves = gather_curves(session, episode.citizen_id, episode_ids={episode.id})
        wanted = _keys_of_measure(session, opened.response, episode.citizen_id)
        return tuple(curve for curve in curves if curve.key in wanted)


def _keys_of_measure(session: Session, response: Response, citizen_id: UUID) -> set[str]:
    """The keys that curves of the answered measure can have, with and without its versions."""
    measure = read_stored_instrument(session, response.instrument_version_id).key
    rows = responses.list_score_points(session, citizen_id=citizen_id)
    found = {(f"{measure}-{score.scale}", version.version) for score, _, _, version in rows if version.key == measure}
    return {key for key, _ in found} | {f"{key}-{version}" for key, version in found}


def _curves_of(session: Session, response: Response) -> tuple[CurveData, ...]:
    """One point for each scale that the response has a number on."""
    instrument = read_stored_instrument(session, response.instrument_version_id)
    day = response.answered_at.astimezone(TIMEZONE).date()
    return tuple(
        make_curve(instrument, find_scale(instrument, score.scale), ((day, float(score.value)),))
        for score in responses.list_scores(session, response_id=response.id)
        if score.value is not None
    )


def read_own_answers(runtime: Runtime, ticket: Ticket, *, response_id: UUID) -> dict[str, object]:
    """The answers that were sent in ``response_id``, for the sender's own copy. Raises ``NotFoundError``."""
    with runtime.database.transaction(ticket.scope) as session:
        opened = use_link(session, ticket, runtime.now())
        if opened.response is None or opened.response.id != response_id:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        return dict(opened.response.answers)
