"""Enter a fact of a provider that no answer gives: once, for every authority that asks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from outcomes.errors import ConflictError, Fault, InputError, NotFoundError, Sentence
from outcomes.reports.supervision.catalogue import CATALOGUE, Evidence, FactKind, Origin
from outcomes.services.decide_protocol import plain_words
from outcomes.store import supervision

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Actor, Runtime

LONGEST = 2000
LONGEST_SOURCE = 200
MOST = 1_000_000
PERCENT = 100
NUMBER = re.compile(r"[0-9]{1,7}([.,][0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class FactText:
    """A fact as it was written: key of the datum, value, day (``YYYY-MM-DD``) and where it is from."""

    datum: str = ""
    value: str = ""
    as_of: str = ""
    source: str = ""


def enter_fact(runtime: Runtime, actor: Actor, provider_id: UUID, written: FactText) -> None:
    """Store the fact. The same again changes nothing; a later day's fact takes its place, and the old one stays.

    Raises ``InputError`` with every fault, ``ConflictError`` where that day has another value, ``NotFoundError`` for no such
    provider.
    """
    try:
        with runtime.database.transaction(actor.scope) as session:
            if supervision.find_provider(session, provider_id=provider_id) is None:
                raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
            value, as_of, source = _read(written, runtime.today())
            known = supervision.find_fact(session, provider_id=provider_id, datum=written.datum, as_of=as_of)
            if known is not None:
                if (known.value, known.source) == ({"value": value}, source):
                    return
                raise _taken()
            supervision.add_fact(
                session, organisation_id=actor.organisation_id, provider_id=provider_id, datum=written.datum,
                value={"value": value}, as_of=as_of, source=source, entered_by=actor.name,
            )  # fmt: skip
            session.commit()
    except IntegrityError as error:
        raise _taken() from error


def _taken() -> ConflictError:
    return ConflictError(
        Sentence(
            "This was told before for the same day, and what was told stays. Give the day on which the new value holds."
        )
    )


def _read(written: FactText, today: date) -> tuple[Any, date, str]:
    faults: list[Fault] = []
    evidence = CATALOGUE.get(written.datum)
    if evidence is None or evidence.origin is not Origin.FACT:
        faults.append(Fault("datum", Sentence("Choose what you want to tell.")))
    value = None if evidence is None else _value(evidence.kind, plain_words(written.value), today)
    if isinstance(value, Sentence):
        faults.append(Fault("value", value))
    as_of = _day(written.as_of)
    if as_of is None:
        faults.append(Fault("as_of", Sentence("Write the day as year-month-day, such as 2026-03-31.")))
    elif as_of > today:
        faults.append(Fault("as_of", Sentence("That day hasn't come yet. Write the day on which this was so.")))
    source = plain_words(written.source)
    if not source or len(source) > LONGEST_SOURCE:
        faults.append(Fault("source", Sentence("Write where this is from, such as who counted it, in a few words.")))
    if faults or as_of is None:
        raise InputError(Sentence("Nothing was saved."), faults)
    return value, as_of, source


def _value(kind: FactKind, text: str, today: date) -> Any:
    """The value as it is stored, or the sentence on what is wrong with it."""
    match kind:
        case FactKind.DAY:
            return _past_day(text, today)
        case FactKind.TEXT:
            known = 0 < len(text) <= LONGEST
            return text if known else Sentence("Write it in words, at most %(most)s characters.", most=LONGEST)
        case _:
            return _number(kind, text)


def _past_day(text: str, today: date) -> str | Sentence:
    day = _day(text)
    if day is None or day > today:
        return Sentence("Write a day that has been, as year-month-day, such as 2026-03-31.")
    return day.isoformat()


def _number(kind: FactKind, text: str) -> float | Sentence:
    if not NUMBER.fullmatch(text):
        return Sentence("Write a number of zero or more, such as 12 or 3.5.")
    number = float(text.replace(",", "."))
    if kind is FactKind.SHARE and number > PERCENT:
        return Sentence("Write per cent, from 0 to 100.")
    return number / PERCENT if kind is FactKind.SHARE else number


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def list_fact_kinds() -> tuple[Evidence, ...]:
    """What can be told of a provider, in the order of the catalogue."""
    return tuple(each for each in CATALOGUE.values() if each.origin is Origin.FACT)
