"""A worker is about to ask: who can answer an occasion, who has, and whether now is the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.errors import ConflictError, NotFoundError, Sentence
from outcomes.instruments import Instrument, visible_items
from outcomes.instruments.model import Item
from outcomes.language import supported_locale
from outcomes.models import Citizen, Occasion
from outcomes.models.citizen import RELATION_KINDS
from outcomes.models.record import ASKING
from outcomes.reports.parts import local_text
from outcomes.services.contact import relation_place
from outcomes.services.list_caseload import read_names
from outcomes.services.open_citizen import admit, occasion_label
from outcomes.services.open_link import DAYS_AFTER_CLOSING
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.services.submit_response import all_answers
from outcomes.store import asking, citizens, relations, responses
from outcomes.store.database import SessionStatements

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.models import Relation, Response
    from outcomes.services.runtime import Actor, Runtime

CITIZEN = "citizen"
RESPONDENT_WORDS = {
    CITIZEN: Sentence("the citizen"),
    "parent": Sentence("parent"),
    "relative": Sentence("relative"),
    "guardian": Sentence("guardian"),
}


@dataclass(frozen=True, slots=True)
class Respondent:
    """Somebody who can answer: the citizen (``relation_id`` None), or one beside them; the language they are asked in.

    Danish where they have chosen none.
    """

    kind: str
    relation_id: UUID | None
    name: str
    locale: str

    @property
    def words(self) -> Sentence:
        """What they are: the citizen, a parent, a relative, a guardian."""
        return RESPONDENT_WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class GivenAnswers:
    """What somebody sent: when, and the questions with the answers, for the view to put into words."""

    answered_at: datetime
    late: bool
    mode: str
    items: tuple[Item, ...]
    answers: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class RespondentView:
    """A respondent and how far they are. ``ended``: somebody who answered then, and isn't asked any more."""

    who: Respondent
    begun: bool
    given: GivenAnswers | None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class AskingView:
    """The page from which a worker asks. ``obstacle``: why nobody can be asked now, or None."""

    citizen_id: UUID
    name: str
    occasion_id: UUID
    label: Sentence
    closes_on: date
    obstacle: Sentence | None
    respondents: tuple[RespondentView, ...]
    instrument: Instrument
    only_citizen: bool
    """Whether nobody beside the citizen is asked these questions, whoever there is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An occasion that the actor may ask about, inside a transaction; ``respondents`` are those who can be asked today."""

    name: str
    citizen: Citizen
    occasion: Occasion
    instrument: Instrument
    respondents: tuple[Respondent, ...]
    obstacle: Sentence | None

    @property
    def label(self) -> Sentence:
        """What is asked, and how long after the start."""
        return occasion_label(local_text(self.instrument.title), self.occasion.sequence, self.occasion.months)

    def respondent(self, relation_id: UUID | None) -> Respondent:
        """The citizen, or the one of ``relation_id``. Raises ``NotFoundError`` where they can't be asked about this."""
        for each in self.respondents:
            if each.relation_id == relation_id:
                return each
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))

    def require_askable(self) -> None:
        """Raises ``ConflictError`` where nobody can be asked now."""
        if self.obstacle is not None:
            raise ConflictError(self.obstacle)


def open_asking(runtime: Runtime, actor: Actor, citizen_id: UUID, occasion_id: UUID) -> AskingView:
    """The page from which a worker asks a citizen, or those beside them; logged.

    Raises ``NotFoundError`` for whoever doesn't need to know the citizen, and for an occasion that isn't theirs.
    """
    with runtime.database.transaction(actor.scope) as session:
        asked = find_asked(runtime, session, actor, citizen_id, occasion_id, ASKING)
        given = {(response.respondent_kind, response.relation_id): response
                 for response in asking.list_responses(session, occasion_id=occasion_id)}  # fmt: skip
        begun = {(kind, relation_id) for kind, relation_id in asking.list_begun(session, occasion_id=occasion_id)}
        others = _earlier_respondents(runtime, session, asked, set(given))
        session.commit()
    views = [
        RespondentView(who, (who.kind, who.relation_id) in begun,
                       _given(asked.instrument, given.get((who.kind, who.relation_id))), ended=ended)
        for people, ended in ((asked.respondents, False), (others, True))
        for who in people
    ]  # fmt: skip
    return AskingView(
        citizen_id, asked.name, occasion_id, asked.label, asked.occasion.closes_on, asked.obstacle, tuple(views),
        instrument=asked.instrument, only_citizen=[str(each) for each in asked.instrument.respondents] == [CITIZEN],
    )  # fmt: skip


def find_asked(
    runtime: Runtime, session: Session, actor: Actor, citizen_id: UUID, occasion_id: UUID, purpose: str, *,
    hold: bool = False,
) -> Asked:  # fmt: skip
    """In the caller's transaction: the occasion, for one who needs to know the citizen; that they look is logged.

    ``hold``: nobody else keeps or sends answers to the occasion until the transaction ends. Raises ``NotFoundError`` as
    :func:`open_asking`.
    """
    if hold:  # before anything is written, as whoever answers behind a link does: else each could wait for the other
        responses.lock_occasion(session, occasion_id=occasion_id)
    found = asking.find_occasion(session, occasion_id=occasion_id)
    episode_id = found[1].id if found is not None else None
    admission = admit(session, actor, citizen_id, purpose, runtime.today(), episode_id=episode_id)
    citizen = citizens.get_citizen(session, citizen_id=citizen_id)
    if found is None or citizen is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    occasion, _, version = found
    instrument = read_stored_instrument(session, version.id)
    name = read_names(session, runtime.vault, {citizen_id: admission.number})[citizen_id]
    return Asked(
        name=name,
        citizen=citizen,
        occasion=occasion,
        instrument=instrument,
        respondents=_respondents(runtime, session, citizen, name, instrument),
        obstacle=_obstacle(runtime, session, citizen, occasion, instrument),
    )


def is_live(relation: Relation, today: date) -> bool:
    """Whether the one of a relation answers for the citizen on a day."""
    return relation.from_date <= today and (relation.ended_on is None or relation.ended_on > today)


def read_relation_name(runtime: Runtime, relation: Relation) -> str:
    """The name of the one of a relation."""
    return runtime.vault.decrypt(relation.name_sealed, place=relation_place("name", relation.id))


def _respondents(
    runtime: Runtime, session: Session, citizen: Citizen, name: str, instrument: Instrument
) -> tuple[Respondent, ...]:
    kinds = {respondent.value for respondent in instrument.respondents}
    found = [Respondent(CITIZEN, None, name, supported_locale(citizen.locale))] if CITIZEN in kinds else []
    found.extend(
        _respondent(runtime, relation)
        for relation in relations.list_relations(session, citizen_id=citizen.id)
        if relation.kind in kinds and is_live(relation, runtime.today())
    )
    return tuple(found)


def _respondent(runtime: Runtime, relation: Relation) -> Respondent:
    name = read_relation_name(runtime, relation)
    return Respondent(relation.kind, relation.id, name, supported_locale(relation.locale))


def _earlier_respondents(
    runtime: Runtime, session: Session, asked: Asked, answered: set[tuple[str, UUID | None]]
) -> tuple[Respondent, ...]:
    """Those who answered the occasion and can't be asked about it any more."""
    now = {(who.kind, who.relation_id) for who in asked.respondents}
    gone = {relation_id for kind, relation_id in answered - now if kind in RELATION_KINDS}
    found = relations.list_relations(session, citizen_id=asked.citizen.id)
    return tuple(_respondent(runtime, relation) for relation in found if relation.id in gone)


def _obstacle(
    runtime: Runtime, session: Session, citizen: Citizen, occasion: Occasion, instrument: Instrument
) -> Sentence | None:
    today = runtime.today()
    if occasion.state != "planned":
        return Sentence("This is not asked any more: it was said no to, or taken back.")
    if citizen.stopped_on is not None and citizen.stopped_on <= today:
        return Sentence("The citizen doesn't want to be asked any more.")
    if today < occasion.opens_on:
        return Sentence("This can be asked from %(day)s.", day=occasion.opens_on)
    if today > occasion.closes_on + timedelta(days=DAYS_AFTER_CLOSING):
        return Sentence("The time to answer ended %(day)s.", day=occasion.closes_on)
    if instrument.has_risk_items and not _has_protocol(session, occasion):
        return Sentence(
            "An answer here could call for help at once, and nobody has decided yet what happens then. Ask your"
            " administrator to write the risk protocol first."
        )
    return None


def _has_protocol(session: Session, occasion: Occasion) -> bool:
    respondent = {"organisation": occasion.organisation_id, "occasion": occasion.id, "respondent_kind": CITIZEN,
                  "relation": None}  # fmt: skip
    return bool(asking.read_asked(SessionStatements(session), respondent=respondent).has_protocol)


def _given(instrument: Instrument, response: Response | None) -> GivenAnswers | None:
    if response is None:
        return None
    answers = all_answers(response)
    return GivenAnswers(response.answered_at, response.late, response.mode, visible_items(instrument, answers), answers)
