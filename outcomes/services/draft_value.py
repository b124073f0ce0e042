"""What a release of an intervention's value would hold: money with what changed for citizens before it.

Every amount follows from shares that are rounded by how many they are of, so that none of them undoes the rounding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.analysis.plan import parse_analysis_plan
from outcomes.analysis.suppression import rounding_step
from outcomes.errors import NotFoundError, Sentence
from outcomes.reports.parts import local_text
from outcomes.reports.release_content import counts_few
from outcomes.reports.release_document import DocumentSection, ReleaseDocument, as_published, coarsely
from outcomes.reports.release_overview import scale_length
from outcomes.reports.stored_values import to_stored
from outcomes.services.draft_overview import Material
from outcomes.services.freeze_plan import find_plan
from outcomes.services.read_value import read_value
from outcomes.services.release_ledger import open_ledger
from outcomes.services.release_people import gather_release_people

if TYPE_CHECKING:
    from outcomes.reports.parts import LocalText
    from outcomes.reports.value.context import MoneyPart, ValueContext
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

ORE = 100
CHANCE_DECIMALS = 2


def draft_value(runtime: Runtime, scope: Scope, slug: str, period: Period) -> Material:
    """The value of a period. Raises ``NotFoundError`` where no case has been decided, or there is no amount."""
    context = read_value(runtime, scope, intervention_slug=slug, period=period, published=True)
    if context is None or context.money is None:
        raise NotFoundError(Sentence("There is no value to publish for this intervention yet."))
    with runtime.database.transaction(scope) as session:
        intervention, stored = find_plan(session, slug)
        plan = parse_analysis_plan(stored.definition["analysis"])
        dated = stored.definition.get("dates_known", True)
        people = gather_release_people(session, intervention, plan, period if dated else None)
        changed = open_ledger(runtime, session, slug).count_changed(people.inside)
        title = local_text(intervention.title)
    number = coarsely(context.citizens.number, rounding_step(max(changed, 1), span=scale_length(plan.measure)))
    span = f"{period.from_date}..{period.to_date}" if dated else ""
    document = ReleaseDocument(
        Sentence("Value of %(intervention)s", intervention=context.heading.intervention),
        (context.heading.period,),
        _sections(context, context.money, number),
        {"value": _figures(slug, title, context, context.money, number)},
    )
    return Material(document, people.whole(span), context.trace.snapshot, ())


def _sections(context: ValueContext, money: MoneyPart, number: Sentence) -> tuple[DocumentSection, ...]:
    citizens = context.citizens
    return (
        DocumentSection(Sentence("What changed for citizens"), _many((citizens.finding, number, citizens.certainty))),
        DocumentSection(Sentence("What it costs and saves"), _many((money.standing, money.finding, *money.warnings))),
        *(
            DocumentSection(
                section.title,
                _many((section.finding, *section.body, *section.withheld)),
                tuple(as_published(table) for table in section.tables if table.on_page),
            )
            for section in money.sections
        ),
    )


def _many(lines: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """Sentences that count no small group."""
    return tuple(line for line in lines if not counts_few(line))


def _figures(slug: str, title: LocalText, context: ValueContext, money: MoneyPart, number: Sentence) -> dict[str, Any]:
    """The same as plain numbers: kroner for each person, and of all of them by payer."""
    citizens, told = context.citizens, money.numbers
    return {
        "slug": slug,
        "title": to_stored(title),
        "citizens": {
            "finding": to_stored(citizens.finding),
            "number": to_stored(number),
            "certainty": to_stored(citizens.certainty),
        },
        "standing": to_stored(money.standing),
        "scenario": money.scenario,
        "finding": to_stored(money.finding),
        "people": told.persons,
        "years": told.years,
        "net": told.net,
        "low": told.low,
        "high": told.high,
        "chance": round(told.chance, CHANCE_DECIMALS),
        "spent": told.spent,
        "spent_per_success": told.spent_per_success,
        "break_even_year": told.break_even_year,
        "payers": {each.payer: each.net / ORE for each in money.sums},
        "total": money.total / ORE,
        "prices": {"name": context.price_name, "year": context.price_year, "invented": context.invented},
    }
