"""What an answer sets going at once: a signal to whoever helps, and help lines to whoever answered.

A risk answer is signalled in the transaction that keeps it, not when everything is sent: whoever stops in the middle is
looked after too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from outcomes.instruments import risky_items
from outcomes.language import TIMEZONE
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.open_link import use_link
from outcomes.store import signals
from outcomes.store.database import SessionStatements

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.instruments import Answers, Instrument
    from outcomes.services.open_link import OpenLink, Ticket
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Statements

RISK, WISH = "risk_answer", "wants_contact"
WISH_WORKING_DAYS = 2
LOOKED_AT_WORKING_DAYS = 5
OFFICE_CLOSES = time(16)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Risks:
    """Items whose answers call for somebody to look. ``anew``: those of ``items`` that weren't said so before."""

    items: tuple[str, ...]
    anew: tuple[str, ...]

    def led_to_by(self, answers: Collection[str]) -> Risks:
        """Those that were answered just now, or are asked again because of what was."""
        return Risks(tuple(item for item in self.items if item in answers or item in self.anew), self.anew)


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Whom one can call at once; ``hours`` is empty where nothing is said of them."""

    name: LocalText
    phone: str
    hours: LocalText


@dataclass(frozen=True, slots=True)
class Promise:
    """What somebody does because of the answers: who, and until when; ``name`` is None where it isn't one person.

    ``subject``: the item whose answer it is about; empty for a wish to talk.
    """

    kind: str
    due_at: datetime
    name: str | None
    handled: bool
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """What stands on the page after a risk answer, and on the receipt: empty where nothing called for it."""

    lines: tuple[HelpLine, ...] = ()
    words: LocalText | None = None
    promises: tuple[Promise, ...] = ()

    @property
    def risk(self) -> Promise | None:
        """The most urgent promise to look at an answer."""
        return next((promise for promise in self.promises if promise.kind == RISK), None)

    def risk_said_in(self, items: Collection[str]) -> Promise | None:
        """The same for whoever gave the answers to ``items``, and may not know of others."""
        return next((each for each in self.promises if each.kind == RISK and each.subject in items), None)

    @property
    def wish(self) -> Promise | None:
        """The promise to call, where the person asked for it."""
        return next((promise for promise in self.promises if promise.kind == WISH), None)


def find_risks(instrument: Instrument, answers: Answers, before: Answers) -> Risks:
    """The risk answers among ``answers``; new are those that ``before`` didn't hold, held otherwise, or had hidden."""
    was = {item.id: before[item.id] for item in risky_items(instrument, before)}
    items = tuple(item.id for item in risky_items(instrument, answers))
    return Risks(items, tuple(item for item in items if item not in was or was[item] != answers[item]))


def raise_signals(
    session: Session, *, organisation_id: UUID, occasion_id: UUID, instrument: Instrument, answers: Answers,
    at: datetime, respondent_kind: str = "citizen", relation_id: UUID | None = None, before: Answers | None = None,
    from_paper: bool = False,
) -> tuple[UUID, ...]:  # fmt: skip
    """In the caller's transaction: a signal for each risk answer that has none; also where one was handled, unless the
    answer stood in ``before``. Gives the ids of the new ones."""
    risks = find_risks(instrument, answers, before or {})
    if not risks.items:
        return ()
    return signals.add_risk_signals(
        SessionStatements(session),
        organisation_id=organisation_id,
        occasion_id=occasion_id,
        respondent_kind=respondent_kind,
        relation_id=relation_id,
        risks=risks.items,
        anew=risks.anew,
        from_paper=from_paper,
        at=at,
        today=at.astimezone(TIMEZONE).date(),
    )


def wish_to_talk(runtime: Runtime, ticket: Ticket) -> None:
    """Somebody who has sent their answers wants to be called. Saying it twice is saying it once."""
    at = runtime.now()
    with runtime.database.quick_transaction(ticket.scope) as transaction:
        opened = use_link(transaction, ticket, at)
        signals.add_wish_to_talk(
            transaction,
            organisation_id=ticket.organisation_id,
            occasion_id=opened.occasion_id,
            respondent_kind=opened.respondent_kind,
            relation_id=opened.relation_id,
            at=at,
            due_at=end_of_working_day(at, WISH_WORKING_DAYS),
            today=runtime.today(),
        )
        transaction.commit()


def read_help(statements: Statements, opened: OpenLink, organisation_id: UUID) -> Help:
    """What the respondent's own answers have set going so far, in the caller's transaction."""
    rows = signals.list_own_signals(
        statements,
        organisation_id=organisation_id,
        occasion_id=opened.occasion_id,
        respondent_kind=opened.respondent_kind,
        relation_id=opened.relation_id,
    )
    promises = tuple(
        Promise(row.kind, row.due_at, row.owner_name, row.handled_at is not None, row.subject) for row in rows
    )
    if not any(promise.kind == RISK for promise in promises):
        return Help(promises=promises)
    protocol = signals.find_protocol(statements, organisation_id=organisation_id, occasion_id=opened.occasion_id)
    words = local_text(protocol.words) if protocol and protocol.words else None
    return Help(_lines_of(protocol), words, promises)


def read_help_lines(statements: Statements, opened: OpenLink, organisation_id: UUID) -> tuple[HelpLine, ...]:
    """Whom one can call at once by the protocol of what is asked, whatever is answered; none where it needs none."""
    return _lines_of(signals.find_protocol(statements, organisation_id=organisation_id, occasion_id=opened.occasion_id))


def _lines_of(protocol: Any) -> tuple[HelpLine, ...]:
    return tuple(
        HelpLine(local_text(line["name"]), line["phone"], local_text(line.get("hours") or {}))
        for line in (protocol.help_lines if protocol else ())
    )


def day_looked_at(at: datetime) -> date:
    """By when somebody has looked at answers that were sent ``at``: the same for all, so that it says nothing of them."""
    return end_of_working_day(at, LOOKED_AT_WORKING_DAYS).date()


def end_of_working_day(at: datetime, days: int) -> datetime:
    """When the office closes in Denmark, ``days`` working days (Monday to Friday) after ``at``."""
    day = at.astimezone(TIMEZONE).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return datetime.combine(day, OFFICE_CLOSES, TIMEZONE)
