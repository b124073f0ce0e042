"""What only the first and the last page behind a link say: who sees the answers, what is done with them, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from outcomes.reports.parts import LocalText, local_text
from outcomes.services.raise_signals import Help, HelpLine, read_help, read_help_lines
from outcomes.services.read_contact import Contact, Reader, read_contact
from outcomes.store import answering

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.services.read_visit import Visit
    from outcomes.services.runtime import Runtime

MOST_NAMED = 6
"""So many people are named; of more, the coordinator and how many colleagues."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What the organisation says about how answers are handled; None where it has said nothing."""

    legal_basis: LocalText | None
    kept_for: LocalText | None
    adviser: Contact | None


@dataclass(frozen=True, slots=True)
class Team:
    """The coordinator's colleagues, who can see the answers too. ``named`` is empty where they are many."""

    name: str
    named: tuple[Reader, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Welcome:
    """Who sees the answers (``readers``: the coordinator, whoever is on duty, and whom the
    citizen has shared with; ``team``: None where no team helps, or nobody else is in it), how
    they are handled, the day of the next questions, and what the answers set going.

    ``lines``: whom one can call at once, where the questions are such that an answer may call for help.
    """

    readers: tuple[Reader, ...]
    team: Team | None
    privacy: Privacy
    next_on: date | None
    help: Help
    lines: tuple[HelpLine, ...]


def read_welcome(runtime: Runtime, visit: Visit) -> Welcome:
    """What the first and the last page say beside the visit. Writes nothing."""
    ticket = visit.ticket
    with runtime.database.quick_transaction(ticket.scope) as transaction:
        row = answering.read_welcome(
            transaction,
            organisation_id=ticket.organisation_id,
            occasion_id=visit.opened.occasion_id,
            today=runtime.today(),
            own=visit.opened.respondent_kind == "citizen",
        )
        raised = read_help(transaction, visit.opened, ticket.organisation_id)
        risky = visit.instrument.has_risk_items
        lines = read_help_lines(transaction, visit.opened, ticket.organisation_id) if risky else ()
        transaction.finish()
    coordinator = (Reader(row.coordinator_name, row.coordinator_title),) if row.coordinator_name else ()
    readers = (*coordinator, *(Reader(each["name"], each["title"]) for each in row.beside))
    return Welcome(readers, _read_team(row, len(readers)), read_privacy(row.privacy), row.next_on, raised, lines)


def _read_team(row: Any, n_before: int) -> Team | None:
    people = tuple(Reader(each["name"], each["title"]) for each in row.team or ())
    if not people:
        return None
    return Team(row.team_name, people if n_before + len(people) <= MOST_NAMED else (), len(people))


def read_privacy(stored: Mapping[str, Any]) -> Privacy:
    """What an organisation says of how answers are handled, as it is stored."""
    return Privacy(
        _text(stored.get("legal_basis")), _text(stored.get("kept_for")), read_contact(stored.get("adviser") or {})
    )


def _text(stored: Mapping[str, str] | None) -> LocalText | None:
    return local_text(stored) if stored and any(stored.values()) else None
