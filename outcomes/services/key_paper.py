"""Type in a paper form: the first time, the second time, and choosing where the two differ.

A risk answer is signalled when the sheet is typed in the first time: whoever wrote it doesn't wait for the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from outcomes.errors import AnswerError, ConflictError, DifferentAnswersError, Fault, Sentence
from outcomes.instruments import answer_faults, from_json, to_json
from outcomes.instruments.answers import Answer, Answers
from outcomes.language import TIMEZONE
from outcomes.models import KeyedSheet
from outcomes.models.response import HELPER_KINDS
from outcomes.services.open_link import DAYS_AFTER_CLOSING
from outcomes.services.open_sheet import BOTH, DAY, HELPER, LANGUAGE, FoundSheet, find_differences, find_sheet
from outcomes.services.raise_signals import raise_signals
from outcomes.services.submit_response import Sending, all_answers, store_answers
from outcomes.store import answering, sheets
from outcomes.store.database import SessionStatements, again_after_deadlock
from outcomes.tables.danish_dates import read_date

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Actor, Runtime

PAPER = "paper"
FIRST, SECOND = 1, 2
NOON = time(12)
NOTHING_STORED = Sentence("Nothing was stored.")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands on the paper, as it was typed. ``keying``: which time it is. ``answered_on``: the day in words or digits;
    ``answers``: by item, those that are there and can be read; ``unread``: by item, what is wrong with the others."""

    keying: int
    answered_on: str
    locale: str
    helper_kind: str | None
    answers: Answers = field(repr=False)
    unread: Mapping[str, Sentence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a sheet says."""

    answered_on: date
    locale: str
    helper_kind: str | None
    answers: Mapping[str, Answer] = field(repr=False)


@again_after_deadlock
def key_sheet(
    runtime: Runtime, actor: Actor, occasion_id: UUID, typed: Typed, *, relation_id: UUID | None = None
) -> None:
    """Keep what was typed; the second time, where it is the same as the first, it is the response.

    The same again changes nothing. Raises ``NotFoundError`` for whoever doesn't need to know the citizen, ``AnswerError``
    for what can't stand on a sheet, and ``ConflictError`` where it was typed in or answered meanwhile.
    """
    with runtime.database.transaction(actor.scope) as session:
        found = find_sheet(runtime, session, actor, occasion_id, relation_id, hold=True)
        content = _check(runtime, found, typed)
        if found.opened.response_id is not None:
            _require_same(session, found, content)
        elif not _is_kept(found, actor, typed, content):
            _keep(runtime, session, actor, found, typed, content)
        session.commit()


@again_after_deadlock
def settle_sheet(
    runtime: Runtime, actor: Actor, occasion_id: UUID, *, chosen: Mapping[str, int], token: str,
    relation_id: UUID | None = None,
) -> None:  # fmt: skip
    """Choose, by the place of each difference, the first (1) or the second (2) keying: the outcome is the response.

    ``token``: names the keyings that were looked at. Raises ``AnswerError`` with a fault for each difference that nothing
    was chosen for, ``ConflictError`` where the sheet was typed in again or answered meanwhile.
    """
    with runtime.database.transaction(actor.scope) as session:
        found = find_sheet(runtime, session, actor, occasion_id, relation_id, hold=True)
        _require_seen(found, token)
        if len(found.keyings) != BOTH:
            raise ConflictError(Sentence("The sheet isn't typed in twice yet."))
        content = _settle(found, chosen)
        _store(runtime, session, actor, found, content)
        session.commit()


@again_after_deadlock
def discard_keyings(
    runtime: Runtime, actor: Actor, occasion_id: UUID, *, token: str, relation_id: UUID | None = None
) -> None:
    """Take away what was typed in, where it was the wrong sheet or the wrong person; then it can be typed in anew.

    Raises ``ConflictError`` where it was typed in again or answered meanwhile.
    """
    with runtime.database.transaction(actor.scope) as session:
        found = find_sheet(runtime, session, actor, occasion_id, relation_id, hold=True)
        _require_seen(found, token)
        _remove(session, found)
        session.commit()


def _check(runtime: Runtime, found: FoundSheet, typed: Typed) -> _Content:
    """What was typed, where it can stand on a sheet."""
    instrument = found.asked.instrument
    answers = {item: value for item, value in typed.answers.items() if value is not None}
    faults = [Fault(item, sentence) for item, sentence in typed.unread.items()]
    faults += answer_faults(instrument, answers)
    if not answers and not faults:
        faults.append(Fault("", Sentence("A sheet without any answer isn't stored. Type in at least one.")))
    answered_on = read_date(typed.answered_on) if typed.answered_on.strip() else None
    sentence = _day_fault(found, answered_on, runtime.today())
    if sentence is not None:
        faults.append(Fault(DAY, sentence))
    if typed.locale not in instrument.languages:
        faults.append(Fault(LANGUAGE, Sentence("Choose the language of the sheet.")))
    if faults or answered_on is None:
        raise AnswerError(NOTHING_STORED, faults)
    helper = typed.helper_kind if typed.helper_kind in HELPER_KINDS else None
    return _Content(answered_on, typed.locale, helper, answers)


def _day_fault(found: FoundSheet, day: date | None, today: date) -> Sentence | None:
    """What is wrong with the day on a sheet."""
    opened, stopped_on = found.opened, found.asked.citizen.stopped_on
    if day is None:
        return Sentence("Write the day like this: 24-12-2026.")
    if day > today:
        return Sentence("The day hasn't come yet. Look at the paper once more.")
    if day < opened.opens_on:
        return Sentence(
            "This measurement began %(day)s. Look at the day on the paper, and whether it is the right sheet.",
            day=opened.opens_on,
        )
    if stopped_on is not None and day >= stopped_on:
        return Sentence(
            "From %(day)s on the citizen doesn't want to be asked. What was answered from then on isn't stored.",
            day=stopped_on,
        )
    if day > opened.closes_on + timedelta(days=DAYS_AFTER_CLOSING):
        return Sentence("The time to answer ended %(day)s.", day=opened.closes_on)
    return None


def _is_kept(found: FoundSheet, actor: Actor, typed: Typed, content: _Content) -> bool:
    """Whether it is only what the same person has typed in already, sent twice."""
    return any(
        keying.keying == typed.keying and keying.keyed_by == actor.user_id and _content(keying) == content
        for keying in found.keyings
    )


def _keep(runtime: Runtime, session: Session, actor: Actor, found: FoundSheet, typed: Typed, content: _Content) -> None:
    if found.obstacle is not None:
        raise ConflictError(found.obstacle)
    if len(found.keyings) == BOTH:
        raise ConflictError(Sentence("The sheet has been typed in twice meanwhile. Nothing was overwritten."))
    if typed.keying != len(found.keyings) + 1:
        raise ConflictError(
            Sentence(
                "The sheet was typed in meanwhile. Nothing was overwritten: press once more, and yours counts as the"
                " second time."
            )
            if typed.keying == FIRST
            else Sentence("What was typed in the first time is gone. Press once more, and yours counts as the first.")
        )
    keying = KeyedSheet(
        id=uuid4(), organisation_id=actor.organisation_id, occasion_id=found.opened.occasion_id,
        respondent_kind=found.who.kind, relation_id=found.who.relation_id, keying=typed.keying,
        keyed_by=actor.user_id, answered_on=content.answered_on, locale=content.locale,
        answers={item: to_json(value) for item, value in content.answers.items()}, helper_kind=content.helper_kind,
    )  # fmt: skip
    sheets.add_keying(session, keying)
    raise_signals(
        session, organisation_id=actor.organisation_id, occasion_id=found.opened.occasion_id,
        instrument=found.asked.instrument, answers=content.answers, at=runtime.now(),
        respondent_kind=found.who.kind, relation_id=found.who.relation_id,
        before=_content(found.keyings[0]).answers if found.keyings else None, from_paper=True,
    )  # fmt: skip
    if typed.keying == SECOND and not find_differences(found.asked.instrument, found.keyings[0], keying):
        _store(runtime, session, actor, found, content)


def _settle(found: FoundSheet, chosen: Mapping[str, int]) -> _Content:
    """The sheet once each difference is decided."""
    first, second = (_content(keying) for keying in found.keyings)
    differences = find_differences(found.asked.instrument, *found.keyings)
    open_ones = [each.place for each in differences if chosen.get(each.place) not in (FIRST, SECOND)]
    if open_ones:
        sentence = Sentence("Look at the paper, and choose what stands there.")
        raise AnswerError(NOTHING_STORED, [Fault(place, sentence) for place in open_ones])
    answers = dict(first.answers)
    beside: dict[str, Any] = {DAY: first.answered_on, LANGUAGE: first.locale, HELPER: first.helper_kind}
    for each in differences:
        if chosen[each.place] == FIRST:
            continue
        if each.item is None:
            beside[each.place] = each.second
        elif each.second is None:
            answers.pop(each.place)
        else:
            answers[each.place] = second.answers[each.place]
    return _Content(beside[DAY], beside[LANGUAGE], beside[HELPER], answers)


def _store(runtime: Runtime, session: Session, actor: Actor, found: FoundSheet, content: _Content) -> None:
    """The sheet as the respondent's response; what was typed in goes."""
    if found.obstacle is not None:
        raise ConflictError(found.obstacle)
    if not content.answers:
        raise AnswerError(
            NOTHING_STORED, [Fault("", Sentence("A sheet without any answer isn't stored. Type in at least one."))]
        )
    # Nobody answers later than now, also where noon hasn't come yet.
    answered_at = min(datetime.combine(content.answered_on, NOON, TIMEZONE), runtime.now())
    sending = Sending(uuid4(), content.locale, PAPER, content.helper_kind, actor.user_id, answered_at)
    receipt = store_answers(
        SessionStatements(session), found.opened, found.asked.instrument, content.answers, sending,
        at=runtime.now(), today=runtime.today(), from_draft=False,
    )  # fmt: skip
    if receipt is None:
        raise ConflictError(_ANSWERED)
    _remove(session, found)


_ANSWERED = Sentence("These questions were answered meanwhile. Nothing was overwritten.")


def _remove(session: Session, found: FoundSheet) -> None:
    sheets.remove_keyings(
        session, occasion_id=found.opened.occasion_id, respondent_kind=found.who.kind, relation_id=found.who.relation_id
    )


def _require_seen(found: FoundSheet, token: str) -> None:
    if found.opened.response_id is not None:
        raise ConflictError(_ANSWERED)
    if found.token != token:
        raise ConflictError(Sentence("The sheet was typed in again meanwhile. Look once more."))


def _require_same(session: Session, found: FoundSheet, content: _Content) -> None:
    """Answered already: fine where it is what is sent now, as when a button is pressed twice."""
    opened = found.opened
    if opened.response_id is None:
        raise LookupError("nothing was sent yet")
    first = answering.read_response(
        SessionStatements(session), organisation_id=opened.organisation_id, response_id=opened.response_id
    )
    if all_answers(first) != content.answers:
        raise DifferentAnswersError(_ANSWERED)


def _content(keying: KeyedSheet) -> _Content:
    answers = {item: from_json(value) for item, value in keying.answers.items()}
    return _Content(keying.answered_on, keying.locale, keying.helper_kind, answers)
