"""Keep the language that somebody behind a link or on their own page chose: what we send them is then written in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.language import CITIZEN_LOCALES
from outcomes.models import Relation
from outcomes.store import citizens, episodes, links

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.models import Citizen, PersonalLink
    from outcomes.services.open_link import Ticket
    from outcomes.services.runtime import Runtime
    from outcomes.services.sign_in_citizen import SignedInCitizen


def choose_language(runtime: Runtime, ticket: Ticket, *, locale: str) -> bool:
    """Store ``locale`` as the language of whoever the link was made for: the citizen, or whoever answers beside them.

    False where nothing was stored: the link is over, belongs to a member of staff, or the language is theirs already.
    """
    _require_known(locale)
    with runtime.database.transaction(ticket.scope) as session:
        link = links.get_live_link(session, link_id=ticket.link_id, at=runtime.now())
        person = _person(session, link) if link is not None else None
        return _store(session, person, locale)


def choose_own_language(runtime: Runtime, citizen: SignedInCitizen, *, locale: str) -> bool:
    """Store ``locale`` as the language of the citizen who is signed in. False where it is theirs already."""
    _require_known(locale)
    with runtime.database.transaction(citizen.scope) as session:
        return _store(session, citizens.get_citizen(session, citizen_id=citizen.citizen_id), locale)


def _require_known(locale: str) -> None:
    if locale not in CITIZEN_LOCALES:
        raise ValueError("not a language of ours")


def _store(session: Session, person: Citizen | Relation | None, locale: str) -> bool:
    if person is None or person.locale == locale:
        return False
    person.locale = locale
    session.commit()
    return True


def _person(session: Session, link: PersonalLink) -> Citizen | Relation | None:
    if link.relation_id is not None:
        return session.get(Relation, (link.organisation_id, link.relation_id))
    if link.respondent_kind != "citizen":
        return None
    occasion = episodes.get_occasion(session, occasion_id=link.occasion_id)
    episode = episodes.get_episode(session, episode_id=occasion.episode_id)
    return citizens.get_citizen(session, citizen_id=episode.citizen_id)
