"""Keep what somebody answers behind a link, one question or all, as soon as they send it; and who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outcomes.errors import AnswerChangedError, AnswerError, ConflictError, Fault, Sentence
from outcomes.instruments import Instrument, answer_faults, to_json, visible_items
from outcomes.instruments.answers import Answer, Answers
from outcomes.services.compare_answers import changed_since
from outcomes.services.open_link import use_link
from outcomes.services.raise_signals import find_risks
from outcomes.services.read_visit import is_unguarded, stored_answers
from outcomes.services.recall_instrument import read_asked_instrument
from outcomes.store import answering
from outcomes.store.database import again_after_deadlock

if TYPE_CHECKING:
    from datetime import date

    from outcomes.instruments.model import Item
    from outcomes.services.open_link import OpenLink, Ticket
    from outcomes.services.runtime import Runtime

TRIES = 5
"""How often what another tab changed meanwhile is looked at again before somebody is asked to press once more."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What an answer led to: everything kept now, and whether this browser gave one that somebody looks at at once."""

    instrument: Instrument
    answers: Mapping[str, Answer] = field(repr=False)
    risk: bool

    @property
    def items(self) -> tuple[Item, ...]:
        """The questions shown now."""
        return visible_items(self.instrument, self.answers)


def save_answer(
    runtime: Runtime, ticket: Ticket, *, item_id: str, value: Answer, seen: str | None = None
) -> Kept:  # fmt: skip
    """Keep one answer (``None``: skipped); see :func:`save_answers`."""
    return save_answers(runtime, ticket, answers={item_id: value}, seen=None if seen is None else {item_id: seen})


@again_after_deadlock
def save_answers(
    runtime: Runtime, ticket: Ticket, *, answers: Answers, seen: Mapping[str, str] | None = None,
    unfinished: bool = False,
) -> Kept:  # fmt: skip
    """Keep answers (``None``: skipped), all or none. ``seen``: by item, what the page was made from (``Visit.seen``).
    ``unfinished``: somebody comes back to the page, and what they left empty isn't skipped but open, unless it was
    answered or skipped before.

    Raises ``AnswerError`` for a value that isn't an answer, ``AnswerChangedError`` where something else than the page had
    seen is kept by now, and ``ConflictError`` where nothing can be answered (any more) or a question isn't asked any more.
    """
    with runtime.database.quick_transaction(ticket.scope) as transaction:
        for _ in range(TRIES):
            at = runtime.now()
            opened = use_link(transaction, ticket, at, lock=True)
            instrument = read_asked_instrument(runtime, ticket, opened.version_id)
            check_may_answer(opened, instrument, runtime.today())
            if unfinished:
                answers = _without_open(answers, opened)
            kept = _check_kept(runtime, ticket, opened, instrument, answers, seen)
            if not answers:
                return Kept(instrument, kept, False)
            risks = find_risks(instrument, kept, stored_answers(opened)).led_to_by(answers)
            written = answering.keep_answers(
                transaction,
                respondent=opened.respondent,
                known=opened.draft,
                answers={item: to_json(value) for item, value in answers.items()},
                browser_hash=ticket.browser_hash,
                risks=risks.items,
                anew=risks.anew,
                at=at,
                today=runtime.today(),
            )
            if written:
                transaction.commit()
                own = answers.keys() | {item for item, by in opened.answered_by.items() if by == ticket.browser_hash}
                return Kept(instrument, kept, not own.isdisjoint(risks.items))
    raise ConflictError(Sentence("Something was changed in another window just now. Press once more."))


def _without_open(answers: Answers, opened: OpenLink) -> Answers:
    """The answers, and what was answered or skipped before and is empty now."""
    known = opened.draft or {}
    return {item: value for item, value in answers.items() if value is not None or item in known}


def _check_kept(
    runtime: Runtime, ticket: Ticket, opened: OpenLink, instrument: Instrument, answers: Answers,
    seen: Mapping[str, str] | None,
) -> dict[str, Answer]:  # fmt: skip
    """Everything that is kept once ``answers`` are, where they may be."""
    if faults := answer_faults(instrument, answers):
        raise AnswerError(Sentence("The answer was not saved."), faults)
    changed = [] if seen is None else changed_since(runtime, ticket, opened, answers, seen)
    if changed:
        raise AnswerChangedError(
            Sentence("Some of this was answered in another window meanwhile. Nothing was overwritten."),
            tuple(Fault(item, Sentence("This was answered in another window meanwhile.")) for item in changed),
        )
    kept = {**stored_answers(opened), **answers}
    shown = {item.id for item in visible_items(instrument, kept)}
    if answers and not shown.intersection(answers):
        raise ConflictError(Sentence("This question is not asked any more, because an answer before it was changed."))
    return kept


def check_not_sent(opened: OpenLink) -> None:
    """Raises ``ConflictError`` where the answers were sent already."""
    if opened.response_id is not None:
        raise ConflictError(Sentence("You have already sent your answers to these questions. They stand as they are."))


def check_may_answer(opened: OpenLink, instrument: Instrument, today: date) -> None:
    """Raises ``ConflictError`` where the answers were sent already, the time hasn't come yet, or an answer could call for
    help that nobody has arranged."""
    check_not_sent(opened)
    if is_unguarded(opened, instrument):
        raise ConflictError(Sentence("The questions are not ready yet"))
    if today < opened.opens_on:
        raise ConflictError(
            Sentence("The questions can be answered from %(day)s. Come back then.", day=opened.opens_on)
        )
