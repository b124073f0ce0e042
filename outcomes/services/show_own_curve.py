"""A citizen's own curve, for the one who has just answered: never behind the bare link.

Whoever answers sees the course of what they answered and nothing beside it: the same measure, in the same episode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.language import TIMEZONE
from outcomes.services.open_link import use_link
from outcomes.services.read_curves import CurveData, find_scale, gather_curves, make_curve
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.services.submit_response import all_answers
from outcomes.store import answering, responses
from outcomes.store.database import SessionStatements

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.instruments.answers import Answer
    from outcomes.services.open_link import OpenLink, Ticket
    from outcomes.services.runtime import Runtime

CITIZEN = "citizen"


def show_own_curve(runtime: Runtime, ticket: Ticket, *, response_id: UUID | None) -> tuple[CurveData, ...]:
    """The curves of whoever sent ``response_id`` by this link. Raises ``NotFoundError`` for anybody else.

    A citizen sees the answers to this measure in this episode. A relative or helper sees the one response they sent:
    the link before may have been another person's.
    """
    with runtime.database.transaction(ticket.scope) as session:
        opened = _use_own(session, runtime, ticket, response_id)
        if opened.respondent_kind != CITIZEN:
            return _curves_of(session, opened)
        curves = gather_curves(session, opened.citizen_id, episode_ids={opened.episode_id})
        wanted = _keys_of_measure(session, opened)
        return tuple(curve for curve in curves if curve.key in wanted)


def _use_own(session: Session, runtime: Runtime, ticket: Ticket, response_id: UUID | None) -> OpenLink:
    """The link, where it is the one that ``response_id`` was sent by."""
    opened = use_link(SessionStatements(session), ticket, runtime.now())
    if opened.response_id is None or opened.response_id != response_id:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return opened


def _keys_of_measure(session: Session, opened: OpenLink) -> set[str]:
    """The keys that curves of the answered measure can have, with and without its versions."""
    measure = read_stored_instrument(session, opened.version_id).key
    rows = responses.list_score_points(session, citizen_id=opened.citizen_id)
    found = {(f"{measure}-{score.scale}", version.version) for score, _, _, version in rows if version.key == measure}
    return {key for key, _ in found} | {f"{key}-{version}" for key, version in found}


def _curves_of(session: Session, opened: OpenLink) -> tuple[CurveData, ...]:
    """One point for each scale that the response has a number on."""
    instrument = read_stored_instrument(session, opened.version_id)
    assert opened.response_id is not None  # noqa: S101 - its sender asks
    assert opened.answered_at is not None  # noqa: S101
    day = opened.answered_at.astimezone(TIMEZONE).date()
    return tuple(
        make_curve(instrument, find_scale(instrument, score.scale), ((day, float(score.value)),))
        for score in responses.list_scores(session, response_id=opened.response_id)
        if score.value is not None
    )


def read_own_answers(runtime: Runtime, ticket: Ticket, *, response_id: UUID) -> dict[str, Answer]:
    """Everything that was said in ``response_id``, for the sender's own copy. Raises ``NotFoundError``."""
    with runtime.database.transaction(ticket.scope) as session:
        opened = _use_own(session, runtime, ticket, response_id)
        statements = SessionStatements(session)
        return all_answers(
            answering.read_response(statements, organisation_id=opened.organisation_id, response_id=response_id)
        )
