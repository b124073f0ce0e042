"""Every datum of the catalogue for one provider: measured, in the register, or entered once; never about a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from outcomes.analysis.disclosure import may_show_cell, may_show_estimate
from outcomes.analysis.population import Population, PopulationFigures
from outcomes.analysis.results import Share, TermEstimate, Withheld
from outcomes.errors import NotFoundError, Sentence
from outcomes.models import ProviderFact, ProviderRecord
from outcomes.reports.offers.register import owner_words
from outcomes.reports.parts import LocalText, Points, local_text
from outcomes.reports.supervision.catalogue import CATALOGUE, Evidence, FactKind, Origin
from outcomes.reports.supervision.context import EvidenceEntry, SignalLine
from outcomes.services.measure_population import read_population
from outcomes.store import supervision

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from outcomes.models import Provider
    from outcomes.services.runtime import Runtime

NOT_ENTERED = Sentence("Not told yet.")
NOT_IN_REGISTER = Sentence("Doesn't stand in the register of offers.")
NOT_WORKED_OUT = Sentence("Not worked out yet. It is done every night.")
TOO_FEW = Sentence("Fewer than 10 people, or too few who answered: no number is shown.")
FEW_STAFF = Sentence("Told, but not shown: it is where the register tells of at least 10 full-time posts.")
EVENTS = Sentence("It counts events, not people, and is shown however few they are.")
FEW_SO_TRAINED = Sentence("Fewer than 5 people")
NOTHING_BEGUN = Sentence("Nobody has begun anything here that is measured.")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read of a provider before it is put in words."""

    record: ProviderRecord | None
    interventions: tuple[tuple[LocalText, str], ...]
    figures: tuple[tuple[LocalText, PopulationFigures | None], ...]
    facts: Mapping[str, ProviderFact]
    signals: Sequence[SignalLine]
    groups: Mapping[str, LocalText]


def gather_evidence(
    runtime: Runtime, session: Session, provider: Provider, *, on: date, signals: Sequence[SignalLine]
) -> dict[str, tuple[EvidenceEntry, ...]]:
    """The entries of every datum by its key, as of a day. A datum that nobody knows says so; none is empty."""
    delivered = [
        (local_text(intervention.title), intervention.slug, f"{law.law} {law.section}" if law else "")
        for intervention, law in supervision.list_delivered(session, provider_id=provider.id)
    ]
    known = _Known(
        record=supervision.find_record(session, provider_id=provider.id, on=on),
        interventions=tuple((title, law) for title, _, law in delivered),
        figures=tuple((title, _figures(runtime, session, slug, provider)) for title, slug, _ in delivered),
        facts={fact.datum: fact for fact in supervision.list_facts(session, provider_id=provider.id, on=on)},
        signals=signals,
        groups={code: local_text(title) for code, title in supervision.list_group_titles(session, on=on)},
    )
    return {key: _entries(evidence, known, provider) for key, evidence in CATALOGUE.items()}


def _figures(runtime: Runtime, session: Session, slug: str, provider: Provider) -> PopulationFigures | None:
    """The stored figures; None where they aren't worked out, or the intervention has no plan to judge by."""
    try:
        return read_population(runtime, session, Population(slug, provider_id=provider.id))
    except NotFoundError:
        return None


def _entries(evidence: Evidence, known: _Known, provider: Provider) -> tuple[EvidenceEntry, ...]:
    match evidence.origin:
        case Origin.FACT:
            return (_fact(evidence, known.facts.get(evidence.key), known.record),)
        case Origin.REGISTER:
            return _register(evidence.key, known, provider)
        case _:
            return _signals(known) if evidence.key == "signals" else _outcomes(evidence.key, known)


def _fact(evidence: Evidence, fact: ProviderFact | None, record: ProviderRecord | None) -> EvidenceEntry:
    if fact is None:
        return EvidenceEntry(NOT_ENTERED, withheld=True)
    note = Sentence("As of %(day)s. %(source)s", day=fact.as_of, source=fact.source)
    if evidence.about_staff and not (record and record.staffing and may_show_estimate(int(record.staffing))):
        return EvidenceEntry(FEW_STAFF, note, withheld=True)
    words = fact_words(evidence.kind, fact.value["value"])
    if evidence.unit is not None:
        words = Sentence("%(value)s %(unit)s", value=words, unit=evidence.unit)
    if evidence.counts_events:
        note = Sentence("%(note)s. %(events)s", note=note, events=EVENTS)
    return EvidenceEntry(words, note)


def fact_words(kind: FactKind, value: Any) -> Sentence | str:
    """A stored fact's value as people read it."""
    match kind:
        case FactKind.SHARE:
            return Sentence("%(share)s per cent", share=_points(100 * float(value)))
        case FactKind.NUMBER:
            return Sentence("%(value)s", value=_points(float(value)))
        case FactKind.DAY:
            return Sentence("%(value)s", value=date.fromisoformat(str(value)))
        case _:
            return str(value)


def _points(number: float) -> Points:
    """Whole numbers without decimals."""
    rounded = round(number, 1)
    return Points(rounded, 0 if rounded.is_integer() else 1)


def _register(key: str, known: _Known, provider: Provider) -> tuple[EvidenceEntry, ...]:
    record = known.record
    match key:
        case "interventions":
            rows = [EvidenceEntry(law or NOT_IN_REGISTER, label=title) for title, law in known.interventions]
            return tuple(rows) or (EvidenceEntry(NOTHING_BEGUN, withheld=True),)
        case "address":
            has = record.has_address if record else provider.has_address
            return (EvidenceEntry(Sentence("With an address of its own") if has else Sentence("Without an address")),)
        case "capacity":
            return _numbered(record.capacity if record else provider.capacity, record)
        case _:
            found = _recorded(key, known, record) if record else ()
            return found or (EvidenceEntry(NOT_IN_REGISTER, withheld=True),)


def _recorded(key: str, known: _Known, record: ProviderRecord) -> tuple[EvidenceEntry, ...]:
    """What only the register of offers knows."""
    day = _as_of(record)
    match key:
        case "staffing":
            return _numbered(record.staffing, record)
        case "owner":
            return (
                EvidenceEntry(
                    Sentence("%(kind)s: %(name)s", kind=owner_words(record.owner_kind), name=record.owner), day
                ),
            )
        case "target_groups":
            return tuple(EvidenceEntry(known.groups.get(code) or code, day) for code in record.target_groups)
        case _:
            return tuple(
                EvidenceEntry(_so_trained(each["people"]), day, local_text(each["title"]))
                for each in record.competences
            )


def _so_trained(people: int) -> Sentence:
    return Sentence("%(people)s people", people=people) if may_show_cell(people) else FEW_SO_TRAINED


def _numbered(value: Any, record: ProviderRecord | None) -> tuple[EvidenceEntry, ...]:
    if value is None:
        return (EvidenceEntry(NOT_IN_REGISTER, withheld=True),)
    words = Sentence("%(value)s", value=_points(float(value)))
    return (EvidenceEntry(words, _as_of(record) if record else None),)


def _as_of(record: ProviderRecord) -> Sentence:
    return Sentence("As of %(day)s. %(source)s", day=record.valid_from, source=record.source)


def _signals(known: _Known) -> tuple[EvidenceEntry, ...]:
    if not known.signals:
        return (EvidenceEntry(Sentence("No signals.")),)
    states = {
        "open": Sentence("Waits for a dialogue"),
        "in_dialogue": Sentence("In dialogue"),
        "closed": Sentence("Dialogue closed"),
    }
    return tuple(
        EvidenceEntry(
            line.reason, Sentence("%(state)s. %(basis)s", state=states[line.state], basis=line.basis), line.intervention
        )
        for line in known.signals
    )


def _outcomes(key: str, known: _Known) -> tuple[EvidenceEntry, ...]:
    if not known.figures:
        return (EvidenceEntry(NOTHING_BEGUN, withheld=True),)
    return tuple(
        EvidenceEntry(NOT_WORKED_OUT, label=title, withheld=True) if figures is None else _WORDS[key](title, figures)
        for title, figures in known.figures
    )


def _people(title: LocalText, figures: PopulationFigures) -> EvidenceEntry:
    if figures.n_begun is None:
        return EvidenceEntry(TOO_FEW, label=title, withheld=True)
    begun = Sentence("%(n)s people have begun.", n=figures.n_begun)
    return EvidenceEntry(begun, _behind(figures), title)


def _behind(figures: PopulationFigures) -> Sentence | None:
    """How many it stands on, and how many of those asked are known."""
    if figures.n_due is None or figures.n_answered is None or figures.completeness is None:
        return None
    return Sentence(
        "%(answered)s of the %(due)s people whose time has come have answered both times (%(share)s per cent).",
        answered=figures.n_answered,
        due=figures.n_due,
        share=Points(100 * figures.completeness, 0),
    )


def _change(title: LocalText, figures: PopulationFigures) -> EvidenceEntry:
    main = figures.main
    if isinstance(main, Withheld):
        return EvidenceEntry(main.sentence, label=title, withheld=True)
    return EvidenceEntry(_main_words(main, figures), _behind(figures), title)


def _main_words(main: TermEstimate, figures: PopulationFigures) -> Sentence:
    return Sentence(
        "%(word)s: %(points)s %(unit)s (95 per cent interval %(low)s to %(high)s).",
        word=figures.word,
        points=Points(main.estimate),
        unit=figures.unit,
        low=Points(main.ci_low),
        high=Points(main.ci_high),
    )


def _progression(title: LocalText, figures: PopulationFigures) -> EvidenceEntry:
    shares = (figures.better, figures.unchanged, figures.worse)
    for share in shares:
        if isinstance(share, Withheld):
            return EvidenceEntry(share.sentence, label=title, withheld=True)
    better, unchanged, worse = (_percent(share) for share in shares)
    words = Sentence(
        "Of all whose time has come %(better)s are better, %(unchanged)s unchanged and %(worse)s worse; of the rest we don't"
        " know.",
        better=better,
        unchanged=unchanged,
        worse=worse,
    )
    return EvidenceEntry(words, _behind(figures), title)


def _percent(share: Share | Withheld) -> Sentence:
    return Sentence("%(share)s per cent", share=Points(100 * share.share, 0) if isinstance(share, Share) else "–")


def _goals(title: LocalText, figures: PopulationFigures) -> EvidenceEntry:
    return _share(title, figures.goal_attainment, figures.goals_known)


def _experience(title: LocalText, figures: PopulationFigures) -> EvidenceEntry:
    return _share(title, figures.experience, figures.experience_known)


def _share(title: LocalText, share: Share | Withheld, known: float | None) -> EvidenceEntry:
    if isinstance(share, Withheld):
        return EvidenceEntry(share.sentence, label=title, withheld=True)
    words = Sentence(
        "%(share)s per cent (95 per cent interval %(low)s to %(high)s), of %(n)s people.",
        share=Points(100 * share.share, 0),
        low=Points(100 * share.ci_low, 0),
        high=Points(100 * share.ci_high, 0),
        n=share.total,
    )
    note = None
    if known is not None:
        note = Sentence("%(share)s per cent of those asked are known.", share=Points(100 * known, 0))
    return EvidenceEntry(words, note, title)


_WORDS: Mapping[str, Callable[[LocalText, PopulationFigures], EvidenceEntry]] = {
    "people": _people,
    "change": _change,
    "progression": _progression,
    "goals": _goals,
    "experience": _experience,
}
