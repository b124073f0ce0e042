"""The list of providers with a statistical reason to ask, as it was last worked out: by name, never by size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.reports.parts import local_text
from outcomes.reports.supervision import words
from outcomes.reports.supervision.context import LookLine, ProviderLine, SignalGroup, SignalLine, SupervisionContext
from outcomes.reports.supervision.figure import funnel_figure
from outcomes.store import organisations, supervision

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from outcomes.models import Intervention, Provider, SupervisionLook, SupervisionSignal
    from outcomes.models.base import Json
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

CLOSED = "closed"


def read_supervision(runtime: Runtime, scope: Scope) -> SupervisionContext:
    """The list of one organisation. Raises ``NotFoundError`` without one."""
    if scope.organisation_id is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    with runtime.database.transaction(scope) as session:
        organisation = organisations.get_organisation(session, organisation_id=scope.organisation_id)
        lines = list_signal_lines(session)
        providers = supervision.list_providers(session)
        names = {str(each.id): each.name for each in providers}
        seen = supervision.list_looks(session)
        waiting = tuple(line for line in lines if line.state != CLOSED)
        looks = tuple(_look(look, intervention, names, waiting) for look, intervention in seen)
        contents = [look.content for look, _ in seen]
    return SupervisionContext(
        organisation=organisation.name,
        signals=group_signals(waiting),
        closed=group_signals(line for line in lines if line.state == CLOSED),
        providers=tuple(_provider(each, lines, contents) for each in providers),
        looks=looks,
        false_alarms=words.list_false_alarms(contents),
    )


def list_signal_lines(session: Session, *, provider_id: UUID | None = None) -> tuple[SignalLine, ...]:
    """Signals in words, of every provider or one."""
    return tuple(signal_line(row) for row in supervision.list_signals(session, provider_id=provider_id))


def list_open_signals(session: Session, intervention: Intervention) -> tuple[SignalLine, ...]:
    """The signals in one intervention that wait or are talked about, in words."""
    rows = [row for row in supervision.list_signals(session) if row[2].id == intervention.id]
    return tuple(signal_line(row) for row in rows if row[0].state != CLOSED)


def group_signals(lines: Iterable[SignalLine]) -> tuple[SignalGroup, ...]:
    """Signals of one provider and intervention that were talked about together, or wait together; in the order given."""
    found: dict[tuple[object, ...], list[SignalLine]] = {}
    for line in lines:
        found.setdefault((line.provider_id, str(line.intervention), line.state, line.response), []).append(line)
    return tuple(_group(sorted(each, key=lambda line: line.found_on, reverse=True)) for each in found.values())


def _group(lines: list[SignalLine]) -> SignalGroup:
    newest = lines[0]
    return SignalGroup(
        signal_id=newest.signal_id,
        provider_id=newest.provider_id,
        provider=newest.provider,
        intervention=newest.intervention,
        number=next((line.number for line in lines if line.number), None),
        false_alarms=newest.false_alarms,
        state=newest.state,
        response=newest.response,
        handled_by=newest.handled_by,
        handled_at=newest.handled_at,
        lines=tuple(lines),
    )


def signal_line(row: Row[SupervisionSignal, Provider, Intervention]) -> SignalLine:
    """One stored signal in words."""
    signal, provider, intervention = row
    return SignalLine(
        signal_id=signal.id,
        provider_id=provider.id,
        provider=provider.name,
        intervention=local_text(intervention.title),
        method=signal.method,
        found_on=signal.found_on,
        reason=words.reason(signal.method, signal.found_on, signal.content),
        number=words.number(signal.content),
        basis=words.basis(signal.content),
        false_alarms=words.false_alarms(signal.content),
        off_the_list=words.off_the_list(signal.method),
        state=signal.state,
        response=signal.response,
        handled_by=signal.handled_by,
        handled_at=signal.handled_at,
    )


def _provider(provider: Provider, lines: tuple[SignalLine, ...], contents: list[Json]) -> ProviderLine:
    key = str(provider.id)
    return ProviderLine(
        provider_id=provider.id,
        name=provider.name,
        n_open=_count(lines, provider.id, "open"),
        n_in_dialogue=_count(lines, provider.id, "in_dialogue"),
        n_followed=sum(key in judged_providers(content) for content in contents),
        n_unknown=sum(key in content["not_compared"] for content in contents),
    )


def judged_providers(content: Json) -> set[str]:
    """Ids of the providers that had enough people in a look: followed over time, or held beside each other in the funnel."""
    return {each["provider"] for kind in ("charts", "compared") for each in content.get(kind, ())}


def _look(
    look: SupervisionLook, intervention: Intervention, names: dict[str, str], waiting: tuple[SignalLine, ...]
) -> LookLine:
    title = local_text(intervention.title)
    return LookLine(
        intervention=title,
        until=look.until,
        computed_at=look.computed_at,
        compared=words.compared(look.content, look.until),
        not_compared=tuple(sorted(names[key] for key in look.content["not_compared"] if key in names)),
        figure=funnel_figure(
            str(look.id), look.content, names, [line for line in waiting if line.intervention == title]
        ),
    )


def _count(lines: tuple[SignalLine, ...], provider_id: UUID, state: str) -> int:
    return sum(line.provider_id == provider_id and line.state == state for line in lines)
