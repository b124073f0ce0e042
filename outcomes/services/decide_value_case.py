"""Decide what an intervention is taken to cost and save: a new version each time, and the earlier ones stay to be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from outcomes.errors import ConflictError, Fault, InputError, NotFoundError, Sentence
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.list_prices import price_table
from outcomes.services.read_written import one_line
from outcomes.services.value_text import CaseText, load_assumptions, read_case, store_assumptions, write_case
from outcomes.store import interventions, value

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.models import Intervention, ValueCase
    from outcomes.services.runtime import Actor, Runtime


@dataclass(frozen=True, slots=True)
class DecidedCase:
    """A version that was decided."""

    version: int
    decided_at: datetime
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """The form for a new version, filled in with the one in force (``version``, 0 where there is none), the price sets to
    choose among (id and name), and all versions, newest first."""

    slug: str
    title: LocalText
    version: int
    text: CaseText
    price_sets: tuple[tuple[str, str], ...]
    decided: tuple[DecidedCase, ...]


def read_value_case(runtime: Runtime, actor: Actor, slug: str) -> CasePage:
    """The case of an intervention. Raises ``NotFoundError``."""
    with runtime.database.transaction(actor.scope) as session:
        intervention = find_intervention(session, slug)
        cases = value.list_cases(session, intervention_id=intervention.id)
        sets = value.list_price_sets(session)
        return CasePage(
            slug=slug,
            title=local_text(intervention.title),
            version=cases[0].version if cases else 0,
            text=replace(_written(cases[0]), decided_by=actor.name) if cases else _suggested(intervention, actor),
            price_sets=tuple((str(each.id), f"{each.name} ({each.price_year})") for each in sets if each.prices),
            decided=tuple(DecidedCase(each.version, each.created_at, each.decided_by, each.reason) for each in cases),
        )


def decide_value_case(runtime: Runtime, actor: Actor, slug: str, written: CaseText, *, after: int) -> int:
    """Put a case in force, and give its version; the same again as the one in force changes nothing.

    ``after``: the version that the form showed. Raises ``InputError`` with every fault, ``ConflictError`` where another was
    decided meanwhile, ``NotFoundError`` for no such intervention.
    """
    try:
        with runtime.database.transaction(actor.scope) as session:
            intervention = find_intervention(session, slug)
            sets = {str(each.id): each for each in value.list_price_sets(session) if each.prices}
            cases = value.list_cases(session, intervention_id=intervention.id)
            chosen = sets.get(written.price_set)
            assumptions, faults = read_case(written, price_table(chosen) if chosen else None)
            reason, decided_by = one_line(written.reason), one_line(written.decided_by)
            if cases and not reason:
                faults.append(Fault("reason", Sentence("Write why the case is changed.")))
            if not decided_by:
                faults.append(Fault("decided_by", Sentence("Write who has decided this.")))
            if faults or assumptions is None or chosen is None:
                raise InputError(Sentence("The case was not saved."), faults)
            newest = cases[0].version if cases else 0
            stored = store_assumptions(assumptions)
            if cases and (cases[0].price_set_id, cases[0].assumptions) == (chosen.id, stored):
                return newest
            if newest != after:
                raise _decided_meanwhile()
            value.add_case(
                session, organisation_id=actor.organisation_id, intervention_id=intervention.id,
                price_set_id=chosen.id, version=newest + 1, assumptions=stored, reason=reason, decided_by=decided_by,
            )  # fmt: skip
            session.commit()
            return newest + 1
    except IntegrityError as error:
        raise _decided_meanwhile() from error


def find_intervention(session: Session, slug: str) -> Intervention:
    """The intervention of this slug. Raises ``NotFoundError``."""
    found = interventions.find_intervention(session, slug=slug)
    if found is None:
        raise NotFoundError(Sentence("There is no intervention called %(name)s here.", name=slug))
    return found


def _decided_meanwhile() -> ConflictError:
    return ConflictError(
        Sentence("Another version was decided meanwhile. Read it, and then decide whether yours is to follow it.")
    )


def _written(case: ValueCase) -> CaseText:
    return write_case(load_assumptions(case.assumptions), price_set=str(case.price_set_id))


def _suggested(intervention: Intervention, actor: Actor) -> CaseText:
    """What is known already: the intervention's own cost and length."""
    cost, months = intervention.cost_per_month, intervention.planned_months
    return replace(
        CaseText(),
        cost_per_month=f"{cost:.2f}".replace(".", ",").removesuffix(",00") if cost is not None else "",
        cost_months=str(months or ""),
        decided_by=actor.name,
    )
