"""Outcome contracts by their codes, the newest version in force, and what they have paid from which release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, func, select, text, type_coerce
from sqlalchemy.dialects.postgresql import distinct_on

from outcomes.models import ContractPayment, Episode, Occasion, OutcomeContract, Release

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.orm import Session


def list_contracts(session: Session) -> Sequence[OutcomeContract]:
    """The newest version of every contract, by code."""
    return session.scalars(
        select(OutcomeContract)
        .ext(distinct_on(OutcomeContract.code))
        .order_by(OutcomeContract.code, OutcomeContract.version.desc())
    ).all()


def list_contract_versions(session: Session, *, code: str) -> Sequence[OutcomeContract]:
    """Every version of a contract, newest first."""
    return session.scalars(
        select(OutcomeContract).where(OutcomeContract.code == code).order_by(OutcomeContract.version.desc())
    ).all()


def add_contract(
    session: Session, *, organisation_id: UUID, code: str, version: int, title: Mapping[str, str], intervention_id: UUID,
    payer: str, payee: str, verifier: str, trigger: Mapping[str, Any], rate: int, cap: int, first_day: date,
    last_day: date, decided_by: str,
) -> OutcomeContract:  # fmt: skip
    """Put a version of a contract in force. Raises ``IntegrityError`` where there is one of this version already."""
    stored = OutcomeContract(
        organisation_id=organisation_id, code=code, version=version, title=dict(title), intervention_id=intervention_id,
        payer=payer, payee=payee, verifier=verifier, trigger=dict(trigger), rate=rate, cap=cap, first_day=first_day,
        last_day=last_day, decided_by=decided_by,
    )  # fmt: skip
    session.add(stored)
    session.flush()
    return stored


def lock_contract(session: Session, *, code: str) -> None:
    """One payment of a contract at a time, until the transaction ends: the cap is for all of them together."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('contract:' || app_organisation() || ':' || :code, 0))"),
        {"code": code},
    )


def longest_follow_up(
    session: Session, *, intervention_id: UUID, occasion: str, first_day: date, last_day: date
) -> int:
    """Days from the start to the last day on which an occasion can be answered: the most of those who began in the days."""
    days = type_coerce(func.max(Occasion.closes_on - Episode.started_on), Integer)
    return (
        session.scalar(
            select(days)
            .join(Episode, Episode.id == Occasion.episode_id)
            .where(
                Episode.intervention_id == intervention_id,
                Occasion.code == occasion,
                Episode.started_on.between(first_day, last_day),
            )
        )
        or 0
    )


def list_payments(session: Session, *, code: str) -> Sequence[Row[ContractPayment, OutcomeContract, Release]]:
    """What a contract has paid, with the version of the contract and the release that it followed from; oldest first."""
    return session.execute(
        select(ContractPayment, OutcomeContract, Release)
        .join(OutcomeContract, OutcomeContract.id == ContractPayment.contract_id)
        .join(Release, Release.id == ContractPayment.release_id)
        .where(OutcomeContract.code == code)
        .order_by(ContractPayment.created_at, ContractPayment.id)
    ).all()


def sum_paid(session: Session) -> dict[str, int]:
    """Øre paid so far, by the contract's code."""
    rows = session.execute(
        select(OutcomeContract.code, func.sum(ContractPayment.amount))
        .join(OutcomeContract, OutcomeContract.id == ContractPayment.contract_id)
        .group_by(OutcomeContract.code)
        .order_by(OutcomeContract.code)
    )
    return {code: int(amount) for code, amount in rows}


def find_payment(session: Session, *, payment_id: UUID) -> tuple[ContractPayment, OutcomeContract, Release] | None:
    """A payment with the version of the contract and the release that it followed from."""
    row = session.execute(
        select(ContractPayment, OutcomeContract, Release)
        .join(OutcomeContract, OutcomeContract.id == ContractPayment.contract_id)
        .join(Release, Release.id == ContractPayment.release_id)
        .where(ContractPayment.id == payment_id)
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def add_payment(
    session: Session, *, organisation_id: UUID, contract_id: UUID, release_id: UUID, amount: int,
    working: Mapping[str, Any], worked_out_by_id: UUID, code_version: str,
) -> ContractPayment:  # fmt: skip
    """Write down a payment. Raises ``IntegrityError`` where the contract has paid from that release already."""
    stored = ContractPayment(
        organisation_id=organisation_id, contract_id=contract_id, release_id=release_id, amount=amount,
        working=dict(working), worked_out_by_id=worked_out_by_id, verified_by=None, verified_by_id=None,
        code_version=code_version,
    )  # fmt: skip
    session.add(stored)
    session.flush()
    return stored
