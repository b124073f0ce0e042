"""Enter a process requirement into the register: a duty to write something down, with its source and its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.language import DEFAULT_LOCALE
from outcomes.models.steering import REQUIREMENT_SOURCES
from outcomes.reports.parts import LocalText
from outcomes.reports.requirements import State, read_state
from outcomes.services.decide_protocol import LONGEST_WORDS, plain_words
from outcomes.services.read_requirements import Names, read_names
from outcomes.services.read_written import free_code, one_line, written_number
from outcomes.store import requirements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outcomes.models import ProcessRequirement
    from outcomes.services.runtime import Actor, Runtime

MOST_MINUTES = 10_000


@dataclass(frozen=True, slots=True)
class RequirementText:
    """A requirement as it is written in the form. ``law_bound``: ``yes`` or empty; ``interventions``: slugs."""

    title: str = ""
    source_kind: str = ""
    source: str = ""
    law_bound: str = ""
    minutes: str = ""
    minutes_source: str = ""
    interventions: tuple[str, ...] = ()
    replaced_by: str = ""
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class RequirementChoices:
    """What the form lets one choose: names by key."""

    interventions: Mapping[str, LocalText]
    indicators: Mapping[str, Sentence]
    instruments: Mapping[str, LocalText]


def read_choices(runtime: Runtime, actor: Actor) -> RequirementChoices:
    """The interventions and what can show the same as a duty does."""
    with runtime.database.transaction(actor.scope) as session:
        names = read_names(session)
    return RequirementChoices(names.interventions, names.indicators, names.instruments)


def enter_requirement(runtime: Runtime, actor: Actor, written: RequirementText) -> str:
    """Store a requirement and give its code. Raises ``AnswerError`` with every fault, and nothing is stored."""
    try:
        with runtime.database.transaction(actor.scope) as session:
            known = requirements.list_requirements(session)
            title = one_line(written.title)
            faults = [*_faults(written, read_names(session)), *_twice(session, title, known)]
            if faults:
                raise AnswerError(Sentence("The requirement was not stored."), faults)
            code = free_code(title, {each.code for each in known})
            minutes = written_number(written.minutes)
            requirements.add_requirement(
                session,
                organisation_id=actor.organisation_id,
                code=code,
                title={DEFAULT_LOCALE: title},
                source_kind=written.source_kind,
                source=one_line(written.source),
                law_bound=bool(written.law_bound),
                minutes_per_month=minutes if minutes is not None else Decimal(0),
                minutes_source=one_line(written.minutes_source),
                interventions=sorted(set(written.interventions)),
                replaced_by=written.replaced_by or None,
                replacement=_in_danish(plain_words(written.replacement)[:LONGEST_WORDS]),
                entered_by=actor.name,
            )
            session.commit()
            return code
    except IntegrityError as error:
        raise ConflictError(
            Sentence("Another requirement was entered in the same moment. Look at the register, and press once more.")
        ) from error


def _in_danish(text: str) -> dict[str, str]:
    return {DEFAULT_LOCALE: text} if text else {}


def _faults(written: RequirementText, names: Names) -> list[Fault]:
    faults = []
    if not one_line(written.title):
        faults.append(Fault("title", Sentence("Write what has to be written down.")))
    if written.source_kind not in REQUIREMENT_SOURCES:
        faults.append(Fault("source_kind-law", Sentence("Choose where the duty comes from.")))
    elif written.law_bound and written.source_kind != "law":
        faults.append(
            Fault(
                "law_bound", Sentence("Only what a law demands is bound by law. Choose law as its source, or leave it.")
            )
        )
    if not one_line(written.source):
        faults.append(Fault("source", Sentence("Write the law and section, or the agreement or rule, and its date.")))
    minutes = written_number(written.minutes)
    if minutes is None or not 0 <= minutes <= MOST_MINUTES:
        faults.append(
            Fault("minutes", Sentence("Write the minutes per citizen and month as a number, such as 12 or 7.5."))
        )
    if not one_line(written.minutes_source):
        faults.append(
            Fault("minutes_source", Sentence("Write how the minutes are known: counted or estimated, and by whom."))
        )
    if set(written.interventions) - names.interventions.keys():
        faults.append(Fault("interventions", Sentence("Choose among the interventions that there are.")))
    if written.replaced_by and names.shown_by(written.replaced_by) is None:
        faults.append(
            Fault("replaced_by", Sentence("There is no such indicator or questionnaire. Choose one, or nothing."))
        )
    return faults


def _twice(session: Session, title: str, known: Sequence[ProcessRequirement]) -> list[Fault]:
    """The same duty has one history: it is not entered beside itself, also where a law brings it back."""
    same = [each for each in known if title and title.casefold() in (name.casefold() for name in each.title.values())]
    if not same:
        return []
    steps = requirements.list_requirement_events(session, requirement_id=same[0].id)
    if read_state([each.step for each in steps]) is State.RETIRED:
        return [
            Fault(
                "title",
                Sentence(
                    "This was retired %(day)s. Where a new law brings it back, write so on its own page in the register.",
                    day=steps[-1].on_day,
                ),
            )
        ]
    return [Fault("title", Sentence("This requirement is in the register already."))]
