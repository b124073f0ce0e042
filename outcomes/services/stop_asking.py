"""A citizen doesn't want to be asked any more, and may change their mind. What was answered stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.store import citizens, own_page
from outcomes.store.database import again_after_deadlock

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from outcomes.services.sign_in_citizen import SignedInCitizen


@again_after_deadlock
def stop_asking(runtime: Runtime, citizen: SignedInCitizen) -> None:
    """From today nothing is sent, and nothing that could still be answered is asked. Twice changes nothing."""
    with runtime.database.transaction(citizen.scope) as session:
        own_page.lock_occasions(session, citizen_id=citizen.citizen_id)
        found = citizens.get_citizen(session, citizen_id=citizen.citizen_id)
        if found is not None and found.stopped_on is None:
            found.stopped_on = runtime.today()
            own_page.withdraw_occasions(session, citizen_id=citizen.citizen_id, from_day=runtime.today())
            session.commit()


@again_after_deadlock
def ask_again(runtime: Runtime, citizen: SignedInCitizen) -> None:
    """The citizen may be asked again: what was withdrawn and can still be answered is open once more."""
    with runtime.database.transaction(citizen.scope) as session:
        own_page.lock_occasions(session, citizen_id=citizen.citizen_id)
        found = citizens.get_citizen(session, citizen_id=citizen.citizen_id)
        if found is not None and found.stopped_on is not None:
            found.stopped_on = None
            own_page.restore_occasions(session, citizen_id=citizen.citizen_id, from_day=runtime.today())
            session.commit()
