"""Verify a payment: somebody else works it out anew from the frozen figures, and it must give the same øre."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import ConflictError, NotFoundError, Sentence
from outcomes.services.pay_contract import paid_again
from outcomes.services.publish_release import release_checksum
from outcomes.store import contracts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Row

    from outcomes.models import ContractPayment, OutcomeContract, Release
    from outcomes.services.runtime import Actor, Runtime


def verify_payment(runtime: Runtime, actor: Actor, payment_id: UUID) -> str:
    """Write down that a payment was verified, and give its contract's code. Once: the first one counts.

    Raises ``NotFoundError``, and ``ConflictError`` where whoever worked it out asks, or where it doesn't come out the same.
    """
    with runtime.database.transaction(actor.scope) as session:
        found = contracts.find_payment(session, payment_id=payment_id)
        if found is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        payment, contract, _ = found
        contracts.lock_contract(session, code=contract.code)
        session.refresh(payment)
        if payment.worked_out_by_id == actor.user_id:
            raise ConflictError(
                Sentence("You worked this payment out yourself. Somebody else than you must verify it.")
            )
        rows = contracts.list_payments(session, code=contract.code)
        if not comes_out_the_same(rows, payment_id):
            raise ConflictError(
                Sentence("The payment doesn't come out the same from the frozen figures. It was not verified.")
            )
        if payment.verified_by is None:
            payment.verified_by, payment.verified_by_id = actor.name, actor.user_id
            session.commit()
        return contract.code


def comes_out_the_same(rows: Sequence[Row[ContractPayment, OutcomeContract, Release]], payment_id: UUID) -> bool:
    """Does the payment follow from its release, which is as it was published, and from the payments before it?"""
    earlier: list[tuple[ContractPayment, OutcomeContract]] = []
    for payment, contract, release in rows:
        if payment.id == payment_id:
            whole = release_checksum(release) == release.checksum
            return whole and paid_again(contract, release, earlier).amount == payment.amount
        earlier.append((payment, contract))
    return False
