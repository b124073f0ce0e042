"""A sheet that is nobody's was filled in: whose can it be?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import NotFoundError, Sentence
from outcomes.language import sort_key, supported_locale
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.list_caseload import read_names
from outcomes.services.open_asking import CITIZEN, Respondent, is_live, read_relation_name
from outcomes.services.open_citizen import occasion_label
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import citizens, instruments, relations, sheets

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.instruments import Instrument
    from outcomes.models import Occasion
    from outcomes.services.runtime import Actor, Runtime

SHEETS_COME_WITHIN = timedelta(days=90)
"""So long after a measurement closed, a sheet of it may still lie in somebody's bag."""


@dataclass(frozen=True, slots=True)
class WaitingSheet:
    """Somebody who has not answered. ``keyed``: how many times a sheet of theirs was typed in, 0 to 2."""

    occasion_id: UUID
    name: str
    label: Sentence
    who: Respondent
    keyed: int


@dataclass(frozen=True, slots=True)
class WaitingSheets:
    """The questionnaire, and those whose sheet it can be."""

    title: LocalText
    sheets: tuple[WaitingSheet, ...]


def list_sheets(runtime: Runtime, actor: Actor, *, key: str, version: str) -> WaitingSheets:
    """Those of the worker's people who are asked a questionnaire and haven't answered, by name.

    That the list was read is written down for each person on it, once a day. Raises ``NotFoundError`` for no such
    questionnaire.
    """
    today = runtime.today()
    with runtime.database.transaction(actor.scope) as session:
        stored = instruments.find_version(session, key=key, version=version)
        if stored is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        instrument = read_stored_instrument(session, stored.id)
        rows = sheets.list_paper_occasions(
            session, key=key, version=version, user_id=actor.user_id, unit_id=actor.unit_id, on=today,
            closes_from=today - SHEETS_COME_WITHIN,
        )  # fmt: skip
        names = read_names(session, runtime.vault, {citizen_id: number for _, citizen_id, number in rows})
        ids = [occasion.id for occasion, *_ in rows]
        answered = {tuple(row) for row in sheets.list_answered(session, occasion_ids=ids)}
        keyed = {(row[0], row[1], row[2]): row[3] for row in sheets.list_keyed(session, occasion_ids=ids)}
        found = [
            WaitingSheet(
                occasion.id, names[citizen_id], _label(instrument, occasion), who,
                keyed.get((occasion.id, who.kind, who.relation_id), 0),
            )
            for occasion, citizen_id, _ in rows
            for who in _respondents(runtime, session, citizen_id, names[citizen_id], instrument)
            if (occasion.id, who.kind, who.relation_id) not in answered
        ]  # fmt: skip
        citizens.log_caseload(
            session, organisation_id=actor.organisation_id, user_id=actor.user_id, citizen_ids=list(names)
        )
        session.commit()
    return WaitingSheets(local_text(instrument.title), tuple(sorted(found, key=_place)))


def _place(each: WaitingSheet) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """By the citizen's name, and for each citizen by the respondent's."""
    return sort_key(each.name), sort_key(each.who.name)


def _label(instrument: Instrument, occasion: Occasion) -> Sentence:
    return occasion_label(local_text(instrument.title), occasion.sequence, occasion.months)


def _respondents(
    runtime: Runtime, session: Session, citizen_id: UUID, name: str, instrument: Instrument
) -> tuple[Respondent, ...]:
    """Who answers about a citizen today."""
    kinds = {respondent.value for respondent in instrument.respondents}
    own = (Respondent(CITIZEN, None, name, ""),) if CITIZEN in kinds else ()
    return own + tuple(
        Respondent(relation.kind, relation.id, read_relation_name(runtime, relation), supported_locale(relation.locale))
        for relation in relations.list_relations(session, citizen_id=citizen_id)
        if relation.kind in kinds and is_live(relation, runtime.today())
    )
