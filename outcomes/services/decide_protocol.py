"""Decide what happens when an answer tells of danger: whom the citizen can call, who looks at it and how soon.

A decision is never changed: a new one is a new version, and the old ones stay to be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from outcomes.errors import AnswerError, ConflictError, Fault, NotFoundError, Sentence
from outcomes.instruments.answers import FORBIDDEN_CHARACTERS
from outcomes.language import CITIZEN_LOCALES, DEFAULT_LOCALE
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import instruments, organisations, protocols

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.models import RiskProtocol
    from outcomes.services.runtime import Actor, Runtime

MOST_LINES = 6
MOST_HOURS = 336
LONGEST = 200
LONGEST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class HelpLineText:
    """Whom the citizen can call, as it was written: name and hours by language."""

    name: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    hours: Mapping[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing was written."""
        return not (self.phone or any(self.name.values()) or any(self.hours.values()))


@dataclass(frozen=True, slots=True)
class ProtocolText:
    """A protocol as it was written. ``hours``: within how many somebody acts; ``duty``: id of the worker on duty."""

    lines: tuple[HelpLineText, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    hours: str = ""
    duty: str = ""
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class DecidedProtocol:
    """A protocol that was decided: ``duty`` is the name of the worker on duty."""

    version: int
    decided_at: datetime
    decided_by: str
    hours: int
    duty: str
    lines: tuple[tuple[LocalText, str, LocalText], ...]
    words: LocalText


@dataclass(frozen=True, slots=True)
class ProtocolPage:
    """The form for a new protocol, filled in with the one in force (``version``, 0 where there is none), whom to choose
    for duty, and all that were decided, newest first."""

    key: str
    title: LocalText
    version: int
    text: ProtocolText
    workers: tuple[tuple[UUID, str], ...]
    decided: tuple[DecidedProtocol, ...]


def read_protocols(runtime: Runtime, actor: Actor, key: str) -> ProtocolPage:
    """The protocols of an instrument. Raises ``NotFoundError`` where there is no such instrument."""
    with runtime.database.transaction(actor.scope) as session:
        found = protocols.list_protocols(session, key=key)
        names = organisations.list_user_names(
            session, user_ids={each.duty_user_id for each in found if each.duty_user_id is not None}
        )
        return ProtocolPage(
            key=key,
            title=_title(session, key),
            version=found[0].version if found else 0,
            text=_as_text(found[0]) if found else ProtocolText(),
            workers=tuple((user.id, user.name) for user in protocols.list_workers(session, on=runtime.today())),
            decided=tuple(_decided(each, names) for each in found),
        )


def decide_protocol(runtime: Runtime, actor: Actor, key: str, written: ProtocolText, *, after: int) -> int:
    """Put a protocol in force, and give its version; the same again as the one in force changes nothing.

    ``after``: the version that the form showed. Raises ``AnswerError`` with every fault, ``ConflictError`` where another
    was decided meanwhile, ``NotFoundError`` for no such instrument.
    """
    try:
        with runtime.database.transaction(actor.scope) as session:
            _title(session, key)
            workers = {str(user.id): user.id for user in protocols.list_workers(session, on=runtime.today())}
            clean = _clean(written, workers)
            found = protocols.list_protocols(session, key=key)
            newest = found[0].version if found else 0
            if found and _as_text(found[0]) == clean:
                return newest
            if newest != after:
                raise _decided_meanwhile()
            protocols.add_protocol(
                session,
                organisation_id=actor.organisation_id,
                key=key,
                version=newest + 1,
                help_lines=[
                    {"name": dict(line.name), "phone": line.phone, "hours": dict(line.hours)} for line in clean.lines
                ],
                words=clean.words,
                act_within_hours=int(clean.hours),
                duty_user_id=workers[clean.duty],
                decided_by=clean.decided_by,
            )
            session.commit()
            return newest + 1
    except IntegrityError as error:
        raise _decided_meanwhile() from error


def _decided_meanwhile() -> ConflictError:
    return ConflictError(
        Sentence(
            "Another protocol was decided meanwhile. Read it below, and then decide whether yours is to follow it."
        )
    )


def _title(session: Session, key: str) -> LocalText:
    """The instrument's name, in its newest version."""
    versions = [version for version in instruments.list_versions(session) if version.key == key]
    if not versions:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return local_text(read_stored_instrument(session, versions[-1].id).title)


def _clean(written: ProtocolText, workers: Mapping[str, UUID]) -> ProtocolText:
    """The protocol as it is stored. Raises ``AnswerError`` with every fault; each place is the field's name."""
    faults: list[Fault] = []
    lines = tuple(_clean_line(line) for line in written.lines)
    for number, line in enumerate(lines):
        faults += [Fault(f"line-{number}-{place}", sentence) for place, sentence in _line_faults(line)]
    filled = tuple(line for line in lines if not line.empty)
    if not filled:
        faults.append(Fault("line-0-phone", Sentence("Write at least one number that the citizen can call at once.")))
    hours = written.hours.strip()
    if not (re.fullmatch("[0-9]{1,3}", hours) and 1 <= int(hours) <= MOST_HOURS):
        faults.append(Fault("hours", Sentence("Write the hours as a number from 1 to %(most)s.", most=MOST_HOURS)))
    if written.duty not in workers:
        faults.append(Fault("duty", Sentence("Choose who is on duty.")))
    decided_by = plain_words(written.decided_by)[:LONGEST]
    if not decided_by:
        faults.append(Fault("decided_by", Sentence("Write who has decided this.")))
    if faults:
        raise AnswerError(Sentence("The protocol was not saved."), faults)
    words = {code: plain_words(text)[:LONGEST_WORDS] for code, text in written.words.items()}
    return ProtocolText(filled, _given(words), str(int(hours)), written.duty, decided_by)


def _line_faults(line: HelpLineText) -> list[tuple[str, Sentence]]:
    if line.empty:
        return []
    faults = []
    if not line.name.get(DEFAULT_LOCALE):
        faults.append((f"name-{DEFAULT_LOCALE}", Sentence("Write the name in Danish.")))
    if sum(sign.isdigit() for sign in line.phone) < 3 or set(line.phone) - set("+0123456789 "):  # noqa: PLR2004 - 112
        faults.append(("phone", Sentence("Write the phone number in digits, for example 70 20 12 01.")))
    return faults


def _clean_line(line: HelpLineText) -> HelpLineText:
    return HelpLineText(
        _given({code: plain_words(text)[:LONGEST] for code, text in line.name.items()}),
        " ".join(line.phone.split())[:LONGEST],
        _given({code: plain_words(text)[:LONGEST] for code, text in line.hours.items()}),
    )


def plain_words(text: str) -> str:
    """Text as it is stored: trimmed, with plain line ends and without control characters."""
    return FORBIDDEN_CHARACTERS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _given(texts: Mapping[str, str]) -> dict[str, str]:
    return {code: texts[code] for code in CITIZEN_LOCALES if texts.get(code)}


def _as_text(protocol: RiskProtocol) -> ProtocolText:
    lines = tuple(
        HelpLineText(_given(line["name"]), str(line["phone"]), _given(line.get("hours") or {}))
        for line in protocol.help_lines
    )
    duty = str(protocol.duty_user_id or "")
    return ProtocolText(lines, _given(protocol.words), str(protocol.act_within_hours), duty, protocol.decided_by)


def _decided(protocol: RiskProtocol, names: Mapping[UUID, str]) -> DecidedProtocol:
    return DecidedProtocol(
        version=protocol.version,
        decided_at=protocol.created_at,
        decided_by=protocol.decided_by,
        hours=protocol.act_within_hours,
        duty=names.get(protocol.duty_user_id, "") if protocol.duty_user_id else "",
        lines=tuple(
            (local_text(line["name"]), str(line["phone"]), local_text(line.get("hours") or {}))
            for line in protocol.help_lines
        ),
        words=local_text(protocol.words),
    )
