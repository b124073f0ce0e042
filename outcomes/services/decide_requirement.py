"""Write down the next step in the life of a process requirement: proposed, heard, retired, kept, brought back by a law.

Nothing is retired unheard, and what a law demands isn't retired at all: here, and once more in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.reports.requirements import State, next_steps, read_state
from outcomes.services.decide_protocol import LONGEST_WORDS, plain_words
from outcomes.services.read_requirement import no_such_requirement
from outcomes.services.read_written import one_line, written_day
from outcomes.services.submit_response import constraint_name
from outcomes.store import requirements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from outcomes.models import ProcessRequirement, RequirementEvent
    from outcomes.services.runtime import Actor, Runtime

DECISIONS = frozenset({"retired", "kept", "reinstated"})
"""Steps that take effect on a day that may still be to come; the others have happened."""


@dataclass(frozen=True, slots=True)
class StepText:
    """A step as it is written in the form: which, when, why, and who proposed, was heard or decided."""

    step: str = ""
    on_day: str = ""
    reason: str = ""
    by: str = ""


def decide_requirement(runtime: Runtime, actor: Actor, code: str, written: StepText, *, after: int) -> None:
    """Store the step. ``after``: the number of the last step that the form showed.

    Raises ``AnswerError`` with every fault, ``ConflictError`` where another step was written meanwhile, ``NotFoundError``
    for no such requirement. For ``reinstated`` the reason is the law, which becomes the requirement's source: from then on
    it is bound by it.
    """
    try:
        with runtime.database.transaction(actor.scope) as session:
            found = requirements.find_requirement(session, code=code, lock=True)
            if found is None:
                raise no_such_requirement()
            steps = requirements.list_requirement_events(session, requirement_id=found.id)
            if len(steps) != after:
                raise _meanwhile()
            faults = _faults(found, steps, written, runtime.today())
            if faults:
                raise AnswerError(Sentence("The step was not stored."), faults)
            day, reason = written_day(written.on_day), plain_words(written.reason)[:LONGEST_WORDS]
            assert day is not None  # noqa: S101 - looked at above
            if written.step == "reinstated":
                found.source_kind, found.source, found.law_bound = "law", one_line(reason), True
            requirements.add_requirement_event(
                session, requirement=found, number=after + 1, step=written.step, on_day=day, reason=reason,
                by=one_line(written.by),
            )  # fmt: skip
            session.commit()
    except IntegrityError as error:
        if constraint_name(error) == "law_stays":
            raise ConflictError(_law_stays("")) from error
        raise _meanwhile() from error


def _meanwhile() -> ConflictError:
    return ConflictError(
        Sentence(
            "Another step was written down meanwhile. Read it below, and then decide whether yours is to follow it."
        )
    )


def _law_stays(source: str) -> Sentence:
    if not source:
        return Sentence("A law demands this. It can't be retired, only shown.")
    return Sentence("%(law)s demands this. It can't be retired, only shown.", law=source)


def _faults(
    requirement: ProcessRequirement, steps: Sequence[RequirementEvent], written: StepText, today: date
) -> list[Fault]:
    state = read_state([each.step for each in steps])
    faults = []
    if written.step not in next_steps(state, law_bound=requirement.law_bound):
        faults.append(Fault(_first_choice(requirement, state), _wrong_step(requirement, state, written.step)))
    faults += _day_faults(steps, written, today)
    if not plain_words(written.reason):
        reinstated = written.step == "reinstated"
        faults.append(
            Fault(
                "reason",
                Sentence("Write the law and section that brings it back.")
                if reinstated
                else Sentence("Write why, or what those who were heard said."),
            )
        )
    if not one_line(written.by):
        faults.append(Fault("by", Sentence("Write who proposed it, who was heard, or who decided.")))
    return faults


def _first_choice(requirement: ProcessRequirement, state: State) -> str:
    """Id of the first choice in the form, which an error leads to; empty where there is none."""
    free = next_steps(state, law_bound=requirement.law_bound)
    return f"step-{free[0]}" if free else ""


def _wrong_step(requirement: ProcessRequirement, state: State, step: str) -> Sentence:
    if requirement.law_bound and state is not State.RETIRED:
        return _law_stays(requirement.source)
    if step in {"retired", "kept"} and state is not State.HEARD:
        return Sentence("Nothing is decided unheard. Write down first who was heard, and what they said.")
    if step == "reinstated":
        return Sentence("Only what was retired can be brought back.")
    if not step:
        return Sentence("Choose what has happened.")
    return Sentence("This can't follow the last step. Choose one of those that are shown.")


def _day_faults(steps: Sequence[RequirementEvent], written: StepText, today: date) -> list[Fault]:
    day = written_day(written.on_day)
    if day is None:
        return [Fault("on_day", Sentence("Write the day as year-month-day, such as 2026-03-31."))]
    if steps and day < steps[-1].on_day:
        return [
            Fault("on_day", Sentence("The day can't be before the last step, %(day)s.", day=steps[-1].on_day)),
        ]
    if day > today and written.step not in DECISIONS:
        return [Fault("on_day", Sentence("The day hasn't come yet. Only a decision can take effect later."))]
    return []
