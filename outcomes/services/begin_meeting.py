"""Begin a learning meeting: the figures as they stand are kept with it, so that the next one can say what has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from outcomes.models import LearningMeeting
from outcomes.services.read_learning import find_own, list_stored
from outcomes.store import interventions, learning

if TYPE_CHECKING:
    from outcomes.services.runtime import Actor, Runtime


def begin_meeting(runtime: Runtime, actor: Actor, intervention_slug: str) -> UUID:
    """The meeting of today; begun again, it is the same one, with the figures that it first saw.

    Raises ``NotFoundError`` where there is no such intervention.
    """
    today = runtime.today()
    try:
        with runtime.database.transaction(actor.scope) as session:
            intervention = find_own(session, intervention_slug)
            found = learning.find_meeting(session, intervention_id=intervention.id, held_on=today)
            if found is not None:
                return found.id
            plan = interventions.latest_analysis_plan(session, intervention_id=intervention.id)
            stored = list_stored(session, plan, intervention.slug)
            seen = next((each.content for each in stored if not each.population), {})
            meeting = LearningMeeting(
                id=uuid4(), organisation_id=actor.organisation_id, intervention_id=intervention.id, held_on=today,
                seen=dict(seen), held_by=actor.name,
            )  # fmt: skip
            session.add(meeting)
            session.commit()
            return meeting.id
    except IntegrityError:  # somebody else began it in the same moment
        with runtime.database.transaction(actor.scope) as session:
            intervention = find_own(session, intervention_slug)
            found = learning.find_meeting(session, intervention_id=intervention.id, held_on=today)
            if found is None:
                raise
            return found.id
