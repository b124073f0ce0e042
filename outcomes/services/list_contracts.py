"""The outcome contracts of the organisation, and one of them with its versions, its payments and their trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.analysis.indicators import INDICATORS
from outcomes.errors import NotFoundError, Sentence
from outcomes.reports.contract_words import AGREED_WORDS
from outcomes.reports.parts import LocalText, Points, local_text
from outcomes.services.pay_contract import payable_from
from outcomes.services.verify_payment import comes_out_the_same
from outcomes.store import contracts, interventions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from outcomes.models import ContractPayment, OutcomeContract, Release
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

ORE = 100


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A version of a contract. ``target``: what is to be reached, in a sentence; ``rate``, ``cap`` and ``paid`` in kroner."""

    code: str
    version: int
    title: LocalText
    intervention: LocalText
    slug: str
    payer: str
    payee: str
    verifier: str
    target: Sentence
    rate: float
    cap: float
    paid: float
    first_day: date
    last_day: date
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment: what it stands on, how it was worked out, who did and verified it, and whether it comes out the same now.

    ``figure``: the frozen number with its interval and n; amounts in kroner; ``ore``: the amount in whole øre.
    """

    payment_id: UUID
    amount: float
    ore: int
    status: Sentence
    figure: Sentence
    steps: tuple[Sentence, ...]
    version: int
    release_id: UUID
    release_version: int
    checksum: str
    snapshot: str
    code_version: str
    paid_at: datetime
    paid_by: str
    paid_by_id: UUID
    verified_by: str | None
    same: bool
    too_much: float


@dataclass(frozen=True, slots=True)
class ContractPage:
    """One contract: the version in force, those before it, and its payments, newest first.

    ``payable_from``: the first day on which its period can be paid for; ``payable``: that day has come.
    """

    contract: ContractRow
    earlier: tuple[ContractRow, ...]
    payments: tuple[PaymentRow, ...]
    payable_from: date
    payable: bool


def list_contracts(runtime: Runtime, scope: Scope) -> tuple[ContractRow, ...]:
    """Every contract in its newest version, by code."""
    with runtime.database.transaction(scope) as session:
        names, paid = _names(session), contracts.sum_paid(session)
        return tuple(_row(each, names, paid.get(each.code, 0)) for each in contracts.list_contracts(session))


def open_contract(runtime: Runtime, scope: Scope, code: str) -> ContractPage:
    """One contract. Raises ``NotFoundError``."""
    with runtime.database.transaction(scope) as session:
        versions = contracts.list_contract_versions(session, code=code)
        if not versions:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        names, rows = _names(session), contracts.list_payments(session, code=code)
        paid = sum(payment.amount for payment, _, _ in rows)
        payments = tuple(
            _payment(payment, contract, release, same=comes_out_the_same(rows, payment.id))
            for payment, contract, release in reversed(rows)
        )
        newest, *earlier = (_row(each, names, paid) for each in versions)
        from_day = payable_from(session, versions[0])
        return ContractPage(newest, tuple(earlier), payments, from_day, runtime.today() >= from_day)


def _names(session: Session) -> Mapping[UUID, tuple[str, LocalText]]:
    return {each.id: (each.slug, local_text(each.title)) for each in interventions.list_interventions(session)}


def _row(contract: OutcomeContract, names: Mapping[UUID, tuple[str, LocalText]], paid: int) -> ContractRow:
    slug, name = names[contract.intervention_id]
    return ContractRow(
        code=contract.code,
        version=contract.version,
        title=local_text(contract.title),
        intervention=name,
        slug=slug,
        payer=contract.payer,
        payee=contract.payee,
        verifier=contract.verifier,
        target=_target(contract.trigger),
        rate=contract.rate / ORE,
        cap=contract.cap / ORE,
        paid=paid / ORE,
        first_day=contract.first_day,
        last_day=contract.last_day,
        decided_by=contract.decided_by,
        decided_at=contract.created_at,
    )


def _target(trigger: Mapping[str, Any]) -> Sentence:
    indicator = INDICATORS.get(str(trigger.get("indicator")))
    if indicator is None:
        return Sentence("Nothing is agreed")
    return Sentence(
        "%(indicator)s: at least %(threshold)s, with at least %(n)s people behind it",
        indicator=indicator.title,
        threshold=_value(indicator.unit, float(trigger["threshold"])),
        n=int(trigger["minimum_n"]),
    )


def _value(unit: str, number: float) -> Sentence:
    if unit == "share":
        percent = round(100 * number, 1)
        return Sentence("%(value)s per cent", value=Points(percent, 0 if percent.is_integer() else 1))
    if unit == "points":
        return Sentence("%(value)s points", value=Points(number, 1))
    return Sentence("%(value)s standard deviations", value=Points(number, 2))


def _payment(payment: ContractPayment, contract: OutcomeContract, release: Release, *, same: bool) -> PaymentRow:
    working: Mapping[str, Any] = payment.working
    figure: Mapping[str, Any] = working["figure"]
    indicator = INDICATORS[str(figure["indicator"])]
    return PaymentRow(
        payment_id=payment.id,
        amount=payment.amount / ORE,
        ore=payment.amount,
        status=AGREED_WORDS[str(working["status"])],
        figure=Sentence(
            "%(indicator)s: %(estimate)s (%(low)s to %(high)s) of %(total)s people; %(n)s have answered",
            indicator=indicator.title,
            estimate=_value(indicator.unit, float(figure["estimate"])),
            low=_value(indicator.unit, float(figure["ci_low"])),
            high=_value(indicator.unit, float(figure["ci_high"])),
            total=int(figure["total"]),
            n=int(figure["n"]),
        ),
        steps=_steps(working),
        version=contract.version,
        release_id=release.id,
        release_version=release.version,
        checksum=release.checksum.hex(),
        snapshot=release.snapshot,
        code_version=payment.code_version,
        paid_at=payment.created_at,
        paid_by=str(working.get("by", "")),
        paid_by_id=payment.worked_out_by_id,
        verified_by=payment.verified_by,
        same=same,
        too_much=int(working["too_much"]) / ORE,
    )


def _steps(working: Mapping[str, Any]) -> tuple[Sentence, ...]:
    """Every step from the frozen figure to the amount."""
    amounts = {name: Points(int(working[name]) / ORE, 2) for name in ("rate", "earned", "left", "due", "amount")}
    steps = [
        Sentence("%(counted)s citizens x %(rate)s kroner = %(earned)s kroner.", counted=working["counted"],
                 rate=amounts["rate"], earned=amounts["earned"]),
        Sentence("Of the cap %(left)s kroner were left after other periods.", left=amounts["left"]),
    ]  # fmt: skip
    if working["status"] != "met":
        steps.append(Sentence("Nothing is paid, because it isn't certain enough that what was agreed is reached."))
    else:
        steps.append(
            Sentence("Due for the period: %(due)s kroner. To be paid now: %(amount)s kroner.", due=amounts["due"],
                     amount=amounts["amount"])
        )  # fmt: skip
    return tuple(steps)
