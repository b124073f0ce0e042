"""Today, for a worker: which people wait for something, why, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.language import TIMEZONE, sort_key
from outcomes.services.plan_occasions import OccasionStatus, occasion_status
from outcomes.store import citizens, episodes, own_page

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.models import Occasion
    from outcomes.services.runtime import Actor, Runtime
    from outcomes.vault import Vault

URGENCY = {"overdue": 0, "new_answer": 1, "due": 2, "partly_answered": 3, "open": 4}
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CaseloadEntry:
    """One person: ``reason`` is a code for the status mark, ``sentence`` says it, ``since`` the day it began."""

    citizen_id: UUID
    name: str
    reason: str
    sentence: Sentence
    since: date


@dataclass(frozen=True, slots=True)
class SharedPerson:
    """A person who lets the worker read their page, and the last day of it."""

    citizen_id: UUID
    name: str
    until: date


@dataclass(frozen=True, slots=True)
class Today:
    """Who waits now, who comes this week, how many people the worker coordinates, and who has shared their page."""

    entries: tuple[CaseloadEntry, ...]
    coming: tuple[CaseloadEntry, ...]
    n_citizens: int
    shared: tuple[SharedPerson, ...] = ()


def list_caseload(runtime: Runtime, actor: Actor) -> Today:
    """The worker's day, most urgent first; each person once, for their most urgent reason.

    That the list was read is written down for each person on it, once a day, in the transaction that reads.
    """
    today = runtime.today()
    with runtime.database.transaction(actor.scope) as session:
        numbers: dict[UUID, int] = {
            row[0]: row[1] for row in episodes.list_caseload(session, user_id=actor.user_id, on=today)
        }
        waiting = episodes.list_waiting_occasions(
            session, user_id=actor.user_id, opens_before=today + WEEK, closes_from=today
        )
        new_answers = episodes.list_new_answers(
            session, user_id=actor.user_id, today=today, since=runtime.now() - 2 * WEEK
        )
        named = {citizen_id for citizen_id, *_ in waiting} | {citizen_id for citizen_id, _ in new_answers}
        listed = {citizen_id: number for citizen_id, number in numbers.items() if citizen_id in named}
        shared = own_page.list_shared_with(session, user_id=actor.user_id, on=today)
        listed |= {citizen_id: number for citizen_id, number, _ in shared}
        names = read_names(session, runtime.vault, listed)
        citizens.log_caseload(
            session, organisation_id=actor.organisation_id, user_id=actor.user_id, citizen_ids=list(listed)
        )
        session.commit()
    found = [_waiting(names, citizen_id, occasion, begun, today) for citizen_id, occasion, begun in waiting]
    now = [entry for entry in found if entry.reason != OccasionStatus.PLANNED]
    now += [
        CaseloadEntry(
            citizen_id,
            names[citizen_id],
            "new_answer",
            Sentence("Has sent new answers"),
            response.answered_at.astimezone(TIMEZONE).date(),
        )
        for citizen_id, response in new_answers
    ]
    entries = _most_urgent(now)
    present = {entry.citizen_id for entry in entries}
    coming = _most_urgent([e for e in found if e.reason == OccasionStatus.PLANNED and e.citizen_id not in present])
    until = {citizen_id: day for citizen_id, _, day in shared}  # the last one, where a person shared twice
    return Today(
        entries,
        coming,
        len(numbers),
        tuple(SharedPerson(citizen_id, names[citizen_id], day) for citizen_id, day in until.items()),
    )


def read_names(session: Session, vault: Vault, numbers: dict[UUID, int]) -> dict[UUID, str]:
    """Names of several citizens, by id; a running number for those without one."""
    names = {citizen_id: f"#{number:04d}" for citizen_id, number in numbers.items()}
    for identity in citizens.list_identities(session, citizen_ids=list(numbers)):
        names[identity.citizen_id] = vault.decrypt(identity.name_sealed, place=name_place(identity.citizen_id))
    return names


def name_place(citizen_id: UUID) -> str:
    """Where a citizen's name belongs: it doesn't decrypt anywhere else."""
    return f"citizen_identity.name:{citizen_id}"


def _waiting(names: dict[UUID, str], citizen_id: UUID, occasion: Occasion, begun: bool, today: date) -> CaseloadEntry:
    status = occasion_status(
        state=occasion.state,
        opens_on=occasion.opens_on,
        planned_on=occasion.planned_on,
        due_on=occasion.due_on,
        closes_on=occasion.closes_on,
        today=today,
        begun=begun,
    )
    sentence, since = {
        OccasionStatus.OVERDUE: (Sentence("Has not answered, and it is past the day"), occasion.due_on),
        OccasionStatus.DUE: (Sentence("Is to answer now"), occasion.planned_on),
        OccasionStatus.PARTLY_ANSWERED: (Sentence("Has begun to answer, and not sent yet"), occasion.opens_on),
        OccasionStatus.OPEN: (Sentence("Can answer now"), occasion.opens_on),
    }.get(status, (Sentence("Is to answer soon"), occasion.planned_on))
    return CaseloadEntry(citizen_id, names[citizen_id], str(status), sentence, since)


def _most_urgent(entries: list[CaseloadEntry]) -> tuple[CaseloadEntry, ...]:
    chosen: dict[UUID, CaseloadEntry] = {}
    for entry in sorted(entries, key=lambda entry: (URGENCY.get(entry.reason, 9), entry.since, sort_key(entry.name))):
        chosen.setdefault(entry.citizen_id, entry)
    return tuple(chosen.values())
