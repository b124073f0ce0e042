"""After a response: is somebody worse off than when they began, by more than chance? Then whoever helps them is told.

A score is compared with the first of the same respondent in the same episode, on questions that say the same. It is worse
where the change is larger than the smallest detectable change of the instrument itself; where that isn't known nothing is
said. What nobody has handled yet isn't said again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from outcomes.errors import Sentence
from outcomes.instruments import precision_notes, smallest_detectable_change
from outcomes.instruments.comparable import asks_the_same
from outcomes.services.jobs import defer_job
from outcomes.services.raise_signals import end_of_working_day
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import citizens, signal_list

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outcomes.instruments import Instrument, Scale
    from outcomes.models import Response
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class Compared:
    """A score and the first one, in points of the scale; ``detectable``: the smallest change that is more than chance.

    ``notes``: what to know of that number.
    """

    first: float
    last: float
    detectable: float
    worse: bool
    notes: tuple[Sentence, ...]


def find_worsening(runtime: Runtime, scope: Scope, response_id: UUID) -> tuple[UUID, ...]:
    """Raise a signal for each scale that is reliably worse; gives the ids of the new ones. Twice is once."""
    raised: list[UUID] = []
    with runtime.database.transaction(scope) as session:
        found = signal_list.find_response(session, response_id=response_id)
        if found is None:
            return ()
        response, occasion, citizen_id = found
        coordinator = citizens.find_coordinator(session, citizen_id=citizen_id)
        for scale in _worse_scales(session, response, occasion.episode_id):
            signal_id = uuid4()
            if signal_list.add_worsening(
                session, signal_id=signal_id, response=response, occasion=occasion, citizen_id=citizen_id, scale=scale,
                at=response.answered_at, due_at=end_of_working_day(runtime.now(), WORKING_DAYS),
                owner_id=coordinator.id if coordinator else None,
            ):  # fmt: skip
                defer_job(session, "signal_raised", organisation_id=response.organisation_id, signal_id=signal_id)
                raised.append(signal_id)
        session.commit()
    return tuple(raised)


def _worse_scales(session: Session, response: Response, episode_id: UUID) -> list[str]:
    instrument = read_stored_instrument(session, response.instrument_version_id)
    waiting = {
        subject
        for subject, version_id in signal_list.list_waiting_subjects(
            session,
            episode_id=episode_id,
            respondent_kind=response.respondent_kind,
            relation_id=response.relation_id,
        )
        if read_stored_instrument(session, version_id).key == instrument.key
    }
    worse = []
    for scale in instrument.scales:
        compared = compare_with_first(
            session,
            instrument,
            scale,
            episode_id=episode_id,
            respondent_kind=response.respondent_kind,
            relation_id=response.relation_id,
            until=response.answered_at,
        )
        if compared is not None and compared.worse and scale.key not in waiting:
            worse.append(scale.key)
    return worse


def compare_with_first(
    session: Session, instrument: Instrument, scale: Scale, *, episode_id: UUID, respondent_kind: str,
    relation_id: UUID | None, until: datetime,
) -> Compared | None:  # fmt: skip
    """The last score up to ``until`` beside the first, in the caller's transaction.

    None where there is no earlier one, and where nobody knows how far chance alone moves the score.
    """
    points = [
        float(score.value)
        for score, version_id in signal_list.list_scores_before(
            session, episode_id=episode_id, key=instrument.key, respondent_kind=respondent_kind,
            relation_id=relation_id, until=until,
        )
        if score.scale == scale.key
        and score.value is not None
        and _same_questions(read_stored_instrument(session, version_id), instrument, scale.key)
    ]  # fmt: skip
    return compare_points(scale, points)


def compare_points(scale: Scale, points: Sequence[float]) -> Compared | None:
    """The last of the points beside the first; None as in :func:`compare_with_first`."""
    detectable = smallest_detectable_change(scale)
    if detectable is None or len(points) < 2:  # noqa: PLR2004 - a change needs two
        return None
    loss = points[-1] - points[0] if scale.lower_is_better else points[0] - points[-1]
    worse = loss >= detectable if scale.measurement_error.inclusive else loss > detectable
    return Compared(points[0], points[-1], detectable, worse and loss > 0, precision_notes(scale))


def _same_questions(one: Instrument, other: Instrument, scale_key: str) -> bool:
    has_scale = any(scale.key == scale_key for scale in one.scales)
    return one == other or (has_scale and asks_the_same(one, other, scale_key))
