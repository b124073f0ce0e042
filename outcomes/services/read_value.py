"""Money and outcome of an intervention and period, from one transaction: for the page, its files and the report."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.language import LOCALES, TIMEZONE
from outcomes.services.build_report import ReportFile
from outcomes.services.freeze_plan import find_plan, require_frozen
from outcomes.services.list_prices import area_titles, price_table
from outcomes.services.value_text import load_assumptions
from outcomes.store import value

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from outcomes.models import Intervention, ValueCase
    from outcomes.reports.effect_report import ReportMaterial
    from outcomes.reports.value.context import ValueContext
    from outcomes.reports.value.material import ValueMaterial
    from outcomes.services.gather_material import PlanOutcomes
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

FORMATS = ("json", "pdf", "xlsx")
SEED_BYTES = 6
ORE = 100


def read_value(
    runtime: Runtime, scope: Scope, *, intervention_slug: str, period: Period | None = None, published: bool = False
) -> ValueContext | None:
    """The context of the value page; None where no case has been decided for the intervention. ``published``: what of it may
    be out: every amount from rounded shares, and no provider.

    Raises ``NotFoundError`` (no intervention, plan or data), ``AnalysisPlanError`` (plan not frozen) and ``EstimateError``
    (the period holds nobody).
    """
    from outcomes.services.gather_material import gather_material, gather_plan_outcomes  # noqa: PLC0415 - heavy

    with runtime.database.transaction(scope) as session:
        intervention, stored = find_plan(session, intervention_slug)
        require_frozen(stored, intervention_slug)
        if not value.list_cases(session, intervention_id=intervention.id):
            return None
        found = gather_plan_outcomes(runtime, session, intervention, stored, period)
        material = gather_material(runtime, session, intervention, stored, found, with_sensitivity=False)
        if published:
            return value_of(session, intervention, material, published=True)
        return value_of(session, intervention, material, found=found, today=runtime.today())


def value_of(
    session: Session,
    intervention: Intervention,
    material: ReportMaterial,
    *,
    found: PlanOutcomes | None = None,
    today: date | None = None,
    published: bool = False,
) -> ValueContext | None:
    """The value that belongs to a report's material; None where no case has been decided.

    ``found`` and ``today``: where the providers are to be held against each other too. ``published``: from rounded shares.
    """
    from outcomes.reports.value.build import build_value  # noqa: PLC0415 - see STACK: heavy imports
    from outcomes.services.cost_by_provider import cost_by_provider  # noqa: PLC0415

    cases = value.list_cases(session, intervention_id=intervention.id)
    if not cases:
        return None
    made = _value_material(session, cases[0], material.snapshot)
    if found is not None and today is not None:
        kroner = made.assumptions.cost_per_month / ORE
        places, together = cost_by_provider(
            session, intervention, found, material.estimate, cost_per_month=kroner, today=today
        )
        made = replace(made, places=places, all_places=together)
    return build_value(material, made, published=published)


def _value_material(session: Session, case: ValueCase, snapshot: str) -> ValueMaterial:
    from outcomes.reports.value.material import ValueMaterial  # noqa: PLC0415

    prices = value.find_price_set(session, price_set_id=case.price_set_id)
    if prices is None:  # a foreign key keeps it
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return ValueMaterial(
        version=case.version,
        decided_by=case.decided_by,
        decided_on=case.created_at.astimezone(TIMEZONE).date(),
        reason=case.reason,
        assumptions=load_assumptions(case.assumptions),
        prices=price_table(prices),
        titles=area_titles(prices),
        price_name=prices.name,
        price_source=prices.source,
        invented=prices.invented,
        seed=_seed(snapshot, case, prices.checksum),
    )


def _seed(snapshot: str, case: ValueCase, prices: bytes) -> int:
    """The same data, case and prices give the same draws, on every machine and every day."""
    text = json.dumps([snapshot, case.assumptions, prices.hex()], sort_keys=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:SEED_BYTES])


def render_value(context: ValueContext, file_format: str, locale: str) -> ReportFile:
    """The value as ``json``, ``pdf`` or ``xlsx`` in ``locale``: in each of them the citizens' outcome comes first."""
    from outcomes.reports.value.exports import render_value_pdf, value_to_json, write_value_workbook  # noqa: PLC0415

    if locale not in LOCALES or file_format not in FORMATS:
        raise NotFoundError(Sentence("The report does not come in that language or format."))
    name = f"outcomes-value-{context.trace.snapshot}-{locale}.{file_format}"
    if file_format == "pdf":
        return ReportFile(render_value_pdf(context, locale), name, "application/pdf")
    if file_format == "xlsx":
        media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return ReportFile(write_value_workbook(context, locale), name, media_type)
    text = json.dumps(value_to_json(context, locale), ensure_ascii=False, indent=2, allow_nan=False)
    return ReportFile(text.encode(), name, "application/json")
