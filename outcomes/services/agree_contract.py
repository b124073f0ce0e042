"""Agree an outcome contract, or a new version of one: what was agreed before stays as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from outcomes.analysis.indicators import INDICATORS
from outcomes.errors import ConflictError, Fault, InputError, NotFoundError, Sentence
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.contract_text import AT_LEAST, PAID_BY, ContractText, ReadContract, read_contract
from outcomes.services.gather_outcomes import Period
from outcomes.services.read_written import free_code
from outcomes.services.settle_period import find_whole_period, refuse_parted
from outcomes.store import contracts, interventions, organisations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from outcomes.models import OutcomeContract
    from outcomes.services.runtime import Actor, Runtime


@dataclass(frozen=True, slots=True)
class ContractForm:
    """The form: filled in with the version in force (``version``, 0 for a new one), and what can be chosen."""

    code: str
    version: int
    text: ContractText
    interventions: tuple[tuple[str, LocalText], ...]
    indicators: tuple[tuple[str, Sentence], ...]


def read_contract_form(runtime: Runtime, actor: Actor, code: str = "") -> ContractForm:
    """The form for a new contract, or for a new version of ``code``. Raises ``NotFoundError``."""
    with runtime.database.transaction(actor.scope) as session:
        choices = {each.id: each for each in interventions.list_interventions(session)}
        newest = _newest(session, code) if code else None
        slug = choices[newest.intervention_id].slug if newest else ""
        return ContractForm(
            code=code,
            version=newest.version if newest else 0,
            text=replace(_written(newest, slug) if newest else ContractText(), decided_by=actor.name),
            interventions=tuple((each.slug, local_text(each.title)) for each in choices.values()),
            indicators=tuple((key, each.title) for key, each in PAID_BY.items()),
        )


def agree_contract(runtime: Runtime, actor: Actor, written: ContractText, *, code: str = "", after: int = 0) -> str:
    """Put a contract in force, and give its code; ``code`` empty: a new one. ``after``: the version that the form showed.

    Raises ``InputError`` with every fault, ``ConflictError`` where another version was agreed meanwhile, ``NotFoundError``.
    """
    try:
        with runtime.database.transaction(actor.scope) as session:
            slugs = {each.slug: each.id for each in interventions.list_interventions(session)}
            newest = _newest(session, code) if code else None
            found, faults = read_contract(written, slugs)
            if found is None:
                raise InputError(Sentence("The contract was not saved."), faults)
            if newest is not None and newest.version != after:
                raise _agreed_meanwhile()
            _require_unparted(session, written.intervention, found)
            _require_apart(session, code, found)
            taken = {each.code for each in contracts.list_contracts(session)}
            # Under the organisation's own short name all contracts are published together.
            taken.add(organisations.get_organisation(session, organisation_id=actor.organisation_id).slug)
            stored = contracts.add_contract(
                session,
                organisation_id=actor.organisation_id,
                code=code or free_code(found.title, taken),
                version=newest.version + 1 if newest else 1,
                title={"da": found.title},
                intervention_id=slugs[written.intervention],
                payer=found.payer,
                payee=found.payee,
                verifier=found.verifier,
                trigger={
                    "indicator": found.indicator,
                    "threshold": found.threshold,
                    "direction": AT_LEAST,
                    "minimum_n": found.minimum_n,
                },
                rate=found.rate,
                cap=found.cap,
                first_day=found.first_day,
                last_day=found.last_day,
                decided_by=found.decided_by,
            )
            session.commit()
            return stored.code
    except IntegrityError as error:
        raise _agreed_meanwhile() from error


def _newest(session: Session, code: str) -> OutcomeContract:
    versions = contracts.list_contract_versions(session, code=code)
    if not versions:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return versions[0]


def _require_apart(session: Session, code: str, found: ReadContract) -> None:
    """Nobody is paid for twice: a period that has been paid comes again as it was, or not at all."""
    for _, paid, _ in contracts.list_payments(session, code=code) if code else ():
        same = (paid.first_day, paid.last_day) == (found.first_day, found.last_day)
        if not same and paid.first_day <= found.last_day and found.first_day <= paid.last_day:
            raise InputError(
                Sentence("The contract was not saved."),
                [
                    Fault(
                        "first_day",
                        Sentence(
                            "The days from %(first)s to %(last)s have been paid. Begin after them, or keep the same days.",
                            first=paid.first_day,
                            last=paid.last_day,
                        ),
                    )
                ],
            )


def _require_unparted(session: Session, slug: str, found: ReadContract) -> None:
    """Nothing is paid from a figure that tells of a few people."""
    parted = refuse_parted(find_whole_period(session, slug), Period(found.first_day, found.last_day))
    if parted is not None:
        raise InputError(Sentence("The contract was not saved."), [Fault("first_day", parted)])


def _agreed_meanwhile() -> ConflictError:
    return ConflictError(
        Sentence("Another version was agreed meanwhile. Read it, and then decide whether yours is to follow it.")
    )


def _written(contract: OutcomeContract, slug: str) -> ContractText:
    trigger: Mapping[str, object] = contract.trigger
    indicator = str(trigger.get("indicator", ""))
    share = indicator in INDICATORS and INDICATORS[indicator].unit == "share"
    threshold = float(str(trigger.get("threshold", 0))) * (100 if share else 1)
    return ContractText(
        title=str(contract.title.get("da", "")),
        intervention=slug,
        payer=contract.payer,
        payee=contract.payee,
        verifier=contract.verifier,
        indicator=indicator,
        threshold=f"{threshold:.4f}".rstrip("0").rstrip(".").replace(".", ","),
        minimum_n=str(trigger.get("minimum_n", "")),
        rate=_kroner(contract.rate),
        cap=_kroner(contract.cap),
        first_day=contract.first_day.isoformat(),
        last_day=contract.last_day.isoformat(),
    )


def _kroner(ore: int) -> str:
    return f"{ore / 100:.2f}".replace(".", ",").removesuffix(",00")
