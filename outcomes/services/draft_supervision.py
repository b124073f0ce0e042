"""What a release of the signals for supervision would hold: how many providers, never which, and how often by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.reports.parts import Column, Kind, Table, local_text
from outcomes.reports.release_document import DocumentSection, ReleaseDocument
from outcomes.services.draft_overview import Material
from outcomes.services.read_supervision import judged_providers, read_supervision
from outcomes.store import supervision

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from outcomes.reports.parts import Cell
    from outcomes.reports.supervision.context import SupervisionContext
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

RATE_DECIMALS = 3
OPEN, IN_DIALOGUE, CLOSED = "open", "in_dialogue", "closed"
COLUMNS = (
    Column("intervention", Sentence("Intervention")),
    Column("compared", Sentence("Providers compared"), Kind.COUNT),
    Column("unknown", Sentence("Can't be said: too few answers"), Kind.COUNT),
    Column("waiting", Sentence("Wait for a dialogue"), Kind.COUNT),
    Column("in_dialogue", Sentence("In dialogue"), Kind.COUNT),
    Column("closed", Sentence("Dialogue closed"), Kind.COUNT),
)
WHY = Sentence("A signal is a reason to ask, not a judgement. So no provider is named here.")


def draft_supervision(runtime: Runtime, scope: Scope, _subject: str, _period: Period) -> Material:
    """Providers with a statistical reason to ask: how many, of how many, and whether they are talked about."""
    context = read_supervision(runtime, scope)
    with runtime.database.transaction(scope) as session:
        looks = [(look.content, intervention) for look, intervention in supervision.list_looks(session)]
        signals = [
            (where.id, provider.id, signal.state) for signal, provider, where in supervision.list_signals(session)
        ]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            local_text(intervention.title),
            len(judged_providers(content)),
            len(content["not_compared"]),
            *(_count(signals, intervention.id, state) for state in (OPEN, IN_DIALOGUE, CLOSED)),
        )
        for content, intervention in looks
    )
    table = Table("signals", Sentence("Reasons to ask, by intervention: numbers of providers"), COLUMNS, rows)
    rate = sum(float(content["list_false_alarms"]) for content, _ in looks)
    section = DocumentSection(Sentence("Supervision"), (WHY, context.false_alarms), (table,))
    title = Sentence("Signals for supervision in %(organisation)s", organisation=context.organisation)
    until = max((look.until for look in context.looks), default=runtime.today())
    figures = _figures(context, rate) | {"until": until.isoformat()}
    document = ReleaseDocument(title, (), (section,) if rows else (), {"supervision": figures})
    return Material(document, {}, "", ())


def _count(signals: Iterable[tuple[UUID, UUID, str]], intervention_id: UUID, state: str) -> int:
    """Providers with a signal of ``state`` in an intervention; ``signals``: where, whose, and how they stand."""
    return len({whose for where, whose, stands in signals if (where, stands) == (intervention_id, state)})


def _figures(context: SupervisionContext, rate: float) -> dict[str, Any]:
    """Providers by where they stand, over all interventions; ``false_alarms``: lists a year that name somebody by chance.

    ``unknown``: those where somebody was measured both times, but too few everywhere. A provider with nobody is in neither.
    """
    providers = context.providers
    return {
        "providers": len(providers),
        "compared": sum(each.n_followed > 0 for each in providers),
        "unknown": sum(each.n_unknown > 0 and each.n_followed == 0 for each in providers),
        "waiting": sum(each.n_open > 0 for each in providers),
        "in_dialogue": sum(each.n_in_dialogue > 0 for each in providers),
        "false_alarms": round(rate, RATE_DECIMALS),
    }
