"""What a release of the overview would hold: each intervention's figures as stored, rounded by how many are behind."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.analysis.plan import parse_analysis_plan
from outcomes.analysis.population import Population
from outcomes.analysis.results import TermEstimate
from outcomes.errors import Sentence
from outcomes.reports.overview import row_from_json
from outcomes.reports.parts import (
    LocalText,
    local_text,
)
from outcomes.reports.release_document import DocumentSection, ReleaseDocument
from outcomes.reports.release_overview import (
    figures_for_machines,
    main_table,
    part_for_machines,
    part_tables,
    scale_length,
)
from outcomes.reports.stored_population import read_stored_figures
from outcomes.reports.stored_values import to_stored
from outcomes.services.measure_population import holds_everybody
from outcomes.services.publish_release import own_organisation
from outcomes.services.release_ledger import CHANGE, explain, ledger_key, open_ledger
from outcomes.services.release_people import gather_release_people
from outcomes.services.store_results import store_results_of_period
from outcomes.store import interventions, organisations, releases, stored_results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.analysis.plan import AnalysisPlan as Plan
    from outcomes.analysis.population import PopulationFigures
    from outcomes.models import AnalysisPlan, Intervention, StoredResult
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

Populations = dict[str, frozenset["UUID"]]


@dataclass(frozen=True, slots=True)
class Material:
    """What would be published: the document, whom it is about, the data's fingerprint, and what had to stay out and why."""

    document: ReleaseDocument
    populations: Populations
    snapshot: str
    left_out: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    section: DocumentSection
    figures: dict[str, Any]
    populations: Populations
    snapshot: str
    left_out: tuple[Sentence, ...]


def draft_overview(runtime: Runtime, scope: Scope, _subject: str, period: Period) -> Material:
    """Every intervention that has a result and may go out beside what is out already."""
    missing = _list_missing(runtime, scope, period)
    if missing:
        store_results_of_period(runtime, scope, intervention_ids=missing, period=period)
    entries, left_out = [], []
    with runtime.database.transaction(scope) as session:
        name = organisations.get_organisation(session, organisation_id=own_organisation(scope)).name
        for intervention, plan, results in _list_results(session, period):
            entry = _draft_intervention(runtime, session, intervention, plan, results, period)
            if isinstance(entry, _Entry):
                entries.append(entry)
            else:
                left_out.append(_left_out(local_text(intervention.title), entry))
    document = ReleaseDocument(
        Sentence("What happens to the people who get help in %(organisation)s?", organisation=name),
        (Sentence("People who began from %(first)s to %(last)s.", first=period.from_date, last=period.to_date),),
        tuple(entry.section for entry in entries),
        {"interventions": [entry.figures for entry in entries]},
    )
    populations = {key: people for entry in entries for key, people in entry.populations.items()}
    snapshots = hashlib.sha256(" ".join(entry.snapshot for entry in entries).encode()).hexdigest()[:16]
    more = (sentence for entry in entries for sentence in entry.left_out)
    return Material(document, populations, snapshots if entries else "", (*left_out, *more))


def _list_results(
    session: Session, period: Period
) -> list[tuple[Intervention, AnalysisPlan, dict[str, StoredResult]]]:  # fmt: skip
    """Interventions with a frozen plan that somebody has begun, with what is stored of the period, by population."""
    plans, spans = stored_results.list_latest_plans(session), stored_results.list_spans(session)
    stored = stored_results.list_results_of_period(session, first_day=period.from_date, last_day=period.to_date)
    found = []
    for intervention in interventions.list_interventions(session):
        plan, span = plans.get(intervention.id), spans.get(intervention.id)
        if plan is None or plan.frozen_at is None or span is None:
            continue
        whole = holds_everybody(plan, span, period)
        results = {r.population: r for r in stored if r.plan_id == plan.id and (r.first_day is None) is whole}
        found.append((intervention, plan, results))
    return found


def _list_missing(runtime: Runtime, scope: Scope, period: Period) -> frozenset[UUID]:
    """Interventions whose figures of a part of the time aren't stored yet."""
    with runtime.database.transaction(scope) as session:
        spans = stored_results.list_spans(session)
        return frozenset(
            intervention.id
            for intervention, plan, results in _list_results(session, period)
            if "" not in results and not holds_everybody(plan, spans.get(intervention.id), period)
        )


def _draft_intervention(
    runtime: Runtime, session: Session, intervention: Intervention, stored: AnalysisPlan,
    results: Mapping[str, StoredResult], period: Period,
) -> _Entry | Sentence:  # fmt: skip
    """The intervention's part of the release, or why it has none."""
    whole = results.get("")
    figures = {key: found for key, each in results.items() if (found := read_stored_figures(each.content))}
    row = row_from_json(whole.content) if whole else None
    if whole is None or row is None or "" not in figures:
        return Sentence("It has no result yet.")
    slug, plan = intervention.slug, parse_analysis_plan(stored.definition["analysis"])
    days = period if whole.first_day else None
    span = f"{days.from_date}..{days.to_date}" if days else ""
    people = gather_release_people(session, intervention, plan, days)
    whole_people = people.whole(span)
    parts_people = {
        ledger_key(slug, key, span, CHANGE): people.part(figures[key].population)
        for key in sorted(figures)
        if key and isinstance(figures[key].main, TermEstimate)
    }
    ledger = open_ledger(runtime, session, slug)
    for key, members in whole_people.items():
        refused = ledger.check(key, members)
        if refused is not None:
            return explain(*refused)
    wanted = whole_people | parts_people
    admitted = ledger.admit(wanted)
    names = _part_names(session, intervention)
    shown = [key for key in sorted(figures) if key and people.part(figures[key].population) != people.inside]
    parts = {key: figures[key] for key in shown if ledger_key(slug, key, span, CHANGE) in admitted}
    left_out = tuple(
        _left_out(names[key], Sentence("Held against the other figures, it would tell of few people."))
        for key in shown
        if ledger_key(slug, key, span, CHANGE) in parts_people and key not in parts
    )
    section, machine = _describe(session, intervention, plan, row.finding, figures[""], shown, parts, names)
    populations = {key: members for key, members in wanted.items() if key in admitted}
    return _Entry(section, machine, populations, whole.snapshot, left_out)


def _describe(
    session: Session, intervention: Intervention, plan: Plan, finding: Sentence, whole: PopulationFigures,
    shown: Sequence[str], parts: Mapping[str, PopulationFigures], names: Mapping[str, LocalText | str],
) -> tuple[DocumentSection, dict[str, Any]]:  # fmt: skip
    """The intervention's section, and the same for machines."""
    slug, title, length = intervention.slug, local_text(intervention.title), scale_length(plan.measure)
    basis = interventions.find_legal_basis(session, legal_basis_id=intervention.legal_basis_id)
    law = (Sentence("%(law)s %(section)s.", law=basis.law, section=basis.section),) if basis else ()
    tables = (main_table(slug, title, whole, length), *part_tables(slug, title, shown, parts, names, length))
    machine = figures_for_machines(slug, title, whole, length) | {
        "measure": {"instrument": plan.measure.instrument, "scale": plan.measure.scale, "length": length},
        "finding": to_stored(finding),
        "parts": [part_for_machines(each, names, length) for each in parts.values()],
    }
    return DocumentSection(title, (finding, *law), tables), machine


def _left_out(name: LocalText | str, why: Sentence) -> Sentence:
    return Sentence("%(name)s: %(why)s", name=name, why=why)


def _part_names(session: Session, intervention: Intervention) -> dict[str, LocalText | str]:
    """What each part of the people is called, by population key."""
    providers = {
        Population("", provider_id=provider_id).key: name for provider_id, name in releases.list_provider_names(session)
    }
    groups = {
        Population("", target_group=group.code).key: local_text(group.title)
        for group in interventions.list_target_groups(session, intervention_id=intervention.id)
    }
    return providers | groups
