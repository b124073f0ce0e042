"""Work out what a contract pays: its figures are frozen first, and the amount follows from them and nothing else."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from outcomes.analysis.indicators import indicator_value
from outcomes.analysis.outcome_payment import FrozenFigure, Payment, work_out_payment
from outcomes.analysis.population import Population
from outcomes.analysis.results import Share, Withheld
from outcomes.errors import ConflictError, DisclosureError, EstimateError, NotFoundError, Sentence
from outcomes.services.contract_text import load_terms
from outcomes.services.gather_outcomes import Period
from outcomes.services.runtime import code_version
from outcomes.services.settle_period import explain_parted, find_whole_period
from outcomes.store import contracts, interventions, releases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.analysis.population import PopulationFigures
    from outcomes.models import ContractPayment, OutcomeContract, Release
    from outcomes.services.runtime import Actor, Runtime

KIND = "contract"
SHARES = {
    "share_better": "better",
    "share_success": "success",
    "goal_attainment": "goal_attainment",
    "experience": "experience",
}
OF_DUE = ("share_better", "share_success")
"""Shares of all whose time has come: not all of them have answered."""
DECIMALS = 1000
"""What is frozen has three decimals."""


def pay_contract(runtime: Runtime, actor: Actor, code: str, *, reason: str = "") -> UUID:
    """Freeze the figures of a contract's period, write down what they pay, and give the payment's id.

    The figures are published as a release; where the same ones are out already, they are used. A period is paid once, when
    it is over and followed up; after that only corrected answers of the same people change it, on the terms that it was
    paid by. ``reason``: why figures that were paid from are corrected. Raises ``NotFoundError``, ``EstimateError`` where the
    figures can't be shown, ``ConflictError`` where it is too early, others have answered since or these very figures have
    been paid from, and what ``publish_release`` raises.
    """
    release = _freeze(runtime, actor, code, reason=reason)
    with runtime.database.transaction(actor.scope) as session:
        contracts.lock_contract(session, code=code)
        contract, _ = _in_force(session, code)
        payment, working = _work_out(session, contract, release)
        try:
            stored = contracts.add_payment(
                session, organisation_id=contract.organisation_id, contract_id=contract.id, release_id=release.id,
                amount=payment.amount, working={**working, "by": actor.name}, worked_out_by_id=actor.user_id,
                code_version=code_version(),
            )  # fmt: skip
        except IntegrityError as error:
            raise ConflictError(
                Sentence("The payment for these figures is written down already. Nothing was paid twice.")
            ) from error
        session.commit()
        return stored.id


def payable_from(session: Session, contract: OutcomeContract) -> date:
    """The first day on which everybody of the period has had the time to answer that the plan's primary occasion gives."""
    plan = interventions.latest_analysis_plan(session, intervention_id=contract.intervention_id)
    days = contracts.longest_follow_up(
        session,
        intervention_id=contract.intervention_id,
        occasion=str(plan.definition["analysis"]["primary_occasion"]) if plan else "",
        first_day=contract.first_day,
        last_day=contract.last_day,
    )
    return contract.last_day + timedelta(days=days + 1)


def paid_again(
    contract: OutcomeContract, release: Release, earlier: Sequence[tuple[ContractPayment, OutcomeContract]]
) -> Payment:
    """The payment worked out from the frozen figures after ``earlier`` ones of the contract: the same øre, whenever it is."""
    terms = load_terms(contract.trigger, rate=contract.rate, cap=contract.cap)
    figure = release.content["figure"]
    frozen = FrozenFigure(
        estimate=float(figure["estimate"]),
        ci_low=float(figure["ci_low"]),
        ci_high=float(figure["ci_high"]),
        n=int(figure["n"]),
        counted=int(figure["counted"]),
        highest=figure.get("highest"),
    )
    days = (contract.first_day, contract.last_day)
    own = sum(payment.amount for payment, paid in earlier if (paid.first_day, paid.last_day) == days)
    every = sum(payment.amount for payment, _ in earlier)
    return work_out_payment(terms, frozen, paid_before=every - own, paid_for_period=own)


def _work_out(session: Session, contract: OutcomeContract, release: Release) -> tuple[Payment, dict[str, Any]]:
    """The payment and every figure that it follows from."""
    earlier = [(payment, paid) for payment, paid, _ in contracts.list_payments(session, code=contract.code)]
    payment = paid_again(contract, release, earlier)
    return payment, {
        "figure": dict(release.content["figure"]),
        "trigger": dict(contract.trigger),
        "rate": contract.rate,
        "cap": contract.cap,
        "status": payment.status.value,
        "counted": payment.counted,
        "earned": payment.earned,
        "left": payment.left,
        "due": payment.due,
        "amount": payment.amount,
        "too_much": payment.too_much,
    }


def _freeze(runtime: Runtime, actor: Actor, code: str, *, reason: str) -> Release:
    """The release that the payment follows from: a new one, or the one that holds the very same figures."""
    from outcomes.services.measure_population import measure_population, people_behind  # noqa: PLC0415 - heavy
    from outcomes.services.publish_release import publish_release  # noqa: PLC0415
    from outcomes.services.release_ledger import ledger_key  # noqa: PLC0415

    scope = actor.scope
    with runtime.database.transaction(scope) as session:
        contract, paid_from = _in_force(session, code)
        _require_over(session, contract, runtime.today())
        slug, plan = _intervention(session, contract)
        period = Period(contract.first_day, contract.last_day)
        parted = explain_parted(find_whole_period(session, slug), period)
        if parted is not None:
            raise EstimateError(parted)
        figures = measure_population(runtime, session, Population(slug), period)
        people = people_behind(session, Population(slug), period, plan)
        content = _content(contract, slug, figures)
        _require_same_people(paid_from, content)
        frozen = releases.list_versions(
            session, organisation_id=contract.organisation_id, kind=KIND, subject=code, first_day=contract.first_day,
            last_day=contract.last_day,
        )  # fmt: skip
        content = in_its_form(content, frozen[-1].content if frozen else {})
    days = f"{contract.first_day}/{contract.last_day}"
    try:
        return publish_release(
            runtime, scope, kind=KIND, subject=code, first_day=contract.first_day, last_day=contract.last_day,
            content=content, populations={ledger_key(slug, "", days): people}, snapshot=figures.snapshot,
            for_authority=False, reason=reason, by=actor.name,
        )  # fmt: skip
    except DisclosureError:
        raise
    except ConflictError:  # the same figures are out already
        with runtime.database.transaction(scope) as session:
            return releases.list_versions(
                session, organisation_id=contract.organisation_id, kind=KIND, subject=code,
                first_day=contract.first_day, last_day=contract.last_day,
            )[-1]  # fmt: skip


def in_its_form(content: dict[str, Any], frozen: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` without ``highest``, where ``frozen`` is older than that and the figures are the same.

    So nothing has changed, and nothing is published or paid anew.
    """
    before, now = frozen.get("figure", {}), content["figure"]
    as_then = {key: value for key, value in now.items() if key in before}
    return {**content, "figure": as_then} if set(now) - set(before) == {"highest"} and as_then == before else content


def _require_over(session: Session, contract: OutcomeContract, today: date) -> None:
    """Raises ``ConflictError`` while somebody of the period may still begin or answer: nobody waits for a good day."""
    day = payable_from(session, contract)
    if today < day:
        raise ConflictError(
            Sentence(
                "Nothing is paid yet. It can be worked out from %(day)s, when everybody of the period has had time to"
                " answer.",
                day=day,
            )
        )


def _require_same_people(paid_from: Release | None, content: dict[str, Any]) -> None:
    """Raises ``ConflictError`` where a period that has been paid would be judged by more or fewer people than it was."""
    if paid_from is None:
        return
    before, now = paid_from.content["figure"], content["figure"]
    if (before["total"], before["n"]) != (now["total"], now["n"]):
        raise ConflictError(
            Sentence(
                "The period has been paid for. It is worked out again only where answers that were counted have been"
                " corrected, not because others have answered since."
            )
        )


def _content(contract: OutcomeContract, slug: str, figures: PopulationFigures) -> dict[str, Any]:
    """The figures as they are frozen. Raises ``EstimateError`` where they can't be shown, and so can't be paid from."""
    return {
        "contract": contract.code,
        "contract_version": contract.version,
        "intervention": slug,
        "label": figures.label.code,
        "grade": figures.grade.value,
        "figure": _figure(figures, str(contract.trigger["indicator"])),
    }


def _figure(figures: PopulationFigures, key: str) -> dict[str, Any]:
    """The share as it is judged: ``counted`` of ``total`` are in it, ``n`` have answered; its ends are rounded outwards."""
    found = indicator_value(figures, key)
    if isinstance(found, Withheld):
        raise EstimateError(found.sentence)
    share = getattr(figures, SHARES[key]) if key in SHARES else None
    n = figures.n_answered if key in OF_DUE else getattr(share, "total", None)
    if not isinstance(share, Share) or n is None:
        raise EstimateError(Sentence("How many count may not be shown, so nothing can be paid from it."))
    return {
        "indicator": key,
        "estimate": round(found.estimate * DECIMALS) / DECIMALS,
        "ci_low": math.floor(found.ci_low * DECIMALS) / DECIMALS,
        "ci_high": math.ceil(found.ci_high * DECIMALS) / DECIMALS,
        "highest": None if found.highest is None else math.ceil(found.highest * DECIMALS) / DECIMALS,
        "n": n,
        "total": share.total,
        "counted": share.count,
    }


def _in_force(session: Session, code: str) -> tuple[OutcomeContract, Release | None]:
    """What the period is paid by: the newest version; where the period has been paid, the version it was paid by first, and
    the newest release that it was paid from."""
    versions = contracts.list_contract_versions(session, code=code)
    if not versions:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    newest = versions[0]
    days = (newest.first_day, newest.last_day)
    rows = [row for row in contracts.list_payments(session, code=code) if (row[1].first_day, row[1].last_day) == days]
    return (rows[0][1], rows[-1][2]) if rows else (newest, None)


def _intervention(session: Session, contract: OutcomeContract) -> tuple[str, Any]:
    from outcomes.analysis.plan import parse_analysis_plan  # noqa: PLC0415 - only where something is paid
    from outcomes.services.freeze_plan import find_plan  # noqa: PLC0415

    slug = next(each.slug for each in interventions.list_interventions(session) if each.id == contract.intervention_id)
    _, stored = find_plan(session, slug)
    return slug, parse_analysis_plan(stored.definition["analysis"])
